"""Dates as people write them, resolved against the day the mail was written.

3月5日, 上周三, yesterday, 8/11, 民國115年.

A date without a year lies in the past; one that names a coming day (下周五) is not read, for nothing that happened is
meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from mailbot.mail.fields.numerals import numeral

_WEEKDAYS_EN = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS_EN = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_HAN = re.compile("[\u4e00-\u9fff]")
_NUM = r"[一二两三四五六七八九十廿卅〇零\d]"
_HOLIDAYS = {
    "国庆": (10, 1),
    "元旦": (1, 1),
    "五一": (5, 1),
    "劳动节": (5, 1),
    "双十一": (11, 11),
    "双11": (11, 11),
    "双十二": (12, 12),
    "双12": (12, 12),
    "圣诞": (12, 25),
    "平安夜": (12, 24),
    "情人节": (2, 14),
    "618": (6, 18),
    "六一": (6, 1),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A date and where it stands in the text."""

    start: int
    end: int
    day: date


_LIMIT = 50  # dates of one form that are looked at
Read = Callable[[re.Match[str], date, bool], date | None]


def dates_in(level: str, today: date, *, west: bool) -> list[Dated]:
    """Find the dates of a folded text, in order, without overlaps.

    `west` reads 3/5 as March 5 where both are possible, as Chinese does.
    """
    found: list[Dated] = []
    west = west or bool(_HAN.search(level))
    for pattern, read, needed in _READERS:
        if needed and not any(word in level for word in needed):
            continue
        for hit in islice(pattern.finditer(level), _LIMIT):
            if any(hit.start() < d.end and hit.end() > d.start for d in found):
                continue
            day = read(hit, today, west)
            if day is not None and abs((day - today).days) < 366 * 15:
                found.append(Dated(start=hit.start(), end=hit.end(), day=day))
    return sorted(found, key=lambda d: d.start)


def _make(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _past(month: int, day: int, today: date) -> date | None:
    """Return the latest such day not after today; a day or two ahead counts as this year's."""
    this = _make(today.year, month, day)
    return this if this and this <= today + timedelta(days=60) else _make(today.year - 1, month, day)


def _full(hit: re.Match[str], today: date, west: bool) -> date | None:
    return _make(int(hit["y"]), int(hit["m"]), int(hit["d"]))


def _roc(hit: re.Match[str], today: date, west: bool) -> date | None:
    return _make(int(hit["y"]) + 1911, int(hit["m"]), int(hit["d"]))


def _han(hit: re.Match[str], today: date, west: bool) -> date | None:
    month, day = numeral(hit["m"].replace("廿", "二十")), numeral(hit["d"].replace("廿", "二十").replace("卅", "三十"))
    if month is None or day is None:
        return None
    if year := hit["y"]:
        shift = {"去年": -1, "前年": -2, "今年": 0}.get(year)
        return _make(today.year + shift if shift is not None else int(year[:4]), int(month), int(day))
    return _past(int(month), int(day), today)


def _slashed(hit: re.Match[str], today: date, west: bool) -> date | None:
    a, b = int(hit["a"]), int(hit["b"])
    month, day = (b, a) if a > 12 or (not west and b <= 12) else (a, b)
    if year := hit["y"]:
        return _make(int(year) + (2000 if len(year) == 2 else 0), month, day)
    return _past(month, day, today)


def _month_day(hit: re.Match[str], today: date, west: bool) -> date | None:
    back = {"上": 1, "这": 0, "本": 0}[hit["which"][0]] + hit["which"].count("上上")
    number = today.year * 12 + today.month - 1 - back
    return _make(number // 12, number % 12 + 1, int(numeral(hit["d"]) or 0))


def _day(hit: re.Match[str], today: date, west: bool) -> date | None:
    """The latest such day of a month: 20号, on the 3rd."""
    number, day = today.year * 12 + today.month - 1, int(hit["d"] or hit["e"])
    this = _make(number // 12, number % 12 + 1, day)
    return this if this and this <= today else _make((number - 1) // 12, (number - 1) % 12 + 1, day)


def _back(hit: re.Match[str], today: date, west: bool) -> date | None:
    return today - timedelta(days=_DAYS_BACK[hit[0]])


def _ago(hit: re.Match[str], today: date, west: bool) -> date | None:
    number = {"a": 1.0, "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0}.get(
        hit["n"]
    ) or numeral(hit["n"])
    weeks = hit["unit"].startswith(("周", "星期", "个星期", "礼拜", "个礼拜", "week"))
    if hit["unit"] == "fortnight":
        return today - timedelta(days=14)
    return today - timedelta(days=int(number) * (7 if weeks else 1)) if number and number < 400 else None


def _weekday(hit: re.Match[str], today: date, west: bool) -> date | None:
    index = "一二三四五六日天".index(hit["d"])
    monday = today - timedelta(days=today.weekday())
    weeks = hit["which"].count("上") if hit["which"] else 0
    day = monday + timedelta(days=min(index, 6) - 7 * weeks)
    return day if day <= today or weeks else (None if hit["which"] else day - timedelta(days=7))


def _weekday_en(hit: re.Match[str], today: date, west: bool) -> date | None:
    index = _WEEKDAYS_EN.index(hit["d"][:3])
    back = (today.weekday() - index) % 7 or (7 if hit["which"] == "last " else 0)
    return today - timedelta(days=back)


def _english(hit: re.Match[str], today: date, west: bool) -> date | None:
    month, day = _MONTHS_EN.index(hit["month"][:3]) + 1, int(hit["d"])
    return _make(int(hit["y"]), month, day) if hit["y"] else _past(month, day, today)


def _holiday(hit: re.Match[str], today: date, west: bool) -> date | None:
    month, day = _HOLIDAYS[hit["h"]]
    if hit["y"]:
        return _make(today.year - {"今年": 0, "去年": 1, "前年": 2}[hit["y"]], month, day)
    this = _make(today.year, month, day)
    return this if this and this <= today else _make(today.year - 1, month, day)


_WORDS_BACK = {
    0: (
        "今朝",
        "今天",
        "今日",
        "今早",
        "今晨",
        "今晚",
        "今儿",
        "刚刚",
        "刚才",
        "today",
        "this morning",
        "this afternoon",
        "this evening",
        "tonight",
        "just now",
    ),
    1: ("昨天", "昨日", "昨晚", "昨夜", "昨儿", "昨早", "寻日", "琴日", "寻晚", "琴晚", "yesterday", "last night"),
    2: ("前天", "前日", "前晚", "the day before yesterday"),
    3: ("大前天",),
}
_DAYS_BACK = {word: days for days, words in _WORDS_BACK.items() for word in words}
_READERS: tuple[tuple[re.Pattern[str], Read, tuple[str, ...]], ...] = (  # the words: one is in every hit
    (
        re.compile(
            r"(?P<y>20(?<!\d20)\d\d)[ ]?[年\-/.][ ]?(?P<m>1[0-2]|0?[1-9])[ ]?[月\-/.][ ]?(?P<d>3[01]|[12]\d"
            r"|0?[1-9])(?!\d|-\d)[日号]?"
        ),
        _full,
        ("20",),
    ),
    (
        re.compile(r"(?<![\d.])(?P<d>3[01]|[12]\d|0?[1-9])\.[ ]?(?P<m>1[0-2]|0?[1-9])\.[ ]?(?P<y>20\d\d)(?![\d.]*\d)"),
        _full,
        (".20", ". 20"),
    ),
    (re.compile(r"民国[ ]?(?P<y>\d{2,3})[ ]?年[ ]?(?P<m>\d{1,2})[ ]?月[ ]?(?P<d>\d{1,2})[ ]?日"), _roc, ("民国",)),
    (re.compile(r"(?<![\d/])(?P<y>1[01]\d)/(?P<m>\d{1,2})/(?P<d>\d{1,2})(?![\d/])"), _roc, ("/",)),
    (
        re.compile(rf"(?P<y>去年|今年|前年|20\d\d年)?[ ]?(?P<m>{_NUM}{{1,3}})[ ]?月[ ]?(?P<d>{_NUM}{{1,3}})[ ]?[日号]"),
        _han,
        ("月",),
    ),
    (re.compile(r"(?<![\d/.\-])(?P<a>\d{1,2})/(?P<b>\d{1,2})(?:/(?P<y>20\d\d|\d\d))?(?![\d/%])"), _slashed, ("/",)),
    (re.compile(rf"(?P<which>上上个?月|上个?月|这个?月|本月)(?P<d>{_NUM}{{1,3}})[日号]"), _month_day, ("月",)),
    (
        re.compile(
            r"(?:(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?,? )?(?<![a-z0-9])"
            + _MONTH
            + r" (?P<d>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?:,? (?P<y>20\d\d))?(?!\d)"
        ),
        _english,
        _MONTHS_EN,
    ),
    (
        re.compile(
            r"(?<![\d.])(?P<d>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?: of)?[ \-]"
            + _MONTH
            + r"(?:,?[ \-](?P<y>20\d\d))?(?![a-z0-9])"
        ),
        _english,
        _MONTHS_EN,
    ),
    (
        re.compile(
            r"(?P<n>\d{1,3}|[一两二三四五六七八九十]{1,3})(?P<unit>天|日|个星期|星期|周|个礼拜|礼拜)(?:前|之前|以前)"
        ),
        _ago,
        ("前",),
    ),
    (
        re.compile(r"\b(?P<n>\d{1,3}|a|one|two|three|four|five|six) (?P<unit>days?|weeks?|fortnight) ago\b"),
        _ago,
        (" ago",),
    ),
    (
        re.compile(r"(?P<which>上上个?|上个?|这个?|本)?(?<![下每])(?<!下个)(?:周|星期|礼拜)(?P<d>[一二三四五六日天])"),
        _weekday,
        ("周", "星期", "礼拜"),
    ),
    (
        re.compile(
            r"(?<![\d月.第型编单a-z/\-])(?P<d>3[01]|[12]\d|[1-9])号(?![码线楼机门店仓库柜箱位铺桌房车床厂间孔工样品模腔磨缸炉罐桶井\d])"
            r"|\b(?:on|since|from|until) the (?P<e>3[01]|[12]\d|[1-9])(?:st|nd|rd|th)\b(?! (?:of|floor|time|day|week))"
        ),
        _day,
        ("号", " the "),
    ),
    (
        re.compile(
            r"(?P<which>last |this past |this |on |since )(?P<d>mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?(?:day)?\b"
        ),
        _weekday_en,
        _WEEKDAYS_EN,
    ),
    (
        re.compile(
            r"(?P<y>今年|去年|前年)?(?:的)?(?P<h>国庆|元旦|五一|劳动节|双十一|双11|双十二|双12|圣诞|平安夜"
            r"|情人节|六一|618(?!\d))(?!路|广场)"
        ),
        _holiday,
        tuple(_HOLIDAYS),
    ),
    (re.compile("|".join(sorted(map(re.escape, _DAYS_BACK), key=len, reverse=True))), _back, ()),
)
