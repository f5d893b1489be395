"""What of a mail could not be read, in the words of whoever is told.

A reader of mails names a gap by its key; here is the table of the keys. Each needs a person: the original is kept.
"""

from __future__ import annotations

from collections.abc import Iterable

from mailbot.core.model import Gap, Language

_ZH, _TW, _EN = Language.ZH_CN, Language.ZH_TW, Language.EN

TEXTS: dict[str, dict[Language, str]] = {
    "encrypted": {
        _ZH: "邮件已加密",
        _TW: "郵件已加密",
        _EN: "the mail is encrypted",
    },
    "locked": {
        _ZH: "附件“{name}”有密码",
        _TW: "附件「{name}」有密碼",
        _EN: "“{name}” is locked with a password",
    },
    "damaged": {
        _ZH: "附件“{name}”打不开",
        _TW: "附件「{name}」無法開啟",
        _EN: "“{name}” could not be opened",
    },
    "large": {
        _ZH: "邮件过大：{name}",
        _TW: "郵件過大：{name}",
        _EN: "the mail is too large: {name}",
    },
    "header": {
        _ZH: "邮件头过长：{name}",
        _TW: "郵件標頭過長：{name}",
        _EN: "its header is too long: {name}",
    },
    "parts": {
        _ZH: "邮件结构过于复杂：{name}",
        _TW: "郵件結構過於複雜：{name}",
        _EN: "it has too many parts: {name}",
    },
    "long": {
        _ZH: "正文过长，只读了前 {name} 个字符",
        _TW: "內文過長，只讀了前 {name} 個字元",
        _EN: "its text is very long; only the first {name} characters were read",
    },
    "laborious": {
        _ZH: "读取所需的时间或内存超出限制",
        _TW: "讀取所需的時間或記憶體超出限制",
        _EN: "reading it would have taken too much time or memory",
    },
}


def in_words(gaps: Iterable[Gap], language: Language) -> str:
    """All gaps in one line of `language`. Raises KeyError for one that is not in the table."""
    texts = (TEXTS[gap.what][language].format(name=gap.name) for gap in gaps)
    return ("; " if language is _EN else "；").join(dict.fromkeys(texts))
