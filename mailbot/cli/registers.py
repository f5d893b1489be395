"""The words of `mailbot register …` and `mailbot google …`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mailbot.cli.options import HERE, ConfigPath

register_app = typer.Typer(
    help="Take over an existing register, compare it with the ledger, make it anew.", no_args_is_help=True
)
google_app = typer.Typer(help="A register in a Google Sheet: log in as a person.", no_args_is_help=True)


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


@google_app.command("login")
def google_login(
    client: Annotated[Path, typer.Argument(help="The file of an OAuth client of type Desktop app.")],
    console: Annotated[bool, typer.Option("--console", help="The browser is on another machine.")] = False,
    config: ConfigPath = HERE,
) -> None:
    """Let mailbot work in Google sheets under a person's account, instead of a service account."""
    from mailbot.commands.google import login

    raise typer.Exit(login(config, client, console=console))
