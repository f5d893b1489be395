"""The Drive service: files made, copied, listed, described, deleted. `version` and `trashed` rest on documentation."""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any

from mailbot.demo.google.book import ME, Book
from mailbot.demo.google.masks import chosen, parsed
from mailbot.demo.google.service import Answer, Query, book_of, error

if TYPE_CHECKING:
    from mailbot.demo.google.server import LocalGoogle

_MIME = "application/vnd.google-apps.spreadsheet"


def drive(google: LocalGoogle, method: str, path: str, query: Query, body: str | None) -> Answer:
    """Carry out a request to the Drive service."""
    if path.startswith("/upload/"):
        return google.files.upload(query, body or "")
    given = json.loads(body) if body else {}
    if path == "/drive/v3/files" and method == "POST":
        return google.files.folder(given) if "parents" in given else _create(google, given)
    if path == "/drive/v3/files":
        return google.files.asked(query) or _list(google, query)
    found = re.fullmatch(r"/drive/v3/files/([^/]+)(/copy|/comments)?", path)
    if found is None:
        return error(501, f"the local Google does not know {method} {path}", "UNIMPLEMENTED")
    if shared := google.files.shared(found[1]):
        return shared
    book = book_of(google, found[1], write=False)
    if found[2] == "/copy":
        return _copy(google, book, given)
    if found[2] == "/comments":
        return 200, {"comments": []}
    if method == "DELETE":
        del google.books[book.id]
        return 204, None
    fields = query.get("fields", ["kind,id,name,mimeType"])[0]
    return 200, chosen(parsed(fields), _described(book))


def _described(book: Book) -> dict[str, Any]:
    return {
        "kind": "drive#file",
        "id": book.id,
        "name": book.title,
        "mimeType": _MIME,
        "createdTime": book.created,
        "modifiedTime": book.created,
        "version": str(book.version),
        "trashed": book.trashed,
        "capabilities": {"canEdit": ME in book.writers},
    }


def _made(book: Book) -> Answer:
    return 200, {"kind": "drive#file", "id": book.id, "name": book.title, "mimeType": _MIME}


def _create(google: LocalGoogle, given: dict[str, Any]) -> Answer:
    return _made(google.new_book(given["name"]))


def _copy(google: LocalGoogle, book: Book, given: dict[str, Any]) -> Answer:
    new = google.new_book(given.get("name") or f"Copy of {book.title}")
    new.tabs, new.names = copy.deepcopy(book.tabs), copy.deepcopy(book.names)
    return _made(new)


def _list(google: LocalGoogle, query: Query) -> Answer:
    name = re.search(r'name = "((?:[^"\\]|\\.)*)"', query.get("q", [""])[0])
    books = [book for book in google.books.values() if name is None or book.title == name[1]]
    answer = {"kind": "drive#fileList", "files": [_described(book) for book in reversed(books)]}
    return 200, chosen(parsed(query.get("fields", ["*"])[0]), answer)
