"""Formulas after an edit: cached values stay, Excel is asked to calculate when it loads, a broken chain is dropped."""

from __future__ import annotations

from collections.abc import Iterator

from sheets.excel.outline import Splice, pieces, with_attributes
from sheets.excel.parts import Book, relations_part
from sheets.excel.reading import Reading
from sheets.excel.sheetxml import has_formulas

_AFTER = frozenset(
    [
        *("oleSize", "customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing"),
        *("fileRecoveryPr", "webPublishObjects", "extLst"),
    ]
)
"""What stands behind calcPr in a workbook part."""


def load_splices(book: Book, reading: Reading) -> Iterator[Splice]:
    """The splice over the workbook part that makes Excel calculate at load, if there is any formula at all."""
    settings = book.main.child("calcPr")
    if not _has_formulas(book, reading) or (settings is not None and settings.flag("fullCalcOnLoad")):
        return
    part = book.xml(book.workbook)
    if settings is not None:
        yield with_attributes(part, settings, {"fullCalcOnLoad": "1"})
        return
    last = [child for child in book.main.children if child.name not in _AFTER][-1]
    prefix = f"{last.prefix}:" if last.prefix else ""
    yield last.end, last.end, f'<{prefix}calcPr fullCalcOnLoad="1"/>'.encode()


def without_chain(book: Book) -> tuple[dict[str, bytes], frozenset[str]]:
    """The changed and the dropped parts of a workbook that loses its chain, which Excel builds again by itself."""
    chain = book.calculation_chain
    if chain is None:
        return {}, frozenset()
    changed = {}
    relations = book.archive.find(relations_part(book.workbook))
    for part, element, attribute in (
        (relations, "Relationship", "Type"),
        (book.content_types, "Override", "PartName"),
    ):
        assert part is not None  # noqa: S101 - the chain was found through it
        found = [
            (e.start, e.end, b"")
            for e in book.outline(part).all(element)
            if e.attribute(attribute).lower().endswith(("/calcchain", chain.lower()))
        ]
        changed[part] = b"".join(pieces(book.xml(part), found))
    return changed, frozenset({chain})


def _has_formulas(book: Book, reading: Reading) -> bool:
    others = (sheet.part for sheet in book.sheets if sheet != reading.part)
    found = reading.formulas or book.calculation_chain is not None
    return found or any(has_formulas(book.xml(part)) for part in others)
