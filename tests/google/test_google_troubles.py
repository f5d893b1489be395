"""What the operator is told of each thing Google may answer, and that every one of it has its remedy and its line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from installed import new_book, register_in
from register_contract import a_row

from mailbot.commands.remedies import GOOGLE_REMEDIES
from mailbot.demo.google import faults
from mailbot.demo.google.faults import Fault, refused
from mailbot.demo.google.server import LocalGoogle
from sheets.google.transport import TRIES
from sheets.google.troubles import PERMANENT, trouble_of
from sheets.register import Unreadable, Waiting

PAGE = (Path(__file__).parents[2] / "docs" / "google.md").read_text(encoding="utf-8")
SHEETS = "GET /v4"
TOLD = [
    (refused(401, "Request had invalid authentication credentials."), "bad-key"),
    (refused(403, "The caller does not have permission"), "not-shared"),
    (refused(403, "Google Drive API has not been used in project 12 before or it is disabled."), "api-off"),
    (refused(403, "reason: SERVICE_DISABLED"), "api-off"),
    (refused(403, "storageQuotaExceeded"), "storage-full"),
    (refused(403, "You are trying to edit a protected cell or object."), "protected"),
    (refused(403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT"), "login-ended"),
    (refused(400, "This operation is not supported for this document"), "not-a-sheet"),
    (refused(400, "This action would increase the number of cells above the limit of 10000000 cells."), "sheet-full"),
    (refused(404, "Requested entity was not found."), "no-such-spreadsheet"),
]
WAITED = [
    refused(403, "rateLimitExceeded"),
    refused(403, "userRateLimitExceeded"),
    refused(429, "Quota exceeded", retry_after="1"),
    refused(429, "Quota exceeded"),
    *[refused(status) for status in (500, 502, 503, 504)],
    faults.HTML_502,
    faults.BROKEN_JSON,
    Fault(status=200, body=b"[]"),
    Fault(),
]


@pytest.mark.parametrize(("fault", "reason"), TOLD, ids=[reason for _, reason in TOLD])
def test_what_a_human_must_mend_is_told(google: LocalGoogle, tmp_path: Path, fault: Fault, reason: str) -> None:
    register = register_in(google, new_book(google), tmp_path)
    google.faults.add(*[Fault(status=fault.status, body=fault.body, on=SHEETS)] * (2 * TRIES))
    with pytest.raises(Unreadable) as caught:
        register.read()
    assert caught.value.reason == reason
    assert str(caught.value) != reason


def test_the_api_that_is_off_is_named_with_the_place_to_enable_it() -> None:
    there = "https://console.developers.google.com/apis/api/drive.googleapis.com/overview?project=12"
    said = f"Google Drive API has not been used in project 12 before. Enable it by visiting {there} then retry."
    told = trouble_of(403, json.dumps({"error": {"message": said}}), "")
    assert (told.reason, "the Google Drive API is not enabled" in told.detail) == ("api-off", True)
    assert f"enable it at {there}, then wait" in told.detail
    assert "Google Sheets API or the Google Drive API" in trouble_of(403, "SERVICE_DISABLED", "").detail


def test_what_google_refuses_of_a_first_look_is_told(google: LocalGoogle, tmp_path: Path) -> None:
    """`mailbot check` never ends in a traceback."""
    register = register_in(google, new_book(google), tmp_path, ready=False)
    google.faults.add(*[refused(400, "Invalid value", on=SHEETS)] * 4)
    with pytest.raises(Unreadable, match=r"set-up-refused: HTTP 400: Invalid value"):
        register.read()


@pytest.mark.parametrize("fault", WAITED, ids=lambda fault: f"{fault.status} {fault.body[:60].decode()!r}")
def test_what_passes_by_itself_is_waited_out(google: LocalGoogle, tmp_path: Path, fault: Fault) -> None:
    register = register_in(google, new_book(google), tmp_path)
    google.faults.add(*[fault] * (TRIES - 1))
    assert register.read().rows == ()
    google.faults.add(*[fault] * TRIES)
    with pytest.raises(Waiting):
        register.read()


def test_a_full_spreadsheet_is_told_when_a_row_is_to_be_added(google: LocalGoogle, tmp_path: Path) -> None:
    register = register_in(google, new_book(google), tmp_path)
    sheet = register.read()
    google.faults.add(refused(400, "above the limit of 10000000 cells", on="POST .*:batchUpdate"))
    with pytest.raises(Unreadable, match="sheet-full"):
        register.write(sheet, [a_row()])
    assert register.write(register.read(), [a_row()]) == (a_row(),)


def test_every_reason_has_its_remedy_and_its_line() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parents[2].glob("sheets/google/*.py"))
    raised = set(re.findall(r'Unreadable\(\s*"([a-z-]+)"', source)) | {reason for _, _, reason, _ in PERMANENT}
    raised |= set(re.findall(r'reason="([a-z-]+)"[^)]*permanent=True', source))
    told_by_the_login_itself = {"login-refused"}
    for reason in raised - told_by_the_login_itself:
        assert reason in GOOGLE_REMEDIES, f"{reason} has no remedy"
        assert f"`{reason}`" in PAGE, reason
