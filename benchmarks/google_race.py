"""Race the bot against frantic staff on the local Google: 2,000 writes in each mode, and what came of them.

python benchmarks/google_race.py [writes]
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "google"), str(ROOT / "tests" / "sheets")]

from racing import Race  # noqa: E402

from mailbot.demo.google.server import LocalGoogle  # noqa: E402 - they need the path


def race(writes: int, restless: float, trouble: float, *, skip_hidden: bool) -> int:
    """Run one race and print what came of it; return how much was wrong, lost or doubled."""
    with tempfile.TemporaryDirectory() as folder, LocalGoogle().serving() as google:
        google.needs_token, google.skip_hidden = True, skip_hidden
        started = time.monotonic()
        found = Race(google, Path(folder), seed=11, cases=40, restless=restless, trouble=trouble).run(writes)
    failures = [*found.wrong, *found.lost, *found.twice]
    print(
        f"restless {restless}, lost answers {trouble}, filtered rows copied {not skip_hidden}: {found.writes} writes, "
        f"{found.acts} acts of staff, {found.rounds} rounds, {found.waited} broken off; wrong {len(found.wrong)}, "
        f"lost {len(found.lost)}, twice {len(found.twice)}; {time.monotonic() - started:.0f} s",
        *failures[:10],
        sep="\n  ",
    )
    return len(failures)


def main() -> int:
    """Run every mode; 1 when anything was wrong, lost or doubled."""
    writes, bad = int(sys.argv[1]) if len(sys.argv) > 1 else 2000, 0
    for trouble in (0.0, 0.3):
        for skip_hidden in (False, True):
            for restless in (0.3, 0.6):
                bad += race(writes, restless, trouble, skip_hidden=skip_hidden)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
