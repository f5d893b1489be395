"""`make fuzz`: mails gone wrong are understood for a while; each must give a record, in time, with nothing made up.

A mail that breaks a promise is kept in the folder given by --keep and named in the output; the exit status is then 1.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from functools import cache
from pathlib import Path

from fuzz.mutate import mutated

from mailbot.core.model import Language
from mailbot.core.rulebook import Rules
from mailbot.mail.addresses import OwnAddresses
from mailbot.mail.read import read_mail
from mailbot.mail.record import as_record
from mailbot.mail.understand import judge
from mailbot.procedures import load_procedure

CORPUS = Path(__file__).parents[1] / "corpus"
OWN = OwnAddresses(domains=frozenset({"huaxin-mfg.example", "huaxin-mfg.example.cn"}))
LONGEST = 2.0
"""Seconds of processor time one mail may take."""


@cache
def rules() -> Rules:
    """The rules as shipped."""
    return load_procedure(None, Language.ZH_CN, "CP-{year}-{seq:06d}").rules


def corpus() -> list[bytes]:
    """Every mail of the corpus, in a fixed order."""
    return [path.read_bytes() for path in sorted(CORPUS.rglob("*.eml"))]


def broken(raw: bytes) -> str:
    """Which promise reading this mail breaks, and how; empty when it keeps all."""
    started = time.process_time()
    try:
        mail, parts = read_mail(raw, OWN)
        said = judge(mail, parts, rules())
        json.dumps(as_record(said, rules()), default=str).encode()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    if (took := time.process_time() - started) > LONGEST:
        return f"took {took:.1f} s"
    whole = _without_blanks(parts.text)
    if missing := next((line for line in mail.new_text.split("\n") if _without_blanks(line) not in whole), ""):
        return f"the new text has a line that is not in the mail: {missing[:80]!r}"
    return ""


def _without_blanks(text: str) -> str:
    return "".join(text.translate({0x200B: " ", 0xFEFF: " "}).split())


def main() -> int:
    """Fuzz until the time is over."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--seconds", type=float, default=60)
    words.add_argument("--seed", type=int, default=None)
    words.add_argument("--keep", type=Path, default=Path("fuzz-failures"))
    given = words.parse_args()
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(10**6)
    chance, mails, count, failures = random.Random(seed), corpus(), 0, 0
    until, slowest = time.monotonic() + given.seconds, 0.0
    while time.monotonic() < until:
        raw = mutated(mails, chance)
        started = time.process_time()
        problem = broken(raw)
        slowest, count = max(slowest, time.process_time() - started), count + 1
        if problem:
            failures += 1
            given.keep.mkdir(exist_ok=True)
            (given.keep / f"{seed}-{count}.eml").write_bytes(raw)
            print(f"{given.keep}/{seed}-{count}.eml: {problem}")
    print(f"{count} mails, {failures} broken promises, the slowest took {slowest:.2f} s (seed {seed})")
    return min(failures, 1)


if __name__ == "__main__":
    raise SystemExit(main())
