"""Each slip the check of stages.toml knows is made in the shipped file and must be told with its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mailbot.core.columns import ColumnFile
from mailbot.core.model import Language
from mailbot.core.rulefile import FileProblems, lines_of, read, read_text
from mailbot.core.stagecheck import Known, check_stages
from mailbot.core.stages import CUSTOMER_LETTERS, StageFile
from mailbot.procedures import condition_names, finder, load_procedure
from mailbot.shipped import shipped

TEXT = (shipped("rules") / "stages.toml").read_text("utf-8")
COLUMNS = read(shipped("rules") / "columns.toml", ColumnFile)
RULES = load_procedure(None, Language.EN, "CP-{year}-{seq:06d}").rules
KNOWN = Known(
    columns=COLUMNS,
    names=condition_names(COLUMNS, RULES),
    roles=frozenset(RULES.people.roles),
    severities=tuple(level.key for level in RULES.scale),
)


def check(text: str, known: Known = KNOWN) -> list[str]:
    stages = read_text(text, StageFile, file="stages.toml")
    return [str(p) for p in check_stages(stages, known, file="stages.toml", lines=lines_of(text))]


def line(text: str, part: str, nth: int = 1) -> int:
    return [n for n, said in enumerate(text.split("\n"), 1) if part in said][nth - 1]


def test_the_shipped_file_makes_sense() -> None:
    assert check(TEXT) == []


SLIPS = [
    ('start = "assessment"', 'start = "asessment"', "start names the stage 'asessment', which does not exist"),
    ('reopen = "assessment"', 'reopen = "closed"', "reopen names the stage 'closed', where cases end"),
    ('dissatisfied = "improvement"', 'dissatisfied = "x"', "dissatisfied names the stage 'x', which does not exist"),
    ('key = "negotiation"', 'key = "explanation"', "the stage 'explanation' is given twice"),
    ('key = "late3"', 'key = "late1"', "the rung 'late1' is given twice"),
    ('until = "first_answer_on"', 'until = "first"', "deadline 'first_answer': nobody fills in a column 'first'"),
    (
        '[[rung]]\nkey = "due"\namount = 0\nunit = "working_hours"\nto = ["actor"]',
        '[[rung]]\nkey = "due"\namount = 0\nunit = "working_hours"\nto = ["boss"]',
        "rung 'due': nobody is 'boss'; known are actor, head and the roles of routing.toml",
    ),
    (
        'start = "receipt"\nuntil',
        'start = "column:arrived"\nuntil',
        "deadline 'first_answer': the clock starts from the column 'arrived'",
    ),
    ('done = "assessed_on"\n', "", "stage 'assessment': has no `done` column, so nobody can close it"),
    (
        'deadline = { amount = 2, unit = "working_days", start = "stage" }\n',
        "",
        "stage 'explanation': has no deadline",
    ),
    ('actor = "head"', 'actor = "actor"', "stage 'negotiation': nobody is 'actor'"),
    (
        'done = "explained_on"',
        'done = "due"',
        "stage 'explanation': done names the column 'due', which nobody fills in",
    ),
    (
        'requires = ["containment", "scope"]',
        'requires = ["contaiment", "scope"]',
        "stage 'containment': requires names the column 'contaiment'",
    ),
    ('clears = ["understood", ', 'clears = ["under", ', "stage 'explanation': clears names the column 'under'"),
    (
        'refuses = { responsibility = ["undecided"] }',
        'refuses = { responsibility = ["maybe"] }',
        "stage 'assessment': responsibility is never 'maybe'; it is one of ours",
    ),
    (
        'refuses = { responsibility = ["undecided"] }',
        'refuses = { guilt = ["undecided"] }',
        "stage 'assessment': refuses names the column 'guilt'",
    ),
    (
        'differs = [["verified_by", "implemented_by"]]',
        'differs = [["verified_by", "doer"]]',
        "stage 'verification': differs names the column 'doer'",
    ),
    (
        '"management_representative", "general_manager"]',
        '"the_king"]',
        "stage 'plan': nobody in routing.toml has the role 'the_king'",
    ),
    (
        'differs_from = ["owner"]',
        'differs_from = ["owners"]',
        "stage 'explanation': approval names the column 'owners'",
    ),
    (
        'start = "column:goods_arrived"',
        'start = "column:arrived"',
        "stage 'root_cause': the clock starts from the column 'arrived'",
    ),
    (
        'again = "column:implementation_due"',
        'again = "column:later"',
        "stage 'implementation': the clock starts from the column 'later'",
    ),
    (
        'start = "receipt", pauses = ["customer"] }',
        'start = "receipt", pauses = ["weather"] }',
        "stage 'assessment': waiting is never 'weather'; it is one of customer, sample",
    ),
    (
        'deadline = { amount = 7, unit = "days", start = "stage" }',
        'deadline = { amount = 7, unit = "days", amounts = { dire = 1 } }',
        "stage 'verification': 'dire' is no severity; known are normal, important, urgent, critical",
    ),
    ('next = [{ to = "closing" }]', "", "stage 'negotiation': has no `next`; write end = true if cases end here"),
    (
        'next = [{ to = "closing" }]',
        "next = [{ to = \"closing\", when = 'visit > 1' }]",
        "stage 'negotiation': the last line of `next` must hold always (no `when`), else a case can get stuck",
    ),
    (
        'next = [{ to = "closing" }]',
        'next = [{ to = "closing" }, { to = "plan" }]',
        "stage 'negotiation': a line of `next` without `when` holds always, so those below it are never looked at",
    ),
    ('next = [{ to = "closing" }]', 'next = [{ to = "heaven" }]', "stage 'negotiation': goes to 'heaven'"),
    ('letter = "explanation"', 'letter = "poem"', "stage 'explanation': there is no letter 'poem'; known are closed"),
    (
        "{ when = 'understood == \"yes\"'",
        "{ when = 'understood == \"perhaps\"'",
        "stage 'understanding': column 15 of 'understood == \"perhaps\"'",
    ),
    ("{ when = 'understood == \"yes\"'", "{ when = 'due == \"yes\"'", "stage 'understanding': column 1 of"),
    (
        'start = "column:goods_arrived"',
        'start = "column:evidence"',
        "stage 'root_cause': the clock starts from the column 'evidence', which is no column of dates",
    ),
    (
        'amount = "compensation"',
        'amount = "result"',
        "stage 'plan': approval goes by the amount in 'result', which is no column of numbers",
    ),
    (
        'done = "explained_on"',
        'done = "assessed_on"',
        "stage 'explanation': 'assessed_on' closes the stage 'assessment' already",
    ),
    (
        "end = true",
        'end = true\nactor = "owner"\ndone = "result"',
        "stage 'closed': cases end here (end = true), so `done`",
    ),
]


@pytest.mark.parametrize(("good", "bad", "told"), SLIPS, ids=[told[:50] for _, _, told in SLIPS])
def test_a_slip_is_told_with_a_line_of_its_entry(good: str, bad: str, told: str) -> None:
    assert good in TEXT
    text = TEXT.replace(good, bad, 1)
    found = [p for p in check(text) if told in p]
    assert len(found) == 1, check(text)
    number = int(found[0].split(":")[1])
    changed = len(TEXT[: TEXT.index(good)].split("\n"))
    entry = max((n for n, said in enumerate(text.split("\n"), 1) if said.startswith("[[") and n <= changed), default=0)
    assert entry <= number <= changed + bad.count("\n") + 9


def test_a_slip_names_its_very_line() -> None:
    text = TEXT.replace('requires = ["containment", "scope"]', 'requires = ["contaiment", "scope"]')
    assert check(text)[0].startswith(f"stages.toml:{line(text, 'contaiment')}: ")
    text = TEXT.replace('key = "late3"', 'key = "late1"')
    assert check(text)[0].startswith(f"stages.toml:{line(text, 'late1', 2)}: ")


def test_a_stage_no_case_comes_to_and_one_none_leaves_are_told() -> None:
    lonely = '\n[[stage]]\nkey = "lonely"\nnames = { en = "Lonely" }\ndone = "result"\n'
    lonely += 'deadline = { amount = 1, unit = "days" }\nnext = [{ to = "lonely" }]\n'
    text = TEXT + lonely
    at = line(text, 'key = "lonely"')
    assert check(text) == [
        f"stages.toml:{at}: no case can ever come to the stage 'lonely'",
        f"stages.toml:{at}: from the stage 'lonely' no way leads to an end",
    ]


def test_a_misspelt_way_is_told_where_it_stands_and_nowhere_else() -> None:
    text = TEXT.replace('to = "closed"', 'to = "closd"')
    assert check(text) == [
        f"stages.toml:{line(text, 'satisfaction <= 2') - 1}: stage 'closing': goes to 'closd', which does not exist"
    ]


def test_no_satisfaction_is_low_beyond_the_scale() -> None:
    with pytest.raises(FileProblems, match="low_satisfaction"):
        check(TEXT.replace("low_satisfaction = 2", "low_satisfaction = 9"))


def test_all_slips_are_told_at_once_in_the_order_of_lines() -> None:
    text = TEXT
    for good, bad, _ in SLIPS[:2] + SLIPS[9:13]:
        text = text.replace(good, bad, 1)
    numbers = [int(p.split(":")[1]) for p in check(text)]
    assert len(numbers) >= 6
    assert numbers == sorted(numbers)


def test_somebody_must_be_the_supervisor() -> None:
    nobody = Known(columns=COLUMNS, names=KNOWN.names, roles=KNOWN.roles - {"supervisor"}, severities=KNOWN.severities)
    assert [p for p in check(TEXT, nobody) if "rung 'late3': nobody is 'supervisor'" in p]


@pytest.mark.parametrize(
    "bad",
    [
        'amount = -1, unit = "hours"',
        'amount = 1e9, unit = "hours"',
        'amount = 1, unit = "hours", amounts = { urgent = -4 }',
    ],
)
def test_an_amount_that_means_nothing_is_refused_when_the_file_is_read(bad: str) -> None:
    text = TEXT.replace('amount = 2, unit = "working_days"', bad, 1)
    with pytest.raises(FileProblems, match=rf"stages\.toml:{line(text, bad)}: .*amount is"):
        read_text(text, StageFile, file="stages.toml")


def test_a_deadline_may_be_shorter_for_grave_cases() -> None:
    text = TEXT.replace(
        'amount = 2, unit = "working_days"', 'amount = 2, unit = "working_days", amounts = { urgent = 1 }', 1
    )
    deadline = read_text(text, StageFile, file="stages.toml").by_key["explanation"].deadline
    assert deadline is not None
    assert (deadline.term("urgent").amount, deadline.term("normal").amount, deadline.term(None).amount) == (1, 2, 2)


def test_every_letter_a_stage_may_send_has_its_template() -> None:
    for language in Language:
        assert {p.stem for p in (shipped("templates") / language).glob("*.txt")} >= CUSTOMER_LETTERS


def test_stages_and_statuses_are_called_something_in_every_language() -> None:
    stages = read_text(TEXT, StageFile, file="stages.toml")
    for stage in stages.stage:
        assert len({stage.name(language) for language in Language}) > 1, stage.key
    assert all(set(names) == set(Language) for names in stages.status.values())


def test_a_condition_for_the_8d_that_makes_no_sense_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "stages.toml").write_text(re.sub("eight_d = .*", "eight_d = 'severity >= \"grave\"'", TEXT), "utf-8")
    with pytest.raises(FileProblems, match=r"stages\.toml:\d+: eight_d: .*grave"):
        load_procedure(tmp_path, Language.ZH_CN, "CP-{year}-{seq:06d}")


def test_a_company_may_use_another_scale_by_editing_files_alone(tmp_path: Path) -> None:
    scale = 'version = "x"\neffective = 2026-01-01\n' + "".join(
        f'[[severity]]\nkey = "{key}"\nnames = {{ zh-CN = "{name}" }}\n'
        for key, name in [("grievance", "抱怨"), ("complaint", "投诉"), ("major", "重大投诉")]
    )
    (tmp_path / "severity.toml").write_text(scale, "utf-8")
    (tmp_path / "stages.toml").write_text(
        re.sub('severity >= "(urgent|important)"', 'severity >= "major"', TEXT), "utf-8"
    )
    loaded = load_procedure(tmp_path, Language.ZH_CN, "CP-{year}-{seq:06d}").procedure
    assert loaded.severities == ("grievance", "complaint", "major")
    assert loaded.label("severity", "major") == "重大投诉"
    assert finder(tmp_path)("routing.toml").parent == shipped("rules")
