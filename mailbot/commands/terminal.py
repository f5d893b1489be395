"""How things look in the terminal: tables, lines that say ok or not, times in the company's zone. The home of rich."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.prompt import Prompt
from rich.table import Table

console = Console(highlight=False, soft_wrap=True)


def local(moment: datetime | None, zone: ZoneInfo) -> str:
    """A moment in the company's zone, to the minute, with the zone's name."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z") if moment else ""


def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; foreign text in it is never taken for markup."""
    made = Table(title=title, title_justify="left", show_edge=False, pad_edge=False)
    for head in heads:
        made.add_column(head, overflow="fold")
    for row in rows:
        made.add_row(*(escape(cell) for cell in row))
    Console(highlight=False).print(made)


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


def ask_for(question: str, usual: str) -> str:
    """Ask the operator until something is answered; `usual` is what Enter means, "" for nothing."""
    while not (said := Prompt.ask(escape(question), default=usual or None, console=console) or ""):
        pass
    return str(said)


@contextmanager
def quiet() -> Iterator[None]:
    """Say nothing while inside: for steps that are only part of a larger command."""
    console.quiet, before = True, console.quiet
    try:
        yield
    finally:
        console.quiet = before
