"""How long one round with a large register takes, beside openpyxl doing the same in the same run.

    python benchmarks/register.py [ROWS ...]        # 1000 10000 by default; 50000 100000 take minutes, by openpyxl

Each measurement is a process of its own: CPU seconds (steadier than wall time on a shared machine) and peak memory.
A round changes 50 cells and adds 20 rows to a register of 40 columns: with a register never seen before it reads all,
after a colleague's save what he changed (also when he saved while the program was not running), an undisturbed one
nothing. Only ratios mean something elsewhere.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sheets.excel import ExcelRegister
from sheets.table import AppendRow, Change, Column, Kind, Owner, SetCell, Sheet

ROUNDS = ("never seen", "after a start", "after a save", "undisturbed")
WIDTH, CHANGED, ADDED = 40, 50, 20
COLUMNS = (
    Column(key="number", title="Number", owner=Owner.BOT, identity=True),
    *(Column(key=f"c{i}", title=f"Column {i}", owner=Owner.SHARED, kind=Kind.TEXT) for i in range(1, WIDTH)),
)


def make(path: Path, rows: int) -> None:
    """A register with texts (shared, as Excel keeps them), numbers and dates, one cell of 33 empty."""
    import xlsxwriter  # here, as its memory is none of what is measured

    book = xlsxwriter.Workbook(path)
    sheet, day = book.add_worksheet("Register"), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, [column.title for column in COLUMNS])
    for row in range(1, rows + 1):
        sheet.write_string(row, 0, f"CP-2026-{row:06d}")
        for column in range(1, WIDTH):
            if (row * 7 + column) % 33 == 0:
                continue
            if column % 5 == 0:
                sheet.write_number(row, column, row * column % 997)
            elif column % 7 == 0:
                sheet.write_datetime(row, column, datetime(2026, 1, 1) + timedelta(days=row % 300), day)
            else:
                sheet.write_string(row, column, f"客户投诉 {column} value {row * column % 5000}")
    book.close()


def by_openpyxl(path: Path) -> dict[str, float]:
    """Load, change, save."""
    import openpyxl

    start = time.process_time()
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    step = max(1, (sheet.max_row - 1) // CHANGED)
    for row in list(range(2, sheet.max_row + 1, step))[:CHANGED]:
        sheet.cell(row, 4).value = "changed"
    for number in range(ADDED):
        sheet.append([f"CP-2027-{number:06d}", "=a text"])
    book.save(path)
    return {"round": time.process_time() - start}


def by_sheets(path: Path) -> dict[str, float]:
    """The rounds of one run of the program, and one in which nothing is to be done."""
    clock, told = time.process_time, {}
    later = datetime.now(UTC) + timedelta(days=1)
    register = ExcelRegister(path, COLUMNS, keep=path.parent / "kept", now=lambda: later)
    seen = (path.parent / "kept").exists()
    for name in ROUNDS[1:2] if seen else (ROUNDS[0], *ROUNDS[2:]):
        if name.startswith("after"):
            subprocess.run([sys.executable, __file__, "--save", str(path)], check=True)
        start = clock()
        sheet = register.read()
        changes = wanted(sheet, name)
        assert len(register.write(sheet, changes)) == CHANGED + ADDED, register.refused
        told[name] = clock() - start
    register.read()
    register.read()
    start = clock()
    register.read()
    return {**told, "quiet": clock() - start}


def wanted(sheet: Sheet, text: str) -> list[Change]:
    """50 cells changed, over the whole register, and 20 rows added."""
    step = max(1, len(sheet.rows) // CHANGED)
    changes: list[Change] = [
        SetCell(
            position=row.position, identity=str(row.cells["number"]), column="c3", expected=row.cells["c3"], value=text
        )
        for row in sheet.rows[::step][:CHANGED]
    ]
    for number in range(ADDED):
        cells = {"number": f"CP-2027-{text}-{number:06d}", "c1": "=a text"}
        changes.append(AppendRow(identity=cells["number"], cells=cells))
    return changes


def saved(path: Path) -> None:
    """What Excel leaves behind when a colleague typed ten new texts: they stand behind the shared ones."""
    old = zipfile.ZipFile(path)
    texts, sheet = (old.read(f"xl/{name}.xml") for name in ("sharedStrings", "worksheets/sheet1"))
    count = texts.count(b"<si>")
    texts = texts.replace(b"</sst>", b"".join(b"<si><t>typed %d</t></si>" % n for n in range(10)) + b"</sst>")
    rows = sheet.count(b"</row>")
    for number in range(10):
        row = 2 + number * (rows // 11)
        cell = re.compile(rb'<c r="E%d"[^>]*>.*?</c>|<c r="E%d"[^>]*/>' % (row, row))
        sheet = cell.sub(b'<c r="E%d" t="s"><v>%d</v></c>' % (row, count + number), sheet, count=1)
    with zipfile.ZipFile(path.with_suffix(".new"), "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = {"xl/sharedStrings.xml": texts, "xl/worksheets/sheet1.xml": sheet}.get(name)
            new.writestr(name, old.read(name) if content is None else content)
    path.with_suffix(".new").replace(path)


WHO: dict[str, Callable[[Path], dict[str, float]]] = {"openpyxl": by_openpyxl, "sheets": by_sheets}


def most_memory() -> float:
    """The most this process took, in MB; what `resource` tells counts the process that started this one as well."""
    return int(Path("/proc/self/status").read_text("utf-8").split("VmHWM:")[1].split()[0]) / 1024


def measured(who: str, source: Path, starts: int) -> dict[str, float]:
    """Start one of them so many times, each time a process of its own, over one copy; the most memory it took."""
    told: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "register.xlsx"
        copy.write_bytes(source.read_bytes())
        command = [sys.executable, __file__, "--one", who, str(copy)]
        for _ in range(starts):
            one = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            told = {**told, **one, "MB": max(one["MB"], told.get("MB", 0))}
    return told


def main(counts: list[int]) -> None:
    print("  rows | openpyxl          | " + " | ".join(f"{name:13}" for name in ROUNDS) + " | memory         | quiet")
    for rows in counts:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "register.xlsx"
            make(source, rows)
            theirs, ours = measured("openpyxl", source, 1), measured("sheets", source, 2)
        rounds = (f"{ours[name]:6.2f} s ×{theirs['round'] / ours[name]:<3.0f}" for name in ROUNDS)
        print(
            f"{rows:6} | {theirs['round']:6.2f} s {theirs['MB']:5.0f} MB | {' | '.join(rounds)}"
            f" | {ours['MB']:4.0f} MB (1/{theirs['MB'] / ours['MB']:.1f}) | {ours['quiet'] * 1000:.2f} ms"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        figures = WHO[sys.argv[2]](Path(sys.argv[3]))
        figures["MB"] = most_memory()
        print(json.dumps(figures))
    elif sys.argv[1:2] == ["--save"]:
        saved(Path(sys.argv[2]))
    else:
        main([int(count) for count in sys.argv[1:]] or [1000, 10_000])
