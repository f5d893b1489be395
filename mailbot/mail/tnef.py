"""What Outlook hides in a winmail.dat: files, and sometimes the whole text.

The home of tnefparse and striprtf. Both fail in many ways on damaged input; then there is nothing to read here.
"""

from __future__ import annotations

import logging
import struct
import warnings
from dataclasses import dataclass

from striprtf.striprtf import rtf_to_text
from tnefparse import TNEF

from mailbot.mail import charset, html

# Everything the two libraries have been seen to raise on damaged input; none of it means more than "not readable".
_BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    NameError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
)
logging.getLogger("tnefparse").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Winmail:
    """The files inside, as (name, bytes), and the text; either may be empty."""

    files: tuple[tuple[str, bytes], ...] = ()
    text: str = ""


def opened(raw: bytes, hint: str = "") -> Winmail | None:
    """Open a winmail.dat; `hint` is a charset label of the mail. None when it cannot be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tnef = TNEF(raw, do_checksum=False)
            files = tuple((_name(a.long_filename(), hint), bytes(a.data)) for a in tnef.attachments if a.data)
            return Winmail(files=files, text=_text(tnef, hint))
    except _BROKEN:
        return None


def _name(name: str | bytes, hint: str) -> str:
    return (charset.decode(name, hint) if isinstance(name, bytes) else name).strip("\0 ")


def _text(tnef: TNEF, hint: str) -> str:
    if tnef.body:
        return _name(tnef.body, hint)
    if tnef.htmlbody:
        return html.to_text(_name(tnef.htmlbody, hint))
    if tnef.rtfbody:
        rtf = tnef.rtfbody.decode("latin-1")
        return str(rtf_to_text(rtf, errors="replace")).strip()  # type: ignore[no-untyped-call]  # it ships no types
    return ""
