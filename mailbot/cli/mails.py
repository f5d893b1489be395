"""The words of `mailbot outbox …` and `mailbot mail …`: letters and mails that wait for a human."""

from __future__ import annotations

from typing import Annotated

import typer

from mailbot.cli.options import HERE, ConfigPath, Json

outbox_app = typer.Typer(help="Letters that wait: list, release, resend, drop.", invoke_without_command=True)
mail_app = typer.Typer(help="Mails a human must look at: list, show, file again.", no_args_is_help=True)


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
    "release": "Let a held letter go out.",
    "resend": "Send a failed or doubtful letter again: the same bytes, the same Message-ID.",
    "sent": "Say that a letter in doubt did arrive.",
    "drop": "Never send this letter.",
}.items():
    _letter_command(_verb, _text)


@outbox_app.command("show")
def outbox_show(
    context: typer.Context,
    letter: Annotated[int, typer.Argument(help="The letter's number in the list.")],
    raw: Annotated[bool, typer.Option("--raw", help="The bytes as they are or were sent.")] = False,
) -> None:
    """Print a letter to be read: why it waits, whom it goes to, its text."""
    from mailbot.commands.outbox import show_letter

    show_letter(context.obj, letter, raw=raw)


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
