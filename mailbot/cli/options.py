"""Options that many commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ConfigPath = Annotated[Path, typer.Option("--config", "-c", help="The configuration file.", show_default=True)]
Json = Annotated[bool, typer.Option("--json", help="Print for a machine.")]
HERE = Path("config.toml")
