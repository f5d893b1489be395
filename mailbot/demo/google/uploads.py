"""Files in Drive that are no spreadsheets: folders, and what is uploaded, at once or announced first.

All of it rests on Google's documentation. A file is seen by whoever sees its folder; there are no permissions here.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from mailbot.demo.google.service import Answer, Query, error

_MARKED = re.compile(r"appProperties has \{ key='([^']*)' and value='([^']*)' \} and '([^']*)' in parents")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A file or folder, with its content."""

    id: str
    described: dict[str, Any]
    content: bytes = b""

    def marked(self, key: str, value: str, parent: str) -> bool:
        return self.described.get("appProperties", {}).get(key) == value and parent in self.described["parents"]


@dataclass(slots=True)
class Files:
    """All files of a Drive. `room` is how many bytes its owner may keep; `announced` are uploads to come.

    `writable` are the folders people shared, by id, and whether files may be added there.
    """

    kept: list[Filed] = field(default_factory=list)
    room: int = 10**9
    writable: dict[str, bool] = field(default_factory=dict)
    announced: dict[str, dict[str, Any]] = field(default_factory=dict)

    def asked(self, query: Query) -> Answer | None:
        """The files with a mark; None when something else is asked."""
        found = _MARKED.match(query.get("q", [""])[0])
        return found and (200, {"files": [{"id": file.id} for file in self.kept if file.marked(*found.groups())]})

    def shared(self, file_id: str) -> Answer | None:
        """A shared folder as described; None when there is none of this id."""
        if file_id not in self.writable:
            return None
        can = {"canAddChildren": self.writable[file_id]}
        return 200, {"mimeType": "application/vnd.google-apps.folder", "capabilities": can}

    def folder(self, described: dict[str, Any]) -> Answer:
        """Make a folder."""
        return self._keep(described, b"")

    def upload(self, query: Query, body: str) -> Answer:
        """Take a file in, or the announcement of one."""
        raw = body.encode("utf-8", "surrogateescape")
        if "upload_id" in query:
            return self._keep(self.announced.pop(query["upload_id"][0]), raw)
        if query["uploadType"] == ["resumable"]:
            key = f"upload-{len(self.announced) + len(self.kept)}"
            self.announced[key] = json.loads(body)
            return 200, {"location": f"/upload/drive/v3/files?upload_id={key}"}
        line = raw.partition(b"\r\n")[0]
        _, first, second, _ = raw.split(line)
        content = second.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")
        return self._keep(json.loads(first.partition(b"\r\n\r\n")[2]), content)

    def _keep(self, described: dict[str, Any], content: bytes) -> Answer:
        if sum(len(file.content) for file in self.kept) + len(content) > self.room:
            reason = {"reason": "storageQuotaExceeded", "message": "Service Accounts do not have storage quota."}
            return error(403, "Service Accounts do not have storage quota.", "X", errors=[reason])
        self.kept.append(Filed(id=f"file-{len(self.kept) + 1:05d}", described=described, content=content))
        return 200, {"id": self.kept[-1].id}
