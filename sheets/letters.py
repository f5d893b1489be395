"""Columns by their letters, as people and formulas name them in every spreadsheet. Columns count from 1."""

from __future__ import annotations


def number(column: str) -> int:
    """`A` is 1, `AA` is 27."""
    value = 0
    for letter in column.upper():
        value = value * 26 + ord(letter) - 64
    return value


def letters(column: int) -> str:
    """1 is `A`, 27 is `AA`."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
