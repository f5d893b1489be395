"""The second set of rules, as `mailbot init --rules simple-en` leaves it: short, English, with England's calendar."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from stories.house import open_house

from mailbot.commands.init import Answers, rule_sets, set_up
from mailbot.commands.rules import check_rules
from mailbot.commands.rulestest import try_rules
from mailbot.core.model import Language
from mailbot.errors import Usage
from mailbot.procedures import load_procedure
from mailbot.shipped import shipped

LONDON = ZoneInfo("Europe/London")
FRIDAY = datetime(2026, 5, 1, 15, 0, tzinfo=LONDON)
"""The Monday after it is the early May bank holiday."""
COMPLAINT = """Hello,

12 desk lamps HX-L11 from batch 2604C do not switch on. Please replace them. Order 881202601.

Regards
Mary Jones
Star Lighting Ltd
Phone: +44 20 7946 0001
"""
CUSTOMER = "mary@star-lighting.example"


def test_the_set_is_short_and_english() -> None:
    procedure = load_procedure(
        shipped("rules") / "examples" / "simple-en", Language.EN, "CP-{year}-{seq:06d}"
    ).procedure
    assert procedure.severities == ("minor", "major", "critical")
    assert len(procedure.stages.stage) == 5
    assert procedure.calendar.zone == LONDON
    assert all(set(spec.names) == {Language.EN} for spec in procedure.columns.values())
    assert procedure.version == "2026-01+simple-1"


@pytest.mark.parametrize("name", rule_sets())
def test_a_set_of_rules_passes_its_own_examples(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers = Answers(address="bot@example.test", operator="it@example.test", rules=name)
    set_up(tmp_path, answers, ask=False)
    assert check_rules(tmp_path / "config.toml") == 0
    assert try_rules(tmp_path / "config.toml") == 0
    assert "6 examples in 1 files" in capsys.readouterr().out
    assert 'language = "en"' in (tmp_path / "config.toml").read_text(encoding="utf-8")


def test_a_set_that_is_none_is_named_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(Usage, match="must be one of simple-en"):
        set_up(tmp_path, Answers(rules="../.."), ask=False)
    assert not list(tmp_path.iterdir())


def test_a_complaint_lives_from_mail_to_closed_with_one_loop(tmp_path: Path) -> None:
    with open_house(tmp_path, rules="simple-en", now=FRIDAY) as house:
        house.customer_writes(COMPLAINT, subject="Lamps do not work", sender=f"Mary Jones <{CUSTOMER}>")
        assert house.round()
        (case,) = house.cases()
        number, row = case.number, house.row(case.number)
        assert (row["stage"], row["severity"], row["department"]) == ("Review", "Major", "Quality")
        assert row["batch"] == "2604C"
        assert "Severity: Major (Quantity 12) [ten pieces or more, simple-1]" in str(row["basis"])
        # One hour of Friday is left, Monday is a bank holiday, seven hours of Tuesday follow.
        assert row["due"] == datetime(2026, 5, 5, 16, 30)
        (receipt,) = house.letters(CUSTOMER)
        assert number in str(receipt["Subject"])
        assert house.letters("alice@example.test", number)

        house.clock.now = datetime(2026, 5, 5, 9, 30, tzinfo=LONDON)
        house.staff_types(number, reviewed_on=house.today())
        assert house.round()
        assert "Decision" in str(house.row(number)["bot_note"])
        house.staff_types(number, owner="Bob Quality", decision="Ours")
        assert house.round()
        assert house.case(number).stage == "solution"
        for answer in ("Rejected", "Accepted"):
            done = {"cause": "cold solder joint", "action": "soldering profile changed", "solved_on": house.today()}
            house.staff_types(number, **done, note_to_customer="Twelve new lamps are on their way.")
            assert house.round()
            assert house.case(number).stage == "answer"
            house.staff_types(number, answer=answer)
            assert house.round()
        assert house.case(number).stage == "closing"
        house.staff_types(number, result="12 lamps replaced", closed_on=house.today())
        assert house.round()
        assert house.row(number)["status"] == "Closed"
        assert not house.case(number).open
        texts = [str(m.get_body(("plain",)).get_content()) for m in house.letters(CUSTOMER)]  # type: ignore[union-attr]
        assert sum("Twelve new lamps" in text for text in texts) == 2
        assert len({str(m["Message-ID"]) for m in house.letters()}) == len(house.letters())
