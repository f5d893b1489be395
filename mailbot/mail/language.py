"""Which language the writer wants to be answered in, and folding to simplified characters.

The home of opencc. Decided on what was written this time, by the share of scripts; an explicit wish ("please reply in
English", 请用繁体回复) wins. Languages other than Chinese are answered in English.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import repeat

from opencc import OpenCC

from mailbot.core.model import Language

_HAN = re.compile("[\u3400-\u9fff]+")
_FOREIGN = re.compile("[\u3041-\u30fa\uac00-\ud7a3]+")  # kana, hangul
_WORD = re.compile("[A-Za-zÀ-ÿ]{2,}")
_ANSWER = "(?:回复|回覆|回復|答复|答覆|回信|回答|沟通|聯絡|联系)"


def _wish(han: str, english: str) -> re.Pattern[str]:
    """A pattern for "please answer in …", the language said in Chinese (`han`) or in English."""
    before = rf"(?:用|以|使用)\s*(?:{han})\s*(?:来)?{_ANSWER}"
    after = rf"{_ANSWER}[^。\n]{{0,6}}(?:用|使用)\s*(?:{han})"
    return re.compile(rf"{before}|{after}|(?:reply|respond|answer)[^.\n]{{0,20}} in {english}\b", re.I)


_WISHES: tuple[tuple[Language, re.Pattern[str]], ...] = (
    (Language.EN, _wish("英文|英语|英語", "english")),
    (Language.ZH_TW, _wish("(?:繁体|繁體|正體|繁中)(?:中文|字)?", "traditional chinese")),
    (Language.ZH_CN, _wish("(?:简体|簡體|简中)(?:中文|字)?", "simplified chinese")),
)
_NAMED = re.compile(  # a name of every wish, found fast
    "英[文语語]|繁[体體中]|正體|[简簡][体體中]|中文|[汉漢华華][语語]|english|chinese|mandarin"
)
_CHINESE = _wish("中文|汉语|漢語|华语|華語", "(?:chinese|mandarin)")
_TRADITIONAL_LABELS = re.compile(r"big5|zh-(?:tw|hk|hant)|cp950", re.I)


def simplified(text: str) -> str:
    """Fold traditional characters to simplified ones; everything else stays. The length may change."""
    return str(_to_simplified().convert(text)) if _HAN.search(text) else text


def wished(text: str) -> Language | None:
    """The language somebody asks to be answered in; None when nobody does."""
    return next((language for language, wish in _WISHES if wish.search(text)), None) if _names(text) else None


def _names(text: str) -> bool:
    """Whether a language is named at all, found fast."""
    return bool(_NAMED.search(text.lower()))


def language_of(text: str, *, others: tuple[str, ...] = (), labels: str = "") -> Language:
    """The language of `text`, or of the first of `others` that has any; `labels`: charset, Content-Language."""
    for candidate in (text, *others):
        if (found := wished(candidate)) is not None:
            return found
    if any(_names(candidate) and _CHINESE.search(candidate) for candidate in (text, *others)):
        return _script("".join((text, *others)), labels)
    for candidate in (text, *others):
        if (found := _written(candidate, labels)) is not None:
            return found
    return _script("", labels)


def _written(text: str, labels: str) -> Language | None:
    han, words = sum(map(len, _HAN.findall(text))), len(_WORD.findall(text))
    foreign = sum(map(len, _FOREIGN.findall(text)))
    if not (han or words or foreign):
        return None
    if foreign > han / 4 or han * 2 < words * 1.5:
        return Language.EN
    return _script(text, labels)


def _script(text: str, labels: str) -> Language:
    scripts = _scripts()
    balance = sum(map(scripts.get, text, repeat(0)))
    if balance:
        return Language.ZH_TW if balance > 0 else Language.ZH_CN
    return Language.ZH_TW if _TRADITIONAL_LABELS.search(labels) else Language.ZH_CN


@cache
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")


@cache
def _scripts() -> dict[str, int]:
    """+1 for characters only written in traditional texts, -1 for those only in simplified ones."""
    every = [chr(code) for code in range(0x4E00, 0xA000)]
    joined = "\n".join(every)
    simple = _to_simplified().convert(joined).split("\n")
    traditional = OpenCC("s2t").convert(joined).split("\n")
    found: dict[str, int] = {}
    for char, s, t in zip(every, simple, traditional, strict=True):
        if (s != char) != (t != char):
            found[char] = 1 if s != char else -1
    return found
