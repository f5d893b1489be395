"""A colleague's office program and the bot save one workbook as fast as they can: is anything of either lost?

    python benchmarks/race.py [SECONDS]          # 60 by default

The colleague is a process of its own that saves as Excel does (a new file, delete, rename), without and with a lock.
Each of his saves fills one more cell; at the end every one of them must be there, and every row and cell of the bot.
"""

from __future__ import annotations

import io
import multiprocessing
import random
import re
import sys
import tempfile
import time
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import xlsxwriter

from sheets.excel import ExcelRegister
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
    from sheets.excel.ranges import place

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


def race(seconds: float, *, lock: bool) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "register.xlsx"
        make(path)
        later = datetime.now(UTC) + timedelta(days=1)
        bot = ExcelRegister(path, COLUMNS, keep=Path(folder) / "kept", now=lambda: later)
        saved: multiprocessing.Queue[int] = multiprocessing.Queue()
        other = multiprocessing.Process(
            target=colleague, args=(path, time.time() + seconds, saved), kwargs={"lock": lock}
        )
        other.start()
        wanted: dict[str, Cell] = {}
        writes = waits = again = 0
        while other.is_alive():
            step = writes % 50 + 1
            wanted[f"CP-{step}"] = f"state {writes}"
            if writes % 10 == 0 and f"N-{writes}" not in wanted and len(wanted) < 200:
                wanted[f"N-{writes}"] = "new"
            try:
                changes = wanted_changes(sheet := bot.read(), wanted)
                again += len(changes) > 2
                writes += bool(bot.write(sheet, changes))
            except Waiting:
                waits += 1
        other.join()
        count = saved.get()
        while changes := wanted_changes(sheet := bot.read(), wanted):
            bot.write(sheet, changes)
        content = zipfile.ZipFile(path).read(SHEET)
        lost = sum(f'<c r="{address(n)}"><v>{n}<'.encode() not in content for n in range(1, count + 1))
        return (
            f"{'with' if lock else 'without'} a lock file: {count} saves of the colleague, {lost} lost; "
            f"{writes} of the bot, {len(wanted_changes(bot.read(), wanted))} of its rows and cells missing "
            f"({again} times written again after a stale save, waited {waits} times)"
        )


if __name__ == "__main__":
    for with_lock in (False, True):
        print(race(float(sys.argv[1]) if sys.argv[1:] else 60, lock=with_lock), flush=True)
