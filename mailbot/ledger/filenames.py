"""Names for files that strangers named: safe on every system staff may open them from, and still recognisable.

Pure: a name goes in, a name comes out. No path, no device, no hidden file, nothing that turns around or vanishes on the
screen, nothing a double click would run: an ending that is not on the list gets `.bin` behind it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

_DOCUMENTS = "pdf doc docx xls xlsx ppt pptx wps et dps rtf odt ods odp txt csv log json xml eml msg zip rar 7z gz"
_PICTURES = "jpg jpeg png gif bmp tif tiff webp heic heif dwg dxf step stp igs stl"
_FILMS = "mp4 mov avi mkv wmv 3gp m4v webm mp3 wav m4a amr aac ogg"
ENDINGS = frozenset(f"{_DOCUMENTS} {_PICTURES} {_FILMS}".split())
"""Endings a stored file may have. What a system would run, or a browser would run scripts from, is not among them."""

LONGEST = 180
"""Bytes of UTF-8 in a name, so that every file system and a counting suffix have room."""

_BAD = re.compile(r'[<>:"|?*\\/%]')
_BLANKS = re.compile(r"\s+")
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|clock\$|com[0-9]|lpt[0-9])\Z")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_ENDING = re.compile(r"\.([A-Za-z0-9]{1,8})\Z")


def ending(filename: str) -> str:
    """Return the ending a file is stored under, with its dot: the name's own if it is on the list, else `.bin`."""
    found = _ENDING.search(_visible(filename).rstrip(" ."))
    return f".{found[1].lower()}" if found and found[1].lower() in ENDINGS else ".bin"


def safe_name(filename: str) -> str:
    """Return a name to show and to store under, made from whatever a mail calls the file."""
    last = re.split(r"[\\/]", _visible(filename))[-1]
    name = _BLANKS.sub(" ", _BAD.sub("_", last)).lstrip(" .~$-").rstrip(" .")
    kept = ending(name)
    stem = name[: -len(kept)] if name.lower().endswith(kept) else name
    return _stem(stem, LONGEST - len(kept)) + kept


def safe_folder(name: str) -> str:
    """Return a folder name for a case number; one that had to be changed carries a digest, so that no two meet."""
    shown = _BLANKS.sub(" ", _BAD.sub("_", _visible(name))).lstrip(" .~$-").rstrip(" .")
    stem = _stem(shown, 100)
    return stem if stem == name else f"{stem}-{hashlib.sha256(name.encode(errors='surrogatepass')).hexdigest()[:8]}"


def numbered(name: str, count: int) -> str:
    """Return the name for the `count`-th file of that name: "photo.jpg", "photo (2).jpg"."""
    if count == 1:
        return name
    stem, dot, tail = name.rpartition(".")
    return f"{stem} ({count}){dot}{tail}"


def same(one: str, other: str) -> bool:
    """Whether two names meet on a file system that ignores case or composes accents."""
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _visible(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    blank = _BLANKS.sub(" ", composed)
    return "".join(c for c in blank if unicodedata.category(c) not in _HIDDEN)


def _stem(stem: str, room: int) -> str:
    cut = stem.encode()[:room].decode(errors="ignore").rstrip(" .")
    # Windows takes the part before the first dot for the device, and a raised ¹ for a 1.
    device = unicodedata.normalize("NFKC", cut.split(".")[0]).rstrip(" ")
    return f"_{cut[: room - 1]}" if _DEVICES.match(device) else cut or "attachment"
