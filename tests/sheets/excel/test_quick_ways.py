"""The quick ways to take a sheet apart give what the thorough ones give, or nothing at all."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_decoding import read
from workbooks import members, replaced, workbook

from sheets.excel.archive import Archive
from sheets.excel.distinct import _lines
from sheets.excel.rowxml import _parsed_cells, _plain_cells
from sheets.excel.sharedtexts import PlainTexts
from sheets.excel.sheetxml import SheetXml
from sheets.register import Refused, RegisterError, Unreadable

TEXTS = "sharedStrings.xml"
SECOND = b"<si><t>text 2</t></si>"


@pytest.mark.parametrize(
    "text",
    [
        '<si><t>客户 6"</t></si>',
        "<si><t> outer </t></si>",
        '<si><t xml:space="preserve"> outer </t></si>',
        "<si><t>a &amp; b</t></si>",
        "<si><t>a_x000D_b</t></si>",
        "<si><t>two\nlines</t></si>",
        "<si><t>two\r\nlines</t></si>",
        "<si><t></t></si>",
        "<si><t/></si>",
        "<si/>",
        "<si></si>",
        "<si><r><t>bold</t></r><r><t> and not</t></r></si>",
        '<si><t>字</t><rPh sb="0" eb="1"><t>ji</t></rPh></si>',
        "\n  <si>\n  <t>indented</t></si>",
        "<!-- <si><t>none</t></si> --><si><t>behind a remark</t></si>",
        "<si><t><![CDATA[<si>]]></t></si>",
    ],
)
def test_a_shared_text_in_any_markup_shows_what_it_shows_to_a_reader(text: str) -> None:
    read(replaced(workbook(rows=6), TEXTS, SECOND, text.encode()))


def test_texts_in_no_encoding_are_read_as_a_reader_does() -> None:
    data = replaced(workbook(rows=6), TEXTS, b"<t>text 2", b"<t>text \xe5")
    with pytest.raises(Unreadable, match="damaged"):
        read(data)


@given(st.lists(st.text("ab &\n 客_", max_size=6), min_size=1, max_size=40), st.data())
def test_plain_texts_are_found_by_their_numbers_one_or_many(texts: list[str], data: st.DataObject) -> None:
    part = "".join(f"<si><t>{text}</t></si>" for text in texts).encode()
    plain = PlainTexts(b"<sst>" + part + b"</sst>")
    asked = data.draw(st.lists(st.integers(0, len(texts) + 1), max_size=60))
    found = [*plain.of(plain.plain(asked))]
    odd = ("&", "\n", "_x")
    for number, text in zip(asked, found, strict=True):
        there = texts[number] if number < len(texts) else ""
        usual = there and there == there.strip(" ") and not any(mark in there for mark in odd)
        assert text == (there if usual else None)


_CELL = st.sampled_from(
    [
        '<c r="{}7"/>',
        '<c r="{}7" s="3"><v>1</v></c>',
        '<c r="{}7" t="s"><v>0</v></c>',
        '<c r="{}7" t="e"><v>#N/A</v></c>',
        '<c r="{}7" t="inlineStr"><is><t xml:space="preserve">客 </t></is></c>',
        '<c r="{}7" t="str"><f>A1</f><v>x</v></c>',
        '<c r="{}7"><v>a&amp;b</v></c>',
        '<c r="{}7"><v>a]]></v></c>',
        '<c r="{}7"><v>\x01</v></c>',
        '<c r="{}7" t="n" />',
        '<c r="{}7" t="inlineStr"><is><t>&#24352;&amp; x&#13;&#38;</t></is></c>',
        '<c r="{}7" t="inlineStr"><is><t>a&#1;</t></is></c>',
        '<c r="{}7" t="inlineStr"><is><t>a&#55296;</t></is></c>',
        '<c r="{}7" t="inlineStr"><is><t>a&bogus;</t></is></c>',
        '<c r="{}8"/>',
        '<c s="1" r="{}7"/>',
        '<c r="{}7" cm="1"><v>1</v></c>',
        '<d r="{}7"/>',
    ]
)
_TAG = st.sampled_from(
    ['<row r="7">', '<row r="7" ht="15" x14ac:dyDescent="0.2">', '<row r="7" s="1" s="2">', '<row spans="1:2" r="7">']
)


@given(_TAG, st.lists(st.tuples(st.sampled_from("ABC"), _CELL), max_size=4))
def test_a_row_read_by_the_pattern_is_what_the_parser_makes_of_it(tag: str, cells: list[tuple[str, str]]) -> None:
    raw = (tag + "".join(cell.format(column) for column, cell in cells) + "</row>").encode()
    quick = _plain_cells(raw, 7)
    if quick is not None:
        assert quick == _parsed_cells(raw, 7)


def test_a_row_as_other_programs_write_it_needs_no_parser() -> None:
    raw = b'<row r="7"><c r="A7" s="1" t="n" /><c r="B7" t="inlineStr"><is><t>&#24352; &amp; &#10;</t></is></c></row>'
    assert _plain_cells(raw, 7) == _parsed_cells(raw, 7) is not None


def test_a_row_with_bytes_that_are_no_text_is_left_to_the_parser() -> None:
    raw = b'<row r="7"><c r="A7"><v>\xff</v></c></row>'
    assert _plain_cells(raw, 7) is None
    with pytest.raises(Unreadable):
        _parsed_cells(raw, 7)


_ROWS = st.lists(
    st.tuples(st.integers(1, 30), st.sampled_from(['<row r="{0}"><c r="A{0}"/></row>', '<row r="{0}"/>', "<row/>"])),
    max_size=12,
)


@given(_ROWS, st.booleans(), st.integers(1, 31))
def test_a_row_found_by_halving_is_the_one_found_in_the_index(
    rows: list[tuple[int, str]], ordered: bool, wanted: int
) -> None:
    rows = sorted(dict(rows).items()) if ordered else rows
    body = "".join(row.format(number) for number, row in rows)
    part = f"<worksheet><sheetData>{body}</sheetData></worksheet>".encode()
    found, added = _row_and_place(SheetXml(part, formulas=False, usual=True), wanted)
    sure = _row_and_place(SheetXml(part, formulas=False), wanted)
    if sure[0] != "refused":
        assert (found, added) == sure


def _row_and_place(sheet: SheetXml, wanted: int) -> tuple[object, object]:
    try:
        return sheet.row(wanted), sheet.with_row(wanted, {}, {})[:2]
    except Refused:
        return "refused", None


def test_a_part_nobody_read_is_looked_through_all_the_same() -> None:
    out = BytesIO(workbook())
    with zipfile.ZipFile(out, "a") as file:
        file.writestr("xl/other.xml", b"<!DOCTYPE a><a/>")
    archive = Archive(out.getvalue(), later=True)
    with pytest.raises(RegisterError, match="document type"):
        archive.look_through()


def test_a_part_refused_once_is_refused_again() -> None:
    bad = replaced(workbook(), "styles.xml", b"<styleSheet", b"<!DOCTYPE a><styleSheet")
    archive = Archive(bad, later=True)
    for _ in range(2):
        with pytest.raises(Unreadable):
            archive.read("xl/styles.xml")


def test_headings_whose_texts_stand_last_are_found() -> None:
    old = workbook(rows=6)
    part = members(old)["xl/sharedStrings.xml"]
    texts = part.split(b"<si>")[1:]
    count = len(texts)
    turned = b"".join(b"<si>" + text.replace(b"</sst>", b"") for text in reversed(texts)) + b"</sst>"
    data = replaced(old, TEXTS, part[part.index(b"<si>") :], turned)
    sheet = members(old)["xl/worksheets/sheet1.xml"]
    pieces = sheet.split(b't="s"><v>')
    new = pieces[0]
    for piece in pieces[1:]:
        digits, rest = piece.split(b"<", 1)
        new += b't="s"><v>%d<' % (count - 1 - int(digits)) + rest
    assert read(replaced(data, "sheet1.xml", sheet, new)).rows == read(old).rows


def test_one_odd_cell_among_many_costs_no_more_than_itself() -> None:
    """A pattern that tried the others otherwise would not come to an end before the sun goes out."""
    usual = [b' s="1" t="n"><v>%d</v></c>' % number for number in range(63)]
    (line,) = _lines([*usual, b' s="1"><v>7</v><odd/></c>'], b"")
    assert line.count(b"<c ") == 64
