"""Ask whoever has the register open to close it, by mail, while the bot's changes wait for that.

The lock file names him; he is asked once for each wait, if that name is one of the people of routing.toml. The operator
is told later, by `alarm`.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from mailbot.core.model import Language, Letter, LetterOrder, Recipient
from mailbot.core.people import Person
from mailbot.ledger.health import PartHealth
from mailbot.office import Office
from sheets.register import Waiting

_HOLDER = re.compile(re.escape(str(Waiting("open"))) + r" for (.+)")
_COMPUTER = re.compile(r"\s*\([^()]*\)$")


def ask_to_close(office: Office, parts: list[PartHealth], now: datetime) -> list[Letter]:
    """The letters that are due; empty while nobody waits, or not long enough."""
    after = timedelta(minutes=office.config.book.open_ask_minutes)
    letters = []
    for part in parts:
        since = part.failing_since
        if after and since and now - since >= after and (person := holder(part.message, office)):
            letters.append(_asked(office, person, since, now))
    return letters


def holder(message: str, office: Office) -> Person | None:
    """The person a waiting register names, if he is on the company's list; LibreOffice adds the computer's name."""
    found = _HOLDER.match(message)
    if found is None:
        return None
    people = office.procedure.people
    return people.find(found[1]) or people.find(_COMPUTER.sub("", found[1]))


def _asked(office: Office, person: Person, since: datetime, now: datetime) -> Letter:
    what, means, remedy = _REQUESTS[person.language]
    facts = {"what": what, "since": since, "means": means, "remedy": remedy, "why": office.register.location()}
    to = Recipient(address=person.address, name=person.name, language=person.language)
    key = f"close:{since.isoformat()}:{person.address}"
    order = LetterOrder(key=key, kind="operator_alert", to=to, facts=facts)
    return office.correspondence.write(order, None, now)


_REQUESTS: dict[Language, tuple[str, str, str]] = {
    Language.ZH_CN: (
        "台账在您的电脑上开着，请保存并关闭",
        "您已保存的内容机器人照常读取；它要写的新案件和状态要等关闭以后才能写入。",
        "保存并关闭台账。如果您并没有打开它，请告诉管理员：可能是电脑异常退出留下的锁定文件。",
    ),
    Language.ZH_TW: (
        "登記表在您的電腦上開著，請儲存並關閉",
        "您已儲存的內容機器人照常讀取；它要寫的新案件和狀態要等關閉以後才能寫入。",
        "儲存並關閉登記表。如果您並沒有開啟它，請告訴管理員：可能是電腦異常結束留下的鎖定檔。",
    ),
    Language.EN: (
        "you have the register open, please save and close it",
        "What you saved is read as ever; new cases and states can only be written once it is closed.",
        "Save and close the register. If you do not have it open, tell the operator: a crash may leave a lock file.",
    ),
}
"""What is asked, why, and what to do."""
