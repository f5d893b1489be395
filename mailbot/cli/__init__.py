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
from mailbot.cli.reports import report_app
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
rules_app = typer.Typer(help="Check the rule files, try them on examples and on past mails.", no_args_is_help=True)
outbox_app = typer.Typer(help="Letters that wait: list, release, resend, drop.", invoke_without_command=True)
mail_app = typer.Typer(help="Mails a human must look at: list, show, file again.", no_args_is_help=True)
app.add_typer(mail_app, name="mail")
app.add_typer(rules_app, name="rules")
app.add_typer(report_app, name="report")
app.add_typer(outbox_app, name="outbox")
register_app = typer.Typer(
    help="Take over an existing register, compare it with the ledger, make it anew.", no_args_is_help=True
)
app.add_typer(register_app, name="register")

ConfigPath = Annotated[Path, typer.Option("--config", "-c", help="The configuration file.", show_default=True)]
Json = Annotated[bool, typer.Option("--json", help="Print for a machine.")]
HERE = Path("config.toml")


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


@outbox_app.callback()
def outbox(context: typer.Context, config: ConfigPath = HERE, json: Json = False) -> None:
    if context.invoked_subcommand is None:
        from mailbot.commands.outbox import show_outbox

        show_outbox(config, as_json=json)
    context.obj = config


def _letter_command(verb: str, text: str) -> None:
    def act(
        context: typer.Context, letter: Annotated[int, typer.Argument(help="The letter's number in the list.")]
    ) -> None:
        from mailbot.commands.outbox import act_on

        act_on(context.obj, verb, letter)

    act.__doc__ = text
    outbox_app.command(verb)(act)


for _verb, _text in {
    "show": "Print a letter as it is or was sent.",
    "release": "Let a held letter go out.",
    "resend": "Send a failed or doubtful letter again: the same bytes, the same Message-ID.",
    "sent": "Say that a letter in doubt did arrive.",
    "drop": "Never send this letter.",
}.items():
    _letter_command(_verb, _text)


@mail_app.command("list")
def mail_list(
    config: ConfigPath = HERE,
    end: Annotated[str, typer.Option(help="List the mails of this end instead, such as automatic.")] = "",
    json: Json = False,
) -> None:
    """List the mails that were set aside or are no complaint: those a human must look at."""
    from mailbot.commands.mail import list_mails

    list_mails(config, end, as_json=json)


MailNumber = Annotated[int, typer.Argument(help="The mail's number in the list.")]


@mail_app.command("show")
def mail_show(number: MailNumber, config: ConfigPath = HERE, json: Json = False) -> None:
    """Show what became of a mail, where its original lies, and what the bot understands of it."""
    from mailbot.commands.mail import show_mail

    show_mail(config, number, as_json=json)


@mail_app.command("refile")
def mail_refile(
    number: MailNumber,
    config: ConfigPath = HERE,
    as_kind: Annotated[str, typer.Option("--as", help="What it is: complaint.")] = "",
    to: Annotated[str, typer.Option(help="The complaint it belongs to, such as CP-2026-000123.")] = "",
) -> None:
    """File a mail again: judged anew by today's rules, as a complaint, or into a case. The daemon does it."""
    from mailbot.commands.mail import refile_mail

    refile_mail(config, number, as_kind=as_kind, to=to)


@register_app.command("adopt")
def register_adopt(
    file: Annotated[Path, typer.Argument(help="The workbook your company kept so far.", exists=True, dir_okay=False)],
    config: ConfigPath = HERE,
    sheet: Annotated[str, typer.Option(help="The sheet; left out: the one with most known headings.")] = "",
    row: Annotated[int, typer.Option(help="The row of the headings; left out: it is found.", min=0)] = 0,
    column: Annotated[
        list[str] | None, typer.Option(help="HEADING=KEY, or HEADING=- for a column to be left alone; may be repeated.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing; what is not clear is left alone.")] = False,
) -> None:
    """Take over a register you kept by hand: shows what it makes of it, asks, and changes nothing before a yes."""
    from mailbot.commands.adopt import adopt

    raise typer.Exit(adopt(config, file, sheet=sheet, row=row, said=column or [], yes=yes))


@register_app.command("upgrade")
def register_upgrade(
    config: ConfigPath = HERE,
    everything: Annotated[bool, typer.Option("--all", help="Every column the rules know, needed or not.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Add the columns on the right that the rules know and the register lacks; all else stays as it is."""
    from mailbot.commands.upgrade import upgrade

    raise typer.Exit(upgrade(config, everything=everything, yes=yes))


@register_app.command("verify")
def register_verify(config: ConfigPath = HERE) -> None:
    """Compare the register with the ledger and list what differs; changes nothing."""
    from mailbot.commands.register import verify

    raise typer.Exit(verify(config))


@register_app.command("rebuild")
def register_rebuild(
    config: ConfigPath = HERE,
    out: Annotated[Path | None, typer.Option(help="The file to write; left out: the register itself, if gone.")] = None,
) -> None:
    """Write a new register with every case of the ledger."""
    from mailbot.commands.register import rebuild

    raise typer.Exit(rebuild(config, out))


@rules_app.command("check")
def rules_check(
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="Check the rules of this configuration.")
    ] = None,
) -> None:
    """Check every rule file and template; each problem with its file and line."""
    from mailbot.commands.rules import check_rules

    raise typer.Exit(check_rules(config))


@rules_app.command("test")
def rules_test(
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="Try the rules and examples of this configuration.")
    ] = None,
) -> None:
    """Try the examples kept beside the rules (rules/tests/*.toml); what comes out otherwise is told with its reason."""
    from mailbot.commands.rulestest import try_rules

    raise typer.Exit(try_rules(config))


@rules_app.command("simulate")
def rules_simulate(
    config: ConfigPath = HERE,
    since: Annotated[str, typer.Option(help="How far back: 90d, 12w, or a day such as 2026-03-01.")] = "90d",
    rules: Annotated[
        Path | None, typer.Option(help="A folder with changed rule files; a file it lacks is the installation's.")
    ] = None,
    json: Json = False,
) -> None:
    """Replay past mails and open cases under changed rules and list what would differ. Writes nothing."""
    from mailbot.commands.simulate import simulate

    raise typer.Exit(simulate(config, since, rules, as_json=json))
