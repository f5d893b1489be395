"""The files of the cases in a folder of Google Drive: a folder for each case, each file once. Never made public.

Who sees them is who sees the folder; nothing here ever touches a permission. Each thing made carries a mark
(`appProperties`) by which it is found again, after a crash or a lost answer too, before it would be made a second time.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from typing import Any

from sheets.google.transport import Doubt, Google, Rejected
from sheets.register import Refused, Unreadable, Waiting

MARK = "mailbot"
AT_ONCE = 5_000_000
"""Bytes that Google takes in one request; larger files are announced first."""
_TRIES = 3
_FOLDER = "application/vnd.google-apps.folder"
_ID = re.compile(r"/folders/([A-Za-z0-9_-]{10,})")


class Shelf:
    """The folder `place` (id or address). Raises Waiting, Unreadable and Refused like the register."""

    def __init__(self, google: Google, place: str) -> None:
        found = _ID.search(place)
        self._google, self._root = google, found[1] if found else place.strip()

    def check(self) -> None:
        """See whether files can be put there. Raises Unreadable (`no-folder`, `folder-read-only`), Waiting."""
        wanted = {"fields": "mimeType,trashed,capabilities/canAddChildren"}
        try:
            answer = self._google.drive("get", f"/drive/v3/files/{self._root}", wanted)
        except Unreadable as error:
            if error.reason not in ("no-such-spreadsheet", "not-shared"):
                raise
            raise Unreadable("no-folder", f"{self._google.account} sees no folder {self._root} in Drive") from error
        if answer.get("mimeType") != _FOLDER or answer.get("trashed"):
            raise Unreadable("no-folder", f"{self._root} is no folder, or lies in the bin")
        if not answer.get("capabilities", {}).get("canAddChildren"):
            raise Unreadable("folder-read-only", f"{self._google.account} may not add files to the folder")

    def folder(self, case: str) -> str:
        """The id of a case's folder, made when missing."""
        return self._once(f"case:{case}", self._root, {"name": case, "mimeType": _FOLDER}, None)

    def put(self, folder: str, name: str, digest: str, content: bytes) -> None:
        """Make sure a file lies in a folder; `digest` names its content, which lies there once."""
        self._once(digest, folder, {"name": name}, content)

    def address(self, folder: str) -> str:
        """Where people open a folder."""
        return f"https://drive.google.com/drive/folders/{folder}"

    def _once(self, mark: str, parent: str, described: Mapping[str, Any], content: bytes | None) -> str:
        for _ in range(_TRIES):
            if found := self._found(mark, parent):
                return found
            try:
                return self._make({**described, "parents": [parent], "appProperties": {MARK: mark}}, content)
            except Doubt:
                continue  # it may be there: looked for before it is made again
            except Rejected as error:
                raise Refused("drive", str(error)) from error
        raise Waiting("unreachable")

    def _found(self, mark: str, parent: str) -> str:
        query = f"appProperties has {{ key='{MARK}' and value='{mark}' }} and '{parent}' in parents and trashed = false"
        params = {"q": query, "fields": "files(id)", "includeItemsFromAllDrives": "true"}
        files = self._google.drive("get", "/drive/v3/files", params).get("files", [])
        return str(files[0]["id"]) if files else ""

    def _make(self, described: Mapping[str, Any], content: bytes | None) -> str:
        wanted = {"fields": "id"}
        if content is None:
            return str(self._google.drive("post", "/drive/v3/files", wanted, json=described)["id"])
        upload = "/upload/drive/v3/files"
        if len(content) > AT_ONCE:
            answer = self._google.drive("post", upload, {**wanted, "uploadType": "resumable"}, json=described)
            return str(self._google.drive("put", answer["location"], {}, data=content)["id"])
        kind, body = _both(described, content)
        more = {"data": body, "headers": {"Content-Type": kind}}
        return str(self._google.drive("post", upload, {**wanted, "uploadType": "multipart"}, **more)["id"])


def _both(described: Mapping[str, Any], content: bytes) -> tuple[str, bytes]:
    """A description and a file as one body, and its type."""
    line = secrets.token_hex(16)
    first = f"--{line}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{json.dumps(described)}\r\n"
    second = f"--{line}\r\nContent-Type: application/octet-stream\r\n\r\n"
    body = first.encode() + second.encode() + content + f"\r\n--{line}--\r\n".encode()
    return f"multipart/related; boundary={line}", body
