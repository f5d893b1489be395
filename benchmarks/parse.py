"""How fast mails are understood, beside a bare parse of the same mails by the standard library, in one run.

usage: python benchmarks/parse.py [--mails 500] [--seed 1] [--folder FOLDER]

With a folder its .eml files are read instead of made-up mails.

Machines differ: only the ratio counts. Bare means split, every part decoded, no understanding.
"""

from __future__ import annotations

import argparse
import email
import gc
import resource
import time
from collections.abc import Callable
from pathlib import Path

from ordinary_mails import BOX, mails

from mailbot.core.model import Language
from mailbot.mail.addresses import OwnAddresses
from mailbot.mail.read import read_mail
from mailbot.mail.understand import understand
from mailbot.procedures import load_procedure

OWN = OwnAddresses(domains=frozenset({BOX.partition("@")[2]}))


def bare(raw: bytes) -> None:
    """Split and decode, nothing else."""
    message = email.message_from_bytes(raw)
    for part in message.walk():
        if not part.is_multipart():
            part.get_payload(decode=True)


def seconds(work: Callable[[bytes], object], raws: list[bytes]) -> float:
    """Processor time of the best of three passes, after a warm-up."""
    for raw in raws[:30]:
        work(raw)
    best = float("inf")
    for _ in range(3):
        started = time.process_time()
        for raw in raws:
            work(raw)
        best = min(best, time.process_time() - started)
    return best


def main() -> None:
    """Print a line per contender: mails a second and core, the ratio to bare, the peak memory so far."""
    words = argparse.ArgumentParser()
    words.add_argument("--mails", type=int, default=500)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--folder", type=Path)
    given = words.parse_args()
    raws = list(mails(given.mails, given.seed))
    if given.folder:
        raws = [file.read_bytes() for file in sorted(given.folder.rglob("*.eml"))[: given.mails]]
    print(f"{len(raws)} mails, {sum(map(len, raws)) / len(raws) / 1024:.0f} KB on average")
    rules = load_procedure(None, Language.ZH_CN, "CP-{year}-{seq:06d}").rules
    gc.freeze()  # as the daemon does
    contenders: dict[str, Callable[[bytes], object]] = {
        "bare standard library": bare,
        "read: text, quotes, files": lambda raw: read_mail(raw, OWN),
        "understand: fields and verdict": lambda raw: understand(raw, OWN, rules),
    }
    floor = 0.0
    for name, work in contenders.items():
        took = seconds(work, raws)
        floor = floor or took
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{name:32} {len(raws) / took:8.0f} mails/s  {took / floor:6.1f} × bare  peak {peak:.0f} MB")


if __name__ == "__main__":
    main()
