"""`mailbot init`: a folder with everything an installation needs, ready to be filled in."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path

from mailbot import config as configuration
from mailbot.clock import system_clock
from mailbot.commands.terminal import ask_for, ask_secret, line, verdict
from mailbot.config import Config
from mailbot.core.model import Language
from mailbot.errors import Usage
from mailbot.newbook import create_register
from mailbot.shipped import shipped
from mailbot.wiring import open_procedure
from mailbot.workspace import google_changes, google_register
from sheets.register import RegisterError


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


LOGIN_FILE = "mail.password"
LOGIN_QUESTION = (
    "The mailbox's password or 授权码, not shown; Enter: later / 邮箱密码或授权码（不显示；回车：以后再填）"
)
QUESTIONS = {
    "company": "Your company's name / 公司名称",
    "address": "The complaints mailbox / 投诉邮箱",
    "imap": "IMAP server, such as imap.company.example / 收信服务器 (IMAP)",
    "smtp": "SMTP server, such as smtp.company.example / 发信服务器 (SMTP)",
    "operator": "Your own address, for alarms / 您自己的邮箱（接收故障通知）",
    "language": "Language of the register / 台账语言 (zh-CN, zh-TW, en)",
}


def set_up(folder: Path, answers: Answers, *, ask: bool) -> None:
    """Write what is not there yet; nothing that exists is touched. Raises Usage for an answer that cannot be."""
    if folder.exists() and not folder.is_dir():
        raise Usage(f"{folder} is a file; name a folder")
    answers = _asked(answers) if ask else answers
    _check(answers)
    folder.mkdir(parents=True, exist_ok=True)
    if ask and not (folder / LOGIN_FILE).exists() and (password := ask_secret(LOGIN_QUESTION)):
        _write_private(folder / LOGIN_FILE, password + "\n")
    _write(folder / "config.toml", config_text(answers, in_file=(folder / LOGIN_FILE).exists()))
    _copy(rule_files(answers.rules), folder / "rules")
    _copy(_tree(shipped("templates")), folder / "templates")
    _make_register(configuration.load(folder / "config.toml"))
    line()
    line("Next: 1. put your people into rules/routing.toml  2. see to the password in config.toml  3. mailbot check")
    line("下一步：1. 在 rules/routing.toml 中填写人员  2. 确认 config.toml 中的密码来源  3. 运行 mailbot check")


def _make_register(config: Config) -> None:
    """An empty workbook, or the headings of a Google Sheet; in one that has them only what is missing."""
    loaded = open_procedure(config)
    if config.book.kind == "google":
        register = google_register(config, loaded.procedure)
        try:
            register.set_up()
            register.read()
            if config.book.history_sheet:
                google_changes(config).set_up()
        except RegisterError as error:
            verdict(False, register.location(), str(error), "see docs/google.md; then run `mailbot init` again")
        else:
            verdict(True, register.location(), "the register is ready")
        return
    path = config.path(config.book.path)
    if path.exists():
        verdict(None, str(path), "is there already and was left alone")
        return
    create_register(path, config, loaded.procedure, now=system_clock())
    verdict(True, str(path), "an empty register")


def _asked(answers: Answers) -> Answers:
    for name, question in QUESTIONS.items():
        if not getattr(answers, name):
            usual = _usual_language(answers.rules) if name == "language" else ""
            said = ask_for(question, usual, partial(_fault, name))
            answers = replace(answers, **{name: said})
    return answers


def _check(answers: Answers) -> None:
    for field in fields(answers):
        if (said := getattr(answers, field.name)) and (wrong := _fault(field.name, said)):
            raise Usage(f"--{field.name} {wrong}")


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


def _fault(name: str, said: str) -> str:
    """What is wrong with an answer, in both languages of the questions; empty when it can be."""
    if name in ("address", "operator") and not re.fullmatch(configuration.ADDRESS, said):
        return f"{said!r} is not an e-mail address / 不是邮箱地址"
    if name in ("imap", "smtp") and not re.fullmatch(r"[\w.:-]+", said):
        return f"{said!r} is not the name of a server / 不是服务器名称"
    if name == "language" and said not in list(Language):
        return f"{said!r}: must be one of / 只能是 {', '.join(Language)}"
    if name == "rules" and said not in rule_sets():
        return f"{said!r}: must be one of {', '.join(rule_sets())}"
    return ""


def config_text(answers: Answers, *, in_file: bool = False) -> str:
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
    if in_file:
        text = re.sub(r'^password = \{ env = "\w+" \}', f'password = {{ file = "{LOGIN_FILE}" }}', text, flags=re.M)
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


def _write_private(path: Path, text: str) -> None:
    """A file only its owner may read, from the first moment on."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    verdict(True, str(path), "only you can read it")


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
