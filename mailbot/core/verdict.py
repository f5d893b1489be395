"""From what a complaint says to what it is: nature, severity, department, type of claim, what to ask.

Decided by the rule files alone; here is only the order of the questions. Every answer leaves a Reason: the rule, its
file's version and the words or values it fired on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mailbot.core.lookback import NOTHING, PAST, Past
from mailbot.core.model import Finding, Reason, Verdict
from mailbot.core.rulebook import Rule, Rules, compile_rules, load_rules
from mailbot.core.wordforms import Fold
from mailbot.core.words import Passage, Sighting, Standing, passage_of

__all__ = [
    "Facts",
    "Rules",
    "close_call",
    "compile_rules",
    "gather",
    "judge",
    "load_rules",
    "looking_back",
    "no_complaint",
    "weigh",
]

WORD, PAIR, HINT = 3.0, 2.5, 1.0  # points they give their nature; in the subject they count double
WEAK = 2.0  # points that a mail is no complaint: so few are no reason to be sure
DEMANDED = 3.0  # points a demand gives against "this is no complaint"
SUPPORTING = ("support", "report")  # also asked by people who do not complain


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """How much speaks for a nature, and the words that do."""

    nature: str
    points: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is judged: the passage (subject, then text) and the values conditions may speak of."""

    passage: Passage
    subject_end: int
    values: Mapping[str, Any]
    weights: tuple[Weight, ...]

    @property
    def grievance(self) -> float:
        """How much speaks for a complaint: natures with a word of their own, and demands."""
        demands = sum(demand not in SUPPORTING for demand in self.values.get("demand", ()))
        return DEMANDED * demands + sum(w.points for w in self.weights if w.points >= PAIR)


def judge(
    text: str,
    subject: str,
    fields: Mapping[str, Finding],
    attachments_photo: bool,
    is_business: bool,
    rules: Rules,
    fold: Fold,
    past: Past = NOTHING,
) -> Verdict:
    """Judge a complaint. `text` is what the customer wrote this time; nothing is fetched, nothing raised."""
    return decide(looking_back(gather(text, subject, fields, attachments_photo, is_business, rules, fold), past), rules)


def looking_back(facts: Facts, past: Past) -> Facts:
    """The facts with what was before them, for the conditions that count earlier complaints."""
    return replace(facts, values={**facts.values, PAST: past})


def gather(
    text: str, subject: str, fields: Mapping[str, Finding], photo: bool, business: bool, rules: Rules, fold: Fold
) -> Facts:
    """Bring text and fields into the form rules look at."""
    passage = passage_of(f"{subject}\n{text}", fold)
    values = {key: finding.value for key, finding in fields.items()}
    values |= {"business": business, "photo": photo, "sample": bool(passage.said(rules.sample))}
    weights = tuple(weigh(passage, len(subject), rules))
    return Facts(passage=passage, subject_end=len(subject), values=values, weights=weights)


def decide(facts: Facts, rules: Rules) -> Verdict:
    """Answer every question in turn; each later one may use the answers before it."""
    nature, why = _nature(facts, rules)
    reasons: list[Reason] = [*why]
    values = {**facts.values, "nature": nature}
    hits = [(rule, words) for rule in rules.severity if (words := _fires(rule, facts.passage, values)) is not None]
    severity = max((rule.sets for rule, _ in hits), key=rules.rank, default=rules.scale[0].key)
    reasons += [_reason(rule, words) for rule, words in hits]
    values["severity"] = severity
    department, why = _first(rules.routing, facts.passage, values, rules.otherwise_department)
    claim, why_claim = _first(rules.claims, facts.passage, values, "")
    return Verdict(
        nature=nature,
        severity=severity,
        department=department,
        claim_type=claim,
        missing=missing(values, rules),
        emergency=any(rule.emergency for rule, _ in hits),
        reasons=(*reasons, *why, *why_claim),
        version=rules.version,
    )


def _nature(facts: Facts, rules: Rules) -> tuple[str, tuple[Reason, ...]]:
    """Take the heaviest nature; where only a hint or two speak for it, the fallback rules are asked first."""
    best = facts.weights[0] if facts.weights else None
    if best is None or best.points < PAIR:
        nature, why = _first(rules.fallback, facts.passage, facts.values, "")
        if nature or best is None:
            return nature or rules.otherwise_nature, why
    return best.nature, (
        Reason(rule=f"nature {best.nature}", sets=best.nature, words=best.words, version=rules.nature_version),
    )


def weigh(passage: Passage, subject_end: int, rules: Rules) -> list[Weight]:
    """Weigh every nature, the heaviest first: a decisive one before all, one with words before one with hints alone."""
    weights: list[tuple[int, Weight]] = []
    for nature in rules.natures:
        words, hints = passage.said(nature.words), passage.said(nature.hints)
        pairs = [passage.said_together(first, second) for first, second in nature.together]
        together = tuple(s for found in pairs for s in found[:1])  # one says as much as five
        points = _points(words, subject_end, WORD) + _points(together, subject_end, PAIR)
        points += _points(hints, subject_end, HINT)
        words += together
        if points:
            said = tuple(dict.fromkeys(s.word for s in (*words, *hints)))
            weights.append(((1 + nature.decisive) * bool(words), Weight(nature=nature.key, points=points, words=said)))
    return [weight for _, weight in sorted(weights, key=lambda w: (-w[0], -w[1].points))]


def _points(sightings: Iterable[Sighting], subject_end: int, each: float) -> float:
    best: dict[str, float] = {}
    for seen in sightings:
        points = each * 2 if seen.start < subject_end else each
        best[seen.word] = max(best.get(seen.word, 0.0), points, key=abs)
    return sum(best.values())


def no_complaint(facts: Facts, rules: Rules) -> str:
    """Name the sort of mail when it is no complaint; empty when it is one. In doubt it is one."""
    found = _harmless(facts, rules)
    return max(found)[1] if found and sum(points for points, _ in found) > facts.grievance else ""


def close_call(facts: Facts, rules: Rules) -> bool:
    """Whether a mail that is no complaint has half as much that speaks for one, or little for either: a human looks."""
    return 0 < sum(points for points, _ in _harmless(facts, rules)) <= max(2 * facts.grievance, WEAK)


def _harmless(facts: Facts, rules: Rules) -> list[tuple[float, str]]:
    """How much speaks for each sort of mail that is no complaint."""
    found: list[tuple[float, str]] = []
    for sort in rules.no_complaint:
        if 0 < sort.weight <= HINT and facts.grievance > 0:
            continue  # weak signs say nothing where anything speaks for a complaint
        seen = [s for s in facts.passage.sightings(sort.words) if s.standing in (Standing.SAID, Standing.SUPPOSED)]
        points = _points(seen, facts.subject_end, sort.weight)
        if points:
            found.append((points, sort.name))
    return found


def missing(values: Mapping[str, Any], rules: Rules) -> tuple[str, ...]:
    """List what has to be asked, in the file's order."""
    asked: dict[str, None] = {}
    for ask in rules.ask:
        concerned = not ask.natures or values["nature"] in ask.natures
        concerned = concerned and (not ask.who or (ask.who == "business") == values["business"])
        if concerned and not any(values.get(key) for key in ask.known):
            asked[ask.field] = None
    return tuple(asked)


def _fires(rule: Rule, passage: Passage, values: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return what a rule fired on, or None."""
    if rule.when is not None and not rule.when(values):
        return None
    counted = rule.when.words(values) if rule.when else ()
    if rule.words is None:
        names = rule.when.names if rule.when else ()
        return (*(f"{name}={values[name]}" for name in names if values.get(name) is not None), *counted)
    wanted = (Standing.SAID, Standing.SUPPOSED) if rule.supposed else (Standing.SAID,)
    seen = [s.word for s in passage.sightings(rule.words) if s.standing in wanted]
    return (*dict.fromkeys(seen), *counted) if seen else None


def _first(
    rules: Iterable[Rule], passage: Passage, values: Mapping[str, Any], otherwise: str
) -> tuple[str, tuple[Reason, ...]]:
    for rule in rules:
        if (words := _fires(rule, passage, values)) is not None:
            return rule.sets, (_reason(rule, words),)
    return otherwise, ()


def _reason(rule: Rule, words: tuple[str, ...]) -> Reason:
    return Reason(rule=rule.name, sets=rule.sets, words=words, version=rule.version)
