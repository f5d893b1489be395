"""The model test is tested: each of these mistakes in the merge must be found by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from desk import Desk
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from test_register_model import SharedTable

from sheets import identity as identity_module
from sheets import merge as merge_module
from sheets.merge import Verdict, merge, verdict
from sheets.table import AppendRow, Cell, Edit, Owner, Plan, SetCell

Merge = Callable[..., Plan]
Cells = Mapping[str, Mapping[str, Cell]]

pytestmark = pytest.mark.slow

SEARCH: Any = identity_module._Search
SETTINGS = settings(
    max_examples=3000,  # ends at the first finding
    stateful_step_count=30,
    phases=[Phase.generate],
    database=None,
    deadline=None,
    derandomize=True,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


def forgets_what_it_may_have_written(columns: Any, base: Cells, ours: Cells, theirs: Any, **_: Cells) -> Plan:
    return merge(columns, base, ours, theirs)


def compares_two_ways_only(columns: Any, base: Cells, ours: Cells, theirs: Any, **_: Cells) -> Plan:
    waiting = {identity: cells for identity, cells in base.items() if cells.get("number") is None}
    return merge(columns, waiting, ours, theirs)


def lets_ours_win(*inputs: Any, **more: Cells) -> Plan:
    plan = merge(*inputs, **more)
    lost = tuple(
        SetCell(
            position=plan.positions[edit.identity],
            identity=edit.identity,
            column=edit.column,
            expected=edit.new,
            value=inputs[2][edit.identity][edit.column],
        )
        for edit in plan.conflicts
    )
    kept = tuple(edit for edit in plan.edits if edit not in plan.conflicts)
    return replace(plan, edits=kept, conflicts=(), changes=(*lost, *plan.changes))


def restores_nothing(*inputs: Any, **more: Cells) -> Plan:
    plan = merge(*inputs, **more)
    kept = (c for c in plan.changes if not (isinstance(c, AppendRow) and c.identity in plan.restored))
    return replace(plan, changes=tuple(kept))


def takes_copies_for_new_rows(*inputs: Any, **more: Cells) -> Plan:
    plan = merge(*inputs, **more)
    return replace(plan, typed=(*plan.typed, *plan.copies))


def credits_the_whole_row(*inputs: Any, **more: Cells) -> Plan:
    plan = merge(*inputs, **more)
    touched = {edit.identity for edit in plan.edits}
    rows = {row.position: row for row in inputs[3].rows}
    whole = (
        Edit(identity=identity, column=column, old=None, new=rows[plan.positions[identity]].cells[column])
        for identity in touched
        for column in ("description", "batch", "cause")
    )
    return replace(plan, edits=tuple(whole))


@contextmanager
def patched(owner: Any, name: str, value: object) -> Iterator[Merge]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, value)
        yield merge


def lets_people_own_bot_cells(_: Owner, agreed: Cell, wanted: Cell, stands: Cell) -> Verdict:
    return verdict(Owner.SHARED, agreed, wanted, stands)


PLANS: list[Merge] = [
    forgets_what_it_may_have_written,
    compares_two_ways_only,
    lets_ours_win,
    restores_nothing,
    takes_copies_for_new_rows,
    credits_the_whole_row,
]
PATCHES: list[tuple[str, Any, str, object]] = [
    ("lets people own bot cells", merge_module, "verdict", lets_people_own_bot_cells),
    ("forgets waiting rows", SEARCH, "by_likeness", lambda _: None),
    ("ignores fingerprints", SEARCH, "_print", lambda *_: ()),
]


def assert_found(plan: Merge) -> None:
    class BadDesk(Desk):
        merge = staticmethod(plan)

    class BadTable(SharedTable):
        desk_type = BadDesk

    with pytest.raises((AssertionError, KeyError)):
        run_state_machine_as_test(BadTable, settings=SETTINGS)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.__name__)
def test_a_wrong_plan_is_found(plan: Merge) -> None:
    assert_found(plan)


@pytest.mark.parametrize(("owner", "name", "value"), [patch[1:] for patch in PATCHES], ids=[p[0] for p in PATCHES])
def test_a_broken_part_is_found(owner: Any, name: str, value: object) -> None:
    with patched(owner, name, value):
        assert_found(merge)
