"""What Google's errors mean for the operator: which pass by themselves, which need a human, and what he must do."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One failed request. `retry_after` in seconds, 0 when Google does not say.

    `doubtful`: it may have been carried out all the same. `permanent`: waiting does not help. `rejected`: the request
    itself was wrong. `detail` may speak of `{account}`.
    """

    reason: str
    detail: str
    permanent: bool = False
    doubtful: bool = False
    rejected: bool = False
    over_quota: bool = False
    retry_after: float = 0.0


def trouble_of(status: int, text: str, retry_after: str) -> Trouble:
    """Read an answer's HTTP status, body and Retry-After."""
    message = _message(text)
    if status == 429 or _limits(text):
        return Trouble(
            reason="unreachable", detail="over the quota", over_quota=True, retry_after=_seconds(retry_after)
        )
    if status >= 500:
        return Trouble(reason="unreachable", detail=f"HTTP {status}", doubtful=True, retry_after=_seconds(retry_after))
    for code, words, reason, detail in PERMANENT:
        if status == code and words in text:
            return Trouble(reason=reason, detail=_told(detail, message), permanent=True)
    return Trouble(reason="rejected", detail=f"HTTP {status}: {message}", rejected=True)


_API_OFF = "{api} is not enabled in the project of the key: enable it{there}, then wait a few minutes"

PERMANENT = (
    (403, "SERVICE_DISABLED", "api-off", _API_OFF),
    (403, "has not been used in project", "api-off", _API_OFF),
    (403, "SCOPE_INSUFFICIENT", "login-ended", "the login was made for less than this: log in again"),
    (403, "storageQuotaExceeded", "storage-full", "the owner of the spreadsheet has no room left in Google Drive"),
    (403, "protected", "protected", "a cell of the bot lies in a protected range: allow {account} to edit there"),
    (403, "", "not-shared", "the spreadsheet is not shared with {account}: share it as Editor"),
    (
        400,
        "not supported for this document",
        "not-a-sheet",
        "it is an Excel file in Google Drive: open it there, File → Save as Google Sheets, and use the new address",
    ),
    (400, "above the limit of", "sheet-full", "the spreadsheet has as many cells as Google allows, 10 million"),
    (401, "", "bad-key", "Google does not accept the key any more: make a new one"),
    (
        404,
        "",
        "no-such-spreadsheet",
        "there is no such spreadsheet, or it is not shared with {account}",
    ),
)
"""(status, words in the answer, reason, detail); the first that fits. `{api}` and `{there}` are what Google names."""


def _told(detail: str, message: str) -> str:
    """A detail with what Google names: which API it is, and the address where it is enabled."""
    api, there = re.search(r"Google \w+ API", message), re.search(r"https://console[\w./?=&%-]+[\w/]", message)
    named = f"the {api[0]}" if api else "the Google Sheets API or the Google Drive API"
    return detail.replace("{api}", named).replace("{there}", f" at {there[0]}" if there else "")


def _message(text: str) -> str:
    try:
        return str(json.loads(text)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return text[:200]


def _limits(text: str) -> bool:
    return "rateLimitExceeded" in text or "userRateLimitExceeded" in text


def _seconds(retry_after: str) -> float:
    return min(float(retry_after), 300.0) if retry_after.isdigit() else 0.0
