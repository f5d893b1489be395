"""How things look in the terminal: tables, lines that say ok or not, times in the company's zone. The home of rich."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.prompt import Prompt
from rich.table import Table

console = Console(highlight=False, soft_wrap=True)
GAP = "  "
SHORT = 20
"""A column no wider than this (a number, a time, a state) is never broken over two lines."""
LEAST = 13
"""What every other column needs at least; a terminal that cannot give it shows blocks instead of a table."""


def local(moment: datetime | None, zone: ZoneInfo) -> str:
    """A moment in the company's zone, to the minute, with the zone's name."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z") if moment else ""


def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; foreign text in it is never taken for markup. Too wide for the terminal: one block a row."""
    listed, paper = [tuple(row) for row in rows], Console(highlight=False)
    if title:
        heading(title)
    widths = [max(map(cell_len, column)) for column in zip(heads, *listed, strict=True)]
    short = [width for width in widths if width <= SHORT]
    room = paper.width - sum(short) - len(GAP) * (len(widths) - 1)
    if room < LEAST * (len(widths) - len(short)) and sum(widths) > room + sum(short):
        _blocks(paper, heads, listed)
        return
    made = Table(box=None, show_edge=False, pad_edge=False, padding=(0, len(GAP), 0, 0), header_style="bold")
    for head, width in zip(heads, widths, strict=True):
        made.add_column(head, overflow="fold", no_wrap=width <= SHORT)
    for row in listed:
        made.add_row(*map(escape, row))
    paper.print(made)


def _blocks(paper: Console, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Each row as its first cell, then a line for every other one that says something."""
    for first, *rest in rows:
        paper.print(f"[bold]{escape(first)}[/]")
        block = Table.grid(padding=(0, len(GAP), 0, 0))
        block.add_column(no_wrap=True)
        block.add_column(overflow="fold")
        for head, cell in zip(heads[1:], rest, strict=True):
            if cell:
                block.add_row(GAP + head, escape(cell))
        paper.print(block)


def verdict(ok: bool | None, what: str, detail: str = "", remedy: str = "") -> None:
    """Print one line of a check: ✓, ✗ or – with what was found and what to do."""
    mark = {True: "[green]✓[/]", False: "[red]✗[/]", None: "[yellow]–[/]"}[ok]
    console.print(f"{mark} {escape(what)}" + (f": {escape(detail)}" if detail else ""))
    if remedy:
        console.print(f"    → {escape(remedy)}")


def heading(text: str) -> None:
    """Print a heading."""
    console.print(f"\n[bold]{escape(text)}[/]")


def line(text: str = "") -> None:
    """Print a line as it is."""
    console.print(escape(text))


def panel(title: str, text: str) -> None:
    """Print a text in a frame."""
    Console(highlight=False).print(Panel(escape(text), title=escape(title), title_align="left"))


def ask_for(question: str, usual: str, fault: Callable[[str], str]) -> str:
    """Ask the operator until `fault` finds none in the answer; `usual` is what Enter means, "" for nothing."""
    while True:
        said = str(Prompt.ask(escape(question), default=usual or None, console=console) or "").strip()
        if said and not (wrong := fault(said)):
            return said
        if said:
            console.print(f"    {escape(wrong)}")


def ask_secret(question: str) -> str:
    """Ask for something that is not shown while it is typed; "" when the operator just presses Enter."""
    return str(Prompt.ask(escape(question), default="", show_default=False, password=True, console=console))


@contextmanager
def quiet() -> Iterator[None]:
    """Say nothing while inside: for steps that are only part of a larger command."""
    console.quiet, before = True, console.quiet
    try:
        yield
    finally:
        console.quiet = before
