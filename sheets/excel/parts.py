"""Which part of the package is what, found by relationships and never by file name.

Type endings are compared, so that transitional and strict workbooks read alike. Nothing is changed here.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sheets.excel.archive import Archive
from sheets.excel.kinds import other_zip
from sheets.excel.outline import Element, outline, utf8
from sheets.excel.sheetxml import SheetXml
from sheets.register import Unreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One relationship: the ending of its type (`worksheet`), and the part it leads to, None when outside."""

    id: str
    type: str
    target: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPart:
    """A worksheet: its name, place among all sheets of the workbook from 0, visibility, and part."""

    name: str
    index: int
    visible: bool
    part: str


class Book:
    """A workbook's parts; `trusted`, `later` as for Archive. Raises Unreadable when the package holds no worksheets."""

    def __init__(self, data: bytes, *, trusted: bool = False, later: bool = False) -> None:
        self.archive = Archive(data, trusted=trusted, later=later)
        self._xml: dict[str, bytes] = {}
        self._rows: dict[str, SheetXml] = {}
        main = self._one(self.relations(""), "officeDocument")
        if main is None or not main.lower().endswith(".xml"):
            raise other_zip(member.orig_filename for member in self.archive.members)
        self.workbook = main
        self.related = self.relations(main)
        self.sheets = self._sheets()

    def xml(self, part: str) -> bytes:
        """A part's XML in UTF-8. Raises Unreadable when it is missing, damaged or unsafe."""
        stored = self.archive.find(part)
        if stored is None:
            raise Unreadable("damaged", f"{part} is missing")
        if stored not in self._xml:
            self._xml[stored] = utf8(self.archive.read(stored), part)
        return self._xml[stored]

    def sheet(self, part: str) -> SheetXml:
        """A worksheet's part with its rows. Raises Refused where it is unsafe, and what `xml` does."""
        if part not in self._rows:
            self._rows[part] = SheetXml(self.xml(part), formulas=True)
        return self._rows[part]

    def forget(self, *, but: str = "") -> None:
        """Let go of the parts read so far, but for one: a large sheet takes hundreds of megabytes."""
        kept = self.archive.find(but)
        self._xml = {name: content for name, content in self._xml.items() if name == kept}
        self._rows = {name: sheet for name, sheet in self._rows.items() if name == but}

    def outline(self, part: str) -> Element:
        """A small part as an outline over `xml(part)`."""
        return outline(self.xml(part), part)

    def relations(self, part: str) -> tuple[Relation, ...]:
        """The relationships of a part; of the package for `""`."""
        stored = self.archive.find(relations_part(part))
        if stored is None:
            return ()
        folder = posixpath.dirname(part)
        return tuple(self._relation(element, folder) for element in self.outline(stored).all("Relationship"))

    def _relation(self, element: Element, folder: str) -> Relation:
        target: str | None = element.attribute("Target").replace("\\", "/")
        if element.attribute("TargetMode") == "External" or not target:
            target = None
        else:
            path = target if target.startswith("/") else posixpath.join("/", folder, target)
            target = self.archive.find(posixpath.normpath(path).lstrip("/"))
        return Relation(id=element.attribute("Id"), type=posixpath.basename(element.attribute("Type")), target=target)

    @cached_property
    def main(self) -> Element:
        """The outline of the workbook part."""
        return self.outline(self.workbook)

    @property
    def styles(self) -> str | None:
        """The styles part."""
        return self._one(self.related, "styles")

    @property
    def shared_texts(self) -> str | None:
        """The texts cells point to by number."""
        return self._one(self.related, "sharedStrings")

    @property
    def calculation_chain(self) -> str | None:
        """The list of formula cells in order of calculation."""
        return self._one(self.related, "calcChain")

    @property
    def content_types(self) -> str:
        """The part that names every part's type."""
        return self.archive.find("[Content_Types].xml") or ""

    @property
    def date1904(self) -> bool:
        """Whether day 0 is 1904-01-01."""
        settings = self.main.child("workbookPr")
        return settings is not None and settings.flag("date1904")

    @cached_property
    def sealed(self) -> str:
        """Why the workbook as a whole must not be edited: `signed`, `revisions`, `final`; empty when it may."""
        if any(relation.type == "origin" for relation in self.relations("")):
            return "signed"
        if any(relation.type == "revisionHeaders" for relation in self.related):
            return "revisions"
        custom = self._one(self.relations(""), "custom-properties")
        marks = self.outline(custom).all("property") if custom else ()
        final = any(mark.attribute("name") == "_MarkAsFinal" and _true(mark) for mark in marks)
        return "final" if final else ""

    def parts_of(self, part: str, kind: str) -> tuple[str, ...]:
        """The parts of one type ending (`table`, `pivotTable`) a part leads to."""
        return tuple(r.target for r in self.relations(part) if r.type == kind and r.target)

    def _sheets(self) -> tuple[SheetPart, ...]:
        targets: Mapping[str, Relation] = {relation.id: relation for relation in self.related}
        found = []
        for index, element in enumerate(self.main.all("sheet")):
            identifier = next((v for k, v in element.attributes.items() if k.endswith(":id")), "")
            relation = targets.get(identifier)
            if relation is None or relation.type != "worksheet" or relation.target is None:
                continue
            visible = element.attribute("state", "visible") == "visible"
            name = element.attribute("name")
            found.append(SheetPart(name=name, index=index, visible=visible, part=relation.target))
        return tuple(found)

    @staticmethod
    def _one(relations: tuple[Relation, ...], kind: str) -> str | None:
        return next((r.target for r in relations if r.type == kind and r.target), None)


def relations_part(part: str) -> str:
    """Where the relationships of a part are kept; of the package for `""`."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _true(mark: Element) -> bool:
    return any(child.text.strip().lower() in ("true", "1") for child in mark.children)
