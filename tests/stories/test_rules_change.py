"""The rule files change under the running bot: good ones hold from the next round on, broken ones never."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from stories.house import PEOPLE, House, open_house

from mailbot.commands.check import check_all
from mailbot.commands.status import show_status

HOUR = timedelta(hours=1)
TEXT = "台灯HX-L11不亮了，请换货。订单号 881202601 电话13600004417"


def rewrite(house: House, name: str, old: str, new: str) -> None:
    """Somebody edits a rule file or template and saves it."""
    path = house.folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def notices(house: House) -> list[str]:
    return [notice.text for notice in house.office.ledger.notices.all()]


def alarms(house: House) -> int:
    return len(house.letters("it@example.test"))


def test_a_good_change_holds_from_the_next_round_on_for_verdicts_and_deadlines(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(TEXT, sender="于静 <yj@mailg.example>")
        assert house.round()
        (first,) = house.cases()
        due, severity = house.row(first.number)["due"], first.values["severity"]
        rewrite(house, "rules/stages.toml", "amount = 48, unit", "amount = 72, unit")
        rewrite(
            house,
            "rules/severity.toml",
            'name = "customer\'s line stopped"\nwords = [',
            'name = "lamps"\nwords = ["台灯",',
        )
        rewrite(house, "rules/severity.toml", 'version = "2026-01"', 'version = "2026-02"')
        house.customer_writes(TEXT + "。急", sender="李明 <lm@mailg.example>")
        assert house.round(after=HOUR)
        assert house.row(first.number)["due"] == due + timedelta(hours=24)
        assert house.case(first.number).values["severity"] == severity
        second = house.cases()[1]
        assert second.values["severity"] == "urgent"
        assert "2026-02" in second.procedure
        assert next(r for r in second.reasons if r.rule == "lamps").version == "2026-02"
        assert not notices(house)


def test_a_change_of_a_deadline_keeps_the_pauses_of_running_cases(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(TEXT, sender="于静 <yj@mailg.example>")
        assert house.round()
        number = house.cases()[0].number
        due = house.row(number)["due"]
        house.staff_types(number, waiting="等客户")
        assert house.round()
        house.staff_types(number, waiting=None)
        assert house.round(after=5 * HOUR)
        rewrite(house, "rules/stages.toml", "amount = 48, unit", "amount = 72, unit")
        assert house.round()
        assert house.row(number)["due"] == due + timedelta(hours=24 + 5)


def test_a_broken_file_is_refused_with_its_line_told_once_and_forgotten_when_mended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_house(tmp_path) as house:
        assert house.round()
        before, told = house.office.procedure, alarms(house)
        rewrite(house, "rules/stages.toml", 'start = "assessment"', 'start = "asessment"')
        assert house.round()
        assert house.round(after=HOUR)
        (text,) = notices(house)
        assert "stages.toml:" in text
        assert "'asessment'" in text
        assert alarms(house) == told + 1
        assert house.office.procedure is before
        assert show_status(house.folder / "config.toml", as_json=False) == 3
        shown = capsys.readouterr().out
        assert text in shown
        assert "rules: " in shown

        # Another mistake on top is the same trouble: the notice says both, nobody is written to again.
        rewrite(house, "rules/calendar.toml", 'country = "CN"', 'country = "XX"')
        assert house.round()
        assert "calendar.toml:" in notices(house)[0]
        assert alarms(house) == told + 1

        house.customer_writes(TEXT, sender="于静 <yj@mailg.example>")
        rewrite(house, "rules/stages.toml", '"asessment"', '"assessment"')
        rewrite(house, "rules/calendar.toml", '"XX"', '"CN"')
        assert house.round()
        assert not notices(house)
        assert house.cases()
        assert alarms(house) == told + 1


def test_a_changed_letter_is_used_and_a_broken_one_refused(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        assert house.round()
        letter = house.folder / "templates/zh-CN/acknowledgement.txt"
        whole = letter.read_text(encoding="utf-8")
        letter.write_text(whole + "\n{{ no_such_fact }}\n", encoding="utf-8")
        house.customer_writes(TEXT, sender="于静 <yj@mailg.example>")
        assert house.round()
        assert "no_such_fact" in notices(house)[0]
        assert house.letters("yj@mailg.example")
        letter.write_text(whole + "\n祝好，华信客服\n", encoding="utf-8")
        house.customer_writes(TEXT.replace("台灯", "落地灯"), sender="李明 <lm@mailg.example>")
        assert house.round()
        (receipt,) = house.letters("lm@mailg.example")
        assert "祝好，华信客服" in str(receipt.get_body(("plain",)).get_content())  # type: ignore[union-attr]
        assert not notices(house)


NEW_COLUMN = '[[column]]\nkey = "root"\nowner = "staff"\nnames = { zh-CN = "根本对策", en = "Countermeasure" }\n'


def test_a_new_column_waits_for_its_heading_in_the_register(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(TEXT, sender="于静 <yj@mailg.example>")
        assert house.round()
        columns = house.folder / "rules/columns.toml"
        columns.write_text(columns.read_text(encoding="utf-8") + "\n" + NEW_COLUMN, encoding="utf-8")
        assert house.round()
        assert "columns.toml: the register has no heading '根本对策'" in notices(house)[0]
        assert "root" not in house.office.procedure.columns

        book = openpyxl.load_workbook(house.workbook)
        sheet = book.worksheets[0]
        sheet.cell(1, sheet.max_column + 1).value = "根本对策"
        book.save(house.workbook)
        assert house.round()
        assert not notices(house)
        number = house.cases()[0].number
        house.staff_types(number, root="换供应商")
        assert house.round()
        assert house.case(number).values["root"] == "换供应商"


def test_a_heading_renamed_in_the_rules_alone_is_refused(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        assert house.round()
        rewrite(house, "rules/columns.toml", 'zh-CN = "主要原因", zh-TW', 'zh-CN = "真因", zh-TW')
        rewrite(
            house, "rules/columns.toml", 'zh-TW = "主要原因", en = "Main cause"', 'zh-TW = "真因", en = "True cause"'
        )
        assert house.round()
        assert "'真因'" in notices(house)[0]
        rewrite(house, "rules/columns.toml", 'aliases = ["根本原因",', 'aliases = ["主要原因", "根本原因",')
        assert house.round()
        assert not notices(house)
        assert house.office.procedure.column_name("cause_main") == "真因"


def test_cases_in_a_stage_that_is_taken_out_start_again_and_somebody_is_told(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(TEXT, sender="于静 <yj@mailg.example>")
        assert house.round()
        (case,) = house.cases()
        house.staff_types(case.number, owner="张晓峰", responsibility="我司", assessed_on="✓")
        assert house.round()
        assert house.case(case.number).stage == "root_cause"
        told = len(house.letters("quality.engineer@example.test", "评估"))
        path = house.folder / "rules" / "stages.toml"
        text = path.read_text(encoding="utf-8")
        first, last = (text.index(f'[[stage]]\nkey = "{key}"') for key in ("root_cause", "plan"))
        text = (text[:first] + text[last:]).replace('to = "root_cause"', 'to = "plan"')
        path.write_text(text.replace('recurred = "root_cause"', 'recurred = "plan"'), encoding="utf-8")
        assert house.round()
        assert house.round()
        row = house.row(case.number)
        assert row["stage"] == "评估"
        assert "从“评估”重新开始" in str(row["bot_note"])
        assert "下一步（评估）" in str(row["bot_note"])
        assert len(house.letters("quality.engineer@example.test", "评估")) == told + 1
        house.staff_types(case.number, assessed_on="✓")
        assert house.round()
        assert house.case(case.number).stage == "plan"


def test_who_works_alone_is_told_that_nobody_can_approve(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_house(tmp_path) as house:
        path = house.folder / "rules" / "routing.toml"
        text = path.read_text(encoding="utf-8")
        for name in PEOPLE.values():
            text = text.replace(f'"{name}"', '"老板"')
        persons = text.split("[[person]]")
        first, rest = persons[1], persons[-1].split("# Roles", 1)[1]
        path.write_text(f"{persons[0]}[[person]]{first}# Roles{rest}", encoding="utf-8")
        capsys.readouterr()
        assert check_all(house.folder / "config.toml") == 0
        shown = capsys.readouterr().out
        assert "– people: one person cannot approve his own work: explanation, plan, closing will stay open" in shown


def test_a_stage_taken_out_of_the_file_leaves_no_case_stranded(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(TEXT, sender="于静 <yj@mailg.example>")
        assert house.round()
        (case,) = house.cases()
        assert case.stage == "assessment"
        rewrite(house, "rules/stages.toml", 'key = "assessment"', 'key = "triage"')
        start = house.folder / "rules" / "stages.toml"
        start.write_text(start.read_text("utf-8").replace('"assessment"', '"triage"'), "utf-8")
        assert house.round(after=HOUR)
        assert house.case(case.number).stage == "triage"
        assert house.round(after=HOUR)
        assert "重新开始" in str(house.row(case.number)["bot_note"])
