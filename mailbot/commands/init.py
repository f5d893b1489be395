"""`mailbot init`: a folder with everything an installation needs, ready to be filled in."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from mailbot import config as configuration
from mailbot.commands.terminal import ask_for, line, verdict
from mailbot.core.model import Language
from mailbot.errors import Usage
from mailbot.rows import columns
from mailbot.shipped import shipped
from mailbot.wiring import open_procedure
from sheets.excel.create import create


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the operator said; empty: not said. `rules` names a set of example rules other than the usual one."""

    company: str = ""
    address: str = ""
    imap: str = ""
    smtp: str = ""
    operator: str = ""
    language: str = ""
    rules: str = ""


QUESTIONS = {
    "company": "Your company's name / 公司名称",
    "address": "The complaints mailbox / 投诉邮箱",
    "imap": "IMAP server / 收信服务器 (IMAP)",
    "smtp": "SMTP server / 发信服务器 (SMTP)",
    "operator": "Your own address, for alarms / 您自己的邮箱（接收故障通知）",
    "language": "Language of the register / 台账语言 (zh-CN, zh-TW, en)",
}


def set_up(folder: Path, answers: Answers, *, ask: bool) -> None:
    """Write what is not there yet; nothing that exists is touched. Raises Usage for an answer that cannot be."""
    if ask:
        answers = _asked(answers)
    _check(answers)
    if folder.exists() and not folder.is_dir():
        raise Usage(f"{folder} is a file; name a folder")
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "config.toml", _config_text(answers))
    _copy(rule_files(answers.rules), folder / "rules")
    _copy(_tree(shipped("templates")), folder / "templates")
    config = configuration.load(folder / "config.toml")
    path = config.path(config.book.path)
    if path.exists():
        verdict(None, str(path), "is there already and was left alone")
    else:
        loaded = open_procedure(config)
        create(path, columns(loaded.procedure), title=_TITLES[config.company.language])
        verdict(True, str(path), "an empty register")
    line()
    line(
        "Next: 1. put your people into rules/routing.toml  2. set the passwords named in config.toml  3. mailbot check"
    )
    line("下一步：1. 在 rules/routing.toml 中填写人员  2. 设置 config.toml 中的密码  3. 运行 mailbot check")


_TITLES = {Language.ZH_CN: "投诉台账", Language.ZH_TW: "客訴台帳", Language.EN: "Complaints"}


def _asked(answers: Answers) -> Answers:
    for name, question in QUESTIONS.items():
        if not getattr(answers, name):
            said = ask_for(question, _usual_language(answers.rules) if name == "language" else "")
            answers = replace(answers, **{name: said.strip()})
    return answers


def _check(answers: Answers) -> None:
    for name in ("address", "operator"):
        if (said := getattr(answers, name)) and not re.fullmatch(configuration.ADDRESS, said):
            raise Usage(f"--{name} {said!r} is not an e-mail address")
    if answers.language and answers.language not in list(Language):
        raise Usage(f"--language {answers.language!r}: must be one of {', '.join(Language)}")
    if answers.rules and answers.rules not in rule_sets():
        raise Usage(f"--rules {answers.rules!r}: must be one of {', '.join(rule_sets())}")


def rule_sets() -> list[str]:
    """The sets of example rules that come with the program besides the usual one."""
    return sorted(path.name for path in (shipped("rules") / "examples").iterdir() if path.is_dir())


def rule_files(name: str) -> dict[Path, Path]:
    """The files of a set by their places below rules/; what the set lacks is taken from the usual one ("")."""
    usual, chosen = shipped("rules"), shipped("rules") / "examples" / name
    files = {path.relative_to(usual): path for path in usual.glob("*.toml")}
    return {**files, **_tree(chosen if name else usual / "tests", below=chosen if name else usual)}


def _usual_language(rules: str) -> str:
    """The language a set of rules is written in: its name ends with it."""
    return next((str(language) for language in Language if rules.endswith(f"-{language}")), "zh-CN")


def _config_text(answers: Answers) -> str:
    """The example configuration with the answers put in, comments and all."""
    text = shipped("config.example.toml").read_text(encoding="utf-8")
    domain = answers.address.rpartition("@")[2]
    swaps = {
        '"Example Manufacturing Co., Ltd."': answers.company,
        '"complaints@company.example"': answers.address,
        '"imap.company.example"': answers.imap,
        '"smtp.company.example"': answers.smtp,
        '"it@company.example"': answers.operator,
        '"company.example"': domain,
    }
    for old, new in swaps.items():
        if new:
            text = text.replace(old, _quoted(new))
    language = answers.language or _usual_language(answers.rules)
    return text.replace('language = "zh-CN"', f'language = "{language}"')


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _write(path: Path, text: str) -> None:
    if path.exists():
        verdict(None, str(path), "is there already and was left alone")
        return
    path.write_text(text, encoding="utf-8")
    verdict(True, str(path))


def _tree(source: Path, below: Path | None = None) -> dict[Path, Path]:
    """Every file of a folder by its place below `below`, the folder itself when left out."""
    return {path.relative_to(below or source): path for path in sorted(source.rglob("*")) if path.is_file()}


def _copy(files: Mapping[Path, Path], target: Path) -> None:
    copied = 0
    for below, path in files.items():
        place = target / below
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
            copied += 1
    verdict(
        True if copied else None, str(target), f"{copied} files" if copied else "is there already and was left alone"
    )
