"""Who signs: name, position, department and company out of a signature.

A signature is cut into pieces; each piece is told by what it ends in (…部, …经理, … Ltd), by the writer's name and mail
domain, and by its place: what stands below the name and is nothing else may be the company.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from mailbot.core.model import Finding
from mailbot.mail.fields.names import EN_NAME, SURNAMES, names
from mailbot.mail.fields.page import Lexicon, Page
from mailbot.mail.fields.phone import PHONE
from mailbot.mail.fold import fold

_SAYING_GOODBYE = re.compile(
    r"^(?:此致|敬礼|顺颂|商祺|祝好|谢谢|多谢|thanks?|thank you|(?:kind |best |warm |many |with )?(?:regards|greetings)"
    r"|best|cheers|sincerely|yours|with friendly|mit freundlichen|发自|来自|从我的|传送自|sent from|get outlook|__"
    r"|--|本邮件|this (?:e-?mail|message)|sitz der|firmensitz|please consider)"
)
_LABEL = re.compile(r"^\s*(?:投诉人|投訴人|联系人|聯絡人|姓名|[Nn]ame)\s*[:：]\s*(\S.*)$")
_ON_BEHALF = re.compile(r"^(?:i\. ?[AV]\.|ppa\.|p\.?p\.) ?")
_SEX = re.compile(r" ?\((?:Mr|Mrs|Ms|Miss|Dr|Herr|Frau|Mme)\.?\)$")
_PLACE = re.compile(r"(?:街道|[路号区镇村市省县弄栋层室]|大厦|花园|小区)$")
_PIECES = re.compile(r"\s*[|·，、\t]\s*|\s*(?<![A-Za-z])/\s*|\s+/\s*|, (?!Inc|Ltd|LLC|Co|GmbH|S\.A)")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_DEPARTMENT_ENDS = ("部", "处", "课", "科", "组", "室", "中心", "仓库", "车间", "工段")
_DAY = re.compile(r"[〇零一二三四五六七八九十]+[年月][〇零一二三四五六七八九十月日]*")
_FIRST_NAME = re.compile(r"(?:[-–—]+ ?)?[A-ZÀ-Þ][a-zà-ÿ'’]{1,14}(?:-[A-Z][a-z]+)?[.,]?")
_NAME_AND_BRACKET = re.compile(r"([\u4e00-\u9fff]{2,4})[(（]([\u4e00-\u9fff]{4,20})[)）]\s*")
_DASH = re.compile(r"\s+[-–—]\s+")
_CALLED = re.compile(  # 大鹏 15900006672: what somebody calls himself, and his number
    r"^\s*(?!电话|手机|座机|微信|客服|热线|联系|仓库|采购|品[质管]|质量|前台|门店|售后|总机|传真|[致来]电)"
    rf"(?P<name>[\u4e00-\u9fff]{{2,3}})[ :：,，]{{0,2}}{PHONE.pattern}\s*$",
    re.M | re.I,
)
_UNITS = frozenset(["team", "department", "dept", "dept.", "division", "section", "office", "group", "unit"])
_SMALL = _UNITS | {"and", "&", "of", "the", "for"}
_LETTERS = re.compile(r"(?: (?:[A-Z]{2,4}|BSc|MSc|PhD|MEng|BEng)\b\.?)+$")  # RGN, PhD … behind a name
_ROLE = re.compile(r"[a-z\-]{3,}(?:er|or|ist|ant|ician|eer|yst|man|woman|ee)$")
_TITLE_CASE = re.compile(
    r"[A-ZÀ-Þ][\w'’&.\-]*(?: (?:[A-ZÀ-Þ&(][\w'’&.\-)]*|and|of|the|de|do|dos|da|du|des|la"
    r"|le|am|im|zu|von|van|und|y)){1,5}$"
)
_STREET = re.compile(
    r"\b(?:street|st|road|rd|avenue|ave|lane|drive|suite|floor|building|park|way|box|unit|tel|fax)\b", re.I
)


def find_signed(page: Page) -> Iterator[tuple[str, Finding]]:
    """Find what the signature says, surest first for each field."""
    seen: set[str] = set()
    doubtful: list[tuple[str, float]] = []
    first_name = ""  # what stands alone on the first line: Debbie
    signed = bool(PHONE.search(page.signature.text))
    for line in page.signature.text.splitlines():
        plain = line.strip()
        if not plain or _SAYING_GOODBYE.match(fold(plain)) or len(plain) > 80:
            continue
        labelled = _LABEL.match(plain)
        if not seen and not doubtful and not first_name and _FIRST_NAME.fullmatch(plain):
            first_name = plain.strip("-–— ,.")
        for token in _tokens(labelled[1] if labelled else _parted(page.lexicon, plain)):
            kinds = list(_kinds(page, token, named="contact_name" in seen))
            for key, value in kinds:
                signed = True
                if key in seen:
                    doubtful += [(value, 0.5)] if key == "contact_name" else []
                    continue
                seen.add(key)
                yield key, Finding(value=value, source=plain)
            if not kinds and (sure := _maybe_company(page, token, "contact_name" in seen)):
                doubtful.append((token, sure))
    if first_name and "contact_name" not in seen and not _is_known(page.lexicon, fold(first_name)):
        yield "contact_name", Finding(value=first_name, source=first_name, confidence=0.6)
    elif "contact_name" not in seen and (called := _CALLED.search(page.signature.text)):
        yield "contact_name", Finding(value=called["name"], source=called[0].strip(), confidence=0.6)
    for token, sure in sorted(doubtful, key=lambda d: -d[1]) if signed else ():
        if _HAN.search(token) or _TITLE_CASE.match(token) or sure > 0.6:
            yield "company", Finding(value=token, source=token, confidence=sure)


def _is_known(lexicon: Lexicon, level: str) -> bool:
    people = lexicon.vocabulary.people
    return level in {
        *people.positions,
        *people.departments,
        *people.company_words,
        "team",
        "support",
        "admin",
        "office",
    }


def _parted(lexicon: Lexicon, line: str) -> str:
    """Put a bar for the dash behind a department, and for brackets behind a name: 孙丽（宏图商贸）."""
    if hit := _NAME_AND_BRACKET.match(line):
        return f"{hit[1]} | {hit[2]} | {line[hit.end() :]}"
    head, *rest = _DASH.split(line, 1)
    return f"{head} | {rest[0]}" if rest and _is_department(lexicon, fold(head)) else line


def _tokens(line: str) -> Iterator[str]:
    """Cut a signature line: at bars and commas always, at blanks only beside Chinese."""
    for part in _PIECES.split(PHONE.sub(" | ", line)):
        if _HAN.search(part):
            yield from _mixed(part)
        elif part.strip(" :-*"):
            yield _ON_BEHALF.sub("", _SEX.sub("", part.strip(" :-*,;")))


def _mixed(part: str) -> Iterator[str]:
    """Yield Chinese words one by one, runs of Latin words together."""
    run: list[str] = []
    for word in part.split():
        if _HAN.search(word := word.strip(",;:")):
            if run:
                yield " ".join(run)
                run = []
            yield word
        else:
            run.append(word)
    if run:
        yield " ".join(run)


def _kinds(page: Page, token: str, *, named: bool) -> Iterator[tuple[str, str]]:
    """Tell what a token is; several things when it is written in one (三立座椅制造部)."""
    level = fold(token).strip(" :.")
    if not level or re.search(r"@|www\.|http|\d", level) or level in page.lexicon.label_of or _DAY.fullmatch(level):
        return
    if not _HAN.search(level):
        key = _latin(page, token, level, named=named)
        if key:
            yield key, _LETTERS.sub("", token) if key == "contact_name" and len(token.split()) > 2 else token
        return
    for role in page.lexicon.vocabulary.people.positions:
        if len(role) > 1 and level.startswith(role) and names(page.lexicon).fullmatch(level[len(role) :]):
            yield from (("contact_position", token[: len(role)]), ("contact_name", token[len(role) :]))
            return
    key = _han(page, level)
    if key == "contact_department" and len(level) == len(token) and (cut := _firm_before(page.lexicon, level)):
        yield from (("company", token[:cut]), (key, token[cut:]))
    elif key:
        yield key, token
    elif len(level) == len(token) and (hit := _fused(page.lexicon).fullmatch(level)):
        parts = [(k, token[slice(*hit.span(k))]) for k in hit.groupdict() if hit[k]]
        if len(parts) > 1:
            yield from parts


def _firm_before(lexicon: Lexicon, level: str) -> int:
    """Return where a known department begins behind a name of four characters or more (三立座椅|制造部), 0 if none."""
    known = [d for d in lexicon.vocabulary.people.departments if level.endswith(d) and len(level) - len(d) >= 4]
    return len(level) - len(max(known, key=len)) if known else 0


def _han(page: Page, level: str) -> str:
    words = page.lexicon.vocabulary.people
    if len(level) >= 4 and level.endswith(words.company_endings):
        return "company"
    if level in words.positions:
        return "contact_position"
    if level in words.departments or (2 < len(level) <= 9 and level.endswith(_DEPARTMENT_ENDS)):
        return "contact_department"
    hit = _fused(page.lexicon).fullmatch(level)
    own = level == fold(page.customer.name) and level[0] in SURNAMES and len(level) <= 4
    if names(page.lexicon).fullmatch(level) or own:
        return "contact_name"
    several = hit and sum(map(bool, hit.groups())) > 1
    return "contact_position" if level.endswith(words.positions) and not several else ""


@lru_cache(maxsize=8)
def _fused(lexicon: Lexicon) -> re.Pattern[str]:
    """What is written without blanks: company, department, name and position, each may be missing."""
    words = lexicon.vocabulary.people
    ends = "|".join(sorted(map(re.escape, words.company_endings), key=len, reverse=True))
    roles = "|".join(
        re.escape(p) for p in sorted(words.positions, key=len, reverse=True) if _HAN.match(p) and len(p) > 1
    )
    return re.compile(
        rf"(?P<company>[\u4e00-\u9fff()]{{2,20}}?(?:{ends}))?"
        rf"(?P<contact_department>[\u4e00-\u9fff]{{1,6}}?(?:{'|'.join(_DEPARTMENT_ENDS)}))?"
        rf"(?P<contact_name>{names(lexicon).pattern})??(?P<contact_position>[\u4e00-\u9fff]{{0,3}}?(?:{roles}))?"
    )


def _latin(page: Page, token: str, level: str, *, named: bool) -> str:
    people, words = page.lexicon.vocabulary.people, level.split()
    last = fold(token).split()[-1]
    if {words[-1].rstrip(","), last} & set(people.company_words) and (len(words) > 1):
        return "company"
    if level in people.departments:
        return "contact_department"
    if level in people.positions or (len(words) <= 6 and any(w in people.positions for w in words)):
        return "contact_position"
    if (words[-1] in _UNITS and len(words) > 1) or _is_department(page.lexicon, level):
        return "contact_department"
    if _in_domain(page, words) >= 8 and len(words) > 1 and level != fold(page.customer.name) and not _heir(page, token):
        return "company"
    if EN_NAME.fullmatch(token) and (len(words) > 1 or level in fold(page.customer.name)) and not named:
        return "contact_name"
    if (named or page.customer.name) and len(words) <= 3 and _ROLE.match(words[-1]) and not _TITLE_CASE.match(token):
        return "contact_position"
    return ""


def _heir(page: Page, token: str) -> bool:
    """Whether a firm is named after this person: Nigel Whitmore of Whitmore & Lane."""
    words = token.split()
    return len(words) == 2 and EN_NAME.fullmatch(token) is not None and not _in_domain(page, [words[0].casefold()])


def _is_department(lexicon: Lexicon, level: str) -> bool:
    return level in lexicon.vocabulary.people.departments or set(level.split()) <= _department_words(lexicon)


@lru_cache(maxsize=8)
def _department_words(lexicon: Lexicon) -> frozenset[str]:
    return _SMALL | {word for name in lexicon.vocabulary.people.departments if name.isascii() for word in name.split()}


def _in_domain(page: Page, words: list[str]) -> int:
    """Count the letters of a name that its writer's mail domain is made of."""
    domain = page.customer.address.rpartition("@")[2].casefold()
    if domain in page.lexicon.vocabulary.freemail:
        return 0
    label = re.sub(r"[^a-z0-9]", "", domain.split(".")[0])
    return sum(len(w) for word in words if len(w := re.sub(r"[^a-z0-9]", "", word)) > 2 and w in label)


def _maybe_company(page: Page, token: str, named: bool) -> float:
    """How likely an unknown token is a company: 0 when it is none."""
    level = fold(token)
    if _PLACE.search(level) or _DAY.fullmatch(level):
        return 0.0
    if re.fullmatch(r"[\u4e00-\u9fff()（）·]{4,14}", token):
        return 0.5
    if re.search(r"[\d:@!?。]|www\.|\.$", token) or _HAN.search(token) or _STREET.search(token):
        return 0.0
    if _in_domain(page, level.split()) >= 4 and level not in fold(page.customer.name):
        return 0.7
    return 0.4 if named and _TITLE_CASE.match(token) and level != fold(page.customer.name) else 0.0
