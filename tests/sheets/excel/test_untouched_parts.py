"""Whatever is not ours in the workbook stays as it is, byte for byte."""

from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from workbooks import PIXEL, TITLES, cell, line, members, put, register, replaced, workbook


def everything(book: Any, sheet: Any) -> None:
    """Fill a workbook with features that careless writers lose."""
    sheet.write("G1", "Staff's own", book.add_format({"bold": True}))
    sheet.write_comment("B2", "call first")
    sheet.insert_image("J2", "pixel.png", {"image_data": BytesIO(PIXEL)})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=Register!$C$2:$C$4"})
    sheet.insert_chart("J8", chart)
    sheet.data_validation("B2:B4", {"validate": "list", "source": ["text 1", "text 2"], "error_type": "warning"})
    sheet.conditional_format(
        "A2:E4", {"type": "formula", "criteria": "=$C2>15", "format": book.add_format({"bold": 1})}
    )
    sheet.conditional_format("C2:C4", {"type": "data_bar", "data_bar_2010": True})
    sheet.add_sparkline("H2", {"range": "Register!C2:E2"})
    sheet.insert_textbox("J20", "Ask Li")
    sheet.insert_button("L20", {"macro": "say_hello"})
    sheet.write_url("I2", "https://example.com/", string="link")
    sheet.write_rich_string("G2", "partly ", book.add_format({"bold": True}), "bold")
    sheet.freeze_panes(1, 1)
    sheet.set_footer("&P")
    other = book.add_worksheet("Figures")
    other.write_formula("A1", "=SUM(Register!C2:C4)", None, 60)
    other.write_dynamic_array_formula("B1:B3", "=SORT(Register!C2:C4)")
    book.define_name("Rate", "=0.17")
    book.set_custom_property("Checked by", "Li")


CHANGING = {"xl/worksheets/sheet1.xml", "xl/styles.xml"}


def test_all_other_parts_are_byte_for_byte_the_same(tmp_path: Path) -> None:
    before = workbook(everything)
    store = register(tmp_path / "r.xlsx", before)
    sheet = store.read()
    changes = (put(sheet.rows[0], "text", "changed"), line(4, text="=1+1", amount=4))
    assert store.write(sheet, changes) == changes
    old, new = members(before), members((tmp_path / "r.xlsx").read_bytes())
    assert list(old) == list(new)
    assert {name for name in old if old[name] != new[name]} == CHANGING


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
def test_two_other_readers_see_what_was_written(tmp_path: Path) -> None:
    store = register(tmp_path / "r.xlsx", workbook(everything))
    sheet = store.read()
    store.write(sheet, [put(sheet.rows[0], "text", "changed"), line(4, text="=1+1", amount=2.5)])
    again = store.read()
    assert (cell(again, 2, "text"), cell(again, 5, "text"), cell(again, 5, "amount")) == ("changed", "=1+1", 2.5)
    seen = openpyxl.load_workbook(tmp_path / "r.xlsx", rich_text=True)["Register"]
    assert (seen["B2"].value, seen["B5"].value, seen["B5"].data_type, seen["C5"].value) == ("changed", "=1+1", "s", 2.5)
    assert seen["B5"].quotePrefix
    assert seen["B2"].comment.text == "call first"
    assert str(seen["G2"].value) == "partly bold"


def test_ranges_that_ended_with_the_register_grow_with_it(tmp_path: Path) -> None:
    def build(book: Any, sheet: Any) -> None:
        everything(book, sheet)
        sheet.autofilter("A1:E4")
        sheet.print_area("A1:H4")
        sheet.ignore_errors({"number_stored_as_text": "A2:A4"})

    store = register(tmp_path / "r.xlsx", workbook(build))
    store.write(store.read(), [line(4), line(5)])
    parts = members((tmp_path / "r.xlsx").read_bytes())
    sheet, book = parts["xl/worksheets/sheet1.xml"].decode(), parts["xl/workbook.xml"].decode()
    for grown in (
        '<autoFilter ref="A1:E6"/>',
        '<conditionalFormatting sqref="A2:E6">',
        '<conditionalFormatting sqref="C2:C6">',
        "<xm:sqref>C2:C6</xm:sqref>",
        'sqref="B2:B6"',
        '<ignoredError sqref="A2:A6"',
    ):
        assert grown in sheet
    assert "Register!$A$1:$E$6</definedName>" in book
    assert "Register!$A$1:$H$6</definedName>" in book
    assert "<xm:sqref>H2</xm:sqref>" in sheet
    assert 'ref="A1:I6"' in sheet


def test_a_table_grows_and_its_calculated_column_goes_on(tmp_path: Path) -> None:
    def build(book: Any, sheet: Any) -> None:
        columns = [{"header": title} for title in TITLES] + [{"header": "Double", "formula": "=[@Amount]*2"}]
        sheet.add_table("A1:F4", {"columns": columns, "name": "Complaints"})

    store = register(tmp_path / "r.xlsx", workbook(build))
    store.write(store.read(), [line(4, amount=4)])
    parts = members((tmp_path / "r.xlsx").read_bytes())
    table = parts["xl/tables/table1.xml"].decode()
    assert table.count('ref="A1:F5"') == 2
    cells = openpyxl.load_workbook(tmp_path / "r.xlsx")["Register"]
    assert cells["F5"].value == cells["F4"].value
    assert b'<c r="F5"><f>' in parts["xl/worksheets/sheet1.xml"]


def test_a_new_row_looks_like_the_one_above(tmp_path: Path) -> None:
    def build(book: Any, sheet: Any) -> None:
        red = book.add_format({"bg_color": "#FF0000"})
        sheet.write("B4", "styled", red)
        sheet.write("H4", "not ours", red)
        sheet.set_row(3, 40)

    store = register(tmp_path / "r.xlsx", workbook(build))
    store.write(store.read(), [line(4, text="plain", day=None)])
    seen = openpyxl.load_workbook(tmp_path / "r.xlsx")["Register"]
    assert seen["B5"].fill.fgColor.rgb == seen["H5"].fill.fgColor.rgb == "FFFF0000"
    assert seen["H5"].value is None
    assert seen.row_dimensions[5].height == seen.row_dimensions[4].height


def test_the_prepared_row_keeps_its_formulas_and_formats(tmp_path: Path) -> None:
    def build(book: Any, sheet: Any) -> None:
        sheet.write_formula("H5", '=IF(A5="","",C5*2)', book.add_format({"bold": True}), "")
        sheet.write_blank("B5", None, book.add_format({"italic": True}))

    store = register(tmp_path / "r.xlsx", workbook(build))
    store.write(store.read(), [line(4, text="x")])
    seen = openpyxl.load_workbook(tmp_path / "r.xlsx")["Register"]
    assert seen["H5"].value == '=IF(A5="","",C5*2)'
    assert (seen["B5"].value, seen["B5"].font.italic) == ("x", True)


def test_writing_again_adds_no_style_that_exists(tmp_path: Path) -> None:
    store = register(tmp_path / "r.xlsx", workbook())
    store.write(store.read(), [line(4, text="=1", day=None)])
    first = members((tmp_path / "r.xlsx").read_bytes())["xl/styles.xml"]
    sheet = store.read()
    store.write(sheet, [put(sheet.rows[0], "text", "=2"), line(5, text="+3")])
    assert members((tmp_path / "r.xlsx").read_bytes())["xl/styles.xml"] == first


def test_overwriting_a_formula_drops_the_calculation_chain_whole(tmp_path: Path) -> None:
    data = workbook(lambda book, sheet: sheet.write_formula("B2", "=1+1", None, 2))
    chain = (
        b'<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><c r="B2" i="1"/></calcChain>'
    )
    data = with_chain(data, chain)
    store = register(tmp_path / "r.xlsx", data)
    sheet = store.read()
    store.write(sheet, [put(sheet.rows[1], "text", "other row")])
    assert members((tmp_path / "r.xlsx").read_bytes())["xl/calcChain.xml"] == chain
    sheet = store.read()
    store.write(sheet, [put(sheet.rows[0], "text", "no formula")])
    parts = members((tmp_path / "r.xlsx").read_bytes())
    assert "xl/calcChain.xml" not in parts
    assert not any(b"calcChain" in content for content in parts.values())
    assert b'fullCalcOnLoad="1"' in parts["xl/workbook.xml"]


def with_chain(data: bytes, chain: bytes) -> bytes:
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
    relation = b'<Relationship Id="rId99" Type="' + kind + b'" Target="calcChain.xml"/></Relationships>'
    override = b'<Override PartName="/xl/calcChain.xml" ContentType="application/x"/></Types>'
    data = replaced(data, "workbook.xml.rels", b"</Relationships>", relation)
    data = replaced(data, "[Content_Types].xml", b"</Types>", override)
    out = BytesIO(data)
    with ZipFile(out, "a") as archive:
        archive.writestr("xl/calcChain.xml", chain)
    return out.getvalue()


@pytest.mark.parametrize("prefix", [b"x:", b"main:"])
def test_a_sheet_with_prefixed_markup_is_edited_alike(tmp_path: Path, prefix: bytes) -> None:
    data = workbook()
    part = members(data)["xl/worksheets/sheet1.xml"]
    name = prefix.rstrip(b":")
    prefixed = part.replace(b"</", b"\0").replace(b"<?", b"\1").replace(b"<", b"<" + prefix)
    prefixed = prefixed.replace(b"\0", b"</" + prefix).replace(b"\1", b"<?").replace(b"xmlns=", b"xmlns:" + name + b"=")
    store = register(tmp_path / "r.xlsx", replaced(data, "sheet1.xml", part, prefixed))
    sheet = store.read()
    store.write(sheet, [put(sheet.rows[0], "text", "new"), line(4)])
    assert [row.cells["number"] for row in store.read().rows] == ["CP-1", "CP-2", "CP-3", "CP-4"]
    assert openpyxl.load_workbook(tmp_path / "r.xlsx")["Register"]["B2"].value == "new"
