"""`mailbot parse FILE`: what the bot understands of a mail. Needs no configuration."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

from mailbot import config as configuration
from mailbot.commands.terminal import heading, line, table
from mailbot.core.gaps import in_words
from mailbot.core.model import Language
from mailbot.core.rulebook import Rules
from mailbot.errors import Usage
from mailbot.mail.addresses import NOBODY
from mailbot.mail.record import as_record
from mailbot.mail.understand import Understanding, understand
from mailbot.wiring import open_procedure, own_addresses, shipped_procedure


def show_parse(file: Path, path: Path | None, domains: list[str], *, as_json: bool) -> None:
    """Print one mail's record, for people or as JSON. Raises Usage for a file that cannot be read."""
    if path is None and Path("config.toml").exists():
        path = Path("config.toml")
    config = configuration.load(path) if path else None
    rules = (open_procedure(config) if config else shipped_procedure()).rules
    own = own_addresses(config) if config else NOBODY
    own = replace(own, domains=own.domains | {d.casefold() for d in domains})
    said = understand(_bytes(file), own, rules)
    if as_json:
        print(json.dumps(as_record(said, rules), ensure_ascii=False, indent=1, default=str))
    else:
        show_understood(said, rules)


def _bytes(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise Usage(f"{file} cannot be read: {error.strerror}") from error


def show_understood(said: Understanding, rules: Rules) -> None:
    """Print for people what is understood of a mail."""
    mail, verdict, record = said.mail, said.verdict, as_record(said, rules)
    heading(mail.subject or "(no subject)")
    line(f"{mail.kind.value} in {mail.language.value} from {mail.sender.name} <{mail.sender.address}>")
    if mail.kind_reason:
        line(f"because: {mail.kind_reason}")
    if mail.forwarded_by:
        line(f"forwarded by {mail.forwarded_by}; the customer is {mail.customer.name} <{mail.customer.address}>")
    if mail.unread:
        line(f"not fully read: {in_words(mail.unread, Language.EN)}")
    if verdict:
        heading(f"Verdict: {verdict.nature}, {verdict.severity}, {verdict.department}")
        table("", ("sets", "rule", "words"), [(r.sets, r.rule, ", ".join(r.words)) for r in verdict.reasons])
        if record["missing"]:
            line(f"to be asked for: {', '.join(verdict.missing)}")
    heading("Fields")
    found = [(key, _words(f.value), f.source.replace("\n", " ")[:80]) for key, f in mail.fields.items()]
    table("", ("field", "value", "from"), found)
    heading("What was written this time")
    line(mail.new_text)
    if mail.attachments:
        heading("Attachments")
        for attachment in mail.attachments:
            line(
                f"{attachment.filename}  {attachment.size} bytes"
                + ("  (decoration)" if attachment.inline_decoration else "")
            )


def _words(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)
