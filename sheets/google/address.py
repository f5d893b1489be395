"""Where a spreadsheet is: its id and its address in a browser. Needs nothing but text."""

from __future__ import annotations

import re

_URL = re.compile(r"/d/([A-Za-z0-9_-]{20,})")


def book_id(text: str) -> str:
    """A spreadsheet's id, given as such or within its address."""
    found = _URL.search(text)
    return found[1] if found else text.strip()


def location_of(text: str) -> str:
    """A spreadsheet's address, given its id or any of its addresses."""
    return f"https://docs.google.com/spreadsheets/d/{book_id(text)}/edit"
