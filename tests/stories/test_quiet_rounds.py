"""A round in which nothing happened compares nothing; time alone, an edit or the ledger ends the quiet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from stories.house import House, open_house

TEXT = "台灯HX-L1不亮了，请换货。订单号 8812026001 电话13600004417"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path) as house:
        house.customer_writes(TEXT)
        for _ in range(4):
            assert house.round()
        yield house


def quiet(house: House, after: timedelta = timedelta(minutes=2)) -> bool:
    """Whether a round at that time would find nothing to compare."""
    office = house.office
    version = office.register.read().version
    return office.rowbook.is_quiet(version, house.clock.now + after, office.ledger.register.agreed())


def test_it_stays_quiet_while_no_row_changes_with_time(house: House) -> None:
    assert quiet(house, timedelta(seconds=5))
    assert quiet(house)


def test_a_deadline_ends_it_and_the_row_says_so(house: House) -> None:
    assert not quiet(house, timedelta(days=30))
    before = house.row(house.cases()[0].number)["status"]
    assert house.round(after=timedelta(days=30))
    assert house.row(house.cases()[0].number)["status"] != before


def test_an_edit_or_a_mail_ends_it(house: House) -> None:
    number = house.cases()[0].number
    house.staff_types(number, batch="0407-A")
    assert not quiet(house, timedelta(seconds=5))
    assert house.round()
    assert house.case(number).values["batch"] == "0407-A"
    assert house.round()
    assert quiet(house)
    house.customer_writes(TEXT.replace("001", "777"), sender="李 <li@b.example>")
    assert house.round()
    assert house.round()
    assert len(house.table()) == 2


def test_another_agreement_ends_it(house: House) -> None:
    house.office.ledger.register.forget(house.cases()[0].number)
    assert not quiet(house, timedelta(seconds=5))
