"""From the bytes of a mail to what it says and what it is: reading, fields, verdict, and whether it complains at all.

In doubt a mail from a human is a complaint: a question registered by mistake costs a glance, a complaint lost costs a
customer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from mailbot.core.lookback import NOTHING, Past
from mailbot.core.model import Attachment, Finding, MailKind, ReadMail, Verdict
from mailbot.core.verdict import WORD, Facts, Rules, close_call, decide, gather, looking_back, no_complaint
from mailbot.core.words import passage_of
from mailbot.mail.fields import find_fields
from mailbot.mail.fold import fold
from mailbot.mail.read import OwnAddresses, Parts, read_mail
from mailbot.mail.wrapping import flowing

_FILM_OR_PHOTO = re.compile(r"^(?:image|video)/", re.I)
_PHOTO_NAME = re.compile(r"\.(?:jpe?g|png|gif|bmp|heic|heif|webp|tiff?|mp4|mov|avi|3gp|mkv|m4v|wmv)$", re.I)
_ARCHIVE_NAME = re.compile(r"\.(?:zip|rar|7z)$", re.I)
_ILLUSTRATED = re.compile(r"(?:图片|照片|相片|图|photo|picture|image|报告|report).*\.(?:pdf|docx?|pptx?)$", re.I)
_COUNTED = re.compile(r"(?<![\d.])([1-9]\d[\d,]{0,8})\s?(?:台|辆|套|箱|件|把|卷|盏|支|pcs\b|nos\b|units\b|cartons\b)")

_SPOKEN_TO = re.compile(r"[你您贵我咱妳]|敝司|\b(?:you|your|yours|we|our|us|i|my|me|i'm|i've|we've)\b")
_GREETS = re.compile(rf"{_SPOKEN_TO.pattern}|请|麻烦|烦请|\b(?:please|dear|hello|hi)\b")
_GREETING = 300  # characters in which a letter speaks to somebody
_LONG = 800  # characters: what is longer and speaks to nobody is a paper, no letter
_THIN = 4.0  # per thousand characters: of words to somebody, and of points for a complaint

MANY = 10  # pieces: nobody has so many of a thing at home


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """What a mail says (`mail`, with fields and final kind) and what the rules make of it.

    `verdict` is None for mail a machine wrote; of earlier complaints it knows what `judged_after` was told. `complains`
    tells a new grievance from a thank-you in a running case. `facts` are what was judged. `doubtful`: it looks like no
    complaint, and yet some words speak for one. `pictures`: it shows the fault.
    """

    mail: ReadMail
    verdict: Verdict | None
    is_business: bool
    complains: bool
    facts: Facts | None = None
    doubtful: bool = False
    pictures: bool = False


def understand(raw: bytes, own: OwnAddresses, rules: Rules, *, business: bool | None = None) -> Understanding:
    """Read, understand and judge a mail. Never raises for any bytes. `business`: whether a company writes, if known."""
    return judge(*read_mail(raw, own), rules, business=business)


def judge(
    mail: ReadMail, parts: Parts, rules: Rules, *, business: bool | None = None, as_complaint: bool = False
) -> Understanding:
    """Understand and judge a mail that was read; `as_complaint`: a human says that it is one."""
    if as_complaint:
        mail = replace(mail, kind=MailKind.COMPLAINT, kind_reason="a human's word")
    if mail.kind.automatic:
        return Understanding(mail=mail, verdict=None, is_business=False, complains=False)
    fields = find_fields(parts, mail, rules)
    business = _is_business(mail, parts, fields, rules) if business is None else business
    subject = "" if mail.kind is MailKind.FOLLOW_UP else parts.inner_subject or mail.subject
    pictures = any(_shows(a) for a in mail.attachments)
    facts = gather(flowing(parts.new_text), subject, fields, pictures, business, rules, fold)
    paper = not as_complaint and not pictures and _is_paper(facts)
    grumbles = facts.grievance > 0
    if paper:  # a single word of it says nothing
        facts = replace(facts, weights=tuple(w for w in facts.weights if w.points > WORD))
    mail, sort = replace(mail, fields=fields), "" if as_complaint else no_complaint(facts, rules)
    sort = sort or ("a paper, not a letter" if paper else "")
    if mail.kind is MailKind.COMPLAINT and sort:
        mail = replace(mail, kind=MailKind.OTHER, kind_reason=sort)
    complains = _complains(facts) and not sort
    said = Understanding(
        mail=mail,
        verdict=None,
        is_business=business,
        complains=complains,
        facts=facts,
        doubtful=bool(sort) and (close_call(facts, rules) or (paper and grumbles)),
        pictures=pictures,
    )
    return judged_after(said, NOTHING, rules)


def judged_after(said: Understanding, past: Past, rules: Rules) -> Understanding:
    """The same mail judged in the light of what was before it. Mail a machine wrote stays without a verdict."""
    if said.facts is None:
        return said
    verdict = decide(looking_back(said.facts, past), rules)
    if said.mail.kind is not MailKind.COMPLAINT:
        verdict = replace(verdict, missing=())
    return replace(said, verdict=verdict)


def _complains(facts: Facts) -> bool:
    return bool(facts.values.get("demand")) or facts.grievance > 0


def _is_paper(facts: Facts) -> bool:
    """Whether a long text speaks to nobody and hardly complains: a manual, a licence, a list of changes.

    A letter speaks to somebody at once, whatever it pastes in afterwards.
    """
    level = facts.passage.level
    thousands = len(level) / 1000
    return (
        len(level) >= _LONG
        and not _GREETS.search(level[:_GREETING])
        and facts.grievance < _THIN * thousands
        and sum(1 for _ in _SPOKEN_TO.finditer(level)) < _THIN * thousands
    )


def _shows(attachment: Attachment) -> bool:
    """Whether an attachment shows the fault: a picture, a film, an archive, an illustrated report; no logo."""
    name = attachment.filename
    shows = _FILM_OR_PHOTO.match(attachment.content_type) or _PHOTO_NAME.search(name) or _ARCHIVE_NAME.search(name)
    return bool(shows or _ILLUSTRATED.search(name)) and not attachment.inline_decoration


def _is_business(mail: ReadMail, parts: Parts, fields: Mapping[str, Finding], rules: Rules) -> bool:
    quantity = fields.get("quantity")
    if quantity and isinstance(quantity.value, int | float) and quantity.value >= MANY:
        return True
    if {"company", "contact_department", "part_no"} & fields.keys():
        return True
    passage = passage_of(f"{mail.subject}\n{flowing(parts.new_text)}", fold)
    return bool(_COUNTED.search(passage.level) or passage.sightings(rules.business))
