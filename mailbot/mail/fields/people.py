"""The complainant: name, company, department, position.

A name is taken from a label, the signature, or beside the phone number; never from the From header alone, which only
helps to recognise it in the signature.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain

from mailbot.core.model import Finding
from mailbot.mail.fields.labelled import Labelled
from mailbot.mail.fields.names import COMPOUND as _COMPOUND
from mailbot.mail.fields.names import EN_NAME, SURNAMES, names
from mailbot.mail.fields.page import Lexicon, Page
from mailbot.mail.fields.phone import phones
from mailbot.mail.fields.signed import find_signed

_KEYS = ("contact_name", "company", "contact_department", "contact_position")
_EN_BEFORE = re.compile(
    r"(?:^|\n|[-–—.,:] ?)(?P<name>[A-ZÀ-Þ][\w'’]+(?: [A-ZÀ-Þ][\w'’.\-]+){1,2})[,: ]{0,2}"
    r"(?:[Tt]el|[Pp]hone|[Mm]ob(?:ile)?)?[.: ]{0,3}$"
)
_EN_AFTER = re.compile(rf"^[\s,.:(\-]{{1,3}}(?:ask for )?(?P<name>{EN_NAME.pattern})\.?\s*$", re.M)
_IM = (
    re.compile(r"(?:我叫|我是|本人|我姓名|我名叫|敝人)[ ]?(?P<name>[\u4e00-\u9fff]{2,4})(?=[,。;!?\s(]|$)"),
    re.compile(  # 我是总务处郑怀远, 我是工地上的刘建军啊
        r"(?:我是|我系|本人是)(?:(?P<contact_department>[\u4e00-\u9fff]{1,6}?[部处科课组室])的?|[\u4e00-\u9fff]{1,8}?[的店厂院校])"
        r"(?P<name>[\u4e00-\u9fff]{2,3}(?<![员商主户师方家]))(?=[,。;!?\s(啊呀哈]|$)"
    ),
)
_SURNAME = re.compile(rf"(?:我|敝|免贵|本人|鄙人?|小弟)姓(?P<name>{_COMPOUND}|[{SURNAMES}])(?=[,。;!?\s(的]|$)")
_SURNAME_BESIDE = re.compile(rf"(?:^|[\n。!?,;])[ ]?(?P<name>{_COMPOUND}|[{SURNAMES}])[ :,]{{1,2}}$")
_ENDS_WITH = re.compile(r"[.!?] (?P<name>[A-Z][a-z]{2,14})[.!]?\s*$")
_ASK_FOR = re.compile(
    r"\b(?:[Aa]sk for|[Cc]ontact:?|[Cc]all|[Rr]ing) (?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)"
    r"(?P<name>[A-Z][\w'’\-]+(?: [A-Z][\w'’\-]+)?)(?= (?:on|at) \+?\(?\d|[,.]? ?\+?\(?\d)"
)
_FIRST_NAME = re.compile(
    r"\b(?:(?:[Tt]his is|[Ii]t's|[Ii]t’s) (?P<said>[A-Z][a-z]{2,})(?= (?:from|in|at|again|here)\b)"
    r"|(?P<here>[A-Z][a-z]{2,}) here(?=[,.]| from\b| again\b))(?: here)?"
    r"(?: from (?P<company>[A-Z][\w'’&\-]*(?: (?:&|[A-Z][\w'’&\-]*))*))?"
)
_EN_IM = re.compile(
    r"(?:[Mm]y name is|[Tt]his is|I am"
    r"|I'm) (?P<name>[A-Z][a-z'’\-]+(?: [A-Z][\w'’\-.]+){1,3})(?: (?:from|of"
    r"|at|with) (?P<company>[A-Z][\w'’&.\-]*(?: (?:&|and|of|[A-Z][\w'’&.\-]*))*))?"
)
_EN_WE_ARE = re.compile(
    r"\b(?:[Ww]e are|[Ww]e at|[Hh]ere at|I work (?:for|at)|on behalf of|writing from) "
    r"(?P<company>[A-Z][\w'’&.\-]*(?: (?:&|and|of|[A-Z][\w'’&.\-]*)){1,5})"
)


@lru_cache(maxsize=8)
def _patterns(lexicon: Lexicon) -> tuple[re.Pattern[str], ...]:
    name = names(lexicon).pattern
    firm = "|".join(sorted(map(re.escape, lexicon.vocabulary.people.company_endings), key=len, reverse=True))
    roles = "|".join(
        sorted((re.escape(p) for p in lexicon.vocabulary.people.positions if not p.isascii() and len(p) > 1), key=len)[
            ::-1
        ]
    )
    return (
        re.compile(rf"(?:收货人|联系人|联络人|投诉人|收件人|对接人|找|联系)[ :]*(?P<name>{name})(?=[,。;!?\s(\d]|$)"),
        re.compile(rf"^[\s,。:(]{{0,3}}(?:找|联系|请找)?(?P<name>{name})(?=[,。;!?\s)]|$)"),
        re.compile(
            rf"(?:^|[\s,。:(]|联系|仓库|找|采购|前台)(?P<name>{name})收?[\s,:(]{{0,3}}(?:电话|手机|tel|联系电话|的电话|的手机)?[\s:是]{{0,2}}$"
        ),
        re.compile(
            rf"(?:我是|我们是|我?这边是|这里是|本公司是|本人是|我在)(?P<company>(?:(?![了的买一是])[\u4e00-\u9fff()]){{2,20}}?(?:{firm}))"
            rf"(?P<contact_department>[\u4e00-\u9fff]{{1,5}}[部处课科组])?的?"
            rf"(?P<contact_position>{roles})?(?P<contact_name>{name})?"
            rf"(?=[,。;!?\s(的]|$)"
        ),
    )


def find_people(page: Page, labels: Sequence[Labelled]) -> Iterator[tuple[str, Finding]]:
    """Find who complains; what is labelled wins over the signature, the signature over the text."""
    seen: set[str] = set()
    for key, finding in chain(_labelled(page, labels), find_signed(page), _spoken(page)):
        if key not in seen and finding.value:
            seen.add(key)
            yield key, finding


def _labelled(page: Page, labels: Sequence[Labelled]) -> Iterator[tuple[str, Finding]]:
    for value in labels:
        written = page.spoken.text[value.start : value.end]
        if value.field in _KEYS and value.form and len(written) <= 60:
            written = re.split(r"[,，/;；]|\s{2,}|\d", written)[0].strip() if value.field == "contact_name" else written
            yield value.field, page.found(written, value.start)
    if hit := _patterns(page.lexicon)[0].search(page.spoken.level):
        yield "contact_name", page.found(page.spoken.text[slice(*hit.span("name"))], hit.start())


def _spoken(page: Page) -> Iterator[tuple[str, Finding]]:
    yield from _beside_the_phone(page)
    yield from _introduced(page)


def _beside_the_phone(page: Page) -> Iterator[tuple[str, Finding]]:
    _, after, before, _ = _patterns(page.lexicon)
    text, level = page.spoken.text, page.spoken.level
    for start, end in phones(text, level):
        left = max(0, start - 16)
        if found := after.match(level[end : end + 40]):
            yield "contact_name", page.found(text[end + found.start("name") : end + found.end("name")], start)
        elif found := before.search(level[left:start]):
            yield "contact_name", page.found(text[left + found.start("name") : left + found.end("name")], start)
        elif found := _SURNAME_BESIDE.search(level[left:start]):
            yield "contact_name", page.found(text[left + found.start("name") : left + found.end("name")], start, 0.8)
        elif found := _EN_BEFORE.search(text[max(0, start - 50) : start]):
            yield "contact_name", page.found(found["name"], start, 0.9)
        elif (found := _EN_AFTER.match(text[end : end + 60])) and " " in found["name"]:
            yield "contact_name", page.found(found["name"], start)


def _introduced(page: Page) -> Iterator[tuple[str, Finding]]:
    level, text = page.spoken.level, page.spoken.text
    if hit := _patterns(page.lexicon)[3].search(level):
        for key in _KEYS:
            if hit[key]:
                yield key, page.found(text[slice(*hit.span(key))], hit.start(), 0.8)
    for said in filter(None, (pattern.search(level) for pattern in _IM)):
        if names(page.lexicon).fullmatch(said["name"]):
            yield "contact_name", page.found(text[slice(*said.span("name"))], said.start(), 0.8)
            if said.groupdict().get("contact_department"):
                yield "contact_department", page.found(text[slice(*said.span("contact_department"))], said.start(), 0.8)
    if hit := _EN_IM.search(text):
        yield "contact_name", page.found(hit["name"], hit.start(), 0.8)
        if hit["company"]:
            yield "company", page.found(hit["company"], hit.start(), 0.7)
    if hit := _SURNAME.search(level) or _ASK_FOR.search(text):
        yield "contact_name", page.found(text[slice(*hit.span("name"))], hit.start(), 0.7)
    if hit := _FIRST_NAME.search(text):
        yield "contact_name", page.found(hit["said"] or hit["here"], hit.start(), 0.6)
        if hit["company"]:
            yield "company", page.found(hit["company"], hit.start(), 0.6)
    hit = _ENDS_WITH.search(text)
    if hit and hit["name"].casefold() in page.customer.name.casefold().split():
        yield "contact_name", page.found(hit["name"], hit.start("name"), 0.6)
    if hit := _EN_WE_ARE.search(text):
        yield "company", page.found(re.sub(r" (?:and|of|&)$", "", hit["company"]).rstrip("."), hit.start(), 0.6)
