"""A new register workbook for an installation: its columns, its title, its dashboard where one is wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from mailbot import changelog
from mailbot.config import Config
from mailbot.core.model import Language
from mailbot.core.procedure import Procedure
from mailbot.dashboard import dashboard
from mailbot.rows import columns
from sheets.excel.create import create
from sheets.table import Cell

TITLES = {Language.ZH_CN: "投诉台账", Language.ZH_TW: "客訴登記表", Language.EN: "Complaints"}
"""What the sheet of a new register is called."""


def create_register(
    path: Path, config: Config, procedure: Procedure, rows: Sequence[Mapping[str, Cell]] = (), *, now: datetime
) -> None:
    """Make the workbook with these rows. Raises FileExistsError when there is a file already."""
    language = config.company.language
    board = dashboard(procedure, now) if config.book.dashboard else None
    log = (changelog.TITLES[language], changelog.columns(language)) if config.book.history_sheet else None
    create(path, columns(procedure), TITLES[language], rows=rows, dashboard=board, log=log)
