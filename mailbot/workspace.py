"""What an installation has with Google: its register in a sheet, and a folder for attachments.

MAILBOT_GOOGLE_URL names another place where Google's services are looked for: the local Google of demo and tests.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot import changelog
from mailbot.clock import machine_clock
from mailbot.config import Config, RegisterPart
from mailbot.core.procedure import Procedure
from mailbot.dashboard import dashboard
from mailbot.errors import Permanent, Usage
from mailbot.newbook import TITLES
from mailbot.rows import columns
from sheets.google.address import location_of
from sheets.register import Unreadable

if TYPE_CHECKING:
    from sheets.google.backend import GoogleRegister
    from sheets.google.shelf import Shelf
    from sheets.google.transport import Google


def google_register(config: Config, procedure: Procedure) -> GoogleRegister:
    """The register in a Google Sheet. Raises Usage without the packages, Permanent without a key."""
    try:
        # Not everybody has it: gspread is an extra.
        from sheets.google.backend import GoogleRegister
    except ImportError as error:
        raise _extra_missing() from error
    return GoogleRegister(
        _connected(config),
        config.book.spreadsheet,
        columns(procedure),
        title=config.book.tab or TITLES[config.company.language],
        keep=config.path(config.ledger.data) / "google-sent.json",
        now=machine_clock,
        dashboard=dashboard(procedure, machine_clock()) if config.book.dashboard else None,
    )


def google_changes(config: Config) -> GoogleRegister:
    """The sheet of changes in the same spreadsheet; its first reading makes it. Raises as `google_register` does."""
    try:
        from sheets.google.backend import GoogleRegister
        from sheets.google.tabs import OF_CHANGES
    except ImportError as error:
        raise _extra_missing() from error
    return GoogleRegister(
        _connected(config),
        config.book.spreadsheet,
        changelog.columns(config.company.language),
        title=changelog.TITLES[config.company.language],
        keep=config.path(config.ledger.data) / "google-changes.json",
        now=machine_clock,
        notebook=OF_CHANGES,
    )


def open_shelf(config: Config) -> Shelf | None:
    """The folder in Google Drive the attachments go to, if one is named."""
    if not config.book.drive_folder:
        return None
    try:
        from sheets.google.shelf import Shelf
    except ImportError as error:
        raise _extra_missing() from error
    return Shelf(_connected(config, files=True), config.book.drive_folder)


def _connected(config: Config, *, files: bool = False) -> Google:
    from sheets.google.transport import Endpoints, connect

    elsewhere = os.environ.get("MAILBOT_GOOGLE_URL", "")
    endpoints = Endpoints(sheets=elsewhere, drive=elsewhere) if elsewhere else None
    try:
        return connect(config.path(config.book.credentials), endpoints=endpoints, files=files)
    except Unreadable as error:
        raise Permanent("register", str(error), "see docs/google.md, step 3") from error


def _extra_missing() -> Usage:
    return Usage('Google in [register] needs: pip install "complaint-mailbot[google]"')


def register_place(book: RegisterPart, path: Path) -> str:
    """Where staff find the register, when the configuration does not say it otherwise."""
    return location_of(book.spreadsheet) if book.kind == "google" else str(path)
