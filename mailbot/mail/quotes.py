"""Where the quoted history of a mail begins, and whose it is.

Line by line: a divider, a header block or an attribution starts the quote. Each needs more than one sign, because
complaints are full of labels, dashes, `>` and 写道 themselves. Answers written between `>` lines are new text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailbot.core.model import Mailbox
from mailbot.mail.addresses import ADDRESS, mailbox
from mailbot.mail.wording import ATTRIBUTION_STARTS, FORWARD_DIVIDERS, FORWARD_OPENINGS, LABELS, REPLY_DIVIDERS, WROTE

_HAN = re.compile("[\u3040-\u9fff\uac00-\ud7a3]")
_BLANK = " \t\u3000\u00a0\u200b\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A quoted mail: the line its header begins, the line its text begins, and what the header says.

    `by` is `header`, `divider`, `attribution` or `marks` (only `>`); `forward`: the header says it was passed on.
    """

    start: int
    body: int
    by: str
    sender: Mailbox | None = None
    date_text: str = ""
    subject: str = ""
    forward: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A text cut in two: what was written this time, line by line, and the quoted mail with its lines."""

    kept: tuple[str, ...]
    quote: Quote | None = None
    quoted: tuple[str, ...] = ()


def split(text: str) -> Split:
    """Cut `text` where its quoted history begins; without one everything is kept."""
    lines = text.split("\n")
    quote = first_quote(lines)
    if quote is None:
        return Split(kept=tuple(lines))
    below = lines[quote.body :]
    if quote.by in ("attribution", "marks") and any(_marked(line) for line in below):
        answers = _answers(below)
        kept = (*lines[: quote.start], *answers)
        return Split(kept=kept, quote=quote, quoted=tuple(_unmarked(line) for line in below if _marked(line)))
    quoted = [_unmarked(line) for line in below] if _mostly_marked(below) else below
    return Split(kept=tuple(lines[: quote.start]), quote=quote, quoted=tuple(quoted))


def first_quote(lines: list[str]) -> Quote | None:
    """The topmost quoted mail in `lines`."""
    for at, line in enumerate(lines):
        bare = line.strip(_BLANK)
        if not bare:
            continue
        found = _divided(lines, at, bare) or _headed(lines, at, divided=False) or _attributed(lines, at, bare)
        if found is not None:
            return found
    return _only_marks(lines)


def _answers(below: list[str]) -> list[str]:
    """The unmarked lines among marked ones, up to a further quote in them."""
    answers = ["" if _marked(line) else line for line in below]
    further = first_quote(answers)
    return answers if further is None else answers[: further.start]


# Dividers -----------------------------------------------------------------------------------------------------------


def _any(words: tuple[str, ...]) -> str:
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=len, reverse=True))


_DIVIDER = re.compile(
    rf"^[>\s|]*[-=_—─*]{{2,}}(?:\s|&nbsp;)*(?:(?P<forward>{_any(FORWARD_DIVIDERS)})|(?P<reply>{_any(REPLY_DIVIDERS)}))\b"
    rf".{{0,60}}?[-=_—─*]{{2,}}\W*$|^[>\s]*(?P<bare>{_any(FORWARD_OPENINGS)})\s*[:：]\s*$",
    re.I,
)
_FOXMAIL = re.compile(r"^[>\s]*=+\s*(\d{4}-\d\d?-\d\d? \d\d?:\d\d(?::\d\d)?)\s*(?:您|你)?在来信中写道[:：]\s*=*\s*$")
_ORANGE = re.compile(r"^[>\s]*Message du (\d\d/\d\d/\d\d \d\d:\d\d)\s*$")


def _divided(lines: list[str], at: int, bare: str) -> Quote | None:
    if bare[0] not in "-=_—─*>|BbEM開开下以" or len(bare) > 160:
        return None
    if foxmail := _FOXMAIL.match(bare):
        return Quote(start=at, body=at + 1, by="divider", date_text=foxmail[1])
    divider = _DIVIDER.match(bare) or _ORANGE.match(bare)
    if divider is None:
        return None
    forward = divider.re is _DIVIDER and not divider["reply"]
    for below in range(at + 1, min(at + 4, len(lines))):
        if lines[below].strip(_BLANK) and (headed := _headed(lines, below, divided=True)):
            return _restarted(headed, at, forward)
    return Quote(start=at, body=at + 1, by="divider", forward=forward)


def _restarted(quote: Quote, start: int, forward: bool) -> Quote:
    return Quote(
        start=start,
        body=quote.body,
        by="header",
        sender=quote.sender,
        date_text=quote.date_text,
        subject=quote.subject,
        forward=forward,
    )


# Header blocks ------------------------------------------------------------------------------------------------------


def _label(word: str) -> str:
    return r"[\s\u3000]*".join(map(re.escape, word)) if _HAN.search(word) else re.escape(word)


_LABEL = re.compile(
    r"^[>\s|*\u3000\u00a0]*(?:"
    + "|".join(
        f"(?P<{kind}>{'|'.join(_label(w) for w in sorted(words.split(), key=len, reverse=True))})"
        for kind, words in LABELS.items()
    )
    + r")[\s\u3000\u00a0*]*(?:[:：﹕︰]|\t|\|)[\s\u3000\u00a0*|]*(?P<value>.*?)[\s|*;；]*$",
    re.I,
)


def _headed(lines: list[str], at: int, *, divided: bool) -> Quote | None:
    """Read a header block that begins at line `at`; after a divider fewer signs are enough."""
    if (first := _LABEL.match(lines[at][:400])) is None or first.lastgroup is None:
        return None
    seen, end = _block(lines, at)
    if "sender" not in seen or not ({"date", "subject"} & seen.keys()):
        return None
    addressed = ADDRESS.search(seen["sender"]) is not None
    if not (divided or addressed or ("subject" in seen and len(seen) >= 3)):
        return None
    return Quote(
        start=at,
        body=end,
        by="header",
        sender=mailbox(seen["sender"]),
        date_text=seen.get("date", ""),
        subject=seen.get("subject", ""),
    )


def _block(lines: list[str], at: int) -> tuple[dict[str, str], int]:
    """The labelled values from line `at` on, and the line after the block. Recipients may run over several lines."""
    seen: dict[str, str] = {}
    end, kind = at, ""
    for number in range(at, min(at + 40, len(lines))):
        line = lines[number]
        if not line.strip(_BLANK + ">|"):
            if "subject" in seen and "sender" in seen:
                break
            continue
        label = _LABEL.match(line[:2000])
        found = next((k for k in LABELS if label[k]), "") if label else ""
        if label and found and (found not in seen or found == "other"):
            kind = found
            seen[kind] = label["value"]
        elif not (kind in ("to", "cc", "sender") and number == end and _continues(line, lines[number - 1])):
            break
        end = number + 1
    return seen, end


def _continues(line: str, above: str) -> bool:
    return above.rstrip().endswith((";", ",", "；", "，")) or (
        "@" in line and len(line) < 300 and line[:1] in " \t<\"'"
    )


# Attributions -------------------------------------------------------------------------------------------------------

_DATE = (
    r"(?:\d{1,4}\s*[年년/.-]\s*\d{1,2}\s*[月월/.-]\s*\d{1,4}"
    r"|\d{1,2}\.?\s+(?:de\s+)?[^\W\d_]{3,10}\.?,?\s+(?:de\s+)?\d{4}|[A-Z][a-zé]{2,9}\.?\s+\d{1,2},?\s+\d{4})"
)
_START = "|".join(word if _HAN.search(word) else rf"{word}\s" for word in ATTRIBUTION_STARTS.split())
_ATTRIBUTION = re.compile(
    rf"^[>\s*]*(?:(?:{_START}).{{0,120}}?{_DATE}|.{{0,120}}?(?:于|於|在)\s*{_DATE}|{_DATE}).{{0,400}}"
    rf"(?:{_any(WROTE)})(?:\s*(?:[:：﹕]|$)|\b.{{0,160}}[:：﹕]|(?P<open>\b.{{0,80}}))\s*$",
    re.S,
)
_NAME_WROTE = re.compile(rf"^[>\s]*.{{0,80}}<[^<>\s]+@[^<>\s]+>\s*(?:{_any(WROTE)})\s*[:：﹕]\s*$")
_ADDRESS_WROTE = re.compile(rf"^[>\s]*.{{0,160}}[^<>\s]@[^<>\s]+.{{0,40}}?(?:{_any(WROTE)})\s*[:：﹕]\s*$")
"""However it writes the time: enough when the lines below are marked."""
_DATED_ADDRESS = re.compile(
    rf"^[>\s]*(?:\w{{1,12}}\.?,\s*)?{_DATE}.{{0,40}}?\d\d?:\d\d.{{0,80}}<[^<>\s]+@[^<>\s]+>\s*[:：]\s*$"
)
_WHEN = re.compile(rf"{_DATE}.{{0,30}}?\d\d?:\d\d(?::\d\d)?|{_DATE}")
_WROTE = re.compile(_any(WROTE))
_BEGINS = re.compile(rf"^[>\s*]*(?:{_START})")


def _attributed(lines: list[str], at: int, bare: str) -> Quote | None:
    if len(bare) > 300:
        return None
    for count in (1, 2, 3):
        window = lines[at : at + count]
        last = window[-1].strip(_BLANK + "*")
        if len(window) < count or not last:
            return None
        if count > 1 and not (_BEGINS.match(bare) or _WHEN.search(bare)):
            return None
        if not last.endswith((":", "：", "﹕")) and not _WROTE.search(last):
            continue
        joined = " ".join(line.strip(_BLANK + ">") for line in window)
        found = _ATTRIBUTION.match(joined) or _NAME_WROTE.match(joined) or _DATED_ADDRESS.match(joined)
        closed, marked = found and not found.groupdict().get("open"), _marks_follow(lines, at + count)
        if (found and ((closed and ADDRESS.search(joined)) or marked)) or (marked and _ADDRESS_WROTE.match(joined)):
            return Quote(
                start=at, body=at + count, by="attribution", sender=_attributed_to(joined), date_text=_when(joined)
            )
    return None


def _attributed_to(joined: str) -> Mailbox | None:
    rest = _WROTE.sub("", _WHEN.sub(",", joined))
    rest = _BEGINS.sub("", rest)
    address = ADDRESS.search(rest)
    before = rest[: address.start()] if address else rest
    name = re.split(r"[,，]|(?:周|週|星期)[一二三四五六日天]|(?:上午|下午|晚上|早上)|\d\d?:\d\d", before)[-1]
    if address is None:
        name = next((n for n in re.split(r"[,，:：]", rest)[1:] if n.strip()), "")
    return Mailbox(name=name.strip(" \t<\"'“”(（于於在:："), address=address[0] if address else "")


def _when(joined: str) -> str:
    found = _WHEN.search(joined)
    return found[0] if found else ""


# `>` marks ----------------------------------------------------------------------------------------------------------

_MARK = re.compile(r"^[ \t]{0,3}>")
_COMPARED = re.compile(r"^[ \t]*>=?\s*[\d¥$￥.]")


def _marked(line: str) -> bool:
    return _MARK.match(line) is not None


def _unmarked(line: str) -> str:
    return re.sub(r"^[ \t]{0,3}> ?", "", line)


def _mostly_marked(lines: list[str]) -> bool:
    filled = [line for line in lines if line.strip(_BLANK)]
    return bool(filled) and sum(map(_marked, filled)) * 2 > len(filled)


def _marks_follow(lines: list[str], at: int) -> bool:
    below = next((line for line in lines[at : at + 3] if line.strip(_BLANK)), "")
    return _marked(below)


def _only_marks(lines: list[str]) -> Quote | None:
    """Marked lines without any header: at least two together, not all of them comparisons (`> 1000 rpm`)."""
    for at in range(len(lines) - 1):
        pair = lines[at : at + 2]
        if all(map(_marked, pair)) and not all(map(_COMPARED.match, pair)):
            return Quote(start=at, body=at, by="marks")
    return None
