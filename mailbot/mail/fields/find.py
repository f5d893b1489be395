"""The order in which the fields are looked for.

Labels first, then what can stand by itself; what one field took no other takes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from mailbot.core.model import Finding, MailKind, ReadMail
from mailbot.core.rulebook import Rules
from mailbot.core.vocabulary import FIELD_KEYS
from mailbot.core.words import Passage, passage_of
from mailbot.mail.attached_forms import Form, attached_forms
from mailbot.mail.fields.dates import find_dates
from mailbot.mail.fields.demand import find_demand
from mailbot.mail.fields.goods import find_product
from mailbot.mail.fields.identifiers import find_identifiers
from mailbot.mail.fields.labelled import Labelled
from mailbot.mail.fields.labels import labelled
from mailbot.mail.fields.listed import Index, index_for
from mailbot.mail.fields.money import find_claim
from mailbot.mail.fields.page import Page, lexicon_for
from mailbot.mail.fields.people import find_people
from mailbot.mail.fields.phone import find_phone, phones
from mailbot.mail.fields.place import find_place
from mailbot.mail.fields.quantity import find_quantity
from mailbot.mail.fold import fold
from mailbot.mail.read import Parts
from mailbot.mail.subject import likely
from mailbot.mail.wrapping import flowing

TEXT_LIMIT = 20_000  # characters: a complaint states its fields early; what is judged is the whole
_IN_A_FILE = 0.6
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def find_fields(parts: Parts, mail: ReadMail, rules: Rules) -> Mapping[str, Finding]:
    """Find what the mail says, by the keys of FIELD_KEYS; where it says nothing, what a form attached to it says.

    What is not said is absent; values are as written, dates are dates.
    """
    page, index = _page(parts, mail, rules), index_for(rules.lists, rules.vocabulary)
    for number in filter(likely, mail.numbers):  # a case number of ours is no model and no order
        for hit in re.finditer(re.escape(fold(number)), page.spoken.level):
            page.take(*hit.span())
    found = _read(page, labelled(page), parts, index)
    found.update(index.improve(page, found))
    for form in attached_forms(mail.attachments):
        found = {**_filled(form, page, parts, index), **found}
    return {key: found[key] for key in FIELD_KEYS if key in found}


def _filled(form: Form, page: Page, parts: Parts, index: Index) -> dict[str, Finding]:
    """Read the labelled values of an attached form; what stands in a file is less sure than what the mail says."""
    sheet = replace(page, spoken=Passage(f"\n{form.text}", fold), text_start=1, signature=Passage("", fold), taken=[])
    labels = labelled(sheet)
    named = {value.field for value in labels if value.form}
    named |= {f"{key}_unit" for key in named} | ({"claim_currency"} if "claim_amount" in named else set())
    return {
        key: replace(finding, confidence=min(finding.confidence, _IN_A_FILE), attachment=form.filename)
        for key, finding in _read(sheet, labels, parts, index).items()
        if key in named
    }


def _read(page: Page, labels: Sequence[Labelled], parts: Parts, index: Index) -> dict[str, Finding]:
    for span in phones(page.spoken.text, page.spoken.level):
        page.take(*span)
    found: dict[str, Finding] = dict(find_identifiers(page, labels))
    found.update(find_people(page, labels))
    found.update(find_phone(page))
    found.update(_email(page, parts))
    found.update(find_product(page, labels, _models(found), index.product(page)))
    found.update(find_claim(page, labels))
    found.update(find_quantity(page, labels))
    found.update(find_dates(page, labels))
    found.update(find_place(page, labels))
    found.update(find_demand(page))
    return found


def _models(found: Mapping[str, Finding]) -> list[str]:
    return [m for key in ("model", "part_no") if key in found for m in str(found[key].value).split("; ")]


def _page(parts: Parts, mail: ReadMail, rules: Rules) -> Page:
    subject = "" if mail.kind is MailKind.FOLLOW_UP else parts.inner_subject or parts.subject or mail.subject
    written = parts.written_at
    offset = written.utcoffset() if written else None
    return Page(
        spoken=passage_of(f"{subject}\n{flowing(parts.new_text[:TEXT_LIMIT])}", fold),
        text_start=len(subject) + 1,
        signature=Passage(parts.signature[:4000], fold),
        language=mail.language,
        customer=mail.customer,
        today=written.date() if written else None,
        west=bool(offset and offset.total_seconds() <= -3 * 3600),
        lexicon=lexicon_for(rules.vocabulary),
        demands=rules.demands,
        reply=mail.kind is MailKind.FOLLOW_UP,
    )


def _email(page: Page, parts: Parts) -> Mapping[str, Finding]:
    """The address to answer to: one the text gives, else the sender's."""
    named = re.search(
        rf"(?:邮箱|e-?mail|信箱|邮件|回复到|发到|reply to|write to"
        rf"|contact me at)[^\n@]{{0,12}}?(?P<at>{_ADDRESS.pattern})",
        page.spoken.level,
    )
    if named:
        return {"email": page.found(named["at"], named.start())}
    return (
        {"email": Finding(value=page.customer.address.lower(), source="From", confidence=0.9)}
        if page.customer.address
        else {}
    )
