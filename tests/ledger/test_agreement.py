from contextlib import closing
from datetime import date, datetime
from pathlib import Path

from ledger_builders import undone

from mailbot.ledger.ledger import Ledger


def test_cells_agreed_are_merged_and_keep_their_types(ledger: Ledger, url: str) -> None:
    cells = {
        "qty": 3,
        "cost": 3.0,
        "ok": True,
        "due": datetime(2026, 3, 2, 16, 30),
        "day": date(2026, 3, 2),
        "no": None,
    }
    ledger.register.agree({"A": cells, "B": {"qty": 1}})
    ledger.register.agree({"A": {"qty": 4, "note": "0012"}})
    fresh = Ledger.open(url)
    for each in (ledger, fresh):
        agreed = each.register.agreed()
        assert agreed == {"A": {**cells, "qty": 4, "note": "0012"}, "B": {"qty": 1}}
        assert [type(value) for value in agreed["A"].values()] == [int, float, bool, datetime, date, type(None), str]
    fresh.close()


def test_a_cell_of_another_type_is_another_cell(ledger: Ledger, url: str) -> None:
    ledger.register.agree({"A": {"qty": 1}})
    ledger.register.agree({"A": {"qty": True}})
    fresh = Ledger.open(url)
    assert fresh.register.agreed()["A"]["qty"] is True
    fresh.close()


def test_a_forgotten_row_was_never_agreed(ledger: Ledger) -> None:
    ledger.register.agree({number: {"qty": 1} for number in "ABCD"})
    ledger.register.forget("A")
    ledger.register.forget(["B", "unknown"])
    assert list(ledger.register.agreed()) == ["C", "D"]


def test_an_agreement_undone_is_not_remembered(ledger: Ledger) -> None:
    ledger.register.agree({"A": {"qty": 1}})
    with undone(ledger):
        ledger.register.agree({"A": {"qty": 2}})
        assert ledger.register.agreed()["A"]["qty"] == 2
    assert ledger.register.agreed() == {"A": {"qty": 1}}
    ledger.register.agree({"B": {"qty": 3}})
    assert ledger.register.agreed() == {"A": {"qty": 1}, "B": {"qty": 3}}


def test_what_another_connection_agreed_is_seen(ledger: Ledger, url: str) -> None:
    other = Ledger.open(url)
    ledger.register.agree({"A": {"qty": 1}})
    assert other.register.agreed() == {"A": {"qty": 1}}
    other.register.agree({"A": {"note": "x"}})
    assert ledger.register.agreed() == {"A": {"qty": 1, "note": "x"}}
    other.close()


def test_a_reading_stays_as_it_was_when_more_is_agreed(ledger: Ledger) -> None:
    ledger.register.agree({"A": {"qty": 1}})
    before = ledger.register.agreed()
    ledger.register.agree({"A": {"qty": 2}, "B": {}})
    assert before == {"A": {"qty": 1}}


def test_what_is_about_to_be_written_survives_until_it_is_settled(ledger: Ledger, url: str) -> None:
    ledger.register.intend({"A": {"stage": "受理", "due": datetime(2026, 3, 2, 16, 30)}, "B": {"qty": 1}})
    ledger.register.intend({"A": {"stage": "评估"}})
    after_a_crash = Ledger.open(url)
    assert after_a_crash.register.intended() == {"A": {"stage": "评估"}}
    after_a_crash.register.intend({})
    assert ledger.register.intended() == {}
    after_a_crash.close()


def test_a_round_without_changes_writes_nothing(sqlite_url: str, tmp_path: Path) -> None:
    with closing(Ledger.open(sqlite_url)) as ledger:
        ledger.register.agree({"A": {"qty": 1}})
        before = (tmp_path / "ledger.sqlite").read_bytes()
        with ledger.transaction():
            ledger.register.agree({"A": {"qty": 1}})
            ledger.register.intend({})
        assert (tmp_path / "ledger.sqlite").read_bytes() == before
