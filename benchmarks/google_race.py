"""Race the bot against frantic staff on the local Google: 2,000 writes in each mode, and what came of them.

python benchmarks/google_race.py [writes] [threads]

Staff act between any two requests of the bot; with the word `threads` in a thread and over a connection of their own,
and requests take their time on the way.
"""

from __future__ import annotations

import sys
import tempfile
import time
from itertools import product
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "google"), str(ROOT / "tests" / "sheets")]

from racing import Race  # noqa: E402 - they need the path
from threaded import ThreadedRace  # noqa: E402

from mailbot.demo.google.server import LocalGoogle  # noqa: E402

SEED, CASES = 11, 40
RESTLESS = (0.3, 0.6)
"""How likely staff act before each request, and then once more, and so on."""
PACES = (0.02, 0.005)
"""Seconds between two acts of the thread, on average."""
LATENCY = 0.01
TROUBLES = ((0.0, 0.0), (0.3, 0.0), (0.3, 0.3))
"""How likely in a round an answer to a write is lost, and the process dies."""


def race(writes: int, pace: float, trouble: float, deadly: float, *, skip_hidden: bool, threads: bool) -> int:
    """Run one race and print what came of it; return how much was wrong, lost or doubled."""
    with tempfile.TemporaryDirectory() as folder, LocalGoogle().serving() as google:
        google.needs_token, google.skip_hidden = True, skip_hidden
        started, where = time.monotonic(), Path(folder)
        run: Race
        known = {"seed": SEED, "cases": CASES, "trouble": trouble, "deadly": deadly}
        if threads:
            run = ThreadedRace(google, where, pace=pace, latency=LATENCY, **known)  # type: ignore[arg-type]
        else:
            run = Race(google, where, restless=pace, **known)  # type: ignore[arg-type]
        found = run.run(writes)
    failures = [*found.wrong, *found.lost, *found.twice]
    print(
        f"{'thread, pace' if threads else 'restless'} {pace}, lost answers {trouble}, deaths {deadly}, filtered rows "
        f"copied {not skip_hidden}: {found.writes} writes, {found.acts} acts of staff, {found.rounds} rounds, "
        f"{found.waited} broken off, {found.deaths} deaths; wrong {len(found.wrong)}, lost {len(found.lost)}, "
        f"twice {len(found.twice)}; {time.monotonic() - started:.0f} s",
        *failures[:10],
        sep="\n  ",
        flush=True,
    )
    return len(failures)


def main() -> int:
    """Run every mode; 1 when anything was wrong, lost or doubled."""
    threads = "threads" in sys.argv
    writes = next((int(word) for word in sys.argv[1:] if word.isdigit()), 2000)
    modes = product(TROUBLES, (False, True), PACES if threads else RESTLESS)
    bad = [race(writes, pace, *trouble, skip_hidden=skip, threads=threads) for trouble, skip, pace in modes]
    return 1 if any(bad) else 0


if __name__ == "__main__":
    sys.exit(main())
