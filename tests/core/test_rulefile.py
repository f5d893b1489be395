from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.core.rulefile import Field, FileProblems, Model, lines_of, model_validator, read, read_text


class Secretive(Model):
    env: str = ""


class Row(Model):
    key: str
    amount: float = Field(default=1, ge=0)
    pairs: tuple[tuple[str, ...], ...] = ()


class Table(Model):
    name: str
    password: Secretive | None = None
    row: tuple[Row, ...] = ()

    @model_validator(mode="after")
    def _not_nobody(self) -> Table:
        if self.name == "nobody":
            raise ValueError("nobody will do")
        return self


def problems(text: str) -> list[str]:
    with pytest.raises(FileProblems) as error:
        read_text(text, Table, file="t.toml")
    return [str(problem) for problem in error.value.problems]


def test_a_good_file_is_read_with_or_without_a_byte_order_mark(tmp_path: Path) -> None:
    for start in ("", "\ufeff"):
        (tmp_path / "t.toml").write_text(start + 'name = "甲"\n', encoding="utf-8")
        assert read(tmp_path / "t.toml", Table).name == "甲"


def test_all_problems_are_told_at_once_each_with_its_line() -> None:
    text = 'nam = "x"\n\n[[row]]\nkey = "a"\namount = -1\n\n[[row]]\namount = 2\n'
    assert problems(text) == [
        "t.toml:1: name is missing and must be given",
        "t.toml:1: nam is not a known key; correct the spelling or remove the line",
        "t.toml:5: row.0.amount Input should be greater than or equal to 0 (given: -1)",
        "t.toml:7: row.1.key is missing and must be given",
    ]


def test_what_a_whole_file_lacks_is_said_in_its_own_words() -> None:
    assert problems('name = "nobody"') == ["t.toml:1: nobody will do"]


def test_a_secret_is_never_repeated() -> None:
    assert "hunter2" not in "".join(problems('name = "a"\npassword = "hunter2"\n'))
    assert "t.toml:2: password" in problems('name = "a"\npassword = "hunter2"\n')[0]


def test_broken_toml_names_its_line() -> None:
    (problem,) = problems('name = "a"\nrow == 1\n')
    assert problem.startswith("t.toml:2: is not valid TOML")


@pytest.mark.parametrize(
    ("left_open", "noticed", "opened"),
    [
        ('row = [\n  {key = "a"},\n', 3, "[ in line 2"),
        ('row = [\n  {key = "a"},\n# [[row]]\n\n\n', 4, "[ in line 2"),
        ('row = [\n  {key = "]", amount = 1\n', 3, "[ in line 2"),
        ("row = [ # the first\n[[row]]\n", 3, "[ in line 2"),
        ('row = [{key = "a"}, {key = "b"', 2, "[ in line 2"),
        ("[row", 2, "[ in line 2"),
        ('row = [\n  {key = "a" # },\n]\n', 3, "{ in line 3"),
        ('row = [{key = "a"}}\nname = 1', 2, "[ in line 2"),
        ('row = [\n  "a",\n[other]\nx = ["b"]\n', 4, "[ in line 2"),
        ('[[row]]\nkey = """\nlong [\n', 4, '""" in line 3'),
        ("[[row]]\nkey = '''\nlong [\n", 4, "''' in line 3"),
        ('[[row]]\nkey = """a [ b""""\npairs = [["b"]', 4, "[ in line 4"),
    ],
)
def test_what_nobody_closed_is_named_with_the_line_it_begins_in(left_open: str, noticed: int, opened: str) -> None:
    (problem,) = problems(f'name = "a"\n{left_open}')
    assert problem.startswith(f"t.toml:{noticed}: is not valid TOML: ")
    assert problem.endswith(f"; the {opened} is never closed")


@pytest.mark.parametrize(
    ("broken", "noticed"),
    [('key = "a', 3), ("key =", 3), ("key", 3), ("row = [\n  x,\n]\n", 4), ("x = [1]]\ny = [\n", 3)],
)
def test_what_is_broken_at_the_end_has_a_line_and_blames_no_bracket_that_is_closed(broken: str, noticed: int) -> None:
    (problem,) = problems(f'name = "a"\n\n{broken}')
    assert problem.startswith(f"t.toml:{noticed}: is not valid TOML: ")
    assert "never closed" not in problem


def test_a_missing_file_and_one_in_another_encoding_are_problems_not_crashes(tmp_path: Path) -> None:
    with pytest.raises(FileProblems, match=r"gone\.toml: cannot be read: No such file"):
        read(tmp_path / "gone.toml", Table)
    (tmp_path / "gbk.toml").write_bytes('name = "a"\n# 中文\n'.encode("gbk"))
    with pytest.raises(FileProblems, match=r"gbk\.toml:2: is not UTF-8 text"):
        read(tmp_path / "gbk.toml", Table)


def test_lines_are_found_in_tables_arrays_dotted_keys_and_past_long_strings() -> None:
    text = '''name = "a"  # [not a table]
[x.y]
a.b = 1
"quoted key" = """
[[row]]
"""
[[row]]
key = "a"
pairs = [
  ["b", "c"],
  ["d", "e"]
]
[[row.inner]]
deep = 1
[[row]]  # the second
key = "b"
'''
    lines = lines_of(text)
    assert lines["name",] == 1
    assert lines["x", "y", "a", "b"] == 3
    assert lines["x", "y", "quoted key"] == 4
    assert lines["row", 0] == 7
    assert lines["row", 0, "pairs"] == 9
    assert lines["row", 0, "inner", 0, "deep"] == 14
    assert lines["row", 1, "key"] == 16


@pytest.mark.parametrize(
    ("line", "hint"), [("a = “b”", 'write " instead of “'), ('a ＝ "“b”"', "write = instead of ＝")]
)
def test_signs_of_a_chinese_keyboard_are_named(line: str, hint: str) -> None:
    with pytest.raises(FileProblems, match=hint):
        read_text(f"# “fine here”\n{line}\n", Model, file="x.toml")
