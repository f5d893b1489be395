"""The zip around a workbook: checked before anything in it is parsed, and rebuilt with all untouched members raw.

Nothing here knows what a member means. A member that is not replaced keeps its compressed bytes, order, name, time,
attributes, extra fields, comment and checksum; only its local header is written anew.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence, Set
from io import BytesIO
from typing import cast
from urllib.parse import unquote

from isal import isal_zlib as zlib

from sheets.excel.kinds import OLE, no_zip
from sheets.register import Refused, Unreadable

MEMBER_LIMIT = 2_000
INFLATED_LIMIT = 600 * 1024 * 1024
RATIO_LIMIT = 200
RATIO_FREE = 10 * 1024 * 1024
"""Members below this size may be as compressible as they like."""

Buffer = bytes | memoryview

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_BROKEN = cast("type[Exception]", zlib.error)
_XML = (".xml", ".rels", ".vml")
_LEVEL = 2
"""isal's; what it packs is a little larger than zlib's usual, and takes a tenth of the time."""
_CHUNK = 1 << 20
_INPUT = 1 << 16
_TOP = 1 << 16
"""A document type stands within so many bytes, if anywhere."""


class Archive:
    """A workbook file's members. Raises Unreadable when the bytes are no zip or not safe to open.

    `trusted` bytes are of our own making or were found safe before: their contents are not looked through again.
    With `later` those read are looked through when they are read; call `look_through` before others meet a parser.
    """

    def __init__(self, data: bytes, *, trusted: bool = False, later: bool = False) -> None:
        self.data = data
        self.members, self.comment = _members(data)
        self._by_name = {_key(member.orig_filename): member for member in self.members}
        _check_safe(self)
        xml = () if trusted else (m for m in self.members if m.orig_filename.lower().endswith(_XML))
        self._unseen = {member.orig_filename: member for member in xml}
        if not later:
            self.look_through()

    def look_through(self) -> None:
        """Check the markup of all members not read so far. Raises Unreadable."""
        for name, member in [*self._unseen.items()]:
            _check_markup(name, _beginning(self._chunks(member)))
            del self._unseen[name]

    def find(self, name: str) -> str | None:
        """The member's name as stored, found without regard to case, slashes or percent signs; None if absent."""
        member = self._by_name.get(_key(name))
        return None if member is None else member.orig_filename

    def read(self, name: str) -> bytes:
        """Inflate one member, never beyond its declared size."""
        member = self._by_name[_key(name)]
        content = self._whole(member)
        if zlib.crc32(content) != member.CRC:
            raise Unreadable("damaged", f"checksum of {name}")
        if member.orig_filename in self._unseen:
            _check_markup(member.orig_filename, content[:_TOP])
            del self._unseen[member.orig_filename]
        return content

    def checksum(self, name: str) -> tuple[int, int]:
        """A member's checksum and size unpacked, as the directory gives them."""
        member = self._by_name[_key(name)]
        return member.CRC, member.file_size

    def holds(self, name: str, content: Sequence[Buffer]) -> bool:
        """Whether a member, unpacked, is what these buffers were when they were packed one after the other."""
        member, found = self._by_name[_key(name)], 0
        for chunk in self._chunks(member):
            found = zlib.crc32(chunk, found)
        return found == member.CRC and sum(len(buffer) for buffer in content) == member.file_size

    def raw(self, member: zipfile.ZipInfo) -> memoryview:
        """The member's compressed bytes."""
        try:
            signature, *_, name_length, extra_length = _LOCAL.unpack_from(self.data, member.header_offset)
        except struct.error as error:
            raise Unreadable("damaged", f"header of {member.orig_filename}") from error
        start = member.header_offset + _LOCAL.size + name_length + extra_length
        if signature != b"PK\x03\x04" or start + member.compress_size > len(self.data):
            raise Unreadable("damaged", f"header of {member.orig_filename}")
        return memoryview(self.data)[start : start + member.compress_size]

    def rebuilt(self, replaced: Mapping[str, Sequence[Buffer]], dropped: Set[str] = frozenset()) -> bytes:
        """Give the file again with the contents of `replaced` and without `dropped` (names as stored).

        A content is a sequence of buffers, deflated one after the other. Raises Refused when the result is too large.
        """
        out, directory = BytesIO(), []
        for member in self.members:
            name = member.orig_filename
            if name in dropped:
                continue
            packed = (
                _packed(replaced[name])
                if name in replaced
                else ([self.raw(member)], member.CRC, member.file_size, member.compress_type)
            )
            directory.append(_write_member(out, member, *packed))
        return _closed(out, directory, self.comment)

    def _whole(self, member: zipfile.ZipInfo) -> bytes:
        """A member unpacked at one go: pieces put together would need twice the memory."""
        if member.compress_type == zipfile.ZIP_STORED:
            return bytes(self.raw(member))
        inflater = zlib.decompressobj(-15)
        try:
            content = inflater.decompress(self.raw(member), member.file_size + 1)
        except _BROKEN as error:
            raise Unreadable("damaged", member.orig_filename) from error
        if len(content) != member.file_size or not inflater.eof:
            raise Unreadable("unsafe", f"{member.orig_filename} is not as large as it says")
        return content

    def _chunks(self, member: zipfile.ZipInfo) -> Iterable[bytes]:
        raw, size = self.raw(member), 0
        if member.compress_type == zipfile.ZIP_STORED:
            yield bytes(raw)
            return
        inflater = zlib.decompressobj(-15)
        try:
            # In small pieces: what the inflater leaves of its input is copied each time.
            for start in range(0, len(raw), _INPUT):
                pending: Buffer = raw[start : start + _INPUT]
                full = False
                while (pending or full) and not inflater.eof:
                    chunk = inflater.decompress(pending, _CHUNK)
                    pending, size, full = inflater.unconsumed_tail, size + len(chunk), len(chunk) == _CHUNK
                    if size > member.file_size:
                        raise Unreadable("unsafe", f"{member.orig_filename} is not as large as it says")
                    yield chunk
        except _BROKEN as error:
            raise Unreadable("damaged", member.orig_filename) from error
        if size != member.file_size or not inflater.eof:
            raise Unreadable("unsafe", f"{member.orig_filename} is not as large as it says")


def _key(name: str) -> str:
    return unquote(name).replace("\\", "/").lstrip("/").lower()


def _members(data: bytes) -> tuple[tuple[zipfile.ZipInfo, ...], bytes]:
    if data.startswith(OLE):
        raise no_zip(data)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return tuple(archive.infolist()), archive.comment
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, IndexError, struct.error) as error:
        raise no_zip(data) from error


def _check_safe(archive: Archive) -> None:
    members = archive.members
    if len(members) > MEMBER_LIMIT or sum(m.file_size for m in members) > INFLATED_LIMIT:
        raise Unreadable("too-large", f"{len(members)} parts, {sum(m.file_size for m in members)} bytes unpacked")
    if len({_key(m.orig_filename) for m in members}) != len(members):
        raise Unreadable("unsafe", "a part is there twice")
    end = 0
    for member in sorted(members, key=lambda m: m.header_offset):
        if member.flag_bits & 1:
            raise Unreadable("encrypted", member.orig_filename)
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unreadable("unsafe", f"unknown compression of {member.orig_filename}")
        if member.file_size > max(RATIO_FREE, RATIO_LIMIT * member.compress_size):
            raise Unreadable("unsafe", f"{member.orig_filename} unpacks to {member.file_size} bytes")
        if member.header_offset < end:
            raise Unreadable("unsafe", "parts overlap")
        end = member.header_offset + len(archive.raw(member))


def _beginning(chunks: Iterable[bytes]) -> bytes:
    """The first bytes; all are unpacked all the same, as their sizes may lie."""
    first = b""
    for chunk in chunks:
        first = first or chunk[:_TOP]
    return first


def _check_markup(name: str, first: bytes) -> None:
    """Refuse document types (entity bombs, external entities) before any parser sees them."""
    if first.startswith((b"\xff\xfe", b"\xfe\xff")):
        first = first.decode("utf-16", "replace").encode()
    if b"<!DOCTYPE" in first or b"<!ENTITY" in first:
        raise Unreadable("unsafe", f"{name} declares a document type")


def _packed(content: Sequence[Buffer]) -> tuple[list[Buffer], int, int, int]:
    size = sum(len(buffer) for buffer in content)
    deflater = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15)
    crc, packed = 0, []
    for buffer in content:
        crc = zlib.crc32(buffer, crc)
        packed.append(deflater.compress(buffer))
    return [*packed, deflater.flush()], crc, size, zipfile.ZIP_DEFLATED


def _write_member(
    out: BytesIO, member: zipfile.ZipInfo, packed: Sequence[Buffer], crc: int, size: int, method: int
) -> bytes:
    """Append one member to `out` and give its entry of the central directory."""
    offset, length = out.tell(), sum(len(buffer) for buffer in packed)
    flags = member.flag_bits & ~0x08
    name = member.orig_filename.encode("utf-8" if flags & 0x800 else "cp437")
    year, month, day, hour, minute, second = member.date_time
    stamp = (hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day)
    extra = _without_zip64(member.extra)
    version = member.create_version | member.create_system << 8
    shared = (max(20, member.extract_version & 0xFF), flags, method, *stamp, crc, length, size, len(name), len(extra))
    out.write(_LOCAL.pack(b"PK\x03\x04", *shared) + name + extra)
    out.writelines(packed)
    tail = (len(member.comment), 0, member.internal_attr, member.external_attr, offset)
    if out.tell() >= 0xFFFF_FFFF:
        raise Refused("too-large", "the workbook would reach 4 GiB")
    return _CENTRAL.pack(b"PK\x01\x02", version, *shared, *tail) + name + extra + member.comment


def _closed(out: BytesIO, directory: Sequence[bytes], comment: bytes) -> bytes:
    offset, entries = out.tell(), b"".join(directory)
    end = _END.pack(b"PK\x05\x06", 0, 0, len(directory), len(directory), len(entries), offset, len(comment))
    out.write(entries + end + comment)
    return out.getvalue()


def _without_zip64(extra: bytes) -> bytes:
    kept, place = [], 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, place)
        if kind != 1:
            kept.append(extra[place : place + 4 + length])
        place += 4 + length
    return b"".join(kept)
