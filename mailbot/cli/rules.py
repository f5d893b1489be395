"""The words of `mailbot rules …`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mailbot.cli.options import HERE, ConfigPath, Json

rules_app = typer.Typer(help="Check the rule files, try them on examples and on past mails.", no_args_is_help=True)


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
