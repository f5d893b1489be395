"""A case as text and back.

The one place that knows how a `Case` lies in the ledger. A field added to the model later comes back with its default
from an older record; a field that was dropped is passed over, so old records stay readable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from mailbot.core.model import Case, Language, Pause, Reason, Visit
from mailbot.ledger import codec

_NOUNS = (Case, Visit, Pause, Reason)
_NAMES: Mapping[Any, tuple[str, ...]] = {noun: tuple(f.name for f in fields(noun)) for noun in _NOUNS}
_NESTED: Mapping[str, Callable[..., Any]] = {"visits": Visit, "pauses": Pause, "reasons": Reason}


def dump(case: Case) -> str:
    """Write the whole case as text."""
    state = _state(case)
    for name in _NESTED:
        state[name] = [_state(item) for item in state[name]]
    return codec.dumps(state)


def load(text: str) -> Case:
    """Read what `dump` wrote."""
    state = codec.loads(text)
    for name, noun in _NESTED.items():
        state[name] = [_noun(noun, item) for item in state.get(name, ())]
    state["language"] = Language(state["language"])
    case: Case = _noun(Case, state)
    return case


def _state(noun: Case | Visit | Pause | Reason) -> dict[str, Any]:
    # Tuples of the model lie as lists: the fields are known to be tuples, the text stays short.
    found = {name: getattr(noun, name) for name in _NAMES[type(noun)]}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def _noun(noun: Callable[..., Any], state: Mapping[str, Any]) -> Any:
    known = {name: state[name] for name in _NAMES[noun] if name in state}
    return noun(**{name: tuple(value) if isinstance(value, list) else value for name, value in known.items()})
