"""What is understood of a mail as a plain record: the keys a clerk would fill in, then why and from where."""

from __future__ import annotations

from datetime import date
from typing import Any

from mailbot.core.model import Finding, MailKind
from mailbot.core.verdict import Rules
from mailbot.mail.understand import Understanding


def as_record(understanding: Understanding, rules: Rules) -> dict[str, Any]:
    """Return the record, ready for JSON.

    `severity` is the step on the scale; `belongs_to` cannot be known from one mail.
    """
    mail, verdict = understanding.mail, understanding.verdict
    judged = verdict if mail.kind in (MailKind.COMPLAINT, MailKind.FOLLOW_UP) else None
    return {
        "kind": mail.kind.value,
        "language": mail.language.value,
        "subject": mail.subject,
        "sender": {"name": mail.sender.name, "address": mail.sender.address},
        "forwarded_by": mail.forwarded_by,
        "new_text": mail.new_text,
        "attachments": [
            {"filename": a.filename, "size": a.size, "inline_decoration": a.inline_decoration} for a in mail.attachments
        ],
        "fields": {key: _plain(finding) for key, finding in mail.fields.items() if not finding.attachment},
        "attachment_fields": {key: _plain(finding) for key, finding in mail.fields.items() if finding.attachment},
        "nature": judged.nature if judged else rules.otherwise_nature,
        "severity": rules.rank(judged.severity) if judged else 0,
        "department": judged.department if judged else rules.otherwise_department,
        "missing": list(judged.missing) if judged else [],
        "belongs_to": None,
        "reasons": {
            r.rule: {"sets": r.sets, "words": list(r.words), "version": r.version}
            for r in (verdict.reasons if verdict else ())
        },
        "sources": {key: finding.source for key, finding in mail.fields.items()},
        "confidence": {key: round(finding.confidence, 2) for key, finding in mail.fields.items()},
        "suggestions": {key: finding.suggestion for key, finding in mail.fields.items() if finding.suggestion},
    }


def _plain(finding: Finding) -> Any:
    value = finding.value
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value
