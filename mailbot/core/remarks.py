"""What the register's note column says to staff, in each language: what is wrong or next, and what to do about it."""

from __future__ import annotations

from mailbot.core.model import Language

ZH, TW, EN = Language.ZH_CN, Language.ZH_TW, Language.EN

TEXTS: dict[str, dict[Language, str]] = {
    "next": {
        ZH: "下一步（{stage}）：填写{columns}，完成后填“{done}”。",
        TW: "下一步（{stage}）：填寫{columns}，完成後填「{done}」。",
        EN: "Next ({stage}): fill in {columns}, then “{done}”.",
    },
    "next_only": {
        ZH: "下一步（{stage}）：完成后填“{done}”。",
        TW: "下一步（{stage}）：完成後填「{done}」。",
        EN: "Next ({stage}): fill in “{done}” when it is done.",
    },
    "next_choice": {
        ZH: "下一步（{stage}）：有结果后在“{done}”中选择：{choices}。",
        TW: "下一步（{stage}）：有結果後在「{done}」中選擇：{choices}。",
        EN: "Next ({stage}): once it is known, choose in “{done}”: {choices}.",
    },
    "also_due": {
        ZH: "“{column}”的期限：{when}。",
        TW: "「{column}」的期限：{when}。",
        EN: "“{column}” is due {when}.",
    },
    "need_columns": {
        ZH: "“{stage}”还不能结束，请补填：{columns}。",
        TW: "「{stage}」還不能結束，請補填：{columns}。",
        EN: "“{stage}” cannot be closed yet. Please fill in: {columns}.",
    },
    "refused_value": {
        ZH: "“{stage}”还不能结束：“{column}”不能是“{text}”，请填写明确的结论。",
        TW: "「{stage}」還不能結束：「{column}」不能是「{text}」，請填寫明確的結論。",
        EN: "“{stage}” cannot be closed yet: “{column}” must not be “{text}”; please decide.",
    },
    "same_person": {
        ZH: "“{stage}”还不能结束：“{column}”与“{other}”不能是同一人。",
        TW: "「{stage}」還不能結束：「{column}」與「{other}」不能是同一人。",
        EN: "“{stage}” cannot be closed yet: “{column}” and “{other}” must be different people.",
    },
    "no_authority": {
        ZH: "“{stage}”还不能结束：“{text}”无权核准，可核准的人：{people}。",
        TW: "「{stage}」還不能結束：「{text}」無權核准，可核准的人：{people}。",
        EN: "“{stage}” cannot be closed yet: {text} may not approve this. These may: {people}.",
    },
    "over_limit": {
        ZH: "“{stage}”还不能结束：“{column}”{amount} 超出“{text}”的核准权限，可核准的人：{people}。",
        TW: "「{stage}」還不能結束：「{column}」{amount} 超出「{text}」的核准權限，可核准的人：{people}。",
        EN: "“{stage}” cannot be closed yet: {text} may not approve “{column}” {amount}. These may: {people}.",
    },
    "not_a_date": {
        ZH: "“{column}”中的“{text}”不是日期，请写成 2026-03-05 的样子。",
        TW: "「{column}」中的「{text}」不是日期，請寫成 2026-03-05 的樣子。",
        EN: "“{text}” in “{column}” is not a date; please write it like 2026-03-05.",
    },
    "not_a_number": {
        ZH: "“{column}”中的“{text}”不是数字，请只填数字。",
        TW: "「{column}」中的「{text}」不是數字，請只填數字。",
        EN: "“{text}” in “{column}” is not a number; please enter a number only.",
    },
    "out_of_range": {
        ZH: "“{column}”中的“{text}”不在范围内，应填 {range}。",
        TW: "「{column}」中的「{text}」不在範圍內，應填 {range}。",
        EN: "“{text}” in “{column}” is out of range; it must be {range}.",
    },
    "not_a_choice": {
        ZH: "“{column}”没有“{text}”这一项，请从下拉列表中选：{choices}。",
        TW: "「{column}」沒有「{text}」這一項，請從下拉清單中選：{choices}。",
        EN: "“{text}” is not a choice for “{column}”; please choose from the list: {choices}.",
    },
    "below_floor": {
        ZH: "“{column}”不能改为“{text}”，低于本案规则的下限。如判定有误，请先更正性质、批号等依据。",
        TW: "「{column}」不能改為「{text}」，低於本案規則的下限。如判定有誤，請先更正性質、批號等依據。",
        EN: "“{column}” cannot be “{text}”: a rule sets a floor for this case. If it is mistaken, first correct"
        " the nature or batch it goes by.",
    },
    "raised": {
        ZH: "按规则，“{column}”已改为“{text}”。如判定有误，请先更正性质、批号等依据。",
        TW: "按規則，「{column}」已改為「{text}」。如判定有誤，請先更正性質、批號等依據。",
        EN: "A rule set “{column}” to “{text}”. If it is mistaken, first correct the nature or batch it goes by.",
    },
    "unknown_person": {
        ZH: "“{column}”：人员名单里没有“{text}”，请填写名单中的姓名：{people}。",
        TW: "「{column}」：人員名單裡沒有「{text}」，請填寫名單中的姓名：{people}。",
        EN: "“{column}”: {text} is not on the list of people. Please use one of: {people}.",
    },
    "lookback": {
        ZH: "{what}：{days} 天内另有投诉 {count} 件（{numbers}）",
        TW: "{what}：{days} 天內另有客訴 {count} 件（{numbers}）",
        EN: "{count} cases of {what} in {days} days: {numbers}",
    },
    "this_customer": {ZH: "同一客户", TW: "同一客戶", EN: "this customer"},
    "conflict": {
        ZH: "“{column}”：您修改的同时系统也有新内容，已保留您填写的“{text}”。",
        TW: "「{column}」：您修改的同時系統也有新內容，已保留您填寫的「{text}」。",
        EN: "“{column}” was changed by you and by the bot at the same time; your “{text}” was kept.",
    },
    "came_back": {
        ZH: "第{count}次进入“{stage}”。以下内容已移入历史，请重新填写：{columns}。",
        TW: "第{count}次進入「{stage}」。以下內容已移入歷史，請重新填寫：{columns}。",
        EN: "Back in “{stage}”, visit {count}. These moved to the history, please fill them in anew: {columns}.",
    },
    "stage_gone": {
        ZH: "案件所在的阶段已从规则中取消，从“{stage}”重新开始。",
        TW: "案件所在的階段已從規則中取消，從「{stage}」重新開始。",
        EN: "The rules no longer have the stage this case was in; it goes on from “{stage}”.",
    },
    "note_sent": {
        ZH: "您给客户的说明已写入给客户的信。",
        TW: "您給客戶的說明已寫入給客戶的信。",
        EN: "Your message has gone into the letter to the customer.",
    },
    "held_claim": {
        ZH: "索赔案件：给客户的信未自动发出，等待人工放行（mailbot outbox）。",
        TW: "索賠案件：給客戶的信未自動寄出，等待人工放行（mailbot outbox）。",
        EN: "A claim: the letter to the customer was not sent by itself and waits for release (mailbot outbox).",
    },
    "held_words": {
        ZH: "给客户的信未自动发出，等待人工放行（mailbot outbox）：{why}。",
        TW: "給客戶的信未自動寄出，等待人工放行（mailbot outbox）：{why}。",
        EN: "The letter to the customer waits for release (mailbot outbox): {why}.",
    },
    "no_address": {
        ZH: "没有客户邮箱，无法发信，请电话联系客户或补填邮箱。",
        TW: "沒有客戶電子信箱，無法寄信，請電話聯絡客戶或補填信箱。",
        EN: "No e-mail address of the customer: nothing can be mailed. Please phone, or fill in the address.",
    },
    "bad_address": {
        ZH: "“{column}”中的“{text}”不是有效的邮箱地址，无法发信。",
        TW: "「{column}」中的「{text}」不是有效的電子信箱，無法寄信。",
        EN: "“{text}” in “{column}” is not a valid e-mail address; nothing can be mailed there.",
    },
    "not_acknowledged": {
        ZH: "未自动发出受理通知（{why}），请人工回复客户。",
        TW: "未自動寄出受理通知（{why}），請人工回覆客戶。",
        EN: "No acknowledgement was sent by itself ({why}); please answer the customer.",
    },
    "refuted": {
        ZH: "邮件服务器判定发件人是冒充的（DMARC 未通过）",
        TW: "郵件伺服器判定寄件人是冒充的（DMARC 未通過）",
        EN: "the mail server says that the sender is forged (DMARC failed)",
    },
    "limit": {
        ZH: "该地址今天的自动回复已达上限",
        TW: "該地址今天的自動回覆已達上限",
        EN: "the day's limit of automatic answers to this address is reached",
    },
    "limit_domain": {
        ZH: "发往该公司邮箱的自动回复已达每小时上限",
        TW: "寄往該公司信箱的自動回覆已達每小時上限",
        EN: "the hour's limit of automatic answers to this domain is reached",
    },
    "limit_hour": {
        ZH: "自动回复总数已达每小时上限",
        TW: "自動回覆總數已達每小時上限",
        EN: "the hour's limit of automatic answers is reached",
    },
    "in_doubt": {
        ZH: "不能确定是不是投诉",
        TW: "不能確定是不是客訴",
        EN: "it is not certain that this is a complaint",
    },
    "doubtful": {
        ZH: "不能确定这是不是投诉，请看原信后决定。",
        TW: "不能確定這是不是客訴，請看原信後決定。",
        EN: "It is not certain that this is a complaint; please read the mail and decide.",
    },
    "vague": {
        ZH: "信里没说哪件产品、出了什么问题，请看原信后决定怎么处理。",
        TW: "信裡沒有說是哪件產品、出了什麼問題，請看原信後決定怎麼處理。",
        EN: "The mail names no goods and nothing that is wrong; please read it and decide.",
    },
    "staff_wrote": {
        ZH: "同事 {name} 来信登记，未认出客户，请填写客户信息和“{column}”。",
        TW: "同事 {name} 來信登記，未認出客戶，請填寫客戶資料和「{column}」。",
        EN: "{name}, a colleague, wrote this; who is the customer? Please fill in his data and “{column}”.",
    },
    "known_sender": {
        ZH: "“{columns}”取自同一邮箱较早的案件 {number}，请核对。",
        TW: "「{columns}」取自同一信箱較早的案件 {number}，請核對。",
        EN: "“{columns}” is taken from {number}, an earlier case of the same address. Please check.",
    },
    "looks_like": {
        ZH: "“{column}”写的是“{text}”，名单里有相近的“{name}”，请核实。",
        TW: "「{column}」寫的是「{text}」，名單裡有相近的「{name}」，請核實。",
        EN: "“{column}” says “{text}”; your lists have “{name}”, which looks alike. Please check.",
    },
    "possibly": {
        ZH: "可能与 {number} 有关，但发件人不是该案的联系人，请核实。",
        TW: "可能與 {number} 有關，但寄件者不是該案的聯絡人，請核實。",
        EN: "Possibly about {number}, but the sender is not known in that case. Please check.",
    },
    "unread": {
        ZH: "邮件未能完整读取（{why}），原件已保存，请人工处理。",
        TW: "郵件未能完整讀取（{why}），原件已保存，請人工處理。",
        EN: "The mail could not be read completely ({why}). The original is kept; please look at it.",
    },
    "follow_up": {
        ZH: "{when} 客户来信补充，请查看。",
        TW: "{when} 客戶來信補充，請查看。",
        EN: "The customer wrote again on {when}; please look.",
    },
    "sent_again": {
        ZH: "{when} 客户把同样的内容又发了一次。",
        TW: "{when} 客戶把同樣的內容又寄了一次。",
        EN: "The customer sent the same again on {when}.",
    },
    "colleague_wrote": {
        ZH: "{when} 同事 {name} 就本案来信，请查看。",
        TW: "{when} 同事 {name} 就本案來信，請查看。",
        EN: "{name}, a colleague, wrote about this case on {when}; please look.",
    },
    "asked_again": {
        ZH: "{when} 已再次请客户补充：{columns}。",
        TW: "{when} 已再次請客戶補充：{columns}。",
        EN: "The customer was asked again on {when} for: {columns}.",
    },
    "still_missing": {
        ZH: "客户仍未提供：{columns}。系统不再催问，请决定：电话询问，或按现有资料处理。",
        TW: "客戶仍未提供：{columns}。系統不再催問，請決定：電話詢問，或按現有資料處理。",
        EN: "Still missing: {columns}. The customer is not asked again; please phone him, or go on without.",
    },
    "follow_up_differs": {
        ZH: "客户来信中的“{column}”是“{text}”，与表中不同，请核对。",
        TW: "客戶來信中的「{column}」是「{text}」，與表中不同，請核對。",
        EN: "The customer's mail says “{text}” for “{column}”, the row says otherwise. Please check.",
    },
    "reopened": {
        ZH: "客户再次投诉，案件已重新打开。",
        TW: "客戶再次投訴，案件已重新開啟。",
        EN: "The customer complained again; the case was reopened.",
    },
    "dissatisfied": {
        ZH: "客户不满意，案件已重新打开。",
        TW: "客戶不滿意，案件已重新開啟。",
        EN: "The customer is not satisfied; the case was reopened.",
    },
    "taken_back": {
        ZH: "结案已撤回，案件已重新打开。客户未收到通知。",
        TW: "結案已撤回，案件已重新開啟。客戶未收到通知。",
        EN: "The closing was taken back and the case is open again. The customer was not written to.",
    },
    "graver": {
        ZH: "客户来信的内容更严重，“{column}”已改为“{text}”，请核对。",
        TW: "客戶來信的內容更嚴重，「{column}」已改為「{text}」，請核對。",
        EN: "The customer's new mail is more serious: “{column}” was set to “{text}”. Please check.",
    },
    "bounced": {
        ZH: "发给 {text} 的信被退回，请核对地址或电话联系客户。",
        TW: "寄給 {text} 的信被退回，請核對地址或電話聯絡客戶。",
        EN: "A letter to {text} came back. Please check the address or phone the customer.",
    },
    "extended": {
        ZH: "{who} 把“{stage}”的期限由 {old} 延到 {new}：{why}",
        TW: "{who} 把「{stage}」的期限由 {old} 延到 {new}：{why}",
        EN: "{who} moved the deadline of “{stage}” from {old} to {new}: {why}",
    },
    "alike": {
        ZH: "{columns}相同，相似度{percent}%",
        TW: "{columns}相同，相似度{percent}%",
        EN: "same {columns}; {percent} % alike",
    },
    "recurs": {
        ZH: "与 {number} 是同一问题再次发生，该案的措施已重新打开。",
        TW: "與 {number} 是同一問題再次發生，該案的措施已重新開啟。",
        EN: "This repeats {number}, whose action had been found to work; that case was reopened.",
    },
    "recurred": {
        ZH: "{number} 又投诉了同样的问题，说明措施未见效，本案已回到“{stage}”。客户未收到通知。",
        TW: "{number} 又投訴了同樣的問題，說明措施未見效，本案已回到「{stage}」。客戶未收到通知。",
        EN: "{number} is the same fault again: the action failed, back to “{stage}”. The customer was not told.",
    },
    "spread": {
        ZH: "批号 {text} 还发给了 {count} 家客户，请考虑横展：{customers}。",
        TW: "批號 {text} 還出給了 {count} 家客戶，請考慮橫展：{customers}。",
        EN: "Batch {text} also went to {count} other customers, please consider them: {customers}.",
    },
    "provisional": {
        ZH: "期限为暂定：该年度的放假安排尚未公布。",
        TW: "期限為暫定：該年度的放假安排尚未公布。",
        EN: "The deadline is provisional: that year's public holidays are not announced yet.",
    },
    "nobody": {
        ZH: "没有可通知的责任人，请填写“{column}”。",
        TW: "沒有可通知的負責人，請填寫「{column}」。",
        EN: "There is nobody to notify; please fill in “{column}”.",
    },
    "restored": {
        ZH: "这一行曾被删除，已按记录恢复。",
        TW: "這一列曾被刪除，已按紀錄恢復。",
        EN: "This row had been deleted and was restored from the record.",
    },
}


def say(key: str, language: Language, **facts: object) -> str:
    """One remark in `language`. Raises KeyError for a remark or fact that does not exist."""
    return TEXTS[key][language].format(**facts)


def listed(words: list[str], language: Language) -> str:
    """Join words as a list is written in `language`."""
    return (", " if language is EN else "、").join(words)


def quoted(names: list[str], language: Language) -> str:
    """Names of columns in quotation marks: by these the register finds the cells it colours to be filled in."""
    left, right = "「」" if language is TW else "“”"
    return listed([f"{left}{name}{right}" for name in names], language)


def colon(language: Language) -> str:
    """The colon of `language`."""
    return ": " if language is EN else "："


def in_brackets(text: str, language: Language) -> str:
    """A remark in passing, in the brackets of `language`."""
    return f" ({text})" if language is EN else f"（{text}）"
