"""The outline of an XML part: its elements with the bytes they stand on, and splices that change just those bytes.

For small parts only (everything but rows of cells). Nothing is ever serialised again: what no splice names stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from sheets.register import Unreadable

Splice = tuple[int, int, bytes]
"""Replace the bytes from start to end."""

_OPEN_TAG = re.compile(rb"<[^\s/>]+(?:[^>\"']|\"[^\"]*\"|'[^']*')*>")
_ATTRIBUTE = re.compile(rb"\s+([^\s=/>]+)\s*=\s*(\"[^\"]*\"|'[^']*')")
_DECLARATION = re.compile(rb"^<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']+)[\"'][^>]*\?>")


@dataclass(slots=True, kw_only=True, eq=False)
class Element:
    """One element. Offsets: `start` and `opened` enclose the start tag; `closing` begins the end tag, `end` follows."""

    name: str
    prefix: str
    attributes: Mapping[str, str]
    start: int
    opened: int
    closing: int = -1
    end: int = -1
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def child(self, name: str) -> Element | None:
        """The first child of this local name."""
        return next((child for child in self.children if child.name == name), None)

    def all(self, *names: str) -> Iterator[Element]:
        """Every descendant of one of these local names, in order."""
        for child in self.children:
            if child.name in names:
                yield child
            yield from child.all(*names)

    def attribute(self, local: str, default: str = "") -> str:
        """An attribute by its local name, with or without a prefix (`r:id`)."""
        if local in self.attributes:
            return self.attributes[local]
        return next((value for key, value in self.attributes.items() if key.endswith(f":{local}")), default)

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean attribute."""
        value = self.attributes.get(name)
        return default if value is None else value.strip().lower() in ("1", "true", "on")


def utf8(part: bytes, name: str) -> bytes:
    """Give an XML part in UTF-8, transcoded from UTF-16 where needed. Raises Unreadable for other encodings."""
    if part.startswith((b"\xff\xfe", b"\xfe\xff")):
        part = part.decode("utf-16", "replace").encode()
        return re.sub(rb"(encoding\s*=\s*[\"'])[^\"']+", rb"\1UTF-8", part, count=1)
    declared = _DECLARATION.match(part)
    if declared and declared[1].lower() not in (b"utf-8", b"us-ascii", b"ascii"):
        raise Unreadable("unsafe", f"{name} is written in {declared[1].decode('ascii', 'replace')}")
    return part


def outline(part: bytes, name: str) -> Element:
    """Parse a UTF-8 part into its root element. Raises Unreadable when it is not well-formed."""
    reader = _Outliner(part)
    try:
        reader.parser.Parse(part, True)
    except expat.ExpatError as error:
        raise Unreadable("damaged", f"{name}: {error}") from error
    return reader.root.children[0]


class _Outliner:
    def __init__(self, part: bytes) -> None:
        self.part = part
        self.root = Element(name="", prefix="", attributes={}, start=0, opened=0)
        self.stack = [self.root]
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.finish
        self.parser.CharacterDataHandler = self.characters
        self.parser.StartDoctypeDeclHandler = _refuse_document_type

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        prefix, _, name = tag.rpartition(":")
        at = self.parser.CurrentByteIndex
        match = _OPEN_TAG.match(self.part, at)
        if match is None:
            raise Unreadable("damaged", f"<{tag}>")
        element = Element(name=name, prefix=prefix, attributes=attributes, start=at, opened=match.end())
        self.stack[-1].children.append(element)
        self.stack.append(element)

    def finish(self, tag: str) -> None:
        element = self.stack.pop()
        alone = self.part[element.opened - 2 : element.opened] == b"/>"
        element.closing = element.opened if alone else self.parser.CurrentByteIndex
        element.end = element.opened if alone else self.part.index(b">", element.closing) + 1

    def characters(self, text: str) -> None:
        self.stack[-1].text += text


def _refuse_document_type(*_: object) -> None:
    raise Unreadable("unsafe", "a part declares a document type")


def spliced(part: bytes, splices: Iterable[Splice]) -> bytes:
    """Carry out splices that do not overlap; several at one place are put in the order given."""
    return b"".join(pieces(part, splices))


def pieces(part: bytes, splices: Iterable[Splice]) -> Iterator[memoryview | bytes]:
    """The spliced part in pieces, without copying what stays."""
    view, place = memoryview(part), 0
    for start, end, new in sorted(splices, key=lambda splice: splice[:2]):
        if start < place:
            raise AssertionError(f"splices overlap at byte {start}")
        yield view[place:start]
        yield new
        place = end
    yield view[place:]


def tag_with(tag: bytes, changes: Mapping[str, str | None]) -> bytes:
    """A start tag with attributes (names as written) set, or removed where None."""
    wanted = {name.encode(): value for name, value in changes.items()}
    found = set()
    splices: list[Splice] = []
    for match in _ATTRIBUTE.finditer(tag):
        if match[1] in wanted:
            found.add(match[1])
            value = wanted[match[1]]
            splices.append((*match.span(), b"" if value is None else _attribute(match[1], value)))
    added = b"".join(_attribute(n, v) for n, v in wanted.items() if n not in found and v is not None)
    end = len(tag) - (2 if tag.endswith(b"/>") else 1)
    return spliced(tag, [*splices, (end, end, added)])


def attributes_of(tag: bytes) -> dict[str, str]:
    """The attributes of a start tag whose values hold no entities that matter (numbers, references, flags)."""
    return {m[1].decode(): m[2][1:-1].decode("utf-8", "replace") for m in _ATTRIBUTE.finditer(tag)}


def with_attributes(part: bytes, element: Element, changes: Mapping[str, str | None]) -> Splice:
    """The splice that sets attributes of an element."""
    return element.start, element.opened, tag_with(part[element.start : element.opened], changes)


def escaped(text: str) -> str:
    """Text as it stands between tags. The standard library's own brings a web client into memory."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _attribute(name: bytes, value: str) -> bytes:
    return b" " + name + b'="' + escaped(value).replace('"', "&quot;").encode() + b'"'
