"""What goes wrong between us and Google: waited out, looked up, or told to the operator; nothing is written twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from gpeople import GooglePeople
from installed import TITLE, connection, new_book, register_in, rows_in
from register_contract import a_row, put, row_of

from mailbot.demo.google import faults
from mailbot.demo.google.book import ME
from mailbot.demo.google.faults import Fault, refused
from mailbot.demo.google.server import LocalGoogle
from sheets.google.backend import GoogleRegister
from sheets.google.budget import Budget
from sheets.google.transport import FIRST_TRIES, TIMEOUT, TRIES, Endpoints, connect
from sheets.register import Unreadable, Unsure, Waiting

BATCH, LOOK = "POST .*:batchUpdate", "GET /v4"


PASSING = [
    refused(429, "Quota exceeded", retry_after="7"),
    refused(500),
    refused(503),
    faults.HTML_502,
    faults.BROKEN_JSON,
    Fault(),
]
NAMES = ["429", "500", "503", "HTML 502", "broken JSON", "cut off"]


@pytest.mark.parametrize("fault", PASSING, ids=NAMES)
def test_a_reading_is_tried_again(google: LocalGoogle, register: GoogleRegister, fault: Fault) -> None:
    google.faults.add(fault, fault)
    assert register.read().rows == ()


@pytest.mark.parametrize("fault", PASSING, ids=NAMES)
@pytest.mark.parametrize("done", [False, True], ids=["before it was done", "after it was done"])
def test_a_row_is_added_once(google: LocalGoogle, register: GoogleRegister, fault: Fault, done: bool) -> None:
    sheet = register.read()
    google.faults.add(Fault(status=fault.status, body=fault.body, headers=fault.headers, before=not done, on=BATCH))
    row = a_row(1, description="text")
    assert register.write(sheet, [row]) == (row,)
    assert rows_in(google) == 1
    assert row_of(register.read()).cells["description"] == "text"


def test_google_says_how_long_to_wait(google: LocalGoogle, tmp_path: Path) -> None:
    pauses: list[float] = []
    book = new_book(google)
    google.faults.add(refused(429, retry_after="7"))
    connection(google, tmp_path, pauses.append).version(book.id)
    assert pauses == [7.0]


def test_trying_ends(google: LocalGoogle, tmp_path: Path) -> None:
    pauses: list[float] = []
    book = new_book(google)
    connected = connection(google, tmp_path, pauses.append)
    connected.version(book.id)
    google.faults.add(*[refused(503)] * 100)
    with pytest.raises(Waiting, match="unreachable"):
        connected.version(book.id)
    assert len(pauses) == TRIES - 1
    assert all(0 <= pause <= 60 for pause in pauses)


def test_trying_ends_soon_when_google_never_answered(google: LocalGoogle, tmp_path: Path) -> None:
    """Somebody sits before `mailbot check`."""
    pauses: list[float] = []
    google.faults.add(*[refused(503)] * 100)
    with pytest.raises(Waiting, match="unreachable"):
        connection(google, tmp_path, pauses.append).version(new_book(google).id)
    assert len(pauses) == FIRST_TRIES - 1
    assert sum(pauses) <= 6


@pytest.mark.parametrize("done", [False, True], ids=["not done", "done"])
def test_a_google_that_does_not_answer_is_not_waited_for_without_end(
    google: LocalGoogle, register: GoogleRegister, done: bool
) -> None:
    """A reading is asked again; a write that may have been carried out is looked up."""
    assert register._google._client.timeout == TIMEOUT
    register._google._client.set_timeout((1.0, 0.3))
    silent = Fault(delay=60, before=not done)
    try:
        google.faults.add(silent)
        sheet = register.read()
        google.faults.add(Fault(delay=60, before=not done, on=BATCH))
        assert register.write(sheet, [a_row()]) == (a_row(),)
        assert rows_in(google) == 1
    finally:
        google.faults.released.set()


@pytest.mark.parametrize("done", [False, True], ids=["not done", "done"])
def test_an_outcome_that_cannot_be_looked_up_is_settled_by_the_next_reading(
    google: LocalGoogle, register: GoogleRegister, done: bool
) -> None:
    sheet = register.read()
    google.faults.add(Fault(before=not done, on=BATCH), *[refused(503, on=LOOK)] * TRIES)
    with pytest.raises(Unsure):
        register.write(sheet, [a_row()])
    assert len(register.read().rows) == done
    if not done:
        row = a_row()
        assert register.write(register.read(), [row]) == (row,)
    assert rows_in(google) == 1


def test_what_was_sent_once_is_in_doubt_until_its_seal_is_used_up(
    google: LocalGoogle, register: GoogleRegister
) -> None:
    """The answer is lost, then Google is too busy to be asked again: nobody may say that nothing was written."""
    sheet = register.read()
    google.faults.add(Fault(on=BATCH), *[refused(429, on=BATCH)] * TRIES)
    with pytest.raises(Unsure):
        register.write(sheet, [a_row()])
    assert register.read().rows == ()


def test_a_batch_that_arrives_late_is_refused(google: LocalGoogle, register: GoogleRegister, tmp_path: Path) -> None:
    """The connection is lost, we give it up and write again; only then the first batch reaches Google."""
    kept: list[tuple[str, str, str | None, str]] = []
    answer = google.answer

    def swallowing(method: str, url: str, body: str | None, token: str = "", seen: str = "") -> object:
        if "batchUpdate" in url and not kept:
            kept.append((method, url, body, token))
            return 503, {}
        return answer(method, url, body, token)

    sheet = register.read()
    google.answer = swallowing  # type: ignore[method-assign,assignment]
    google.faults.add(*[refused(503, on=LOOK)] * TRIES)
    with pytest.raises(Unsure):
        register.write(sheet, [a_row()])
    register.write(register.read(), [a_row()])
    status, _ = answer(*kept[0])
    assert status == 400
    assert rows_in(google) == 1


def test_a_crash_before_looking_at_the_record_is_put_right_at_the_next_start(
    google: LocalGoogle, register: GoogleRegister, tmp_path: Path
) -> None:
    (book,) = google.books.values()
    people = GooglePeople(google, book, TITLE)
    sheet = register.read()
    register.write(sheet, [a_row(1, batch="one"), a_row(2, batch="two")])
    sheet = register.read()

    def sort_first() -> None:
        if ":batchUpdate" in google.log[-1][0]:
            google.between = lambda: None
            people.sort("number", reverse=True)

    google.between = sort_first
    google.faults.add(Fault(before=False, on=BATCH), *[refused(503, on=LOOK)] * TRIES)
    with pytest.raises(Unsure):
        register.write(sheet, [put(row_of(sheet, 1), "batch", "one, corrected")])
    assert "one, corrected" in [people.get(position, "batch") for position in (2, 3)]
    google.faults.waiting.clear()
    restarted = register_in(google, book, tmp_path)
    batches = {row.cells["number"]: row.cells["batch"] for row in restarted.read().rows}
    assert batches == {"CP-2026-000001": "one", "CP-2026-000002": "two"}


# What only a human can mend


def reason(google: LocalGoogle, register: GoogleRegister) -> str:
    with pytest.raises(Unreadable) as caught:
        register.read()
    return caught.value.reason


def test_a_spreadsheet_not_shared_is_told_with_the_account(google: LocalGoogle, register: GoogleRegister) -> None:
    (book,) = google.books.values()
    book.writers.clear()
    with pytest.raises(Unreadable, match=rf"not-shared: .*{ME}"):
        register.read()


def test_each_trouble_has_its_reason(google: LocalGoogle, register: GoogleRegister) -> None:
    (book,) = google.books.values()
    book.readers, book.writers = {ME}, set()
    assert reason(google, register) == "read-only"
    book.writers = {ME}
    book.trashed = True
    assert reason(google, register) == "trashed"
    book.trashed = False
    google.faults.add(refused(403, "Google Sheets API has not been used in project 1 before or it is disabled."))
    assert reason(google, register) == "api-off"
    tab = book.titled(TITLE)
    assert tab is not None
    book.tabs.remove(tab)
    book.version += 1
    assert reason(google, register) == "no-such-tab"
    google.books.clear()
    assert reason(google, register) == "no-such-spreadsheet"


def test_a_wrong_clock_a_wrong_key_and_no_key_are_told_apart(google: LocalGoogle, tmp_path: Path) -> None:
    book = new_book(google)
    google.tokens.ahead = 3 * 3600
    with pytest.raises(Unreadable, match="clock-wrong"):
        connection(google, tmp_path).version(book.id)
    google.tokens.ahead = 0
    google.tokens.keys.clear()
    with pytest.raises(Unreadable, match="bad-key"):
        connection(google, tmp_path).version(book.id)
    with pytest.raises(Unreadable, match="no-key"):
        connect(tmp_path / "none.json")
    (tmp_path / "wrong.json").write_text(json.dumps({"type": "service_account"}))
    with pytest.raises(Unreadable, match="bad-key"):
        connect(tmp_path / "wrong.json")


def test_a_person_may_log_in_instead_of_an_account(google: LocalGoogle, tmp_path: Path) -> None:
    book = new_book(google)
    google.tokens.logins.add("valid")
    login = {"type": "authorized_user", "client_id": "1", "client_secret": "2", "refresh_token": "valid"}
    file = tmp_path / "person.json"
    file.write_text(json.dumps({**login, "token_uri": google.url + "/token"}))
    endpoints = Endpoints(sheets=google.url, drive=google.url)
    assert connect(file, endpoints=endpoints).version(book.id)
    google.tokens.logins.clear()
    with pytest.raises(Unreadable, match="login-ended"):
        connect(file, endpoints=endpoints).version(book.id)


def test_a_token_that_ran_out_is_renewed(google: LocalGoogle, register: GoogleRegister) -> None:
    register.read()
    google.tokens.given.clear()
    assert register.read().rows == ()


# The quota


def test_the_budget_waits_for_its_minute() -> None:
    now, pauses = [0.0], []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        now[0] += seconds

    budget = Budget(per_minute=3, clock=lambda: now[0], pause=pause)
    for _ in range(7):
        budget.take("read")
        now[0] += 1
    assert pauses == [57.0, 57.0]
    budget.take("write")
    assert len(pauses) == 2


def test_all_registers_of_an_account_share_one_budget(google: LocalGoogle, tmp_path: Path) -> None:
    key = google.tokens.new_key_file(tmp_path / "key.json", google.url)
    endpoints = Endpoints(sheets=google.url, drive=google.url)
    one, two = (connect(key, endpoints=endpoints) for _ in range(2))
    assert one._client.budget is two._client.budget
