"""Values as JSON text and back, without losing a type.

Everything the ledger keeps as JSON passes through here. Plain JSON stays plain, so that a person with a database shell
can read it; what JSON does not know is an object with one `$` key. A datetime comes back as it went in: naive stays
naive, aware comes back in UTC. Whatever has no lossless form is refused when written, not discovered when read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

_PLAIN = frozenset({str, int, float, bool, type(None)})


def dumps(value: Any) -> str:
    """Write `value` (plain values, date, datetime, tuple, list, mapping) as JSON text. Raises TypeError for others."""
    packed = _pack(value)
    text = json.dumps(packed, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:  # half a surrogate pair, as broken mails carry: escaped, no database refuses it
        return json.dumps(packed, separators=(",", ":"))
    return text


def loads(text: str) -> Any:
    """Read what `dumps` wrote."""
    return json.loads(text, object_hook=_revive)


def _pack(value: Any) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    if isinstance(value, Mapping):
        return _pack_mapping(value)
    for known, pack in _PACKERS:
        if isinstance(value, known):
            return pack(value)
    raise TypeError(f"cannot keep a {kind.__name__}: {value!r}")


def _pack_mapping(value: Mapping[Any, Any]) -> dict[str, Any]:
    if all(isinstance(key, str) and key[:1] != "$" for key in value):
        return {str(key): _pack(item) for key, item in value.items()}
    return {"$map": [[_pack(key), _pack(item)] for key, item in value.items()]}


def _pack_datetime(value: datetime) -> dict[str, str]:
    return {"$time": (value.astimezone(UTC) if value.tzinfo else value).isoformat()}


def _revive(found: dict[str, Any]) -> Any:
    if len(found) == 1:
        [(key, item)] = found.items()
        if revive := _REVIVERS.get(key):
            return revive(item)
    return found


_PACKERS: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (str, str.__str__),  # enumerations are kept by their value
    (bool, bool),
    (int, int),
    (float, float),
    (datetime, _pack_datetime),  # before date: a datetime is a date too
    (date, lambda value: {"$date": value.isoformat()}),
    (tuple, lambda value: {"$tuple": [_pack(item) for item in value]}),
    (list, lambda value: [_pack(item) for item in value]),
)
_REVIVERS: Mapping[str, Callable[[Any], Any]] = {
    "$date": date.fromisoformat,
    "$time": datetime.fromisoformat,
    "$tuple": tuple,
    "$map": dict,
}
