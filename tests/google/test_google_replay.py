"""The local Google answers as the real one did: recorded traffic, where it is at hand, is replayed and compared.

The recordings are not part of the project; what is not covered by them is named in the modules of the local Google.
"""

from __future__ import annotations

import json
import re
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailbot.demo.google.server import LocalGoogle

ARCHIVE = Path(__file__).parents[3] / "shared" / "fixtures" / "gspread-cassettes.tgz"
VOLATILE = {"createdTime", "modifiedTime", "spreadsheetUrl"}
UNKNOWN = re.compile(r"/export|/upload/")
"""Left out on purpose: files as CSV, in and out."""

REASONS = {
    "pixelSize": 2,  # a column fitted to its text: that needs the widths of a font
    "editors": 3,  # a protected range read again names the account of the recording as editor
}
"""What differs, how often, and why. Nothing else may."""


def recorded() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    with tarfile.open(ARCHIVE) as archive:
        for member in sorted(archive.getmembers(), key=lambda member: member.name):
            if member.name.endswith(".json") and (file := archive.extractfile(member)):
                for pair in json.load(file)["interactions"]:
                    yield Path(member.name).stem, pair["request"], pair["response"]


def settled(answer: Any) -> Any:
    """An answer without what is another at each call, whole numbers as such."""
    if isinstance(answer, dict):
        return {key: settled(value) for key, value in answer.items() if key not in VOLATILE}
    if isinstance(answer, list):
        return [settled(item) for item in answer]
    return int(answer) if isinstance(answer, float) and answer.is_integer() else answer


def reason_of(expected: Any, given: Any) -> str:
    """The part of the answer that differs."""
    if isinstance(expected, list) and isinstance(given, list):
        return next((reason_of(a, b) for a, b in zip(expected, given, strict=False) if a != b), "length")
    if not isinstance(expected, dict) or not isinstance(given, dict):
        return "value"
    key = next(key for key in expected if expected[key] != given.get(key))
    deeper = reason_of(expected[key], given.get(key))
    return deeper if key not in REASONS and deeper != "value" else key


class Replay:
    """Sends what was recorded and counts how the answers compare."""

    def __init__(self) -> None:
        self.google = LocalGoogle()
        self.lost: set[str] = set()
        self.made: set[str] = set()
        self.counts: Counter[str] = Counter()
        self.different: list[tuple[str, str, Any, Any]] = []

    def send(self, test: str, request: dict[str, Any], response: dict[str, Any]) -> None:
        url = request["uri"].partition("googleapis.com")[2]
        text = response["body"]["string"]
        book_id = self._book(url)
        created = request["method"] == "POST" and re.match(r"/drive/v3/files(\?|/[^/]+/copy)", url)
        if UNKNOWN.search(url):
            self.lost |= {book_id} if request["method"] == "PUT" else set()
            return self._count("skipped")
        if (book_id and book_id not in self.made | {"test"}) or book_id in self.lost:
            return self._count("skipped")
        expected = json.loads(text) if text else None
        if created:
            self.google.given_ids = [expected["id"]]
            self.made.add(expected["id"])
        if book_id in self.google.books:
            self._hand_in(book_id, expected)
        status, answer = self.google.answer(request["method"], url, request["body"])
        if status == 501:
            self.lost.add(book_id)
            return self._count("not implemented")
        if "/files?" in url and not created:
            expected, answer = ({"kind": a["kind"]} for a in (expected, answer))  # other files of that account
        equal = status == response["status"]["code"] and settled(answer) == settled(expected)
        if not equal:
            self.different.append((test, f"{request['method']} {url}", settled(expected), settled(answer)))
        return self._count("equal" if equal else "different")

    def _count(self, outcome: str) -> None:
        self.counts[outcome] += 1

    @staticmethod
    def _book(url: str) -> str:
        found = re.match(r"/(?:v4/spreadsheets|drive/v3/files|upload/drive/v2/files)/([^/:?]+)", url)
        return found[1] if found else ""

    def _hand_in(self, book_id: str, expected: Any) -> None:
        """Give the server the ids the real one drew by lot."""
        given: dict[str, list[Any]] = {}
        for reply in (expected or {}).get("replies", []):
            for kind, body in reply.items():
                if kind == "addSheet":
                    given.setdefault("sheetId", []).append(body["properties"]["sheetId"])
                if kind == "addNamedRange":
                    given.setdefault("namedRangeId", []).append(body["namedRange"]["namedRangeId"])
                if kind == "addProtectedRange":
                    given.setdefault("protectedRangeId", []).append(body["protectedRange"]["protectedRangeId"])
        self.google.books[book_id].given_ids = given


@pytest.mark.skipif(not ARCHIVE.exists(), reason=f"the recorded traffic is not here: {ARCHIVE}")
def test_recorded_requests_are_answered_as_google_answered_them() -> None:
    replay = Replay()
    for test, request, response in recorded():
        replay.send(test, request, response)
    counts = replay.counts
    report = [f"{test}: {request}" for test, request, _, _ in replay.different]
    assert dict(counts) == {"equal": 1937, "different": 5, "skipped": 188}, report
    assert Counter(reason_of(expected, given) for _, _, expected, given in replay.different) == REASONS, report
