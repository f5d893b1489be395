"""From an order to a finished letter: the facts a template needs, taken from the case, then the frozen bytes.

What is said stands in the templates, what is true in the case; here the two are brought together. Runs inside the
transaction of the decision, so that a letter and its reason are committed together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mailbot.core.asking import still_missing
from mailbot.core.chasing import Clock, clocks
from mailbot.core.model import Attachment, Case, Language, Letter, LetterOrder, Mailbox, Recipient, Value
from mailbot.core.procedure import Procedure
from mailbot.core.progress import missing_evidence
from mailbot.core.reasons import reasons
from mailbot.core.remarks import listed
from mailbot.core.threads import message_id
from mailbot.core.worktime import elapsed
from mailbot.letters import Letters
from mailbot.mail.build import build_letter

UNDERSTOOD = (
    "contact_name",
    "company",
    "phone",
    "product",
    "model",
    "part_no",
    "batch",
    "quantity",
    "order_no",
    "purchased_on",
    "purchased_from",
    "shipped_on",
    "occurred_on",
    "demand",
    "claim_amount",
)
"""What is repeated to the customer as understood, in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondence:
    """Writes letters. `sender` signs them, `reply_to` gets the answers, `domain` closes the Message-IDs."""

    procedure: Procedure
    letters: Letters
    sender: Mailbox
    reply_to: str
    domain: str

    def write(
        self, order: LetterOrder, case: Case | None, now: datetime, attachments: Sequence[Attachment] = ()
    ) -> Letter:
        """Render one letter and freeze its bytes. Raises Permanent when its template cannot be filled in."""
        language = order.to.language
        facts = {**(self._case_facts(case, order.to, now) if case else {}), **order.facts}
        facts["recipient_name"] = order.to.name
        rendered = self.letters.render(order.kind, language, facts)
        own_id = message_id(case.token if case else "STAFF-LETTER", order.key, self.domain)
        thread = case.thread if case and order.to.customer else ()
        raw = build_letter(
            sender=self.sender,
            recipient=order.to.address,
            recipient_name=order.to.name,
            reply_to=self.reply_to,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            message_id=own_id,
            date=now,
            in_reply_to=thread[-1] if thread else "",
            references=thread[-10:],
            attachments=attachments,
            automatic="auto-replied" if thread else "auto-generated",
        )
        return Letter(
            key=order.key,
            kind=order.kind,
            case=order.case,
            recipient=order.to.address,
            subject=rendered.subject,
            message_id=own_id,
            raw=raw,
            hold=order.hold,
        )

    def write_all(self, orders: Sequence[LetterOrder], case: Case | None, now: datetime) -> list[Letter]:
        """Render several letters about one case."""
        return [self.write(order, case, now) for order in orders]

    def card(self, case: Case, now: datetime, language: Language, clock: Clock | None = None) -> dict[str, Any]:
        """One case as a list in a letter shows it; about one of its deadlines, or the next one."""
        values, procedure = case.values, self.procedure
        running = clock or next(iter(clocks(case, procedure)), None)
        due_at = running.due.at if running else None
        return {
            "number": case.number,
            "customer": str(values.get("company") or values.get("contact_name") or case.answer_to or ""),
            "product": " ".join(str(v) for v in (values.get("product"), values.get("model")) if v),
            "stage": case.stage,
            "what": running.name if running else "",
            "due": due_at,
            "late": self._late(due_at, now, language),
            "owner": listed([p.name for p in procedure.actors(case, "actor")], language),
            "severity": str(values.get("severity") or ""),
            "department": str(values.get("department") or ""),
        }

    def _case_facts(self, case: Case, to: Recipient, now: datetime) -> dict[str, Any]:
        values, procedure, language = case.values, self.procedure, to.language
        name_of = procedure.told_name if to.customer else procedure.column_name
        owner = procedure.people.find(values.get("owner"))
        return {
            **self.card(case, now, language),
            "ref": case.token,
            "owner": owner.name if owner else "",
            "customer_name": "" if "contact_name" in case.presumed else str(values.get("contact_name") or ""),
            "understood": tuple((name_of(key, language), value) for key, value in self._understood(case, language)),
            "missing": tuple(procedure.label("missing", key, language) for key in still_missing(case, procedure)),
            "promises": tuple(self._promises(case, language)),
            "needed": tuple(procedure.column_name(c, language) for c in self._needed(case)),
            "reasons": reasons(case, procedure, language),
            "said": str(values.get("description") or ""),
            "claim": values.get("claim_type") == "claim",
            "safety": values.get("nature") == "safety" or values.get("severity") == procedure.top_severity(),
            "answered": f"{case.number}:acknowledgement" in case.done,
        }

    def _needed(self, case: Case) -> tuple[str, ...]:
        """What is to be filled in to close the stage, the column that closes it last."""
        done = self.procedure.stage(case).done
        return tuple(filter(None, (*missing_evidence(case, self.procedure), done)))

    def _understood(self, case: Case, language: Language) -> Iterator[tuple[str, str]]:
        for key in UNDERSTOOD:
            if (value := case.values.get(key)) in (None, "") or key in case.presumed:
                continue
            yield key, self._words(key, value, case, language)

    def _words(self, key: str, value: Value, case: Case, language: Language) -> str:
        unit = {"quantity": "quantity_unit", "claim_amount": "claim_currency"}.get(key)
        if unit and (of := case.values.get(unit)):
            return f"{value} {of}"
        if key == "demand":
            parts = [self.procedure.label("demand", part, language) for part in str(value).split("; ")]
            return listed(parts, language)
        return self.procedure.label(key, value, language)

    def _promises(self, case: Case, language: Language) -> Iterator[tuple[str, datetime | None]]:
        """What the rule file tells the customer will happen by when; what is past is no promise any more."""
        stages = self.procedure.stages
        running = {c.key.partition(":")[0]: c.due.at for c in clocks(case, self.procedure)}
        told = [(s.key, s.told) for s in stages.deadline] + [(s.key, s.told) for s in stages.stage]
        for key, names in told:
            if names and (at := running.get(key)):
                yield names.get(language) or next(iter(names.values())), at

    def _late(self, due_at: datetime | None, now: datetime, language: Language) -> str:
        if due_at is None or due_at >= now:
            return ""
        days = int(elapsed(self.procedure.calendar, due_at, now, "days"))
        hours = int(elapsed(self.procedure.calendar, due_at, now, "hours"))
        return _LATE[language][0].format(days) if days else _LATE[language][1].format(max(hours, 1))


_LATE: dict[Language, tuple[str, str]] = {
    Language.ZH_CN: ("已逾期 {} 天", "已逾期 {} 小时"),
    Language.ZH_TW: ("已逾期 {} 天", "已逾期 {} 小時"),
    Language.EN: ("{} days overdue", "{} hours overdue"),
}
