"""How cells look: colours, widths and formats as Google wants them."""

from __future__ import annotations

from typing import Any

from sheets.board.page import Spot

_WEIGHTS = {"thin": "SOLID", "medium": "SOLID_MEDIUM", "thick": "SOLID_THICK"}
_PIXELS_A_CHARACTER = 7
_PIXELS_A_POINT = 4 / 3


def colour(rgb: str) -> dict[str, float]:
    """A colour given as RRGGBB."""
    parts = (int(rgb[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return dict(zip(("red", "green", "blue"), parts, strict=True))


def wide(characters: float) -> int:
    """Pixels for so many characters, and a little room."""
    return round(characters * _PIXELS_A_CHARACTER) + 5


def high(points: float) -> int:
    """Pixels for a row so high."""
    return round(points * _PIXELS_A_POINT)


def look(spot: Spot) -> dict[str, Any]:
    """The format of a cell of a dashboard."""
    text = {"fontSize": spot.size, "bold": spot.bold, "italic": spot.italic, "foregroundColor": colour(spot.color)}
    found: dict[str, Any] = {"textFormat": text, "verticalAlignment": "MIDDLE"}
    if spot.form:
        found["numberFormat"] = {"type": _kind(spot.form), "pattern": spot.form}
    if spot.fill:
        found["backgroundColor"] = colour(spot.fill)
    if spot.align:
        found["horizontalAlignment"] = spot.align.upper()
    lines = {"bottom": spot.below, "left": spot.before}
    if borders := {edge: _line(*line) for edge, line in lines.items() if line}:
        found["borders"] = borders
    return found


def _line(weight: str, rgb: str) -> dict[str, Any]:
    return {"style": _WEIGHTS[weight], "color": colour(rgb)}


def _kind(form: str) -> str:
    """What a number format shows: moments, days, parts of a hundred or plain numbers."""
    if "yyyy" in form:
        return "DATE_TIME" if "hh" in form else "DATE"
    return "PERCENT" if "%" in form else "NUMBER"
