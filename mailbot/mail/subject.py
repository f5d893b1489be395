"""What a subject line says: answer or forward, case numbers; and reply tokens, wherever they stand.

A number found here is a candidate: only the ledger knows whether there is such a case.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from mailbot.mail.wording import FORWARD_PREFIXES, REPLY_PREFIXES


def _prefixes(words: str) -> str:
    return "|".join(sorted(map(re.escape, words.split()), key=len, reverse=True))


_PREFIX = re.compile(
    rf"^\s*(?:(?P<reply>{_prefixes(REPLY_PREFIXES)})|(?P<forward>{_prefixes(FORWARD_PREFIXES)}))(?:\[\d+\]|\(\d+\))?\s*[:：]\s*",
    re.I,
)
_EXTERNAL = re.compile(r"^\s*(?:\[(?:EXTERNAL|EXT|外部邮件|外部郵件)\]|【外部邮件】)\s*", re.I)
_NUMBER = re.compile(r"(?<![A-Z0-9])([A-Z]{1,6})\s?-\s?(\d{4})\s?-\s?(\d{3,9})(?![0-9A-Z])")
_LIKE_NUMBER = re.compile(r"[-‐‑‒–—―−﹣－]\s?\d{4}\s?[-‐‑‒–—―−﹣－]")  # in every number and token, found fast
_TOKEN = re.compile(r"(?<![A-Z0-9])([A-Z]{1,6}-\d{4}-\d{3,9}-[A-Z2-7]{16})(?![A-Z0-9])", re.I)
_TOKEN_ID = re.compile(r"^<([a-z]{1,6}-\d{4}-\d{3,9})\.[^.@<>]*\.([a-z2-7]{16})@", re.I)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣", "-"))
_PAPERS = frozenset(
    {
        "PO",
        "SO",
        "DN",
        "INV",
        "RMA",
        "LOT",
        "SN",
        "PI",
        "PR",
        "QC",
        "SKU",
        "REF",
        "ISO",
        "GB",
        "NO",
        "BL",
        "CI",
        "WO",
        "MO",
        "GRN",
        "QN",
        "QM",
        "QR",
        "IQC",
        "NC",
        "NCR",
        "NCMR",
        "DMR",
        "CAR",
        "SCAR",
        "CAPA",
    }
)


def prefix(subject: str) -> str:
    """`reply`, `forward` or empty: what the outermost prefix of a subject says."""
    found = _PREFIX.match(_EXTERNAL.sub("", subject))
    return found.lastgroup or "" if found else ""


def base(subject: str) -> str:
    """The subject without any reply and forward prefixes."""
    while (shorter := _PREFIX.sub("", _EXTERNAL.sub("", subject))) != subject:
        subject = shorter
    return subject.strip()


def numbers(text: str) -> tuple[str, ...]:
    """Case numbers in `text`, each once, normalised (`CP-2026-000123`): full-width, lower case, odd dashes are read."""
    if not _LIKE_NUMBER.search(text):
        return ()
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES).upper()
    return tuple(dict.fromkeys("-".join(found) for found in _NUMBER.findall(plain)))


def likely(number: str) -> bool:
    """Whether a number looks like one of a case rather than of an order: year, long counter, no paper's letters."""
    letters, year, counter = number.split("-")
    return year.startswith("20") and len(counter) >= 5 and len(letters) > 1 and letters not in _PAPERS


def tokens(texts: Iterable[str], message_ids: Iterable[str]) -> tuple[str, ...]:
    """Reply tokens in upper case (`CP-2026-000123-K7Q2MXT4A9B3C5D6`), from texts and from Message-IDs of ours."""
    found = [token.upper() for text in texts if _LIKE_NUMBER.search(text) for token in _TOKEN.findall(text)]
    found += [f"{m[1]}-{m[2]}".upper() for i in message_ids if (m := _TOKEN_ID.match(i))]
    return tuple(dict.fromkeys(found))
