"""What reading a whole register in a Google Sheet costs: bytes of the answers, seconds, memory.

python benchmarks/google_reading.py [rows]

The local Google answers in a process of its own, over the shipped procedure's columns, two cells of three filled.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from mailbot.demo.google.server import LocalGoogle
from mailbot.rows import columns
from mailbot.wiring import shipped_procedure
from sheets.google.backend import GoogleRegister
from sheets.google.transport import Endpoints, connect
from sheets.google.values import entered
from sheets.table import Cell, Kind

COLUMNS = columns(shipped_procedure().procedure)
VALUES: dict[Kind, Cell] = {
    Kind.DATE: date(2026, 5, 4),
    Kind.DATETIME: datetime(2026, 5, 4, 8, 30),
    Kind.NUMBER: 200,
}
WORDS = "支架表面划伤 0012"


def register(url: str, key: Path, book: str) -> GoogleRegister:
    """The register of an installation."""
    google = connect(key, endpoints=Endpoints(sheets=url, drive=url))
    return GoogleRegister(
        google, book, COLUMNS, title="投诉台账", keep=key.with_name("sent"), now=lambda: datetime.now(UTC)
    )


def serve(rows: int, folder: Path, line: Connection) -> None:
    """A Google with a filled register, until the line is closed."""
    with LocalGoogle().serving() as google:
        google.needs_token = True
        book, key = google.new_book("Complaints"), folder / "key.json"
        google.tokens.new_key_file(key, google.url)
        register(google.url, key, book.id).set_up()
        tab = google.books[book.id].tabs[0]
        looks = [tab.cell(1, place).get("userEnteredFormat") for place in range(len(COLUMNS))]
        for row in range(1, rows + 1):
            for place, column in enumerate(COLUMNS):
                value = f"CP-2026-{row:06d}" if column.identity else VALUES.get(column.kind, WORDS)
                content, _ = entered(value if place % 3 < 2 else None)
                tab.enter(row, place, content)
                tab.place(row, place)["userEnteredFormat"] = looks[place]
        tab.row_count = rows + 1
        line.send((google.url, str(key), book.id))
        line.recv()


def read(place: tuple[str, str, str]) -> None:
    """Read it, and print what it took."""
    url, key, book = place
    got: list[int] = []
    there = register(url, Path(key), book)

    def weigh(answer: Any, **_: Any) -> None:
        got.append(len(answer.content))

    there._google._client.session.hooks["response"].append(weigh)
    before, started = _peak(), time.monotonic()
    sheet = there.read()
    took = time.monotonic() - started
    print(
        f"{len(sheet.rows)} rows, {len(COLUMNS)} columns: {len(got)} answers, {sum(got) / 1e6:.1f} MB, "
        f"{took:.1f} s with the local Google's, {_peak() - before:.0f} MB more memory at most"
    )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def main() -> None:
    """Serve in one process, read in another."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    fresh = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        here, there = fresh.Pipe()
        server = fresh.Process(target=serve, args=(rows, Path(folder), there))
        server.start()
        place = here.recv()
        reader = fresh.Process(target=read, args=(place,))
        reader.start()
        reader.join()
        here.send(None)
        server.join()


if __name__ == "__main__":
    main()
