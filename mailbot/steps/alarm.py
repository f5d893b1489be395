"""Tell the operator what is broken: parts that keep failing, and notices other steps raised. Each thing once."""

from __future__ import annotations

from datetime import datetime, timedelta

from mailbot.core.model import Language, Letter, LetterOrder
from mailbot.ledger.health import PartHealth
from mailbot.ledger.notices import Notice
from mailbot.notify import notify, operator
from mailbot.office import Office
from mailbot.steps.askclose import ask_to_close
from sheets.register import Waiting

ALARM_AFTER = timedelta(minutes=15)
"""How long a part may fail before the operator is written to; shorter troubles mend themselves."""
BALANCE = "balance"
NOTICE_STANDS = timedelta(days=7)
"""How long a notice is shown by `status`. It was mailed when it was raised."""
NOTICES_LISTED = 30
"""Notices told in one letter; `status` shows all."""
TOLD = "notice_told"
ALARM = "operator_alert"


def alarm(office: Office, now: datetime) -> int:
    """Tell the operator, once each, of parts that keep failing and of notices raised elsewhere."""
    with office.ledger.transaction():
        check_balance(office, now)
        parts = office.ledger.health.all()
        letters: list[Letter] = ask_to_close(office, parts, now)
        for part in parts:
            if part.failing_since and abs(now - part.failing_since) >= _patience(office, part):
                letters.append(_part_alarm(office, part, now))
        letters += _notice_alarm(office, now)
        new = office.ledger.letters.insert(letters, now)
    return len(new)


def check_balance(office: Office, now: datetime) -> None:
    """Once an hour: every mail the server ever showed has come to exactly one end, or is being worked on [D-70]."""
    jobs, hour = office.ledger.jobs, f"{now:%Y-%m-%dT%H}"
    if jobs.done(BALANCE, hour):
        return
    jobs.mark(BALANCE, hour, now)
    balance = office.ledger.mails.balance()
    if balance.even:
        office.ledger.notices.clear(BALANCE)
        return
    ended = sum(balance.by_end.values())
    notify(office, BALANCE, BALANCE, now, received=balance.received, ended=ended, unfinished=balance.unfinished)


def _patience(office: Office, part: PartHealth) -> timedelta:
    """A register somebody simply works in is no fault: the operator says how long that may last."""
    if part.message.startswith(str(Waiting("open"))):
        return timedelta(minutes=office.config.book.open_alarm_minutes)
    return ALARM_AFTER


def _part_alarm(office: Office, part: PartHealth, now: datetime) -> Letter:
    assert part.failing_since is not None  # noqa: S101 - asked by the caller
    key = f"alarm:{part.part}:{part.failing_since.isoformat()}"
    alarms = ALARMS[operator(office).language]
    what, means, remedy = alarms[part.part]
    if part.part == "reconcile" and not part.message.startswith(str(Waiting("open"))):
        remedy = alarms["files"][2]  # nobody has it open: `mailbot check` knows more
    facts = {"what": what, "since": part.failing_since, "why": part.message, "means": means, "remedy": remedy}
    return _to_operator(office, key, facts, now)


def _notice_alarm(office: Office, now: datetime) -> list[Letter]:
    """One letter about every notice not told yet: a hundred refused letters are one piece of news."""
    fresh: list[Notice] = []
    for notice in office.ledger.notices.all():
        if now - notice.raised_at > NOTICE_STANDS:
            office.ledger.notices.clear(notice.key)
        elif not office.ledger.jobs.done(TOLD, _slot(notice)):
            office.ledger.jobs.mark(TOLD, _slot(notice), now)
            fresh.append(notice)
    if not fresh:
        return []
    # A subject is cut where it grows long, so each is said in full below it.
    others, told = len(fresh) - 1, "\n".join(n.text for n in fresh[:NOTICES_LISTED])
    facts: dict[str, object] = {"what": fresh[0].text, "since": fresh[0].raised_at, "why": told}
    if others:
        facts["what"] = f"{fresh[0].text} (+{others})"
        facts["why"] = told + ("\n…" if others >= NOTICES_LISTED else "")
        facts["remedy"] = _STATUS
    return [_to_operator(office, f"notice:{_slot(fresh[0])}", facts, now)]


def _slot(notice: Notice) -> str:
    return f"{notice.key}:{notice.raised_at.isoformat()}"


def _to_operator(office: Office, key: str, facts: dict[str, object], now: datetime) -> Letter:
    order = LetterOrder(key=key, kind=ALARM, to=operator(office), facts=facts)
    return office.correspondence.write(order, None, now)


_STATUS = "mailbot status"
ALARMS: dict[Language, dict[str, tuple[str, str, str]]] = {
    Language.ZH_CN: {
        "intake": (
            "收不到邮件",
            "客户来信暂时无人登记、无人回复。信件仍在邮箱中，恢复后会补登。",
            f"运行 {_STATUS} 或 mailbot check 查看原因。",
        ),
        "reconcile": (
            "台账无法更新",
            "新案件和状态暂时写不进台账；已记入数据库，不会丢失。",
            "如有人打开着台账，请其保存并关闭。",
        ),
        "chase": ("提醒与日报无法生成", "到期提醒和日报暂停。", f"运行 {_STATUS} 查看原因。"),
        "deliver": (
            "邮件发不出去",
            "回复、提醒和日报暂时发不出；信件已排队，恢复后自动发出。",
            "检查 config.toml 的 [smtp]。",
        ),
        "files": (
            "附件上传不了",
            "附件暂时没有放到 Google 云端硬盘；台账照常，附件仍在本机。",
            "运行 mailbot check 查看原因。",
        ),
    },
    Language.ZH_TW: {
        "intake": (
            "收不到郵件",
            "客戶來信暫時無人登記、無人回覆。信件仍在信箱中，恢復後會補登。",
            f"執行 {_STATUS} 或 mailbot check 查看原因。",
        ),
        "reconcile": (
            "登記表無法更新",
            "新案件和狀態暫時寫不進登記表；已記入資料庫，不會遺失。",
            "如有人開著登記表，請其儲存並關閉。",
        ),
        "chase": ("提醒與日報無法產生", "到期提醒和日報暫停。", f"執行 {_STATUS} 查看原因。"),
        "deliver": (
            "郵件寄不出去",
            "回覆、提醒和日報暫時寄不出；信件已排隊，恢復後自動寄出。",
            "檢查 config.toml 的 [smtp]。",
        ),
        "files": (
            "附件上傳不了",
            "附件暫時沒有放到 Google 雲端硬碟；登記表照常，附件仍在本機。",
            "執行 mailbot check 查看原因。",
        ),
    },
    Language.EN: {
        "intake": (
            "no mail can be taken in",
            "Complaints are neither registered nor answered for now. They stay in the mailbox and are caught up with.",
            f"Run `{_STATUS}` or `mailbot check` for the reason.",
        ),
        "reconcile": (
            "the register cannot be updated",
            "New cases and states are not shown there for now. They are safe in the ledger.",
            "If somebody has the register open, ask them to save and close it.",
        ),
        "chase": ("reminders and summaries cannot be made", "Nobody is reminded for now.", f"Run `{_STATUS}`."),
        "deliver": (
            "letters cannot be sent",
            "Answers, reminders and summaries wait in the outbox and go out by themselves afterwards.",
            "Check [smtp] in config.toml.",
        ),
        "files": (
            "attachments cannot be uploaded",
            "They are not put into Google Drive for now. The register goes on, and they are on this machine.",
            "Run `mailbot check` for the reason.",
        ),
    },
}
"""For each part of a round: what is wrong, what it means, what to do."""
