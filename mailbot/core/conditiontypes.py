"""What the fields and functions of a condition can be, and which values count as such."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Choice:
    """The type of a field that holds one of `keys`."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """The type of a field that holds one of `keys`, ordered from the least to the most."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fields:
    """The type of an argument that is one field or several themselves, not what stands in them."""


FIELDS = Fields()

Type = type | Choice | Scale
"""bool, int, float, str, date, datetime, a Choice or a Scale; int and float are both numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """Something a condition may call: `call(values, *arguments)`, with the types of its arguments and its answer.

    An argument that is an empty field arrives as None, FIELDS as a tuple of names; an answer of None counts as empty.
    `told` is called like `call` and says in words what was found, for the reasons of a verdict; empty: nothing.
    """

    takes: tuple[Type | Fields, ...]
    gives: Type
    call: Callable[..., Any]
    told: Callable[..., str] | None = None


def family(kind: Type) -> str:
    """What people call a value of this type; only values of one family can be compared."""
    return "text" if isinstance(kind, Choice | Scale) else _FAMILIES[kind]


def reader(kind: Type) -> Callable[[Any], Any]:
    """A function that gives back a value of this type, and None for an empty one or one of another type."""
    if isinstance(kind, Choice | Scale):
        keys = frozenset(kind.keys)
        return lambda value: value if isinstance(value, str) and value in keys else None
    wanted = family(kind)
    return lambda value: value if value != "" and _family_of(value) == wanted else None


def _family_of(value: Any) -> str:
    # The nearest type counts: a yes is an int too, and a datetime a date.
    return next((_FAMILIES[kind] for kind in type(value).__mro__ if kind in _FAMILIES), "")


_FAMILIES: dict[type, str] = {
    bool: "yes or no",
    int: "number",
    float: "number",
    str: "text",
    date: "date",
    datetime: "date with time",
    type(None): "nothing",
}

COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
