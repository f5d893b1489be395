"""Everything one installation works with, as one value handed to the steps. Built by `wiring`; decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.changesheet import ChangeSheet
from mailbot.config import Config
from mailbot.core.procedure import Procedure
from mailbot.core.rulebook import Rules
from mailbot.correspondence import Correspondence
from mailbot.ledger.archive import Archive
from mailbot.ledger.ledger import Ledger
from mailbot.mail.addresses import OwnAddresses
from mailbot.mail.bounded import Reader
from mailbot.mail.sender import Sender
from mailbot.mail.source import Source
from mailbot.precedents import Precedents
from mailbot.rowbook import RowBook
from mailbot.shipments import ShipmentList
from sheets.register import Register

if TYPE_CHECKING:
    from sheets.google.shelf import Shelf  # not everybody has what it needs


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """One installation. `account` names the mailbox in the ledger; `own` says whose mail is staff's.

    `changes` keeps the sheet of changes where there is one.
    `revise` gives the office to work in from a moment on: this one, or one with rule files that changed meanwhile.
    `shelf` is where attachments are put for staff besides, when there is such a place.
    """

    config: Config
    account: str
    own: OwnAddresses
    procedure: Procedure
    rules: Rules
    correspondence: Correspondence
    ledger: Ledger
    archive: Archive
    reader: Reader
    source: Source
    sender: Sender
    register: Register
    changes: ChangeSheet | None
    rowbook: RowBook
    shipments: ShipmentList
    precedents: Precedents
    secret: bytes
    home: Path
    revise: Callable[[Office, datetime], Office]
    shelf: Shelf | None = None
