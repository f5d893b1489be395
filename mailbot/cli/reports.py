"""The words of `mailbot report …`; what the commands do is in `commands.report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mailbot.cli.options import HERE, ConfigPath

report_app = typer.Typer(help="Print or send a report now.", no_args_is_help=True)


@report_app.command("daily")
def report_daily(
    config: ConfigPath = HERE,
    to: Annotated[str, typer.Option(help="Send it to this address instead of printing it.")] = "",
    html: Annotated[bool, typer.Option("--html", help="Print the HTML instead of the text.")] = False,
) -> None:
    """Print the daily summary as of now, or send it."""
    from mailbot.commands.report import daily

    daily(config, to, html=html)


@report_app.command("monthly")
def report_monthly(
    config: ConfigPath = HERE,
    month: Annotated[str, typer.Option(help="The month as 2026-03; left out: the last one.")] = "",
    to: Annotated[str, typer.Option(help="Send it, with its workbook, to this address instead of printing it.")] = "",
    out: Annotated[Path | None, typer.Option(help="Write the workbook to this file instead of printing.")] = None,
) -> None:
    """Print a month's figures, write them as a workbook with charts, or send both."""
    from mailbot.commands.report import monthly

    monthly(config, month, to, out)


@report_app.command("case")
def report_case(
    number: Annotated[str, typer.Argument(help="The case's number.")],
    config: ConfigPath = HERE,
    form: Annotated[str, typer.Option(help="8d or case; left out: what `eight_d` of stages.toml says.")] = "",
    out: Annotated[Path | None, typer.Option(help="The file to write; left out: NUMBER-FORM.xlsx here.")] = None,
) -> None:
    """Write the report of one case as a workbook: an 8D, or a plain complaint report."""
    from mailbot.commands.report import of_case

    of_case(config, number, form, out)
