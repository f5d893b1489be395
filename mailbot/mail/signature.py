"""Where the message ends and the signature, the disclaimer and the advertising begin.

From the last line upwards: lines that look like a signature are passed over until a sentence stands in the way, and
the text is cut at the highest line that surely opens a signature (a closing formula, a delimiter, the writer's name).
A complaint that ends in a form or in one short line stays whole: in doubt nothing is cut.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from mailbot.mail.html import PICTURE
from mailbot.mail.wording import (
    CLOSINGS,
    COMPANIES,
    CONTACT_LABEL,
    DEVICES,
    FOOTERS,
    HONORIFICS,
    NO_NAME,
    ROLES,
    SURNAMES,
)

_LONGEST = 15  # filled lines a signature may have, footers not counted
_BLANK = " \t\u3000\u00a0\u200b\ufeff"


class _Line(IntEnum):
    """What a line may be, by how much it says about a signature."""

    SENTENCE = 0
    BLANK = 1
    SHORT = 2  # could belong to a signature, could be text
    DETAIL = 3  # contact, company, role, date: belongs to one if one begins above
    FOOTER = 4  # cut wherever it ends the text
    OPENING = 5  # a signature begins here


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A text without its signature, and the signature."""

    text: tuple[str, ...]
    signature: tuple[str, ...]


_CLOSING = re.compile(rf"^\W{{0,3}}(?:{'|'.join(CLOSINGS)})(?:\s*/\s*(?:{'|'.join(CLOSINGS)}))*\W*$", re.I)
_CLOSED_BY = re.compile(rf"^(?:{CLOSINGS[1]}|{CLOSINGS[2]})[,!.]?\s+[\w.'-]+(?:\s+[\w.'-]+){{0,2}}$", re.I)
_SIGNED_BY = re.compile(
    r"^(?:[\u4e00-\u9fff（）()· \u3000]{2,20}(?:[敬谨謹拜]上|[敬谨謹][启啟])|[\u4e00-\u9fff]{2,4}[ \u3000]上"
    rf"|(?:[阿小][\u4e00-\u9fff]|[{SURNAMES}][\u4e00-\u9fff]{{1,2}})上)\W?$"
)
_SPEAKS = re.compile(  # a sentence that gives a name or a number
    r"^(?:我的?|我家|本人)(?:的)?(?:电话|電話|手机|手機|号码|號碼|微信|叫|是|姓|住)"
    r"|^(?:my (?:number|phone|name)|(?:please )?(?:call|reach|ring|text) me)\b",
    re.I,
)
_DASHED = re.compile(r"^[—–]{1,2}\s*[^\s—–].{0,24}$")
_CONTACT_PERSON = re.compile(
    r"^(?:联\s*系\s*人|聯\s*[絡繫]\s*人|经办人|經辦人|contact(?: person)?)\s*[:：]\s*\S[^。，！？\d]{0,30}$", re.I
)
_DEVICE = re.compile(rf"^\W{{0,3}}(?:{'|'.join(DEVICES)})\W*$", re.I)
_FOOTER = re.compile("|".join(FOOTERS), re.I)
_POSTSCRIPT = re.compile(r"p\.?\s?s\b|又及|另[:：外]", re.I)
_RULE = re.compile(r"^(?:[-_=*—─~～]{2,}|\|[|\s]*)$")
_PHONE = re.compile(
    r"(?<![\w-])(?:[+＋]\s?\d{1,3}[-\s.]?)?(?:[(（]?0?\d{1,4}[)）]?[-\s.]?)?\d{3,4}[-\s.]?\d{3,4}(?:[-\s.]?\d{2,4})?(?:\s*(?:转|轉|分机|分機|ext\.?|x|#)\s*\d{1,6})?(?![\w-])",
    re.I,
)
_ADDRESS_ONLY = re.compile(r"^<?(?:mailto:)?[\w.+-]+@[\w.-]+>?$|^(?:https?://|www\.)\S+$", re.I)
_DATE_ONLY = re.compile(
    r"^(?:\d{4}\s*[年/.-]\s*\d{1,2}\s*[月/.-]\s*\d{1,2}\s*日?|[〇零一二三四五六七八九十○]{4}年.{1,3}月.{1,3}日"
    r"|\d{1,2}(?:/|\s)\w{2,9}(?:/|\s)\d{4}|[A-Z][a-z]{2,8} \d{1,2}, \d{4})$"
)
_ENDS = re.compile(r"[。！？!?；;…～~，,、:：]$|[a-z)\d]{2}\.$")
_STOPPED = re.compile(r"[。！？!?…～~🙏]$|[a-z)\d]{2}\.$")
_INSIDE = re.compile(r"[。！？；，]|[a-z\d]{4}[.!?]\s+[A-Z]")
_NUMBER_LABEL = re.compile(
    r"订单|訂單|编号|編號|批号|批號|批次|型号|型號|单号|單號|数量|序号|發票|发票|\b(?:order|batch|lot|model|part|no\.|serial|s/n)\b",
    re.I,
)
_FORM = re.compile(r"^(?:【[^】]{1,20}】|[^:：\t]{1,20}(?:[:：]|\t)\s*\S)")
_HAN_NAME = re.compile(
    rf"^(?:[\u4e00-\u9fff（）()]{{2,16}}[ \u3000]+)?(?:[{SURNAMES}][\u4e00-\u9fff]{{1,2}}|[老小][{SURNAMES}])"
    r"(?:[（(][^（）()]{2,20}[）)])?$"
    rf"|^[\u4e00-\u9fff]{{1,3}}(?:{'|'.join(HONORIFICS.split())})$"
)
_LATIN_NAME = re.compile(
    r"^(?:[A-Z][\w'’.-]*)(?:\s+(?:(?:de|van|von|der|den|da|di|la|and|&)\s+){0,2}[A-Z][\w'’.-]*){0,3}(?:,\s*[A-Z]{2,4})?$"
)


def split(lines: Sequence[str], names: Sequence[str] = ()) -> Signed:
    """Cut the signature off `lines`; `names` are what the header calls the writer, full name first."""
    filled = [at for at, line in enumerate(lines) if line.strip(_BLANK)]
    cut = min(_delimited(lines, filled), _opened(lines, filled, _known(names)))
    if cut < len(lines) and not any(_says(line) for line in lines[:cut]) and not _certain(lines, cut):
        cut = _footed(lines, filled)
    return Signed(text=tuple(lines[:cut]), signature=tuple(lines[cut:]))


def _says(line: str) -> bool:
    return bool(line.strip(_BLANK)) and not line.startswith(PICTURE)


def _certain(lines: Sequence[str], cut: int) -> bool:
    """Whether a cut that leaves no text is right: a delimiter, or a signature with everything in it."""
    kinds = [_plain_kind(line.strip(_BLANK)) for line in lines[cut:] if line.strip(_BLANK)]
    return _delimiter(lines[cut]) or all(k is _Line.FOOTER for k in kinds) or kinds.count(_Line.DETAIL) >= 2


def _delimiter(line: str) -> bool:
    return line.strip() in ("--", "—", "- -")


def _delimited(lines: Sequence[str], filled: list[int]) -> int:
    """The last `-- ` with at most a signature's length below it."""
    for above, at in enumerate(reversed(filled)):
        if above > _LONGEST:
            break
        if _delimiter(lines[at]) and above:
            return at
    return len(lines)


def _footed(lines: Sequence[str], filled: list[int]) -> int:
    """Where the trailing footers alone begin."""
    cut = len(lines)
    for at in reversed(filled):
        if _plain_kind(lines[at].strip(_BLANK)) is not _Line.FOOTER and not _RULE.match(lines[at].strip(_BLANK)):
            break
        cut = at
    return cut


def _opened(lines: Sequence[str], filled: list[int], names: frozenset[str]) -> int:
    """Climb from the end; return the highest opening reached before a sentence or a form."""
    cut, length = _footed(lines, filled), 0
    seen_detail = False
    for index in range(len(filled) - 1, -1, -1):
        at = filled[index]
        kind = _kind(lines, filled, index, names, seen_detail)
        if kind is _Line.SENTENCE or length > _LONGEST:
            break
        length += kind is not _Line.FOOTER
        seen_detail = seen_detail or kind >= _Line.DETAIL
        if kind >= _Line.FOOTER and not _goes_on(lines, filled, index):
            cut = at
    return min(cut, _closed(lines, filled))


def _closed(lines: Sequence[str], filled: list[int]) -> int:
    """A closing formula with a short line, or nothing, below it opens the signature whatever follows."""
    for below, at in enumerate(reversed(filled)):
        if below > _LONGEST:
            break
        if _POSTSCRIPT.match(lines[at].strip(_BLANK)):
            break
        if _CLOSING.match(lines[at].strip(_BLANK)) and _signs_below(lines, filled, len(filled) - 1 - below):
            return _topmost_closing(lines, filled, len(filled) - 1 - below)
    return len(lines)


def _signs_below(lines: Sequence[str], filled: list[int], index: int) -> bool:
    below = lines[filled[index + 1]].strip(_BLANK) if index + 1 < len(filled) else ""
    return len(below) <= 60


def _topmost_closing(lines: Sequence[str], filled: list[int], index: int) -> int:
    while index and _CLOSING.match(lines[filled[index - 1]].strip(_BLANK)):
        index -= 1
    return filled[index]


def _goes_on(lines: Sequence[str], filled: list[int], index: int) -> bool:
    """Whether the line continues a form that stands right above it: `电话：…` as its last field."""
    at = filled[index]
    if index == 0 or filled[index - 1] != at - 1:
        return False
    above, line = lines[at - 1].strip(_BLANK), lines[at].strip(_BLANK)
    return bool(_FORM.match(line) and _FORM.match(above) and not CONTACT_LABEL.match(above))


def _known(names: Sequence[str]) -> frozenset[str]:
    """The writer's names as they may stand in a signature: whole, its words, without honorific."""
    found: set[str] = set()
    for name in names:
        plain = name.strip().casefold()
        found.add(plain)
        found.update(word for word in re.split(r"[\s,.()（）_-]+", plain) if len(word) >= 2)
    return frozenset(name for name in found if len(name) >= 2 and name not in NO_NAME)


def _kind(lines: Sequence[str], filled: list[int], index: int, names: frozenset[str], seen_detail: bool) -> _Line:
    line = lines[filled[index]].strip(_BLANK)
    if line.startswith(PICTURE):
        return _Line.BLANK
    kind = _plain_kind(line)
    if kind in (_Line.SHORT, _Line.DETAIL) and _named(line, names):
        return _Line.OPENING
    if kind is _Line.DETAIL and _CONTACT_PERSON.match(line):
        return kind  # belongs to a signature, or to a form: never opens one
    if kind is _Line.DETAIL and _name_and_phone(line) and not _below_an_address(lines, filled, index):
        return _Line.OPENING
    if kind is _Line.DETAIL and seen_detail and _may_open(lines, filled, index):
        return _Line.OPENING
    alone = COMPANIES.search(line) if kind is _Line.DETAIL else _DASHED.match(line)
    if alone and _ends_alone(lines, filled, index):
        return _Line.OPENING
    if kind in (_Line.SHORT, _Line.DETAIL) and _looks_like_name(lines, filled, index, line, seen_detail):
        return _Line.OPENING
    return kind


def _plain_kind(line: str) -> _Line:
    """What a line is by itself, without knowing the writer or its neighbours."""
    if _DEVICE.match(line) or _FOOTER.search(line):
        return _Line.FOOTER
    if (
        _RULE.match(line)
        or _CLOSING.match(line)
        or (len(line) <= 60 and (_CLOSED_BY.match(line) or _SIGNED_BY.match(line)))
    ):
        return _Line.OPENING
    if len(line) > 80 or (_ENDS.search(line) and not COMPANIES.search(line)):
        return _Line.SENTENCE
    if _SPEAKS.match(line):
        return _Line.SENTENCE
    if _CONTACT_PERSON.match(line):
        return _Line.DETAIL
    if CONTACT_LABEL.match(line) or _ADDRESS_ONLY.match(line) or _DATE_ONLY.match(line):
        return _Line.DETAIL if not re.search("[。，]", line) else _Line.SENTENCE
    if _INSIDE.search(line) or _NUMBER_LABEL.search(line):
        return _Line.SENTENCE
    if _phone(line) is not None:
        return _Line.DETAIL
    if _FORM.match(line) or "\t" in line:
        return _Line.SENTENCE
    if COMPANIES.search(line) or (ROLES.search(line) and len(line) <= 60):
        return _Line.DETAIL
    return _Line.SHORT if len(line) <= 40 else _Line.SENTENCE


def _phone(line: str) -> str | None:
    """What stands beside the telephone number of a line; None when there is none."""
    found = next((p for p in _PHONE.finditer(line) if sum(c.isdigit() for c in p[0]) >= 7), None)
    return line.replace(found[0], " ", 1).strip(" \t,/|;；:：()（）·-") if found else None


def _name_and_phone(line: str) -> bool:
    """`方女士 13100005528`, `唐女士 177 0000 9024`, a number alone: the writer leaves a card, not a sentence."""
    beside = _phone(line)
    return beside is not None and len(beside) <= 24 and not re.search(r"\d|[:：]", beside)


def _below_an_address(lines: Sequence[str], filled: list[int], index: int) -> bool:
    """Whether the line ends an address in the text: where to send the goods, then to whom."""
    above = lines[filled[index - 1]].strip(_BLANK) if index else ""
    return not _may_open(lines, filled, index) and _plain_kind(above) is _Line.SHORT


def _named(line: str, names: frozenset[str]) -> bool:
    plain = line.casefold()
    words = frozenset(re.split(r"[\s,.|/()（）·:：-]+", plain))
    given = len(plain) == 2 and not plain.isascii()  # 怡安 of 陈怡安
    own = any(n in words or (not n.isascii() and n in plain) or (given and n.endswith(plain)) for n in names)
    return own and len(line) <= 60


def _looks_like_name(lines: Sequence[str], filled: list[int], index: int, line: str, seen_detail: bool) -> bool:
    """A line that is nothing but a name, where a signature may begin: after a gap, a sentence, or above details."""
    if line.casefold() in NO_NAME:
        return False
    if _HAN_NAME.match(line):
        return seen_detail or _may_open(lines, filled, index)
    return bool(_LATIN_NAME.match(line)) and (seen_detail or _after_gap(filled, index))


def _may_open(lines: Sequence[str], filled: list[int], index: int) -> bool:
    """Whether the text may end above this line: at a gap or at the end of a sentence."""
    return _after_gap(filled, index) or _STOPPED.search(lines[filled[index - 1]].strip(_BLANK)) is not None


def _ends_alone(lines: Sequence[str], filled: list[int], index: int) -> bool:
    """Whether a short line stands by itself below the finished text: the shop that writes."""
    last = index == len(filled) - 1 and len(lines[filled[index]].strip(_BLANK)) <= 24
    above = lines[filled[index - 1]].strip(_BLANK) if index else ""
    return last and bool(_STOPPED.search(above)) and _after_gap(filled, index)


def _after_gap(filled: list[int], index: int) -> bool:
    return index == 0 or filled[index - 1] != filled[index] - 1
