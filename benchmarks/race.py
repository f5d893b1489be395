"""A colleague's office program and the bot save one workbook as fast as they can: is anything of either lost?

    python benchmarks/race.py [SECONDS] [libreoffice]        # 60 by default, for each kind of colleague

The colleague is a process of its own that saves as Excel does (a new file, delete, rename), without and with a lock; or
a real LibreOffice without windows, which takes the system's Python with its `uno`. Each of
his saves fills one more cell; at the end every one of them must be there, and every row and cell of the bot.
"""

from __future__ import annotations

import io
import json
import multiprocessing
import random
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import xlsxwriter

from sheets.excel import ExcelRegister
from sheets.excel.ranges import place
from sheets.excel.reader import plain_values
from sheets.register import Waiting
from sheets.table import AppendRow, Cell, Change, Column, Kind, Owner, SetCell, Sheet

CELLS = 20_000
LONGEST_PAUSE = 0.15
"""Seconds between two saves of the colleague at most: about what a write of the bot takes on a busy machine."""
COLUMNS = (
    Column(key="number", title="Number", owner=Owner.BOT, identity=True),
    Column(key="ours", title="Ours", owner=Owner.BOT),
    Column(key="theirs", title="Theirs", owner=Owner.STAFF, kind=Kind.NUMBER),
)
SHEET = "xl/worksheets/sheet1.xml"


def make(path: Path) -> None:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, [column.title for column in COLUMNS])
    for row in range(1, 51):
        sheet.write_row(row, 0, [f"CP-{row}", "", 0])
    for row in range(CELLS // 100):
        sheet.write_row(row, 10, [0] * 100)
    book.close()


def colleague(path: Path, until: float, saved: multiprocessing.Queue[int], *, lock: bool) -> None:
    """Open, fill one more cell, save; again and again."""
    owner, count = path.with_name(f"~${path.name}"), 0
    while time.time() < until:
        if lock:
            owner.write_bytes(b"\x03Li ".ljust(165))
        try:
            data = path.read_bytes()
            count += 1
            new = filled(data, count)
            temporary = path.with_name("A1B2C3D4")
            temporary.write_bytes(new)
            path.unlink()
            temporary.rename(path)
        except FileNotFoundError:
            count -= 1  # the name was missing for an instant: he tries again
        owner.unlink(missing_ok=True)
        time.sleep(random.uniform(0, LONGEST_PAUSE))
    saved.put(count)


def filled(data: bytes, count: int) -> bytes:
    """The workbook with cell number `count` filled."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            if name == SHEET:
                cell = re.escape(address(count).encode())
                content, found = re.subn(rb'(<c r="' + cell + rb'"[^>]*><v>)0<', rb"\g<1>%d<" % count, content)
                assert found == 1, address(count)
            new.writestr(name, content)
    return out.getvalue()


def address(count: int) -> str:
    return place((count - 1) // 100 + 1, 11 + (count - 1) % 100)


def wanted_changes(sheet: Sheet, wanted: dict[str, Cell]) -> list[Change]:
    there = {row.cells["number"]: row for row in sheet.rows}
    changes: list[Change] = [
        SetCell(position=there[i].position, identity=i, column="ours", expected=there[i].cells["ours"], value=wanted[i])
        for i in wanted
        if i in there and there[i].cells["ours"] != wanted[i]
    ]
    new = [i for i in wanted if i not in there]
    return [*changes, *(AppendRow(identity=i, cells={"number": i, "ours": wanted[i]}) for i in new)]


def race(path: Path, working: Callable[[], bool]) -> str:
    """Write on and on while the colleague works, then until all stands; what became of the bot's."""
    later = datetime.now(UTC) + timedelta(days=1)
    bot = ExcelRegister(path, COLUMNS, keep=path.parent / "kept", now=lambda: later)
    wanted: dict[str, Cell] = {}
    writes = waits = again = 0
    while working():
        step = writes % 50 + 1
        wanted[f"CP-{step}"] = f"state {writes}"
        if writes % 10 == 0 and f"N-{writes}" not in wanted and len(wanted) < 200:
            wanted[f"N-{writes}"] = "new"
        try:
            changes = wanted_changes(sheet := bot.read(), wanted)
            done = bot.write(sheet, changes)
            again += len(done) > 2
            writes += bool(done)
        except Waiting:
            waits += 1
    while changes := wanted_changes(sheet := bot.read(), wanted):
        bot.write(sheet, changes)
    missing = len(wanted_changes(bot.read(), wanted))
    return (
        f"{writes} of the bot, {missing} of its rows and cells missing "
        f"({again} times written again after a stale save, waited {waits} times)"
    )


def lost(path: Path, count: int) -> int:
    """How many of the colleague's `count` cells do not stand in the workbook."""
    lines = plain_values(path.read_bytes(), "Sheet1")
    places = (divmod(n, 100) for n in range(count))
    return sum(lines[row][10 + column] != n + 1 for n, (row, column) in enumerate(places))


def pretended(seconds: float, *, lock: bool) -> str:
    """Against a pretend Excel."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "register.xlsx"
        make(path)
        saved: multiprocessing.Queue[int] = multiprocessing.Queue()
        other = multiprocessing.Process(
            target=colleague, args=(path, time.time() + seconds, saved), kwargs={"lock": lock}
        )
        other.start()
        said = race(path, other.is_alive)
        other.join()
        count = saved.get()
        return f"a pretend Excel, {_lock(lock)}: {count} saves of his, {lost(path, count)} lost; {said}"


def real(seconds: float, *, lock: bool, saves_each: int) -> str:
    """Against LibreOffice; `saves_each` times saved before he opens the workbook anew."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "register" / "register.xlsx"
        path.parent.mkdir()
        make(path)
        script = Path(__file__).with_name("libreoffice_colleague.py")
        arguments = [path, Path(folder) / "profile", seconds, "yes" if lock else "no", saves_each]
        command = ["/usr/bin/python3", str(script), *map(str, arguments)]
        other = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        said = race(path, lambda: other.poll() is None)
        done = json.loads((other.communicate()[0] or "").splitlines()[-1])
        count, again = done["saved"], f", {saves_each} each time it is opened" if saves_each > 1 else ""
        return (
            f"LibreOffice, {_lock(lock)}{again}: {count} saves of his ({done['refused']} it would not do), "
            f"{lost(path, count)} lost; {said}"
        )


def _lock(lock: bool) -> str:
    return "with a lock file" if lock else "without a lock file"


if __name__ == "__main__":
    words = sys.argv[1:]
    duration = float(next((word for word in words if word.isdigit()), 60))
    if "libreoffice" in words:
        for with_lock, each in ((False, 1), (False, 5), (True, 1)):
            print(real(duration, lock=with_lock, saves_each=each), flush=True)
    else:
        for with_lock in (False, True):
            print(pretended(duration, lock=with_lock), flush=True)
