"""What a simulated year came to, as a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from year.plant import Plant
from year.world import World

from mailbot.core.punctuality import fell_due


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The figures, each with what is counted. `seconds`: by the clock on the wall, and of processor time."""

    seed: int
    first: date
    last: date
    seconds: tuple[float, float]
    figures: Mapping[str, Mapping[str, int | str]]
    looks: Mapping[str, int]

    def page(self) -> str:
        """As Markdown."""
        days = (self.last - self.first).days + 1
        played = "played in {:.0f} s, {:.0f} s of processor time".format(*self.seconds)
        lines = [f"Seed {self.seed}, {self.first} to {self.last} ({days} days), {played}."]
        for title, figures in {**self.figures, "promises, each looked at so many times": self.looks}.items():
            lines += [
                "",
                f"| {title} | |",
                "|---|---|",
                *(f"| {name} | {figure} |" for name, figure in figures.items()),
            ]
        return "\n".join(lines)


def tally(plant: Plant, world: World, first: date, last: date, seed: int, seconds: tuple[float, float]) -> Tally:
    """Count everything."""
    ledger, now, procedure = plant.office.ledger, plant.clock.now, plant.office.procedure
    cases = list(ledger.cases.all())
    due = [fall for case in cases for fall in fell_due(case, now, procedure)]
    kept = sum(fall.kept for fall in due)
    letters = ledger.letters.list()
    figures: dict[str, dict[str, int | str]] = {
        "cases": {
            "cases": len(cases),
            "of them typed by hand": sum(c.channel != "email" for c in cases),
            **{f"severity {key}": n for key, n in Counter(str(c.values.get("severity")) for c in cases).most_common()},
            "stays in a stage": sum(len(c.visits) for c in cases),
            "most stays of one case": max(len(c.visits) for c in cases),
            "came back to a stage": sum(v.number > 1 for c in cases for v in c.visits),
            "deadlines that fell due": len(due),
            "of them kept": f"{kept} ({100 * kept / max(1, len(due)):.0f} %)",
        },
        "mails": {
            **dict(Counter(p.sort for p in world.posted).most_common()),
            **{f"ended as {end.value}": n for end, n in ledger.mails.balance().by_end.items() if n},
        },
        "letters": dict(Counter(letter.kind for letter in letters).most_common()),
        "people": {"cells typed": world.edits, **{name: n for name, n in world.mishaps.most_common() if n}},
        "trouble": {
            "rounds": plant.rounds,
            "rounds of which a part failed": plant.refused,
            **{
                f"{what} away": f"{n} times, {_hours(world, what)} h"
                for what, n in Counter(a.what.partition(" ")[0] for a in world.away).items()
            },
            "recipients refused for good": len({who for who, reply in plant.sink.turned_away if reply[0] == "5"}),
            "killed at a failpoint": world.kills,
            "letters in doubt": world.doubts,
        },
    }
    return Tally(
        seed=seed, first=first, last=last, seconds=seconds, figures=figures, looks=dict(sorted(world.checked.items()))
    )


def _hours(world: World, what: str) -> str:
    spent = sum((a.until - a.since for a in world.away if a.what.partition(" ")[0] == what), timedelta())
    return f"{spent.total_seconds() / 3600:.0f}"
