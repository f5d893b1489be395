"""Examples kept beside the rules: a mail and what the rules are to make of it. Here they are read and tried.

Each example is understood exactly as a mail that comes in; only the keys it gives are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

from mailbot.core.lookback import Earlier, Past, customer_keys
from mailbot.core.model import MailKind, Reason
from mailbot.core.rulebook import Rules
from mailbot.core.rulefile import (
    Field,
    FileProblems,
    Key,
    Model,
    Problem,
    lines_of,
    model_validator,
    read_text,
    text_of,
)
from mailbot.core.ruletables import RuleFile
from mailbot.core.vocabulary import FIELD_KEYS
from mailbot.mail.addresses import NOBODY
from mailbot.mail.understand import Understanding, judged_after, understand
from mailbot.shipped import shipped

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
"""When every example comes in: only the days before it matter."""
CUSTOMER = "customer@customer.example"
Kind = Literal["complaint", "other", "auto_reply", "list", "bounce"]
Answer = str | bool | frozenset[str]


class Expected(Model):
    """What is to come out; only what is given is compared. Lists are compared without their order."""

    kind: Kind | None = None
    nature: str | None = None
    severity: str | None = None
    department: str | None = None
    claim: str | None = None
    emergency: bool | None = None
    demand: tuple[str, ...] | None = None
    missing: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _something(self) -> Expected:
        if not self.given():
            raise ValueError("expects nothing; give at least one of kind, nature, severity, department …")
        return self

    def given(self) -> dict[str, Answer]:
        """The expectations by key."""
        said = ((key, getattr(self, key)) for key in type(self).model_fields)
        return {key: frozenset(v) if isinstance(v, tuple) else v for key, v in said if v is not None}


class EarlierCase(Model):
    """A complaint in the ledger before the example: how many days ago, whose, and of what."""

    days: float = Field(ge=0)
    customer: str
    product: str = ""
    model: str = ""
    part_no: str = ""
    batch: str = ""
    nature: str = ""

    def of(self, number: str, rules: Rules) -> Earlier:
        """The complaint as rules look back at it."""
        values = {key: value for key, value in self.model_dump().items() if key not in ("days", "customer")}
        keys = customer_keys(values, self.customer, rules.freemail)
        return Earlier(number=number, opened_at=MOMENT - timedelta(days=self.days), values=values, customer=keys)


class Example(Model):
    """A mail in short: `attachments` are file names, `sender` is `Name <address>`; `business` settles who writes.

    `earlier` are the complaints before it.
    """

    name: str
    subject: str = ""
    text: str
    sender: str = CUSTOMER
    attachments: tuple[str, ...] = ()
    business: bool | None = None
    earlier: tuple[EarlierCase, ...] = ()
    expect: Expected


class ExampleFile(RuleFile):
    """A file of rules/tests/."""

    example: tuple[Example, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """An example that came out otherwise. `why` are the rules and words that made it so."""

    place: str
    example: str
    key: str
    expected: Answer
    got: Answer
    why: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """An example in its place: the file, and the line of each key."""

    file: str
    lines: Mapping[Key, int]
    index: int
    example: Example

    def place(self, key: str = "") -> str:
        """FILE:LINE of an expectation, or of the example."""
        for path in (("expect", key), ("expect",), ()):
            if line := self.lines.get(("example", self.index, *path)):
                return f"{self.file}:{line}"
        return self.file


def example_files(folder: Path | None) -> list[Path]:
    """The example files of a company's rules; those that came with the program only when it has no rules of its own."""
    own = folder if folder and folder.is_dir() else shipped("rules")
    return sorted((own / "tests").glob("*.toml"))


def load_examples(files: Sequence[Path], rules: Rules) -> list[Trial]:
    """Read and check the files against the rules. Raises FileProblems with all that is wrong in all of them."""
    problems: list[Problem] = []
    trials: list[Trial] = []
    for path in files:
        try:
            text = text_of(path)
            read = read_text(text, ExampleFile, file=str(path))
        except FileProblems as error:
            problems += error.problems
            continue
        lines = lines_of(text)
        found = [Trial(file=str(path), lines=lines, index=i, example=e) for i, e in enumerate(read.example)]
        problems += (problem for trial in found for problem in _unknown(trial, rules))
        trials += found
    if problems:
        raise FileProblems(tuple(problems))
    return trials


def try_example(trial: Trial, rules: Rules) -> Iterator[Miss]:
    """Yield each expectation the rules do not meet."""
    example = trial.example
    said = understand(_mail(example), NOBODY, rules, business=example.business)
    said = judged_after(said, _past(example, said, rules), rules)
    for key, expected in example.expect.given().items():
        got = ANSWERS[key](said)
        if got != expected:
            place, why = trial.place(key), _why(key, got, said)
            yield Miss(place=place, example=example.name, key=key, expected=expected, got=got, why=why)


def _past(example: Example, said: Understanding, rules: Rules) -> Past:
    values = {key: f.value for key, f in said.mail.fields.items() if not isinstance(f.value, tuple)}
    return Past(
        earlier=tuple(case.of(f"earlier-{number}", rules) for number, case in enumerate(example.earlier, 1)),
        at=MOMENT,
        customer=customer_keys(values, said.mail.customer.address, rules.freemail),
    )


def _unknown(trial: Trial, rules: Rules) -> Iterator[Problem]:
    """Keys no rule file declares: an example that can never be met is a mistake in the example."""
    known: dict[str, Sequence[str]] = {
        "nature": tuple(rules.nature_names),
        "severity": tuple(level.key for level in rules.scale),
        "department": tuple(department.key for department in rules.people.departments),
        "claim": ("appeal", "claim", "non_quality", ""),
        "demand": tuple(demand.key for demand in rules.vocabulary.demand),
        "missing": (*FIELD_KEYS, "photo"),
    }
    for key, expected in trial.example.expect.given().items():
        wanted = expected if isinstance(expected, frozenset) else {expected}
        if key in known and (strange := sorted(map(str, wanted - set(known[key])))):
            file, _, line = trial.place(key).rpartition(":")
            message = f"{key} {', '.join(map(repr, strange))} is not known; known are {', '.join(known[key])}"
            yield Problem(file=file, line=int(line), message=message)


def _mail(example: Example) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = example.sender, "complaints@company.example", example.subject
    mail.set_content(example.text)
    for name in example.attachments:
        kind = _KINDS.get(name.rpartition(".")[2].casefold(), ("application", "octet-stream"))
        mail.add_attachment(PIXELS, maintype=kind[0], subtype=kind[1], filename=name)
    return mail.as_bytes()


_KINDS = {"jpg": ("image", "jpeg"), "jpeg": ("image", "jpeg"), "png": ("image", "png"), "mp4": ("video", "mp4")}
PIXELS = b"\xff\xd8\xff" + bytes(40_000)  # large enough to be no decoration


def _why(key: str, got: Answer, said: Understanding) -> tuple[Reason, ...]:
    if key == "kind":
        return (Reason(rule=said.mail.kind_reason, sets=str(got)),) if said.mail.kind_reason else ()
    if key == "demand" and (finding := said.mail.fields.get("demand")):
        return (Reason(rule="fields.toml", sets="demand", words=(finding.source,)),)
    reasons = said.verdict.reasons if said.verdict else ()
    return tuple(reason for reason in reasons if reason.sets == got)


def _demand(said: Understanding) -> frozenset[str]:
    finding = said.mail.fields.get("demand")
    return frozenset(finding.value) if finding and isinstance(finding.value, tuple) else frozenset()


ANSWERS: Mapping[str, Callable[[Understanding], Answer]] = {
    "kind": lambda said: (MailKind.COMPLAINT if said.mail.kind is MailKind.FOLLOW_UP else said.mail.kind).value,
    "nature": lambda said: said.verdict.nature if said.verdict else "",
    "severity": lambda said: said.verdict.severity if said.verdict else "",
    "department": lambda said: said.verdict.department if said.verdict else "",
    "claim": lambda said: said.verdict.claim_type if said.verdict else "",
    "emergency": lambda said: bool(said.verdict and said.verdict.emergency),
    "demand": _demand,
    "missing": lambda said: frozenset(said.verdict.missing if said.verdict else ()),
}
"""How each key of `expect` is read from what was understood."""
