"""No save of people is lost while a new version is published, whatever happens at whatever moment."""

import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from workbooks import COLUMNS, NOW, cell, line, put, register, workbook

from sheets.excel import ExcelRegister, swap
from sheets.excel.reading import version_of
from sheets.excel.replace import publish, recover
from sheets.register import Waiting

BASE, NEW = b"the version read", b"the version of ours"
SWAPS = [swap.swap, swap.by_links]


def save(path: Path, content: bytes) -> None:
    """Save as office programs do: a file of their own, renamed over the name."""
    beside = path.with_name("lu123.tmp")
    beside.write_bytes(content)
    beside.replace(path)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def live(tmp_path: Path) -> Path:
    (tmp_path / "folder").mkdir()
    path = tmp_path / "folder" / "r.xlsx"
    path.write_bytes(BASE)
    return path


@pytest.fixture
def aside(tmp_path: Path) -> Path:
    return tmp_path / "aside"


def go(live: Path, aside: Path, swap_files: swap.Swap) -> None:
    publish(live, version_of(BASE), NEW, aside=aside, at=NOW, swap_files=swap_files)


@pytest.mark.parametrize("how", SWAPS)
def test_the_new_version_is_live_and_nothing_else_is_left(live: Path, aside: Path, how: swap.Swap) -> None:
    live.chmod(0o640)
    go(live, aside, how)
    assert live.read_bytes() == NEW
    assert live.stat().st_mode & 0o777 == 0o640
    assert names(live.parent) == {"r.xlsx"}


@pytest.mark.parametrize("how", SWAPS)
def test_a_save_between_the_last_look_and_the_swap_is_live_again(live: Path, aside: Path, how: swap.Swap) -> None:
    saves = [b"their save"]

    def interrupted(ours: Path, path: Path) -> None:
        if saves:
            save(path, saves.pop())
        how(ours, path)

    with pytest.raises(Waiting, match="changed"):
        go(live, aside, interrupted)
    assert live.read_bytes() == b"their save"
    assert names(live.parent) == {"r.xlsx"}


@pytest.mark.parametrize("how", SWAPS)
def test_a_third_save_while_putting_back_is_the_one_that_counts(live: Path, aside: Path, how: swap.Swap) -> None:
    saves = [b"their second save", b"their first save"]

    def interrupted(ours: Path, path: Path) -> None:
        if saves:
            save(path, saves.pop())
        how(ours, path)

    with pytest.raises(Waiting, match="changed"):
        go(live, aside, interrupted)
    assert live.read_bytes() == b"their second save"
    assert [path.read_bytes() for path in aside.iterdir()] == [b"their first save"]
    assert names(live.parent) == {"r.xlsx"}


def test_a_save_while_the_name_is_missing_stays(live: Path, aside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = swap.os.link

    def saved_first(ours: Path, path: Path) -> None:
        path.write_bytes(b"their save")
        link(ours, path)

    monkeypatch.setattr(swap.os, "link", saved_first)
    with pytest.raises(Waiting, match="changed"):
        go(live, aside, swap.by_links)
    assert live.read_bytes() == b"their save"
    assert names(live.parent) == {"r.xlsx"}


def test_a_changed_version_is_not_touched(live: Path, aside: Path) -> None:
    live.write_bytes(b"their save")
    with pytest.raises(Waiting, match="changed"):
        go(live, aside, swap.swap)
    assert live.read_bytes() == b"their save"
    assert names(live.parent) == {"r.xlsx"}


def test_a_missing_workbook_is_waited_for_and_not_made_anew(live: Path, aside: Path) -> None:
    live.unlink()
    with pytest.raises(Waiting, match="missing"):
        go(live, aside, swap.swap)
    assert names(live.parent) == set()


class Crash(BaseException):
    """The process ends here."""


def crash_before(ours: Path, path: Path) -> None:
    raise Crash


def crash_after(ours: Path, path: Path) -> None:
    swap.swap(ours, path)
    raise Crash


def crash_after_their_save(ours: Path, path: Path) -> None:
    save(path, b"their save")
    crash_after(ours, path)


def crash_while_missing(ours: Path, path: Path) -> None:
    path.rename(swap.was_path(ours))
    raise Crash


@pytest.mark.parametrize(
    ("crash", "live_after", "put_aside"),
    [
        (crash_before, BASE, []),
        (crash_after, NEW, []),
        (crash_after_their_save, NEW, [b"their save"]),
        (crash_while_missing, BASE, []),
    ],
)
def test_what_a_crash_leaves_is_finished_at_the_next_start(
    live: Path, aside: Path, crash: Callable[[Path, Path], None], live_after: bytes, put_aside: list[bytes]
) -> None:
    with pytest.raises(Crash):
        go(live, aside, crash)
    found = recover(live, aside=aside, at=NOW)
    assert live.read_bytes() == live_after
    assert [path.read_bytes() for path in found] == put_aside
    assert names(live.parent) == {"r.xlsx"}


def test_recovery_touches_only_names_of_its_own(live: Path, aside: Path) -> None:
    others = {"lu123.tmp", "A1B2C3D4", ".r.xlsx.tmp", ".other.xlsx.0123456789abcdef.part.tmp", "r (1).xlsx"}
    for name in others:
        (live.parent / name).write_bytes(b"perhaps the only copy")
    half = live.parent / ".r.xlsx.0123456789abcdef.part.tmp"
    half.write_bytes(b"half of our")
    assert recover(live, aside=aside, at=NOW) == ()
    assert names(live.parent) == others | {"r.xlsx"}


def test_a_version_that_is_no_longer_live_waits(tmp_path: Path) -> None:
    store = register(tmp_path / "r.xlsx", workbook())
    sheet = store.read()
    (tmp_path / "r.xlsx").write_bytes(workbook(rows=2))
    with pytest.raises(Waiting, match="changed"):
        store.write(sheet, [line(4)])
    assert len(store.read().rows) == 2


def test_the_version_written_over_and_the_one_written_are_kept(tmp_path: Path) -> None:
    data = workbook()
    store = register(tmp_path / "r.xlsx", data)
    store.write(store.read(), [line(4)])
    kept = {path.read_bytes() for path in (tmp_path / "kept").glob("*.xlsx")}
    assert kept == {data, (tmp_path / "r.xlsx").read_bytes()}


def test_a_workbook_just_saved_is_left_alone_for_a_while_unless_we_saved_it(tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    path.write_bytes(workbook())
    busy = ExcelRegister(path, COLUMNS, keep=None, quiet_seconds=60, now=lambda: datetime.now(UTC))
    with pytest.raises(Waiting, match="unsettled"):
        busy.write(busy.read(), [line(4)])
    os.utime(path, (1, 1))
    busy.write(busy.read(), [line(4)])
    busy.write(busy.read(), [line(5)])
    assert len(busy.read().rows) == 5


def test_people_saving_all_the_time_lose_nothing(tmp_path: Path) -> None:
    """A colleague and the program edit different cells of one workbook for a second; both see all their edits."""
    path = tmp_path / "r.xlsx"
    program, colleague = register(path, workbook()), ExcelRegister(path, COLUMNS, keep=None, now=lambda: NOW)
    end = time.monotonic() + 1
    saved = {"program": 0, "colleague": 0}

    def work(name: str, store: ExcelRegister, position: int) -> None:
        while time.monotonic() < end:
            try:
                sheet = store.read()
                if cell(sheet, position, "amount") != (saved[name] or position * 10 - 10):
                    continue  # a glimpse of the other's file, about to be put back; a lost edit would keep us here
                row = next(row for row in sheet.rows if row.position == position)
                store.write(sheet, [put(row, "amount", saved[name] + 1)])
                saved[name] += 1
            except Waiting:
                continue

    threads = [
        threading.Thread(target=work, args=("program", program, 2)),
        threading.Thread(target=work, args=("colleague", colleague, 3)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sheet = program.read()
    assert (cell(sheet, 2, "amount"), cell(sheet, 3, "amount")) == (saved["program"], saved["colleague"])
    assert min(saved.values()) > 0
