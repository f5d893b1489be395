from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from builders import a_case, the_procedure

from mailbot.core.model import Language
from mailbot.core.rulefile import FileProblems
from mailbot.procedures import finder, load_procedure
from mailbot.shipped import shipped

PATTERN = "CP-{year}-{seq:06d}"


def test_the_shipped_files_make_a_procedure() -> None:
    procedure = the_procedure()
    assert procedure.severities == ("normal", "important", "urgent", "critical")
    assert procedure.top_severity() == "critical"
    assert procedure.default_department == "business"
    assert procedure.version
    assert set(procedure.labels) >= {"severity", "nature", "department", "stage", "status", "demand", "channel"}


def test_the_companys_own_file_wins_and_the_rest_is_shipped(tmp_path: Path) -> None:
    own = (shipped("rules") / "stages.toml").read_text("utf-8").replace('version = "2026-01"', 'version = "ours-7"')
    (tmp_path / "stages.toml").write_text(own, "utf-8")
    assert "ours-7" in load_procedure(tmp_path, Language.ZH_CN, PATTERN).procedure.version
    assert finder(tmp_path)("stages.toml") == tmp_path / "stages.toml"
    assert finder(tmp_path)("columns.toml").parent == shipped("rules")
    assert finder(None)("columns.toml").parent == shipped("rules")


def test_what_is_wrong_in_several_files_is_told_at_once(tmp_path: Path) -> None:
    shutil.copytree(shipped("rules"), tmp_path, dirs_exist_ok=True)
    for name in ("columns.toml", "stages.toml", "calendar.toml", "nature.toml"):
        (tmp_path / name).write_text("nonsense = 1\n" + (tmp_path / name).read_text("utf-8"), "utf-8")
    with pytest.raises(FileProblems) as error:
        load_procedure(tmp_path, Language.ZH_CN, PATTERN)
    told = str(error.value)
    for name in ("columns.toml", "stages.toml", "calendar.toml", "nature.toml"):
        assert f"{name}:1: nonsense is not a known key" in told


@pytest.mark.parametrize("name", ["severity.toml", "columns.toml", "stages.toml", "calendar.toml"])
def test_a_file_saved_in_another_encoding_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes((shipped("rules") / name).read_text("utf-8").encode("gbk", "ignore"))
    with pytest.raises(FileProblems, match=rf"{name}:\d+: is not UTF-8"):
        load_procedure(tmp_path, Language.ZH_CN, PATTERN)


def test_a_slip_in_the_stages_is_told_with_file_and_line(tmp_path: Path) -> None:
    text = (shipped("rules") / "stages.toml").read_text("utf-8").replace('to = "plan"', 'to = "paln"')
    (tmp_path / "stages.toml").write_text(text, "utf-8")
    with pytest.raises(FileProblems, match=r"stages\.toml:\d+: stage 'assessment': goes to 'paln'"):
        load_procedure(tmp_path, Language.ZH_CN, PATTERN)


def test_labels_fall_back_to_what_there_is() -> None:
    procedure = the_procedure()
    assert procedure.label("severity", "urgent") == "紧急"
    assert procedure.label("severity", "urgent", Language.EN) == "Urgent"
    assert procedure.letter_label("severity", "urgent", Language.ZH_TW) == "緊急"
    assert procedure.label("severity", "unheard of") == "unheard of"
    assert procedure.label("batch", None) == ""
    assert procedure.label("quantity", 3) == "3"
    assert procedure.column_name("batch", Language.EN) == "Batch"
    assert procedure.column_name("no_such_column") == "no_such_column"
    assert procedure.told_name("batch", Language.EN)
    assert procedure.told_name("no_such_column", Language.EN) == "no_such_column"
    bare = replace(procedure, labels={"x": {"k": {Language.EN: "Key"}}})
    assert bare.label("x", "k") == "Key"


def test_the_graver_of_two_severities_wins() -> None:
    procedure = the_procedure()
    assert procedure.graver("normal", "urgent") == "urgent"
    assert procedure.graver("critical", "urgent") == "critical"
    assert procedure.graver(None, "normal") == "normal"


def test_a_stage_taken_out_of_the_file_counts_as_the_start() -> None:
    case = replace(a_case(), stage="abolished")
    assert the_procedure().stage(case).key == "assessment"


def test_somebody_is_always_meant_as_long_as_there_is_a_supervisor() -> None:
    procedure = the_procedure()
    names = lambda who, **values: [p.name for p in procedure.actors(a_case(**values), who)]  # noqa: E731
    assert names("owner", owner="Quality Engineer") == ["Quality Engineer"]
    assert names("owner", owner="somebody else", department="pmc") == ["PMC Manager"]
    assert names("actor", owner=None, department="pmc") == ["PMC Manager"]
    assert names("head", department=None) == ["Quality Manager"]
    assert names("general_manager") == ["General Manager"]
    assert names("unknown role") == []


def test_no_line_of_next_may_hold() -> None:
    procedure = the_procedure()
    never = {("assessment", n): (lambda facts: False) for n in range(4)}
    assert replace(procedure, branches=never).branch(a_case()) is None  # type: ignore[arg-type]
