"""Bytes to text: which encoding a sender really used, whatever the label says.

Labels lie both ways, so they are checked against the bytes; without a usable label the bytes are scored as Chinese,
Japanese and Korean, and only then chardet (whose home this is) is asked. Only the codecs of the table below are ever
used. Nothing here raises, and no lone surrogate and no control character comes out.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import cache, lru_cache

import chardet

UNREADABLE = "\ufffd"
_SAMPLE = 2048  # bytes or characters that are enough to tell encodings apart
_LATIN_SUSPECT = (8, 0.30)  # so many bytes above 127, making up such a share: a Latin label is not believed
_DAMAGED = 0.02  # up to this share of bad characters a label is still believed: the mail is damaged, not mislabelled
_ACCEPTED = 0.35  # least score of a guess; Latin text read as Chinese stays below
_BETTER = 0.3  # a guess must beat a label that decodes by this much
_HIGH = bytes(range(128, 256))
_UNWANTED = re.compile("([\ud800-\udfff])|[\x00-\x08\x0b\x0e-\x1f\x7f]")
_FEW = 4  # characters: a name is too short to doubt a label under which it can be read
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

_ALIASES: dict[str, str] = {
    "gb18030": "gb18030 gb180302000 gb180302005 gb2312 gb231280 gb23121980 gbk xgbk cp936 ms936 windows936 936 euccn"
    " xeuccn csgb2312 csiso58gb231280 chinese gb",
    "hz": "hz hzgb2312",
    "big5": "big5 cnbig5 xbig5 xxbig5 csbig5 big5eten cp950 ms950 windows950 950 big5hkscs big5hk",
    "utf-8": "utf8 utf utf8mb4 xutf8 unicode11utf8 unicode20utf8 cp65001 65001",
    "utf-16": "utf16 ucs2 csunicode unicode",
    "utf-16-le": "utf16le",
    "utf-16-be": "utf16be",
    "utf-32": "utf32",
    "cp932": "shiftjis xsjis sjis csshiftjis mskanji cp932 ms932 windows31j windows932",
    "euc_jp": "eucjp xeucjp cseucpkdfmtjapanese ujis",
    "iso2022_jp_2": "iso2022jp csiso2022jp iso2022jp1 iso2022jp2 iso2022jp3 iso2022jpms",
    "cp949": "euckr xeuckr cseuckr ksc5601 ksc56011987 ksx1001 cp949 ms949 uhc windows949 korean",
    "iso2022_kr": "iso2022kr",
    "ascii": "usascii ascii ansix341968 iso646us 7bit 8bit",
    "cp1252": "iso88591 latin1 l1 isolatin1 windows1252 cp1252 xansi ansi 1252 iso885911987",
    "iso8859_15": "iso885915 latin9 l9",
    "koi8_r": "koi8r",
    "koi8_u": "koi8u",
    "cp874": "tis620 windows874 cp874 iso885911",
    "mac_roman": "macintosh macroman xmacroman",
    "mac_cyrillic": "xmaccyrillic maccyrillic",
}
_CODECS = {alias: codec for codec, aliases in _ALIASES.items() for alias in aliases.split()}
_CODECS |= {f"iso8859{n}": f"iso8859_{n}" for n in (2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 16)}
_CODECS |= {f"{prefix}125{n}": f"cp125{n}" for prefix in ("windows", "cp") for n in (0, 1, 3, 4, 5, 6, 7, 8)}
_SHIFTED = frozenset({"hz", "iso2022_jp_2", "iso2022_kr"})
_WIDE = frozenset({"utf-16", "utf-16-le", "utf-16-be", "utf-32"})
_EAST = ("gb18030", "big5", "cp932", "euc_jp", "cp949")
_LABEL = re.compile(r"^[\s\"']*(?:charset\s*=)?[\s\"']*([^\s\"';,*]*)", re.I)


@lru_cache(maxsize=1024)
def codec_of(label: str) -> str:
    """The codec behind a charset label; empty when the label is unknown or names no charset at all."""
    found = _LABEL.match(label)
    return _CODECS.get(re.sub(r"[^a-z0-9]", "", found[1].lower()), "") if found else ""


def decode(raw: bytes, label: str = "", hint: str = "") -> str:
    """Decode `raw`; `label` is what the mail declares, `hint` the label of another part of the same mail."""
    text = _decoded(raw, codec_of(label), codec_of(hint))
    return _UNWANTED.sub(lambda found: UNREADABLE if found[1] else "", text)


def _decoded(raw: bytes, codec: str, hint: str) -> str:
    if raw.startswith(tuple(bom for bom, _ in _BOMS)):
        return next(raw[len(bom) :].decode(name, "replace") for bom, name in _BOMS if raw.startswith(bom))
    if codec in _WIDE or codec in _SHIFTED:
        return raw.decode(codec, "replace")
    if raw.isascii():
        return raw.decode("iso2022_jp_2", "replace") if b"\x1b$" in raw or b"\x1b(" in raw else raw.decode("ascii")
    high = len(raw) - len(raw.translate(None, _HIGH))
    if (text := _strict(raw, "utf-8")) is not None and _is_utf8(text, high, codec, hint):
        return text
    if codec in _EAST or codec == "utf-8":
        return _labelled(raw, codec)
    guess = _east(raw) if codec in ("", "ascii") or _suspect(raw, high) else None
    if guess is not None:
        return guess
    if codec not in ("", "ascii"):
        return raw.decode(codec, "replace")
    return _undeclared(raw, hint)


def _is_utf8(text: str, high: int, codec: str, hint: str) -> bool:
    """Whether bytes that pass for UTF-8 are: short GBK passes too, but then only as two-byte letters."""
    if codec == "utf-8":
        return True
    return (high >= 6 or codec not in _EAST) and (hint not in _EAST or max(text) >= "\u0800")


def _labelled(raw: bytes, codec: str) -> str:
    """Believe a multibyte label unless much is unreadable under it or another reading is far likelier."""
    text = _as(raw, codec)
    bad = text.count(UNREADABLE)
    readable = not bad or bad <= _DAMAGED * _foreign(text)
    score = 0.0 if codec == "utf-8" else _score(text, codec)
    if readable and (codec == "utf-8" or score >= _ACCEPTED or _foreign(text) < _FEW):
        return text
    best, guess = _best(raw)
    return guess if guess is not None and best >= max(_ACCEPTED, score + _BETTER) else text


def _suspect(raw: bytes, high: int) -> bool:
    return high >= _LATIN_SUSPECT[0] and high > _LATIN_SUSPECT[1] * len(raw)


def _east(raw: bytes) -> str | None:
    best, guess = _best(raw)
    return guess if best >= _ACCEPTED else None


def _best(raw: bytes) -> tuple[float, str | None]:
    found = list(_readings(raw))
    if not found:
        return 0.0, None
    best, _, codec, text = max(found, key=lambda f: (f[0], f[1]))
    korean = next((f for f in found if f[2] == "cp949"), None)
    if codec == "gb18030" and korean and korean[0] > 0.95 and _foreign(text) >= 8:
        # Korean syllables lie where GB keeps its commonest characters: bytes alone cannot tell.
        return (korean[0], korean[3]) if _chardet(raw) == "cp949" else (best, text)
    return best, text


def _readings(raw: bytes) -> Iterator[tuple[float, int, str, str]]:
    for rank, codec in enumerate(_EAST):
        text = _as(raw, codec)
        if UNREADABLE not in text:
            yield _score(text, codec), -rank, codec, text


def _undeclared(raw: bytes, hint: str) -> str:
    for codec in (hint, _chardet(raw)):
        if codec and (text := _strict(raw, codec)) is not None:
            return text
    return raw.decode("cp1252", "replace")


def _chardet(raw: bytes) -> str:
    return codec_of(chardet.detect(raw[:_SAMPLE])["encoding"] or "")


def _strict(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        return None


def _as(raw: bytes, codec: str) -> str:
    if codec == "gb18030":
        return raw.decode(codec, "mailbot-cp936")
    if codec != "big5":
        return raw.decode(codec, "replace")
    eten, hongkong = raw.decode("cp950", "replace"), raw.decode("big5hkscs", "replace")
    return hongkong if hongkong.count(UNREADABLE) < eten.count(UNREADABLE) else eten


def _cp936_error(error: UnicodeError) -> tuple[str, int]:
    """In Windows' own GBK the lone byte 0x80 is the euro sign."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    if error.object[error.start] == 0x80:
        return "€", error.start + 1
    return UNREADABLE, error.end


codecs.register_error("mailbot-cp936", _cp936_error)


def _foreign(text: str) -> int:
    return sum(not c.isascii() for c in text)


def _score(text: str, codec: str) -> float:
    """How much of the non-ASCII text is what people write in that encoding, from below 0 to 1."""
    foreign = [c for c in text[:_SAMPLE] if not c.isascii()]
    if not foreign:
        return 0.0
    usual = _usual(codec)
    return (sum(c in usual for c in foreign) - 3 * sum(map(_odd, foreign))) / len(foreign)


def _odd(char: str) -> bool:
    return "\ue000" <= char <= "\uf8ff" or "\uff61" <= char <= "\uff9f" or "\x80" <= char <= "\x9f"


@cache
def _usual(codec: str) -> frozenset[str]:
    """The everyday characters of a national standard: its first level, sorted there by frequency of use."""
    source, leads, trails = _FIRST_LEVELS[codec]
    pairs = (bytes((lead, trail)) for lead in leads for trail in trails)
    return frozenset("".join(pair.decode(source, "ignore") for pair in pairs)) | _PUNCTUATION


_PUNCTUATION = frozenset(
    "，。！？：；、（）“”‘’《》「」『』【】…—·～￥％×℃Ω①②③④⑤" + "".join(map(chr, range(0xFF01, 0xFF5F)))
)
_ROW = range(0xA1, 0xFF)
_FIRST_LEVELS: dict[str, tuple[str, range | tuple[int, ...], range | tuple[int, ...]]] = {
    "gb18030": ("gb2312", range(0xB0, 0xD8), _ROW),
    "big5": ("big5", range(0xA4, 0xC7), (*range(0x40, 0x7F), *_ROW)),
    "cp932": ("euc_jp", (0xA4, 0xA5, *range(0xB0, 0xD0)), _ROW),
    "euc_jp": ("euc_jp", (0xA4, 0xA5, *range(0xB0, 0xD0)), _ROW),
    "cp949": ("euc_kr", range(0xB0, 0xC9), _ROW),
}
