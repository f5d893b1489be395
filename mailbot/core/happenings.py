"""What the operator is told of single happenings, in each language: what happened, and what is to be done about it."""

from __future__ import annotations

from mailbot.core.model import Language

ZH, TW, EN = Language.ZH_CN, Language.ZH_TW, Language.EN

TEXTS: dict[str, dict[Language, str]] = {
    "rules_refused": {
        ZH: "改过的规则文件或模板有 {count} 处错误，未启用，仍按原来的执行。请改正后保存：{problems}",
        TW: "改過的規則檔或範本有 {count} 處錯誤，未啟用，仍按原來的執行。請改正後儲存：{problems}",
        EN: "changed rule files or templates are not used, those of before stay in force. Mend and save them;"
        " {count} problems: {problems}",
    },
    "limit": {
        ZH: "一天内寄给 {whom} 的收件回执已达 {limit} 封：之后的来信照常登记，不再自动回复。",
        TW: "一天內寄給 {whom} 的收件回條已達 {limit} 封：之後的來信照常登記，不再自動回覆。",
        EN: "{limit} acknowledgements in a day to {whom}: further mails are registered and not answered",
    },
    "limit_domain": {
        ZH: "一小时内寄给 {whom} 的收件回执已达 {limit} 封：之后的来信照常登记，不再自动回复。",
        TW: "一小時內寄給 {whom} 的收件回條已達 {limit} 封：之後的來信照常登記，不再自動回覆。",
        EN: "{limit} acknowledgements in an hour to {whom}: further mails are registered and not answered",
    },
    "limit_hour": {
        ZH: "一小时内寄出的收件回执已达 {limit} 封：之后的来信照常登记，不再自动回复。请看看是否有人在灌邮件。",
        TW: "一小時內寄出的收件回條已達 {limit} 封：之後的來信照常登記，不再自動回覆。請看看是否有人在灌郵件。",
        EN: "{limit} acknowledgements in an hour to all addresses: further mails are registered and not"
        " answered. Look whether somebody floods the mailbox",
    },
    "shipments": {
        ZH: "发货清单用不了，请改正：{problem}",
        TW: "出貨清單用不了，請改正：{problem}",
        EN: "the list of shipments cannot be used, mend it: {problem}",
    },
    "quarantined": {
        ZH: "文件夹 {folder} 中的邮件 {mail} 处理不了，已放在一边。请运行 `mailbot mail show {mail}` 查看。",
        TW: "資料夾 {folder} 中的郵件 {mail} 處理不了，已放在一邊。請執行 `mailbot mail show {mail}` 查看。",
        EN: "mail {mail} in {folder} could not be handled and was set aside; `mailbot mail show {mail}` tells more",
    },
    "too_large": {
        ZH: "文件夹 {folder} 中的邮件 {mail} 有 {size} 字节，超过上限 {limit}，只读了开头。请到邮箱里看原件。",
        TW: "資料夾 {folder} 中的郵件 {mail} 有 {size} 位元組，超過上限 {limit}，只讀了開頭。請到信箱裡看原件。",
        EN: "mail {mail} in {folder} has {size} bytes, more than the limit of {limit}: only its beginning was read."
        " Look at it in the mailbox",
    },
    "instruction_unknown": {
        ZH: "{sender} 来信要求“{verb}”，但该地址不在 routing.toml 中；什么都没有改。",
        TW: "{sender} 來信要求「{verb}」，但該地址不在 routing.toml 中；什麼都沒有改。",
        EN: "a mail from {sender} tells the bot {verb!r}, but is not in routing.toml; nothing was changed",
    },
    "instruction_no_answer": {
        ZH: "{sender} 来信要求“{verb}”，但回的不是寄给该地址的信；什么都没有改。请其回复自己收到的提醒。",
        TW: "{sender} 來信要求「{verb}」，但回的不是寄給該地址的信；什麼都沒有改。請其回覆自己收到的提醒。",
        EN: "a mail from {sender} tells the bot {verb!r}, but did not answer a letter written to that address; nothing"
        " was changed. Ask the sender to answer a reminder of his own",
    },
    "robot": {
        ZH: "{number} 一天内来信超过 {limit} 封，可能是自动程序：只作记录，不再通知同事。",
        TW: "{number} 一天內來信超過 {limit} 封，可能是自動程式：只作記錄，不再通知同事。",
        EN: "{number} got more than {limit} mails in a day, perhaps from a robot: they are only noted",
    },
    "put_back": {
        ZH: "台账被换回了较早的版本；在那之后填写的内容已重新写入。",
        TW: "登記表被換回了較早的版本；在那之後填寫的內容已重新寫入。",
        EN: "an older version of the register was put back; what had been typed since is written into it again",
    },
    "restored": {
        ZH: "台账中 {number} 的那一行不见了，已重新写入。不再需要的案件请结案，不要删行。",
        TW: "登記表中 {number} 的那一列不見了，已重新寫入。不再需要的案件請結案，不要刪列。",
        EN: "the row of {number} was gone and was restored. A case nobody needs is closed, not deleted",
    },
    "changes": {
        ZH: "变更记录表写不下去了：{error}",
        TW: "變更記錄表寫不下去了：{error}",
        EN: "the sheet of changes is not continued: {error}",
    },
    "double": {
        ZH: "工作表“{name}”的表头与台账相同，填在那里的内容不会被读取。请改掉它的表头。",
        TW: "工作表「{name}」的表頭與登記表相同，填在那裡的內容不會被讀取。請改掉它的表頭。",
        EN: "the sheet {name!r} of the register has its headings too; what is typed there is not seen: rename them",
    },
    "odd_row": {
        ZH: "台账第 {row} 行的编号（{number}）不是它自己的，这一行未作处理。请清空编号，或删除多余的行。",
        TW: "登記表第 {row} 列的編號（{number}）不是它自己的，這一列未作處理。請清空編號，或刪除多餘的列。",
        EN: "row {row} of the register carries a number that is not its own ({number}) and is left alone: clear the"
        " number, or delete the row if it is one too many",
    },
    "not_taken": {
        ZH: "台账中“{row}”那一行填写的内容读不进来：{error}",
        TW: "登記表中「{row}」那一列填寫的內容讀不進來：{error}",
        EN: "what stands in row {row} of the register cannot be taken in: {error}",
    },
    "copy_left": {
        ZH: "台账旁边的 {name} 像是它的副本，但没有合并：{trouble}。填在那里的内容不会被读取："
        "请大家使用台账，把缺的内容补过来，再把副本移到别的文件夹。",
        TW: "登記表旁邊的 {name} 像是它的副本，但沒有合併：{trouble}。填在那裡的內容不會被讀取："
        "請大家使用登記表，把缺的內容補過來，再把副本移到別的資料夾。",
        EN: "{name} beside the register looks like a copy of it: {trouble}. What people type there is not seen. Ask"
        " them to use the register, bring over what is missing, then move the copy to another folder",
    },
    "copy_merged": {
        ZH: "冲突副本 {name} 已合并：取回 {count} 处改动；副本存放在 {kept}。",
        TW: "衝突副本 {name} 已合併：取回 {count} 處改動；副本存放在 {kept}。",
        EN: "the conflict copy {name} was merged: {count} changes taken over; it is kept as {kept}.",
    },
    "copy_clashed": {
        ZH: "有 {count} 个单元格两边都改过，以台账为准。副本中写的是：{cells}",
        TW: "有 {count} 個儲存格兩邊都改過，以登記表為準。副本中寫的是：{cells}",
        EN: "{count} cells were changed in both, the register's stayed. The copy says: {cells}",
    },
    "balance": {
        ZH: "邮件数对不上：收到 {received} 封，已了结 {ended} 封，处理中 {unfinished} 封。"
        "数据库中有记录丢失：请到邮箱中查找，或用备份恢复数据库。",
        TW: "郵件數對不上：收到 {received} 封，已了結 {ended} 封，處理中 {unfinished} 封。"
        "資料庫中有記錄遺失：請到信箱中查找，或用備份還原資料庫。",
        EN: "the mails do not add up: {received} received, {ended} ended, {unfinished} in work. Rows of the ledger went"
        " astray: look for the mails in the mailbox, or restore the ledger from a backup",
    },
    "letter_failed": {
        ZH: "第 {letter} 号信（{kind}，{case}）被拒收：{said}。请运行 `mailbot outbox show {letter}` 查看。",
        TW: "第 {letter} 號信（{kind}，{case}）被拒收：{said}。請執行 `mailbot outbox show {letter}` 查看。",
        EN: "letter {letter} ({kind}, {case}) was refused: {said}. `mailbot outbox show {letter}` prints it",
    },
    "letter_in_doubt": {
        ZH: "第 {letter} 号信（{kind}，{case}）是否寄出不清楚：{said}。请问收件人，"
        "再运行 `mailbot outbox sent {letter}`（已收到）或 `mailbot outbox resend {letter}`（未收到）。",
        TW: "第 {letter} 號信（{kind}，{case}）是否寄出不清楚：{said}。請問收件人，"
        "再執行 `mailbot outbox sent {letter}`（已收到）或 `mailbot outbox resend {letter}`（未收到）。",
        EN: "letter {letter} ({kind}, {case}) may or may not have gone out: {said}. Ask who should have it, then"
        " `mailbot outbox sent {letter}` (it came) or `mailbot outbox resend {letter}` (it did not)",
    },
}


def happened(what: str, language: Language, **facts: object) -> str:
    """One text in `language`. Raises KeyError for a text or fact that does not exist."""
    return TEXTS[what][language].format(**facts)
