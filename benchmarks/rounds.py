"""How long the daemon's rounds take when the register is large: with its ledger, the merge, and a new mail.

    python benchmarks/rounds.py [CASES ...]        # 1000 10000 by default; 100000 takes some minutes to set up

Of a hundred cases one is open. A first process sets everything up; a second one, the daemon, does one round after the
other: after its start, with nothing new, with a new mail, after a colleague's save. CPU seconds and peak memory.
Letters wait: there is no server to take them.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from mailbot import config as configuration
from mailbot import logs
from mailbot.commands.init import Answers, config_text, set_up
from mailbot.daemon import PARTS
from mailbot.office import Office
from mailbot.wiring import open_office
from sheets.table import SetCell

OPEN = ExitStack()
NOW = datetime(2026, 5, 11, 1, 0, tzinfo=UTC)
PARTS_MEASURED = ("intake", "reconcile", "chase")
TEXT = "台灯 HX-L1 不亮了，请换货。订单号 88120260{n:02}，批次 B-{n}，电话 13600004417。数量 {n} 台。"


class Clock:
    """The played time."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


def install(folder: Path) -> None:
    """An installation that reads a Maildir."""
    for part in ("new", "cur", "tmp"):
        (folder / "mail" / part).mkdir(parents=True)
    answers = Answers(company="华信制造", address="qa@company.example", imap="127.0.0.1", smtp="127.0.0.1")
    answers = replace(answers, operator="it@company.example")
    set_up(folder, answers, ask=False)
    text = config_text(answers).replace('kind = "imap"', 'kind = "maildir"\npath = "mail"', 1)
    text = text.replace("port = 465", "port = 9").replace("quiet_seconds = 3", "quiet_seconds = 0")
    (folder / "config.toml").write_text(text.replace('"tls"', '"none"'), encoding="utf-8")


def mail(folder: Path, number: int) -> None:
    """A complaint arrives."""
    message = EmailMessage()
    message["From"], message["To"] = f"王敏 <w{number}@ruida.example>", "qa@company.example"
    message["Subject"], message["Message-ID"] = "投诉", f"<b{number}@ruida.example>"
    message.set_content(TEXT.format(n=number))
    (folder / "mail" / "new" / f"{number}.m").write_bytes(message.as_bytes())


def opened(folder: Path, clock: Clock) -> Office:
    """The office, for as long as the process lives."""
    logs.set_up("error")
    return OPEN.enter_context(open_office(configuration.load(folder / "config.toml"), clock))


def build(folder: Path, count: int) -> None:
    """So many cases, all but one of a hundred closed, in ledger and register."""
    install(folder)
    clock = Clock()
    office = opened(folder, clock)
    mail(folder, 1)
    PARTS["intake"](office, clock, lambda: False)
    first = next(iter(office.ledger.cases.all()))
    with office.ledger.transaction():
        for n in range(2, count + 1):
            at = NOW - timedelta(hours=count - n)
            own = {"batch": f"B-{n}", "quantity": n % 997, "order_no": f"8812{n:08}", "model": f"HX-{n % 500}"}
            case = replace(first, number=f"CP-2025-{n:06}", token=f"{n:08}", opened_at=at)
            closed = None if n % 100 == 0 else at + timedelta(days=3)
            case = replace(case, values={**first.values, **own})
            office.ledger.cases.save(replace(case, thread=(f"<t{n}@x.example>",), closed_at=closed), NOW)
    PARTS["reconcile"](office, clock, lambda: False)


def work(folder: Path) -> dict[str, float]:
    """The rounds of one run of the daemon."""
    clock, start = Clock(), time.process_time()
    office = opened(folder, clock)
    told = {"opening": time.process_time() - start}
    fresh = int(time.time()) % 10**6 + 10  # a number no mail had before
    for name, before in (
        ("first", lambda: None),
        ("quiet", lambda: None),
        ("new mail", lambda: mail(folder, fresh)),
        ("another", lambda: mail(folder, fresh + 1)),
        ("a save", lambda: subprocess.run([sys.executable, __file__, "--save", str(folder)], check=True)),
    ):
        before()
        clock.now += timedelta(minutes=1)
        told |= {f"{name}: {part}": cpu for part, cpu in timed(office, clock).items()}
    return told


def timed(office: Office, clock: Clock) -> dict[str, float]:
    """CPU seconds of each part."""
    found = {}
    for part in PARTS_MEASURED:
        start = time.process_time()
        PARTS[part](office, clock, lambda: False)
        found[part] = time.process_time() - start
    return found


def saved(folder: Path) -> None:
    """A colleague fills in ten cells."""
    office = opened(folder, Clock())
    sheet = office.register.read()
    rows = sheet.rows[:: max(1, len(sheet.rows) // 10)][:10]
    key = "batch"
    changes = [
        SetCell(position=r.position, identity="", column=key, expected=r.cells.get(key), value="0407-A") for r in rows
    ]
    assert len(office.register.write(sheet, changes)) == len(rows), office.register.refused


def in_a_process(what: str, folder: Path, *more: str) -> dict[str, float]:
    """Do something in a process of its own; what it told."""
    command = [sys.executable, __file__, what, str(folder), *more]
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    last = (out.splitlines() or [""])[-1]
    return dict(json.loads(last)) if last.startswith("{") else {}


def main(counts: list[int]) -> None:
    for count in counts:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            start = time.perf_counter()
            in_a_process("--build", folder, str(count))
            print(f"{count} cases (set up in {time.perf_counter() - start:.0f} s)")
            told = in_a_process("--work", folder)
            print("\n".join(f"  {name:24} {value:8.2f}" for name, value in told.items()), flush=True)


ACTS: dict[str, Callable[..., object]] = {
    "--build": lambda folder, count: build(Path(folder), int(count)),
    "--save": lambda folder: saved(Path(folder)),
    "--work": lambda folder: work(Path(folder)),
}

if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in ACTS:
        figures = ACTS[sys.argv[1]](*sys.argv[2:])
        if isinstance(figures, dict):
            figures["MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(json.dumps(figures))
    else:
        main([int(count) for count in sys.argv[1:]] or [1000, 10_000])
