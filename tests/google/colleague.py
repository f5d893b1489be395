"""Somebody who works in the sheet all the while, in a thread and over a connection of his own.

Nothing ties him to the bot: what he does falls between its requests and into them. He acts on what his browser shows;
when something moved in that instant he looks again.
"""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlsplit

from register_contract import COLUMNS

from mailbot.demo.google.server import LocalGoogle

Request = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What his browser shows: the grid, headings first, and which rows the filter hides; rows and columns from 0."""

    version: str
    tab: int
    grid: list[list[str]]
    hidden: frozenset[int]

    @property
    def rows(self) -> list[int]:
        return [row for row, cells in enumerate(self.grid) if row and any(cells)]

    @property
    def blank(self) -> list[int]:
        return [row for row, cells in enumerate(self.grid) if row and not any(cells)]

    def place(self, *titles: str) -> int:
        return next(column for column, heading in enumerate(self.grid[0]) if heading in titles)

    def at(self, row: int, column: int) -> str:
        cells = self.grid[row]
        return cells[column] if column < len(cells) else ""


class Colleague:
    """`does` chooses the next thing to do from what is seen: requests, and what to remember once they are done."""

    def __init__(
        self,
        google: LocalGoogle,
        book: str,
        title: str,
        does: Callable[[Seen], tuple[list[Request], Callable[[], None]]],
        *,
        seed: int,
        pace: float,
    ) -> None:
        self._line = HTTPConnection(urlsplit(google.url).netloc, timeout=30)
        self._token, self._book, self._title, self._does = google.tokens.of_staff(), book, title, does
        self._lot, self._pace, self._over = random.Random(seed), pace, threading.Event()
        self._thread = threading.Thread(target=self._work)
        self.failure: BaseException | None = None
        self.moved = 0

    def __enter__(self) -> Colleague:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._line.close()
        if self.failure:
            raise self.failure

    def _work(self) -> None:
        try:
            while not self._over.wait(self._lot.expovariate(1 / self._pace)):
                self._act()
        except BaseException as error:  # told to the test by __exit__
            self.failure = error

    def _act(self) -> None:
        seen = self._look()
        requests, done = self._does(seen)
        if not requests:
            return
        status, answer = self._send("POST", ":batchUpdate", {"requests": requests}, seen=seen.version)
        assert status in (200, 409), answer
        if status == 200:
            done()
        self.moved += status == 409

    def _look(self) -> Seen:
        _, file = self._send("GET", "?fields=version", drive=True)
        fields = "sheets(properties,data(rowData(values(formattedValue)),rowMetadata(hiddenByFilter)))"
        _, answer = self._send("GET", f"?ranges={quote(self._title)}&fields={fields}")
        (sheet,) = answer["sheets"]
        (data,) = sheet["data"]
        lines = [line.get("values", []) for line in data.get("rowData", [])]
        hidden = frozenset(n for n, row in enumerate(data["rowMetadata"]) if row.get("hiddenByFilter"))
        grid = [[str(cell.get("formattedValue", "")) for cell in line] for line in lines]
        return Seen(version=file["version"], tab=sheet["properties"]["sheetId"], grid=grid, hidden=hidden)

    def _send(self, method: str, rest: str, body: Any = None, *, drive: bool = False, seen: str = "") -> Any:
        service = "/drive/v3/files/" if drive else "/v4/spreadsheets/"
        headers = {"Authorization": f"Bearer {self._token}", **({"X-Seen": seen} if seen else {})}
        self._line.request(method, f"{service}{self._book}{rest}", json.dumps(body) if body else None, headers)
        answer = self._line.getresponse()
        return answer.status, json.loads(answer.read())


def rows_of(seen: Seen, start: int, end: int) -> Request:
    """Whole rows as a range of a dimension."""
    return {"sheetId": seen.tab, "dimension": "ROWS", "startIndex": start, "endIndex": end}


def sort(seen: Seen, lot: random.Random) -> list[Request]:
    area = {"sheetId": seen.tab, "startRowIndex": 1}
    order = {"dimensionIndex": lot.randrange(len(COLUMNS)), "sortOrder": lot.choice(["ASCENDING", "DESCENDING"])}
    return [{"sortRange": {"range": area, "sortSpecs": [order]}}]


def insert(seen: Seen, lot: random.Random) -> list[Request]:
    row = lot.choice(seen.rows)
    return [{"insertDimension": {"range": rows_of(seen, row, row + 1), "inheritFromBefore": row > 1}}]


def cut(seen: Seen, lot: random.Random) -> list[Request]:
    """Cut a row's cells and paste them over a blank row."""
    if not seen.blank:
        return []
    row, to = lot.choice(seen.rows), lot.choice(seen.blank)
    source = {"sheetId": seen.tab, "startRowIndex": row, "endRowIndex": row + 1}
    return [{"cutPaste": {"source": source, "destination": {"sheetId": seen.tab, "rowIndex": to, "columnIndex": 0}}}]


def drag_column(seen: Seen, lot: random.Random) -> list[Request]:
    if lot.random() > 0.2:
        return []
    start = lot.randrange(len(COLUMNS))
    source = {"sheetId": seen.tab, "dimension": "COLUMNS", "startIndex": start, "endIndex": start + 1}
    return [{"moveDimension": {"source": source, "destinationIndex": lot.randrange(len(COLUMNS))}}]


def delete(seen: Seen, row: int) -> list[Request]:
    return [{"deleteDimension": {"range": rows_of(seen, row, row + 1)}}]


def write(seen: Seen, row: int, column: int, value: str) -> list[Request]:
    start = {"sheetId": seen.tab, "rowIndex": row, "columnIndex": column}
    cells = [{"values": [{"userEnteredValue": {"stringValue": value}}]}]
    return [{"updateCells": {"start": start, "rows": cells, "fields": "userEnteredValue"}}]


def leave_out(seen: Seen, column: int, values: list[str]) -> list[Request]:
    """Set the filter so that rows with these values are not shown."""
    area = {"sheetId": seen.tab, "startRowIndex": 0, "startColumnIndex": 0}
    criteria = {str(column): {"hiddenValues": values}}
    return [{"setBasicFilter": {"filter": {"range": area, "criteria": criteria}}}]
