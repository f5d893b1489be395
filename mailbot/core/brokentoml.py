"""Where a text that is not TOML goes wrong, in words for the person who typed it.

The reader says where it stumbled, and of a bracket or a string nobody closed it notices only far below, often at the
very end, where it names no line. What was left open is found here, without understanding the text otherwise.
"""

from __future__ import annotations

import re

_PLACE = re.compile(r"\(at line (\d+), column \d+\)")
_TOKEN = re.compile(
    r"""
      \"{3} (?: \\. | [^\\] )*? \"{3,5} | '{3} .*? '{3,5}   # a long string, which may end in quotation marks of its own
    | (?P<open> \"{3} | '{3} )                              # one that never ends
    | \" (?: \\. | [^"\\\n] )* \" | '[^'\n]*' | [#] [^\n]*  # a string on one line, a comment
    | (?P<begin> [\[{] ) | (?P<end> [\]}] )
    """,
    re.VERBOSE | re.DOTALL,
)
_ENDS = {"[": "]", "{": "}"}
_PLAIN = dict(zip("“”‘’＂＝，［］｛｝＃", '""\'\'"=,[]{}#', strict=True)) | {"、": ","}
"""Signs a Chinese keyboard gives where TOML wants the plain ones."""
_FOREIGN = re.compile(f"[{''.join(_PLAIN)}]")


def explained(said: str, text: str) -> tuple[int, str]:
    """Say in which line (from 1) of `text` the reader stumbled, and what to do about what it `said`."""
    place = _PLACE.search(said)
    line = int(place[1]) if place else text.rstrip().count("\n") + 1
    return line, f"is not valid TOML: {said}{_left_open(text, line)}{_foreign(text.split(chr(10))[line - 1])}"


def _left_open(text: str, line: int) -> str:
    """Name what was opened above the line, or in it, and is closed nowhere."""
    standing: list[re.Match[str]] = []
    for token in _TOKEN.finditer(text):
        if token["begin"]:
            standing.append(token)
        elif token["end"] and standing and _ENDS[standing[-1][0]] == token[0]:
            standing.pop()
        elif token["open"] or (token["end"] and standing):  # all from here on belongs to it, or stands in its place
            standing = [token] if token["open"] else standing[-1:]
            break
    first = next(iter(standing), None)
    if first is None or (begun := text.count("\n", 0, first.start()) + 1) > line:
        return ""
    return f"; the {first[0]} in line {begun} is never closed"


def _foreign(written: str) -> str:
    found = _FOREIGN.search(re.sub(r'"[^"]*"', "", written))
    return f"; write {_PLAIN[found[0]]} instead of {found[0]}" if found else ""
