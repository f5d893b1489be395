"""Splitting a mail into its parts, on bytes, within limits.

Only structure is decided here: header blocks, boundaries, nesting. The mail is cut top-down at each boundary, so a part
that forgot its end cannot swallow its neighbours. A mail over a limit raises `TooMuch` before anything costly is done.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailbot.core.model import Gap
from mailbot.mail import headers, smime, transfer
from mailbot.mail.headers import Headers

SIZE_LIMIT = 50 * 1024 * 1024  # bytes of a whole mail
HEADER_LIMIT = 256 * 1024  # bytes of one header block
FIELD_LIMIT = 1_000  # fields of one header block
PART_LIMIT = 1_000
DEPTH_LIMIT = 50
SMIME = ("application/pkcs7-mime", "application/x-pkcs7-mime")

_TYPE = re.compile(r"^[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+$")
_GUESSED_BOUNDARY = re.compile(rb"^--([^\r\n]{1,200}?)[ \t]*\r?$", re.M)


class TooMuch(Exception):
    """A limit is exceeded; `gap` says which."""

    def __init__(self, what: str, name: str) -> None:
        super().__init__(f"{what}: {name}")
        self.gap = Gap(what=what, name=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One node of a mail: `body` as transferred, empty for a multipart that could be split.

    A message has one child, a body signed by S/MIME the mail that was signed.
    """

    headers: Headers
    content_type: str
    parameters: dict[str, str]
    body: bytes = field(repr=False)
    children: tuple[Part, ...] = ()

    @property
    def content(self) -> bytes:
        """The body with its transfer encoding undone."""
        return transfer.decoded(self.body, self.headers.ascii("content-transfer-encoding"))

    @property
    def charset(self) -> str:
        """The declared charset label, as written."""
        return self.parameters.get("charset", "")

    def walk(self) -> Iterator[Part]:
        """This part and all below it, attached mails included, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


def split(raw: bytes, *, limit: int = SIZE_LIMIT) -> Part:
    """Split a whole mail of at most `limit` bytes. Raises TooMuch."""
    if len(raw) > limit:
        raise TooMuch("large", f"{len(raw) / 1_000_000:.1f} > {limit / 1_000_000:.1f} MB")
    return _Splitter().part(raw if b"\n" in raw else raw.replace(b"\r", b"\n"), depth=0)


def head(raw: bytes) -> Headers:
    """The header block alone, cut at the limit: for a mail that cannot be split."""
    return headers.block(raw[:HEADER_LIMIT], most=FIELD_LIMIT)[0]


class _Splitter:
    """Counts the parts of one mail while splitting it."""

    def __init__(self) -> None:
        self.parts = 0

    def part(self, raw: bytes, *, depth: int, default: str = "text/plain") -> Part:
        self.parts += 1
        if self.parts > PART_LIMIT:
            raise TooMuch("parts", f"> {PART_LIMIT}")
        if depth > DEPTH_LIMIT:
            raise TooMuch("parts", f"> {DEPTH_LIMIT}, nested")
        fields, at = _block(raw)
        kind, parameters = headers.parameters(fields.first("content-type"))
        kind = kind if _TYPE.match(kind) else default
        body = raw[at:]
        children = self._children(kind, parameters, fields, body, depth)
        kept = b"" if children and kind.startswith("multipart/") else body
        return Part(headers=fields, content_type=kind, parameters=parameters, body=kept, children=children)

    def _children(
        self, kind: str, parameters: dict[str, str], fields: Headers, body: bytes, depth: int
    ) -> tuple[Part, ...]:
        if kind.startswith("multipart/"):
            default = "message/rfc822" if kind == "multipart/digest" else "text/plain"
            pieces = list(_pieces(_plain(fields, body), parameters.get("boundary", "")))
            return tuple(self.part(piece, depth=depth + 1, default=default) for piece in pieces)
        if kind in ("message/rfc822", "message/global"):
            return (self.part(_decoded(fields, body), depth=depth + 1),)
        if kind in SMIME and (inner := smime.signed(_decoded(fields, body))):
            return (self.part(inner, depth=depth + 1),)
        return ()


def _decoded(fields: Headers, body: bytes) -> bytes:
    return transfer.decoded(body, fields.ascii("content-transfer-encoding"))


def _block(raw: bytes) -> tuple[Headers, int]:
    fields, at = headers.block(raw, most=FIELD_LIMIT)
    if at > HEADER_LIMIT:
        raise TooMuch("header", f"{at // 1024} KB")
    if len(fields.fields) > FIELD_LIMIT:
        raise TooMuch("header", f"> {FIELD_LIMIT}")
    return fields, at


def _plain(fields: Headers, body: bytes) -> bytes:
    """A multipart must not be encoded as a whole; some senders do it nevertheless."""
    encoding = fields.ascii("content-transfer-encoding")
    return transfer.decoded(body, encoding) if encoding == "base64" and b"\n--" not in body[:10_000] else body


def _pieces(body: bytes, boundary: str) -> Iterator[bytes]:
    """Cut at the boundary lines; without a usable boundary the first line that looks like one is taken."""
    mark = b"--" + boundary.encode("latin-1", "replace").rstrip()
    marks = list(_marks(body, mark)) if boundary else []
    if not marks and (guess := _GUESSED_BOUNDARY.search(body)):
        marks = list(_marks(body, b"--" + guess[1]))
    ends = [start for start, _, _ in marks[1:]]
    for (_, start, closing), end in zip(marks, [*ends, len(body)], strict=False):
        if closing:
            return
        piece = body[start:end]
        yield piece.removesuffix(b"\n").removesuffix(b"\r")


def _marks(body: bytes, mark: bytes) -> Iterator[tuple[int, int, bool]]:
    """Each boundary line: where it begins, where the next line begins, whether it is the closing one."""
    at = body.find(mark)
    while at >= 0:
        end = body.find(b"\n", at) + 1 or len(body)
        rest = body[at + len(mark) : end].strip()
        if (at == 0 or body[at - 1 : at] == b"\n") and rest in (b"", b"--"):
            yield at, end, rest == b"--"
        at = body.find(mark, at + len(mark))
