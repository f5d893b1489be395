"""What every row of the register should show, kept from round to round so that a quiet round costs next to nothing.

Only what changed in the ledger is read again; open cases are worked out anew at each look, for deadlines move with
the time. Everything here can be forgotten at any moment: the ledger is the memory.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from mailbot import rows
from mailbot.core.chasing import Standing, standing
from mailbot.core.model import Case
from mailbot.core.procedure import Procedure
from mailbot.ledger.ledger import Ledger
from sheets.table import Cell

Cells = dict[str, dict[str, Cell]]
QUIET = timedelta(minutes=1)
"""How long a round that found nothing to do stands for the next ones; deadlines need no finer look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Quiet:
    """What a round saw that found nothing to do: register, ledger and agreement, when, and the rows of open cases."""

    stamp: object
    agreed: Mapping[str, Mapping[str, Cell]]
    looked_at: datetime
    moving: Cells


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """The row of an open case, and what it was made from."""

    case: Case
    agreed: Mapping[str, Cell] | None
    at: datetime
    stand: Standing
    row: dict[str, Cell]


@dataclass(slots=True)
class RowBook:
    """The rows wanted. One for each office. `folder` says where staff find the files of a case."""

    ledger: Ledger
    folder: Callable[[str], str]
    procedure: Procedure
    _recordings: tuple[int, int] = (0, 0)
    _open: dict[str, Case] = field(default_factory=dict)
    _shown: dict[str, _Shown] = field(default_factory=dict)
    _closed: Cells = field(default_factory=dict)
    _quiet: _Quiet | None = None

    def wanted(self, now: datetime, agreed: Mapping[str, Mapping[str, Cell]]) -> Cells:
        """Every case's row, spelled as staff spelled it where that means the same."""
        moving = self._moving(now, agreed)
        return {**self._closed, **moving}

    def is_quiet(self, version: str, now: datetime, agreed: Mapping[str, Mapping[str, Cell]]) -> bool:
        """Whether register and ledger stand as a round left them that found nothing to do, and time changed no row."""
        if self._quiet is None or self._quiet.agreed is not agreed or self._quiet.stamp != self._stamp(version):
            return False
        if abs(now - self._quiet.looked_at) >= QUIET:
            if self._moving(now, agreed) != self._quiet.moving:
                return False
            self._quiet = replace(self._quiet, looked_at=now)
        return True

    def found_quiet(self, version: str, now: datetime, agreed: Mapping[str, Mapping[str, Cell]]) -> None:
        """Note that register and ledger were found in line."""
        self._quiet = _Quiet(stamp=self._stamp(version), agreed=agreed, looked_at=now, moving=self._moving(now, agreed))

    def _moving(self, now: datetime, agreed: Mapping[str, Mapping[str, Cell]]) -> Cells:
        """The rows that time can change."""
        self._catch_up(now, agreed)
        return {number: self._row_of_open(case, now, agreed) for number, case in self._open.items()}

    def _row_of_open(self, case: Case, now: datetime, agreed: Mapping[str, Mapping[str, Cell]]) -> dict[str, Cell]:
        """The row of an open case: worked out anew when anything it is made from is another."""
        known, spelled = self._shown.get(case.number), agreed.get(case.number)
        if known is not None and (known.case is not case or known.agreed is not spelled):
            known = None
        if known is not None and known.at == now:
            return known.row
        stand = standing(case, now, self.procedure)
        row = known.row if known is not None and known.stand == stand else self._row(case, stand, agreed)
        self._shown[case.number] = _Shown(case=case, agreed=spelled, at=now, stand=stand, row=row)
        return row

    def _stamp(self, version: str) -> object:
        return version, self.ledger.cases.recordings()

    def _catch_up(self, now: datetime, agreed: Mapping[str, Mapping[str, Cell]]) -> None:
        known, fresh = self._recordings, self.ledger.cases.recordings()
        if fresh == known:
            return
        # What was read inside a transaction that failed afterwards must be read again.
        start = known[0] if known[1] == fresh[1] else 0
        for case in self.ledger.cases.recorded_after(start):
            self._open.pop(case.number, None)
            self._shown.pop(case.number, None)
            self._closed.pop(case.number, None)
            if case.open:
                self._open[case.number] = case
            else:
                self._closed[case.number] = self._row(case, standing(case, now, self.procedure), agreed)
        self._recordings = fresh

    def _row(self, case: Case, stand: Standing, agreed: Mapping[str, Mapping[str, Cell]]) -> dict[str, Cell]:
        # Nothing but the path, so that it can be copied; a complaint typed by hand has no folder.
        shelf = str(case.values.get("files_at") or "")
        place = shelf or (self.folder(case.number) if case.values.get("files") is not None else "")
        shown = rows.cells_of(case, stand, self.procedure, place)
        return rows.as_spelled(shown, agreed.get(case.number, {}), case, self.procedure)
