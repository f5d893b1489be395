"""Property tests: any text comes back as it can be shown, and any edit of any register changes what it says only."""

import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbooks import COLUMNS, cell, line, members, put, register, workbook

from sheets.cells import TEXT_LIMIT, same, shown, units
from sheets.table import AppendRow, Cell, SetCell

TEXT = st.text(st.characters(exclude_categories=()), max_size=40) | st.sampled_from(
    ["0012", "1E5", "=1+1", "@x", "\t=1", "_x0041_", "_x005F_", "a\r\nb", " ", "\x00\x1b", "\ud800", "\uffff", "😀" * 9]
)
MOMENT = st.datetimes(datetime(1901, 1, 1), datetime(9999, 12, 30))
VALUE = (
    st.none()
    | TEXT
    | st.booleans()
    | st.integers(-(10**14), 10**14)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.dates(date(1901, 1, 1), date(9999, 12, 30))
    | MOMENT
)
KEYS = [column.key for column in COLUMNS if not column.identity]
EDIT = st.tuples(st.integers(0, 4), st.sampled_from(KEYS), VALUE)


def styled(book: Any, sheet: Any) -> None:
    """Give columns odd formats, so that values meet cells made for others."""
    for column, code in enumerate(["@", "0.00", "hh:mm", "yyyy/m/d", "[h]:mm", ";;;"]):
        sheet.set_column(column, column, 12, book.add_format({"num_format": code, "border": 1}))
    sheet.write("B2", "formatted as a date", book.add_format({"num_format": "d.m.yyyy"}))
    sheet.write_row("G1", ["theirs", "=no formula"])


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(sets=st.lists(EDIT, max_size=8), rows=st.lists(st.dictionaries(st.sampled_from(KEYS), VALUE), max_size=3))
def test_any_edit_reads_back_and_leaves_the_rest(
    sets: list[tuple[int, str, Cell]], rows: list[dict[str, Cell]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, data = Path(folder) / "r.xlsx", workbook(styled, rows=5)
        store = register(path, data)
        before = store.read()
        wanted = {(before.rows[index].position, key): value for index, key, value in sets}
        changes: list[SetCell | AppendRow] = [
            put(before.rows[position - 2], key, value) for (position, key), value in wanted.items()
        ]
        changes += [line(number, **cells) for number, cells in enumerate(rows, start=6)]
        assert store.write(before, changes) == tuple(changes)
        assert store.refused == ()
        after = register(path, path.read_bytes()).read()
        for row in before.rows:
            for key, value in row.cells.items():
                assert same(cell(after, row.position, key), wanted.get((row.position, key), value))
        for position, cells in enumerate(rows, start=7):
            assert all(same(cell(after, position, key), cells.get(key)) for key in KEYS)
        old, new = members(data), members(path.read_bytes())
        allowed = {"xl/worksheets/sheet1.xml", "xl/styles.xml"}
        assert {name for name in old if old[name] != new[name]} <= allowed


@given(TEXT)
def test_what_is_shown_is_shown_again_unchanged(text: str) -> None:
    assert shown(shown(text)) == shown(text)
    assert same(text, shown(text))


def test_text_longer_than_a_cell_is_cut_between_characters_and_says_so(tmp_path: Path) -> None:
    store = register(tmp_path / "r.xlsx", workbook())
    emoji, long = "😀" * 20_000, "长" * 200_000
    store.write(store.read(), [line(4, text=emoji), line(5, text=long)])
    read = [row.cells["text"] for row in store.read().rows[3:]]
    for text, original in zip(read, (emoji, long), strict=True):
        assert isinstance(text, str)
        assert units(text) <= TEXT_LIMIT < units(original)
        assert text.endswith(f"… [cut, {len(original)} characters]")
        assert same(text, original)
