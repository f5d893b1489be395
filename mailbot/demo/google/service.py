"""The Sheets service: which request means what, who may do it, and errors in the service's words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mailbot.demo.google import batch, gridvalues
from mailbot.demo.google.answers import spreadsheet
from mailbot.demo.google.book import ME, Book
from mailbot.demo.google.masks import chosen, parsed
from mailbot.demo.google.ranges import BadAddress

if TYPE_CHECKING:
    from mailbot.demo.google.server import LocalGoogle

Answer = tuple[int, dict[str, Any] | None]
Query = dict[str, list[str]]


class Refusal(Exception):
    """A request that is answered with an error."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        self.answer = answer


def error(code: int, message: str, status: str, **more: Any) -> Answer:
    """An error as Google words it."""
    return code, {"error": {"code": code, "message": message, "status": status, **more}}


def kind(method: str, path: str) -> str:
    """Which quota a request counts in."""
    if not path.startswith("/v4/"):
        return "drive"
    return "read" if method == "GET" or "ByDataFilter" in path else "write"


def book_of(google: LocalGoogle, book_id: str, *, write: bool) -> Book:
    """The spreadsheet, if there is one and we may. Raises Refusal."""
    book = google.books.get(book_id)
    if book is None or (book.trashed and write):
        raise Refusal(error(404, "Requested entity was not found.", "NOT_FOUND"))
    if ME not in book.writers and (write or ME not in book.readers):
        raise Refusal(error(403, "The caller does not have permission", "PERMISSION_DENIED"))
    return book


def sheets(google: LocalGoogle, method: str, path: str, query: Query, body: str | None) -> Answer:
    """Carry out a request to the Sheets service."""
    for (wanted, pattern), carry_out in ROUTES.items():
        if wanted == method and (found := re.fullmatch(r"/v4/spreadsheets/([^/:]+)" + pattern, path, re.DOTALL)):
            given = json.loads(body) if body else {}
            book = book_of(google, found[1], write=method != "GET")
            try:
                answer = carry_out(google, book, found.groups()[1:], query, given)
            except (BadAddress, batch.BadRequest) as wrong:
                return error(400, str(wrong), "INVALID_ARGUMENT")
            except gridvalues.BadValue as wrong:
                violation = {"field": "data.values", "description": str(wrong)}
                details = {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]}
                return error(400, str(wrong), "INVALID_ARGUMENT", details=[details])
            except batch.NotImplementedHere as missing:
                return error(501, f"the local Google does not know {missing}", "UNIMPLEMENTED")
            return 200, answer
    return error(501, f"the local Google does not know {method} {path}", "UNIMPLEMENTED")


def _options(query: Query) -> dict[str, str]:
    return {key: values[-1] for key, values in query.items()}


def _get(google: LocalGoogle, book: Book, _: tuple[str, ...], query: Query, body: Any) -> Any:
    fields = query.get("fields", [""])[0]
    grid_data = query.get("includeGridData", ["false"])[0].lower() == "true"
    return spreadsheet(book, parsed(fields) if fields else None, query.get("ranges", []), grid_data)


def _batch(google: LocalGoogle, book: Book, _: tuple[str, ...], query: Query, body: Any) -> Any:
    new, replies = batch.batch_update(book, body["requests"], skip_hidden=google.skip_hidden)
    answer: dict[str, Any] = {"spreadsheetId": book.id, "replies": replies}
    if body.get("includeSpreadsheetInResponse"):
        ranges, grid_data = body.get("responseRanges", []), body.get("responseIncludeGridData", False)
        answer["updatedSpreadsheet"] = spreadsheet(new, None, ranges, grid_data)
    fields = query.get("fields", [""])[0]
    google.books[book.id] = new
    return chosen(parsed(fields), answer) if fields else answer


def _values_get(google: LocalGoogle, book: Book, parts: tuple[str, ...], query: Query, body: Any) -> Any:
    return gridvalues.get(book, parts[0], _options(query))


def _values_update(google: LocalGoogle, book: Book, parts: tuple[str, ...], query: Query, body: Any) -> Any:
    book.version += 1
    return gridvalues.update(book, _checked(parts[0], body), body["values"], _options(query) | _direction(body))


def _checked(address: str, body: Any) -> str:
    """The values are looked at before the address."""
    if not isinstance(body.get("values"), list):
        what = (
            f"Invalid value at 'data.values' (type.googleapis.com/google.protobuf.ListValue), \"{body.get('values')}\""
        )
        raise gridvalues.BadValue(what)
    return address


def _direction(body: Any) -> dict[str, str]:
    return {"majorDimension": body["majorDimension"]} if body.get("majorDimension") else {}


def _values_append(google: LocalGoogle, book: Book, parts: tuple[str, ...], query: Query, body: Any) -> Any:
    book.version += 1
    return gridvalues.append(book, parts[0], body["values"], _options(query) | _direction(body))


def _values_clear(google: LocalGoogle, book: Book, parts: tuple[str, ...], query: Query, body: Any) -> Any:
    book.version += 1
    return {"spreadsheetId": book.id, "clearedRange": gridvalues.clear(book, parts[0])}


def _batch_get(google: LocalGoogle, book: Book, _: tuple[str, ...], query: Query, body: Any) -> Any:
    return gridvalues.batch_get(book, query["ranges"], _options(query))


def _batch_values(google: LocalGoogle, book: Book, _: tuple[str, ...], query: Query, body: Any) -> Any:
    book.version += 1
    return gridvalues.batch_update(book, body)


def _batch_clear(google: LocalGoogle, book: Book, _: tuple[str, ...], query: Query, body: Any) -> Any:
    book.version += 1
    return gridvalues.batch_clear(book, body)


Work = Callable[["LocalGoogle", Book, tuple[str, ...], Query, Any], Any]
ROUTES: dict[tuple[str, str], Work] = {
    ("GET", ""): _get,
    ("POST", ":batchUpdate"): _batch,
    ("GET", "/values:batchGet"): _batch_get,
    ("POST", "/values:batchUpdate"): _batch_values,
    ("POST", "/values:batchClear"): _batch_clear,
    ("POST", "/values/(.+):append"): _values_append,
    ("POST", "/values/(.+):clear"): _values_clear,
    ("GET", "/values/(.+)"): _values_get,
    ("PUT", "/values/(.+)"): _values_update,
}
