"""Outlook message files made by hand: the least of MS-CFB and MS-OXMSG that a reader needs."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from datetime import UTC, datetime

Tree = Mapping[str, "bytes | Tree"]
"""Streams and storages by name."""

_NONE, _END = 0xFFFFFFFF, 0xFFFFFFFE
_SECTOR, _SMALL = 512, 64


def a_msg(
    subject: str = "",
    body: str = "",
    *,
    sender: tuple[str, str] = ("", ""),
    files: Mapping[str, bytes] | None = None,
    messages: tuple[Tree, ...] = (),
    **more: bytes,
) -> bytes:
    """A .msg file; `more` are further properties as `p_TTTTKKKK=bytes`."""
    return compound(a_message(subject, body, sender=sender, files=files or {}, messages=messages, top=True, **more))


def a_message(
    subject: str = "",
    body: str = "",
    *,
    sender: tuple[str, str] = ("", ""),
    files: Mapping[str, bytes] | None = None,
    messages: tuple[Tree, ...] = (),
    top: bool = False,
    **more: bytes,
) -> Tree:
    """The storage of one message."""
    name, address = sender
    texts = {0x0037: subject, 0x1000: body, 0x0C1A: name, 0x5D01: address}
    tree: dict[str, bytes | Tree] = {
        f"__substg1.0_{tag:04X}001F": text.encode("utf-16-le") for tag, text in texts.items()
    }
    tree |= {f"__substg1.0_{key[2:]}": value for key, value in more.items()}
    sent = int((datetime(2026, 3, 9, 2, 0, tzinfo=UTC) - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000
    tree["__properties_version1.0"] = bytes(32 if top else 24) + struct.pack("<IIQ", 0x00390040, 6, sent)
    for number, (filename, data) in enumerate((files or {}).items()):
        tree[f"__attach_version1.0_#{number:08X}"] = {
            "__substg1.0_3707001F": filename.encode("utf-16-le"),
            "__substg1.0_37010102": data,
        }
    for number, message in enumerate(messages, start=len(files or {})):
        tree[f"__attach_version1.0_#{number:08X}"] = {"__substg1.0_3701000D": message}
    return tree


def compound(tree: Tree) -> bytes:
    """A compound file (MS-CFB, version 3) in which every stream is a small one."""
    entries: list[list[object]] = [["Root Entry", 5, _NONE, _NONE, 0, b""]]
    _enter(tree, entries, 0)
    small, table = bytearray(), []
    for entry in entries[1:]:
        data = entry[5]
        assert isinstance(data, bytes)
        if entry[1] != 2:
            continue
        entry[4], count = len(table), -(-len(data) // _SMALL)
        table += [len(table) + at + 1 for at in range(count - 1)] + [_END] * bool(count)
        small += data.ljust(count * _SMALL, b"\0")
        entry[4] = entry[4] if count else _END
    folders = b"".join(_folder(*entry, small=len(small)) for entry in entries)  # type: ignore[arg-type]
    pieces = [folders, struct.pack(f"<{len(table)}I", *table), bytes(small)]
    return _file(
        [
            piece.ljust(-(-len(piece) // _SECTOR) * _SECTOR, b"\xff" if at == 1 else b"\0")
            for at, piece in enumerate(pieces)
        ]
    )


def _enter(tree: Tree, entries: list[list[object]], parent: int) -> None:
    """Children of a storage hang in a row, each the right neighbour of the one before."""
    before = None
    for name, value in tree.items():
        number = len(entries)
        entries.append(
            [name, 2 if isinstance(value, bytes) else 1, _NONE, _NONE, 0, value if isinstance(value, bytes) else b""]
        )
        if before is None:
            entries[parent][3] = number
        else:
            entries[before][2] = number
        before = number
        if not isinstance(value, bytes):
            _enter(value, entries, number)


def _folder(name: str, kind: int, right: int, child: int, start: int, data: bytes, *, small: int) -> bytes:
    wide = (name + "\0").encode("utf-16-le")
    place = (0, small) if kind == 5 else (start, len(data)) if kind == 2 else (0, 0)
    head = wide.ljust(64, b"\0") + struct.pack("<HBBIII", len(wide), kind, 1, _NONE, right, child) + bytes(36)
    return head + struct.pack("<II", *place) + bytes(4)


def _file(pieces: list[bytes]) -> bytes:
    """Header, then the sectors of folders, small table and small streams, then the table of sectors."""
    counts = [len(piece) // _SECTOR for piece in pieces]
    total = sum(counts)
    tables = next(n for n in range(1, 100) if n * 128 >= total + n)
    chain: list[int] = []
    for count in counts:
        chain += [len(chain) + at + 1 for at in range(count - 1)] + [_END] * bool(count)
    chain += [0xFFFFFFFD] * tables
    starts = [0, counts[0], counts[0] + counts[1]]
    folders = bytearray(pieces[0])
    struct.pack_into("<I", folders, 116, starts[2])
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, tables, 0, 0, 4096, starts[1], counts[1], _END, 0)
    places = [total + at for at in range(tables)]
    header += struct.pack("<109I", *places, *[_NONE] * (109 - tables))
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(tables * _SECTOR, b"\xff")
    return header + bytes(folders) + pieces[1] + pieces[2] + table
