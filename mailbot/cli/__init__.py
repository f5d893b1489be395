"""The commands and their options. Only words and wiring stand here; what a command does lies in `commands`.

Exit statuses: 0 all worked, 1 something waits or failed for now, 2 wrong use or a file to correct, 3 a human must act.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from mailbot import __version__
from mailbot.cli.mails import mail_app, outbox_app
from mailbot.cli.options import HERE, ConfigPath, Json
from mailbot.cli.registers import google_app, register_app
from mailbot.cli.reports import report_app
from mailbot.cli.rules import rules_app
from mailbot.core.rulefile import FileProblems
from mailbot.errors import MailbotError, Usage

app = typer.Typer(
    name="mailbot",
    help="Complaint handling with a mailbox and a shared spreadsheet. 客户投诉处理：一个邮箱加一张共享表格。",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for _name, _group in {
    "mail": mail_app,
    "rules": rules_app,
    "report": report_app,
    "outbox": outbox_app,
    "register": register_app,
    "google": google_app,
}.items():
    app.add_typer(_group, name=_name)


def main() -> None:
    """Run a command; every expected error becomes one message and an exit status, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        app()
    except MailbotError as error:
        print(f"mailbot: {error}", file=sys.stderr)
        sys.exit(error.exit_status)
    except FileProblems as error:
        print(f"mailbot: {error}", file=sys.stderr)
        sys.exit(Usage.exit_status)
    except BrokenPipeError:
        sys.exit(0)
    except OSError as error:
        print(f"mailbot: {error.filename or 'a file or server'}: {error.strerror or error}", file=sys.stderr)
        sys.exit(MailbotError.exit_status)


@app.callback(invoke_without_command=True)
def version(show: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False) -> None:
    if show:
        print(__version__)
        raise typer.Exit


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder for what the demo leaves.")] = Path("demo-output"),
    keep: Annotated[bool, typer.Option("--keep", help="Leave the servers running for your own mail client.")] = False,
    language: Annotated[str, typer.Option(help="Language of the register: zh-CN, zh-TW or en.")] = "zh-CN",
    register: Annotated[str, typer.Option(help="excel: a workbook; google: a sheet of a local Google.")] = "excel",
) -> None:
    """Show the whole main job with nothing configured: mails in, rows, letters out, a deadline, the summary."""
    needed = ("aiosmtpd", "pymap", "gspread") if register == "google" else ("aiosmtpd", "pymap")
    if missing := [name for name in needed if find_spec(name) is None]:
        extra = "demo,google" if register == "google" else "demo"
        raise Usage(f"the demo needs {' and '.join(missing)} besides; run: pip install 'complaint-mailbot[{extra}]'")
    from mailbot.demo.play import play

    raise typer.Exit(play(out, language, register=register, keep=keep))


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Where to put config, rules, templates and the register.")] = Path(),
    company: Annotated[str, typer.Option(help="Your company's name.")] = "",
    address: Annotated[str, typer.Option(help="The complaints mailbox, such as complaints@company.example.")] = "",
    imap: Annotated[str, typer.Option(help="IMAP server, such as imap.company.example.")] = "",
    smtp: Annotated[str, typer.Option(help="SMTP server, such as smtp.company.example.")] = "",
    operator: Annotated[str, typer.Option(help="Your own address: who is told when something is broken.")] = "",
    language: Annotated[
        str, typer.Option(help="Language of the register and of mails to staff: zh-CN, zh-TW or en.")
    ] = "",
    rules: Annotated[str, typer.Option(help="Another set of rules to begin with: simple-en (short, English).")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing; take what the options say.")] = False,
) -> None:
    """Write config.toml, the rule files, the templates and an empty register."""
    from mailbot.commands.init import Answers, set_up

    answers = Answers(
        company=company, address=address, imap=imap, smtp=smtp, operator=operator, language=language, rules=rules
    )
    set_up(folder, answers, ask=not yes)


@app.command()
def check(config: ConfigPath = HERE) -> None:
    """Test everything the daemon will need; one line each, with the remedy."""
    from mailbot.commands.check import check_all

    raise typer.Exit(check_all(config))


@app.command()
def run(
    config: ConfigPath = HERE,
    once: Annotated[
        bool, typer.Option("--once", help="Do one full round and end; status 0 when all of it worked.")
    ] = False,
) -> None:
    """Run the daemon: mail in, register both ways, what is due, mail out."""
    from mailbot.commands.run import run_daemon

    raise typer.Exit(run_daemon(config, once=once))


@app.command()
def parse(
    file: Annotated[Path, typer.Argument(help="A mail as a file (.eml); - for standard input.", allow_dash=True)],
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="Use this configuration's rules and domains.")
    ] = None,
    own_domain: Annotated[list[str] | None, typer.Option(help="A domain of your own company; may be repeated.")] = None,
    json: Json = False,
) -> None:
    """Show what the bot understands of a mail, each field with the sentence it came from, and the verdict."""
    from mailbot.commands.parse import show_parse

    show_parse(file, config, own_domain or [], as_json=json)


@app.command()
def status(config: ConfigPath = HERE, json: Json = False) -> None:
    """Show the mail balance, the queue, the register, what is overdue, and since when each part works or fails."""
    from mailbot.commands.status import show_status

    raise typer.Exit(show_status(config, as_json=json))


@app.command()
def case(
    number: Annotated[str, typer.Argument(help="The complaint number, such as CP-2026-000123.")],
    config: ConfigPath = HERE,
    json: Json = False,
) -> None:
    """Show the whole history of a case: mails, decisions and why, edits, letters, deadlines."""
    from mailbot.commands.case import show_case

    show_case(config, number, as_json=json)


@app.command()
def history(
    since: Annotated[str, typer.Option(help="From when on: 2026-03-01, '2026-03-01 09:30', 36h, 7d or 2w.")] = "24h",
    config: ConfigPath = HERE,
    json: Json = False,
) -> None:
    """Show what happened to all cases since a moment, oldest first."""
    from mailbot.commands.history import show_history

    show_history(config, since, as_json=json)


@app.command()
def preview(
    name: Annotated[str, typer.Argument(help="The letter, such as acknowledgement, plan or reminder.")],
    config: ConfigPath = HERE,
    case: Annotated[str, typer.Option(help="Fill it in from this case; left out: with the examples.")] = "",
    language: Annotated[str, typer.Option(help="zh-CN, zh-TW or en; left out: the reader's.")] = "",
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path(),
) -> None:
    """Write a letter as text, HTML and (with a browser at hand) picture. Sends nothing."""
    from mailbot.commands.preview import preview as show

    show(config, name, case, language, out)
