"""What goes wrong in the simulated year, and what people do to a workbook besides filling it in.

`plan` lays outages, crashes, floods and changes of rules over the days; `at_the_desk` draws what somebody does to the
table in one sitting.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from stories.house import PEOPLE, SHANGHAI
from year.almanac import is_workday
from year.colleagues import OWN_COLUMN
from year.desk import Desk
from year.world import Away, Posted

import mailbot
from mailbot.core.model import End
from mailbot.failpoints import EXIT_STATUS

if TYPE_CHECKING:
    from year.play import Year

SOURCE = Path(mailbot.__file__).parent
_NAMES = {n for file in SOURCE.rglob("*.py") for n in re.findall(r'failpoint\("([^"]+)"\)', file.read_text())}
FAILPOINTS = sorted(name for name in _NAMES if name.partition(".")[0] in ("intake", "reconcile", "deliver"))
"""Where the program may die at work on a mail; crash tests try every place there is."""
COPIED = "a row copied, still there"
STRICTER = ('amount = 3, unit = "days", start = "receipt"', 'amount = 5, unit = "days", start = "receipt"')
"""What the quality manager changes in the middle of the year: plans get five days instead of three."""
BREAKS = ('start = "assessment"', 'start = "assesment"')
"""A slip of his hand, mended the same day. With broken rules the program goes on, but does not start."""


def plan(year: Year, first: date, last: date) -> None:
    """Everything that will go wrong. How often: the mean days between two of a kind."""
    days = [first + timedelta(days=n) for n in range((last - first).days)]
    busy = [day for day in days if is_workday(day)]
    for every, happens in HAPPENINGS:
        for _ in range(max(1, len(busy) // every)):
            happens(year, year.chance.choice(busy))
    _off(year, next(d for d in days[len(days) // 4 :] if d.weekday() == 4), days=3)
    change = busy[len(busy) // 2]
    year.later(_at(change, 11, 30), lambda: _rules(year, *STRICTER))
    year.later(_at(busy[len(busy) // 3], 9, 50), lambda: _rules(year, *BREAKS))
    year.later(_at(busy[len(busy) // 3], 16, 0), lambda: _rules(year, *reversed(BREAKS)))


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=SHANGHAI)


def _hours(year: Year, day: date) -> tuple[datetime, datetime]:
    begin = _at(day, year.chance.randint(8, 15), year.chance.randint(0, 59))
    return begin, begin + timedelta(minutes=year.chance.randint(70, 420))


def _mailbox_away(year: Year, day: date) -> None:
    _away(year, "mailbox", *_hours(year, day), year.plant.mailbox_away)


def _smtp_away(year: Year, day: date) -> None:
    _away(year, "smtp", *_hours(year, day), year.plant.smtp_away)


def _away(year: Year, what: str, begin: datetime, end: datetime, switch: Callable[[bool], None]) -> None:
    if any(a.what == what and a.since <= end and begin <= a.until for a in year.world.away):
        return
    year.world.away.append(Away(what=what, since=begin, until=end))
    year.later(begin, lambda: switch(True))
    year.later(end, lambda: switch(False))
    for minutes in (20, 45):  # what failed a moment ago waits for its time
        year.later(end + timedelta(minutes=minutes), _nothing)


def _nothing() -> None:
    """The program looks again."""


def _workbook_open(year: Year, day: date) -> None:
    """Somebody keeps the workbook open, types when he finds the time, saves and closes."""

    def opens_or_closes(opens: bool) -> None:
        if opens:
            year.plant.open_by(year.chance.choice(list(PEOPLE.values())))
        else:
            year.colleagues.sit()
            year.plant.open_by("")

    begin = _at(day, year.chance.randint(8, 14), 5)
    _away(year, "workbook", begin, begin + timedelta(minutes=year.chance.randint(40, 200)), opens_or_closes)


def _off(year: Year, day: date, days: int = 1) -> None:
    """The program is off from the evening of a day, for a weekend or a night and a day."""

    def switch(off: bool) -> None:
        (year.plant.stop if off else year.plant.start)()

    _away(year, "program", _at(day, 17, 50), _at(day + timedelta(days=days), 8 if days > 2 else 9, 40), switch)


def _killed(year: Year, day: date) -> None:
    """The power goes while the program works on a mail that came just now."""

    def kill() -> None:
        if year.plant.running and not year.rules_broken:
            year.customers.complain()
            year.world.kills += year.plant.die(year.chance.choice(FAILPOINTS)) == EXIT_STATUS

    year.later(_at(day, year.chance.randint(8, 17), 32), kill)


def _doubt(year: Year, day: date) -> None:
    """The connection breaks at the final dot, the letter taken or not."""
    stored = year.chance.random() < 0.5
    year.later(_at(day, 9, 0), lambda: year.plant.sink.dots.append((stored, None)))


def _flood(year: Year, day: date) -> None:
    if not any(a.what == "program" and a.since.date() <= day <= a.until.date() for a in year.world.away):
        year.later(_at(day, 12, 1), year.customers.flood)
        year.world.mishaps["flood"] += 1


def _group_event(year: Year, day: date) -> None:
    """Three customers complain about one batch within two weeks: the third makes it grave."""
    mails: list[Posted] = []
    first = year.customers.newcomer()

    def again() -> None:
        mails.append(year.customers.complain(None if mails else first, like=mails[0] if mails else None, fault="0"))
        mails[-1].facts["group"] = str(len(mails))

    for n in range(3):
        year.later(_at(day, 14, 1) + timedelta(days=5 * n), again)


def _full(year: Year, day: date) -> None:
    """Somebody's mailbox is full for hours or days."""
    _mailbox_full(year, day, year.chance.uniform(2, 60))


def _full_for_long(year: Year, day: date) -> None:
    """Somebody's mailbox is full for longer than a letter is tried."""
    _mailbox_full(year, day, year.chance.uniform(130, 220))


def _mailbox_full(year: Year, day: date, hours: float) -> None:
    begin = _at(day, 8, 40)
    year.later(begin, lambda: year.refusals.full(begin, hours, year.staff_addresses()))


def _repeat(year: Year, day: date) -> None:
    """A customer complains about the fault of an earlier complaint, perhaps one whose action was found to work."""

    def again() -> None:
        earlier = [p for p in year.world.posted if p.facts and End.NEW_CASE in p.ends]
        if earlier:
            year.customers.complain(like=year.chance.choice(earlier))

    year.later(_at(day, 10, 2), again)


def _rules(year: Year, old: str, new: str) -> None:
    path = year.plant.folder / "rules" / "stages.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new), encoding="utf-8")
    year.world.mishaps["rule file changed"] += 1
    year.rules_broken = new == BREAKS[1]


HAPPENINGS: tuple[tuple[int, Callable[[Year, date], None]], ...] = (
    (25, _mailbox_away),
    (22, _smtp_away),
    (5, _workbook_open),
    (80, _off),
    (24, _killed),
    (40, _doubt),
    (125, _flood),
    (60, _group_event),
    (12, _repeat),
    (12, _full),
    (80, _full_for_long),
)


# ---- at the desk ---------------------------------------------------------------------------------------------------


def at_the_desk(year: Year) -> Callable[[Desk], None] | None:
    """What somebody does to the table besides his work in this sitting; mostly nothing."""
    if copied := year.world.mishaps.pop(COPIED, 0):
        return lambda desk: _uncopied(year, desk, copied)
    if year.colleagues.care:
        return None
    names = [None, *(act for _, act in DEEDS)]
    weights = [100 - sum(weight for weight, _ in DEEDS), *(weight for weight, _ in DEEDS)]
    act = year.chance.choices(names, weights)[0]
    return (lambda desk: _done(year, act, desk)) if act else None


def _done(year: Year, act: Callable[[Year, Desk], None], desk: Desk) -> None:
    if len(desk.lines()) > 3:
        act(year, desk)
        year.world.mishaps[(act.__doc__ or "").rstrip(".")] += 1


def _telephone(year: Year, desk: Desk) -> None:
    """A complaint by telephone was typed by hand."""
    told = f"客户来电：型号HX-T{100 + len(year.world.by_hand)}的开关松动，要求换货。第{len(year.world.by_hand)}号记录"
    desk.add({"company": f"来电客户{len(year.world.by_hand)}", "description": told, "channel": "电话"})
    year.world.by_hand.append(told)


def _sorted(year: Year, desk: Desk) -> None:
    """The table was sorted."""
    desk.sort(year.chance.choice(("company", "severity", "due", "number", "stage")), reverse=year.chance.random() < 0.5)


def _blank(year: Year, desk: Desk) -> None:
    """An empty row was inserted."""
    desk.insert_blank(year.chance.choice(list(desk.lines().values())))


def _overtyped(year: Year, desk: Desk) -> None:
    """The bot's own cells were typed into."""
    line = year.chance.choice(list(desk.lines().values()))
    desk.type(line, "stage", "已归档")
    desk.type(line, "bot_note", None)


def _deleted(year: Year, desk: Desk) -> None:
    """A row was deleted."""
    typed_now = {t.number for t in year.world.typed.values() if t.at == year.plant.clock.now}
    lines = {number: line for number, line in desk.lines().items() if number not in typed_now}
    if lines and not year.world.mishaps[COPIED]:
        number = year.chance.choice(list(lines))
        if number not in year.world.own_notes:  # a column that is not ours is lost with its row
            desk.delete(lines[number])


def _copied(year: Year, desk: Desk) -> None:
    """A row was copied with its number, and taken out again later."""
    if year.plant.clock.now.hour < 12:
        desk.copy(year.chance.choice(list(desk.lines().values())))
        year.world.mishaps[COPIED] = 1


def _uncopied(year: Year, desk: Desk, _: int) -> None:
    number, seen = desk.place("number"), set[str]()
    for line, cells in enumerate(desk.grid[1:], start=2):
        if cells[number] in seen:
            desk.delete(line)
            return
        seen |= {cells[number]} if cells[number] else set()


def _noted(year: Year, desk: Desk) -> None:
    """Somebody wrote into a column of his own."""
    if OWN_COLUMN not in desk.headings():
        desk.add_column(OWN_COLUMN)
    number, line = year.chance.choice(list(desk.lines().items()))
    year.world.own_notes[number] = f"记一下 {year.plant.clock.now:%m-%d %H:%M}"
    desk.type(line, OWN_COLUMN, year.world.own_notes[number])


DEEDS: tuple[tuple[int, Callable[[Year, Desk], None]], ...] = (
    (9, _telephone),
    (8, _sorted),
    (3, _blank),
    (3, _overtyped),
    (2, _deleted),
    (2, _copied),
    (4, _noted),
)
