"""The company's list of shipments (`shipments.csv` beside the rule files), read anew whenever it was changed.

The list comes from another program, often from Excel: headings in Chinese or English, UTF-8 or GB 18030, commas,
semicolons or tabs. It is optional, and what is wrong with it is told, never guessed.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from mailbot.core.shipments import Shipment, fold_batch

NAME = "shipments.csv"
HEADINGS = {
    "batch": ("batch", "batch no.", "batch no", "lot", "lot no.", "lot no", "批号", "批次", "生产批号", "批號"),
    "customer": ("customer", "customer name", "company", "客户", "客户名称", "客戶", "客戶名稱", "公司"),
    "quantity": ("quantity", "qty", "数量", "出货数量", "數量", "出貨數量"),
    "day": ("date", "ship date", "shipped", "日期", "出货日期", "发货日期", "出貨日期", "發貨日期"),
}


@dataclass(slots=True)
class ShipmentList:
    """The list at `path`. `problem` says what is wrong with it, for the operator; empty when all is well."""

    path: Path
    problem: str = ""
    _stamp: tuple[int, int] = (0, 0)
    _by_batch: dict[str, list[Shipment]] = field(default_factory=dict)

    def of_batch(self, batch: object) -> tuple[Shipment, ...]:
        """Every shipment of a batch, in the order of the list; none without a list."""
        self._look()
        return tuple(self._by_batch.get(fold_batch(batch), ()))

    def customers(self) -> frozenset[str]:
        """Every customer the list names."""
        self._look()
        return frozenset(s.customer for found in self._by_batch.values() for s in found)

    def _look(self) -> None:
        try:
            state = self.path.stat()
        except OSError:
            self._stamp, self._by_batch, self.problem = (0, 0), {}, ""
            return
        if (stamp := (state.st_mtime_ns, state.st_size)) == self._stamp:
            return
        try:
            self._by_batch, self.problem = _grouped(read_shipments(self.path.read_bytes())), ""
        except (OSError, ValueError) as error:  # the last list that could be read stays in force
            self.problem = f"{self.path} cannot be used: {error}"
        self._stamp = stamp


def read_shipments(raw: bytes) -> list[Shipment]:
    """Read the list. Raises ValueError, in words for its editor, when it cannot be understood."""
    text = _text(raw)
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    lines = list(csv.reader(StringIO(text), delimiter=separator))
    places = _places(lines[0] if lines else [])
    found = []
    for line in lines[1:]:
        cells = {key: line[at].strip() if at < len(line) else "" for key, at in places.items()}
        if cells["batch"] and cells["customer"]:
            found.append(Shipment(**cells))
    return found


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030")


def _places(heads: list[str]) -> dict[str, int]:
    wanted = {name: key for key, names in HEADINGS.items() for name in names}
    places: dict[str, int] = {}
    for at, head in enumerate(heads):
        if key := wanted.get(head.strip().casefold()):
            places.setdefault(key, at)
    if missing := [key for key in ("batch", "customer") if key not in places]:
        raise ValueError(f"the first line must name the columns; not found: {', '.join(missing)}")
    return places


def _grouped(shipments: list[Shipment]) -> dict[str, list[Shipment]]:
    found: defaultdict[str, list[Shipment]] = defaultdict(list)
    for shipment in shipments:
        found[fold_batch(shipment.batch)].append(shipment)
    return dict(found)
