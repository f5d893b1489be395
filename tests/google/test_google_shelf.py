"""Attachments in a Drive folder: once each, never public, and never in the way of the rows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from house import House, open_house
from servers.dovecot import DOVECOT

from mailbot.commands import check
from mailbot.core.model import Decision
from mailbot.demo.google.faults import Fault, refused
from mailbot.demo.google.server import LocalGoogle
from mailbot.failpoints import EXIT_STATUS
from mailbot.steps import sharing
from sheets.google.shelf import AT_ONCE, Shelf
from sheets.google.transport import TRIES, Endpoints, connect
from sheets.register import Unreadable, Waiting

ROOT = "folder-of-the-company"


@pytest.fixture
def shelf(google: LocalGoogle, tmp_path: Path) -> Shelf:
    key = google.tokens.new_key_file(tmp_path / "key.json", google.url)
    endpoints = Endpoints(sheets=google.url, drive=google.url)
    return Shelf(connect(key, endpoints=endpoints, pause=lambda _: None, files=True), ROOT)


def names(google: LocalGoogle) -> list[str]:
    return [file.described["name"] for file in google.files.kept]


@pytest.mark.parametrize("size", [3, AT_ONCE + 1], ids=["at once", "announced"])
def test_a_file_lies_in_the_folder_of_its_case_once(google: LocalGoogle, shelf: Shelf, size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    for _ in range(2):
        folder = shelf.folder("CP-2026-000001")
        shelf.put(folder, "划伤.jpg", "digest", content)
    case, file = google.files.kept
    assert (case.described["name"], case.described["parents"]) == ("CP-2026-000001", [ROOT])
    assert (file.described["name"], file.described["parents"], file.content) == ("划伤.jpg", [case.id], content)


@pytest.mark.parametrize("done", [False, True], ids=["not done", "done"])
@pytest.mark.parametrize("at", ["/drive/v3/files", "/upload/drive/v3/files"], ids=["the folder", "the file"])
def test_a_lost_answer_makes_nothing_twice(google: LocalGoogle, shelf: Shelf, at: str, done: bool) -> None:
    google.faults.add(Fault(before=not done, on=f"^POST {at}"))
    shelf.put(shelf.folder("CP-2026-000001"), "a.jpg", "digest", b"content")
    assert names(google) == ["CP-2026-000001", "a.jpg"]


def test_drive_out_of_reach_is_waited_for(google: LocalGoogle, shelf: Shelf) -> None:
    google.faults.add(*[refused(503)] * TRIES)
    with pytest.raises(Waiting):
        shelf.folder("CP-2026-000001")


def test_nothing_is_ever_made_public(google: LocalGoogle, shelf: Shelf) -> None:
    shelf.put(shelf.folder("CP-2026-000001"), "a.jpg", "digest", b"content")
    assert not [request for request, _ in google.log if "permission" in request]


def test_a_full_drive_is_told(google: LocalGoogle, shelf: Shelf) -> None:
    google.files.room = 0
    with pytest.raises(Unreadable, match="storage-full"):
        shelf.put(shelf.folder("CP-2026-000001"), "a.jpg", "digest", b"content")


def test_a_folder_that_cannot_be_used_is_told(google: LocalGoogle, shelf: Shelf) -> None:
    with pytest.raises(Unreadable, match="no-folder"):
        shelf.check()
    google.files.writable[ROOT] = False
    with pytest.raises(Unreadable, match="folder-read-only"):
        shelf.check()
    google.files.writable[ROOT] = True
    shelf.check()


# In an installation


@pytest.fixture
def house(google: LocalGoogle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A company with its register and its attachments on the local Google."""
    if not Path(DOVECOT).exists():
        pytest.skip("dovecot is not installed")
    monkeypatch.setenv("MAILBOT_GOOGLE_URL", google.url)
    key = google.tokens.new_key_file(tmp_path / "google-key.json", google.url)
    book = google.new_book("台账").id
    said = f'kind = "google"\nspreadsheet = "{book}"\ncredentials = "{key}"\ndrive_folder = "{ROOT}"\n'
    with open_house(tmp_path / "house", settings={'kind = "excel"': said}) as opened:
        yield opened


def a_complaint_with_a_photo(house: House) -> None:
    message = EmailMessage()
    message["From"], message["To"] = "王敏 <wangmin@ruida-dz.example>", house.office.config.mailbox.address
    message["Subject"], message["Message-ID"] = "支架划伤投诉", "<1@ruida-dz.example>"
    message.set_content("贵司 3 月发来的 200 个支架表面划伤，照片见附件。")
    message.add_attachment(b"picture", maintype="image", subtype="jpeg", filename="划伤.jpg")
    house.deliver(message.as_bytes())


def place_in_row(house: House) -> str:
    (row,) = house.office.register.read().rows
    return str(row.cells["attachments"])


def test_the_row_leads_to_the_uploaded_files(google: LocalGoogle, house: House) -> None:
    a_complaint_with_a_photo(house)
    assert house.round()
    (case,) = house.cases()
    assert names(google) == [case.number, "mail-1.eml", "划伤.jpg"]
    assert house.round()
    assert place_in_row(house) == f"https://drive.google.com/drive/folders/{google.files.kept[0].id}"
    google.log.clear()
    assert house.round()
    assert not [request for request, _ in google.log if "/drive/v3/files?" in request or "/upload/" in request]


def test_the_original_mail_lies_there_too_whole(google: LocalGoogle, house: House) -> None:
    """A row without any attachment leads there as well: staff are told to read the original."""
    house.customer_writes("贵司 3 月发来的 200 个支架表面划伤。", subject="支架划伤投诉")
    assert house.round()
    _, mail = google.files.kept
    assert message_from_bytes(mail.content, policy=policy.default)["Subject"] == "支架划伤投诉"
    house.round()
    assert place_in_row(house).startswith("https://drive.google.com/")
    (letter, *_) = house.letters(to="wangmin")
    house.customer_answers(letter, "补充：批号 0012。")
    assert house.round()
    assert names(google) == [house.cases()[0].number, "mail-1.eml", "mail-2.eml"]


def test_attachments_alone_where_mails_are_not_wanted(google: LocalGoogle, house: House) -> None:
    book = house.office.config.book.model_copy(update={"drive_mails": False})
    house.daemon.office = replace(house.office, config=house.office.config.model_copy(update={"book": book}))
    a_complaint_with_a_photo(house)
    assert house.round()
    (case,) = house.cases()
    assert names(google) == [case.number, "划伤.jpg"]


def test_what_came_for_a_case_closed_meanwhile_is_uploaded_too(google: LocalGoogle, house: House) -> None:
    """Drive was away until the case was closed; but nothing old is dug out when a folder is named first."""
    google.files.room = -1
    a_complaint_with_a_photo(house)
    house.round()
    (case,) = house.cases()
    closed = replace(case, closed_at=house.clock())
    house.office.ledger.record(Decision(case=closed, events=()), (), house.clock())
    google.files.room = 10**6
    later = house.clock() + sharing.LATELY
    assert sharing.share_files(house.office, later + timedelta(hours=1), lambda: False) == 0
    assert sharing.share_files(house.office, later - timedelta(hours=1), lambda: False) == 1
    assert names(google) == [case.number, "mail-1.eml", "划伤.jpg"]


DEATHS = re.findall(r'failpoint\("([^"]+)"\)', Path(sharing.__file__).read_text())


@pytest.mark.parametrize("place", DEATHS)
def test_a_program_killed_beside_an_upload_uploads_nothing_twice_and_forgets_nothing(
    google: LocalGoogle, house: House, place: str
) -> None:
    a_complaint_with_a_photo(house)
    house.daemon.stop()
    for failpoint, status in ((place, EXIT_STATUS), ("", 0), ("", 0)):
        now = str(house.clock.now.timestamp() - time.time())
        environment = {**os.environ, "MAILBOT_CLOCK_OFFSET": now, "MAILBOT_FAILPOINT": failpoint}
        command = [sys.executable, "-m", "mailbot", "run", "--once", "--config", str(house.folder / "config.toml")]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == status, done.stderr
    (case,) = house.cases()
    assert names(google) == [case.number, "mail-1.eml", "划伤.jpg"]
    shared = [event for event in house.office.ledger.cases.history(case.number) if event.kind == "files_shared"]
    assert len(shared) == 1
    assert place_in_row(house).endswith(google.files.kept[0].id)


def test_check_looks_at_the_folder(google: LocalGoogle, house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert check.check_all(house.folder / "config.toml") == 3
    said = " ".join(capsys.readouterr().out.split())
    assert "no-folder" in said
    assert "correct drive_folder in [register]" in said
    google.files.writable[ROOT] = True
    check.check_all(house.folder / "config.toml")
    assert "can be put into the folder in Google Drive" in " ".join(capsys.readouterr().out.split())


def test_a_failing_upload_stops_neither_row_nor_letters(google: LocalGoogle, house: House) -> None:
    google.files.room = -1
    a_complaint_with_a_photo(house)
    assert not house.round()
    (case,) = house.cases()
    assert case.number in place_in_row(house)
    assert house.letters()
    assert not house.round(after=timedelta(minutes=20))
    assert house.letters(subject="附件上传不了")
    google.files.room = 10**6
    assert house.round()
    assert names(google) == [case.number, "mail-1.eml", "划伤.jpg"]
