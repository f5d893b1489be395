from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.core.columns import ENGINE, ColumnFile, ColumnSpec
from mailbot.core.model import Language
from mailbot.core.rulefile import FileProblems, read, read_text
from mailbot.procedures import load_procedure
from mailbot.shipped import shipped

SHIPPED = shipped("rules") / "columns.toml"


def problems(text: str) -> str:
    with pytest.raises(FileProblems) as error:
        read_text(text, ColumnFile, file="columns.toml")
    return str(error.value)


def test_the_shipped_columns_are_headed_in_every_language() -> None:
    columns = read(SHIPPED, ColumnFile).by_key()
    assert set(ENGINE) <= set(columns)
    for key, column in columns.items():
        assert set(column.names) == set(Language), key
        for choice in column.choices if isinstance(column.choices, tuple) else ():
            assert set(choice.names) == set(Language), choice.key


def test_no_heading_belongs_to_two_columns() -> None:
    owners: dict[str, set[str]] = {}
    for column in read(SHIPPED, ColumnFile).column:
        for heading in (*column.names.values(), *column.aliases):
            owners.setdefault(heading.casefold(), set()).add(column.key)
    assert {heading: keys for heading, keys in owners.items() if len(keys) > 1} == {}


def test_a_heading_two_columns_bear_is_told_with_its_line(tmp_path: Path) -> None:
    text = SHIPPED.read_text("utf-8").replace('"内部证据"', '"影响范围"')
    (tmp_path / "columns.toml").write_text(text, encoding="utf-8")
    with pytest.raises(FileProblems) as error:
        load_procedure(tmp_path, Language.ZH_CN, "CP-{year}-{seq:06d}")
    at = [number for number, line in enumerate(text.splitlines(), 1) if '"影响范围"' in line][1]
    told = f"columns.toml:{at}: column 'evidence': the heading '影响范围' belongs to the column 'scope' already"
    assert str(error.value).endswith(told)


def test_a_column_without_a_name_in_a_language_shows_its_first() -> None:
    column = ColumnSpec(key="a", owner="staff", names={Language.EN: "A", Language.ZH_CN: "甲"})
    assert column.name(Language.ZH_CN) == "甲"
    assert column.name(Language.ZH_TW) == "A"


def test_only_a_text_column_people_fill_in_holds_several_choices() -> None:
    columns = read(SHIPPED, ColumnFile).by_key()
    assert [key for key, column in columns.items() if column.several] == ["demand", "cause_category"]


def test_a_key_given_twice_is_told() -> None:
    extra = '\n[[column]]\nkey = "batch"\nowner = "staff"\nnames = { en = "Batch" }\n'
    assert "column key given twice: batch" in problems(SHIPPED.read_text("utf-8") + extra)


def test_the_number_must_identify_the_row() -> None:
    text = SHIPPED.read_text("utf-8").replace("identity = true\n", "")
    assert "exactly one column, 'number', must have identity = true" in problems(text)


def test_columns_the_program_writes_must_stay_and_stay_its_own() -> None:
    text = SHIPPED.read_text("utf-8")
    assert "they must stay: bot_note" in problems(text.replace('key = "bot_note"', 'key = "our_note"'))
    staff = text.replace('key = "due"\nowner = "bot"', 'key = "due"\nowner = "staff"')
    assert "column 'due' is written by the program; it must have owner = \"bot\"" in problems(staff)


def test_a_choice_needs_choices_and_a_column_a_name() -> None:
    extra = '\n[[column]]\nkey = "colour"\nowner = "staff"\nkind = "choice"\nnames = { en = "Colour" }\n'
    assert "column 'colour' has kind = \"choice\" and needs choices" in problems(SHIPPED.read_text("utf-8") + extra)
    assert "names" in problems(SHIPPED.read_text("utf-8") + extra.replace('{ en = "Colour" }', "{}"))


@pytest.mark.parametrize(
    ("least", "most", "told", "inside", "outside"),
    [(1, 5, "1-5", 3, 0), (0, None, "≥ 0", 9, -1), (None, 9, "≤ 9", -9, 10)],
)
def test_a_column_of_numbers_may_have_bounds(
    least: float | None, most: float | None, told: str, inside: float, outside: float
) -> None:
    column = ColumnSpec(key="a", owner="staff", kind="number", names={Language.EN: "A"}, least=least, most=most)
    assert (column.range, column.within(inside), column.within(outside)) == (told, True, False)


def test_a_column_of_numbers_without_bounds_takes_any() -> None:
    column = ColumnSpec(key="a", owner="staff", kind="number", names={Language.EN: "A"})
    assert (column.range, column.within(-1e9)) == ("", True)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("least = 5\nmost = 1", "has a `least` above its `most`"),
        ('kind = "date"\nleast = 1', "is no number, so `least` and `most` mean nothing"),
        (
            'kind = "choice"\nchoices = [{ key = "a", names = { en = "A" } }, { key = "a", names = { en = "B" } }]',
            "gives a choice twice: a",
        ),
    ],
)
def test_bounds_and_choices_that_mean_nothing_are_told(more: str, said: str) -> None:
    kind = "" if more.startswith("kind") else 'kind = "number"\n'
    extra = f'\n[[column]]\nkey = "extra"\nowner = "staff"\nnames = {{ en = "Extra" }}\n{kind}{more}\n'
    assert said in problems(SHIPPED.read_text("utf-8") + extra)
