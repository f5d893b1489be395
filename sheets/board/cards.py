"""The cards of a dashboard: each a title, a chart, and below it the lines the chart is drawn from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sheets.board import formulas
from sheets.board.lists import add_ranked
from sheets.board.page import CHART_ROWS, FAINT, Chart, Lines, Page, Series, chart_rows, figures_at
from sheets.dashboard import Card, Groups, Months, Point, Punctuality, Where
from sheets.letters import letters
from sheets.table import Cell

RUNNING_FILL = "D9730D"

Figures = list[list[int]]
"""For each measure what its lines show."""


def draw(page: Page, card: Card, left: int, top: int) -> int:
    """Draw a card from row `top` and column `left` on; give its last row."""
    page.title(top, left, card.title)
    return _DRAW[type(card)](page, card, left, top)


def _groups(page: Page, card: Groups, left: int, top: int) -> int:
    count = min(card.shown, len(card.labels)) if card.shown else len(card.labels)
    titles = [measure.title for measure in card.measures] + ([card.running] if card.running else [])
    heads, at = top + 1 + (CHART_ROWS if card.running else chart_rows(count)), figures_at(left, len(titles))
    page.heads(heads, left, titles)
    labels, figures = (_sorted if card.shown else _listed)(page, card, left, heads + 1, at)
    lines = Lines(left=left, first=heads + 1, last=heads + count, labels=labels)
    last = _below(page, card, lines, at, figures)
    series = [page.series(at + i, lines, m.title, figures[i], m.fill) for i, m in enumerate(card.measures)]
    running = _running(page, card, lines, at, figures[0], last) if card.running else None
    _chart(page, lines, series, top, lying=not card.running, running=running)
    return last


def _listed(page: Page, card: Groups, left: int, first: int, at: int) -> tuple[tuple[Cell, ...], Figures]:
    here = Where(column=card.column, sign="=", value=Point.LABEL)
    figures: Figures = [[] for _ in card.measures]
    for row, label in enumerate(card.labels, start=first):
        page.text(row, left, label)
        for i, measure in enumerate(card.measures):
            figures[i].append(page.count(measure, here, at={Point.LABEL: label}))
            counted = formulas.tally(measure.tally.narrowed(here), f"${letters(left)}{row}")
            page.formula(row, at + i, "=" + counted, figures[i][-1])
    return card.labels, figures


def _sorted(page: Page, card: Groups, left: int, first: int, at: int) -> tuple[tuple[Cell, ...], Figures]:
    ranked = add_ranked(page, card)
    here = Where(column=card.column, sign="=", value=Point.LABEL)
    labels = ranked.labels[: min(card.shown, len(card.labels))]
    figures: Figures = [[] for _ in card.measures]
    for rank, label in enumerate(labels, start=1):
        row = first + rank - 1
        page.formula(row, left, f'={ranked.found(ranked.column, rank)}&""', label, "")
        for i, measure in enumerate(card.measures):
            figures[i].append(page.count(measure, here, at={Point.LABEL: label}))
            found = ranked.found(ranked.column + 1 + i, rank)
            page.formula(row, at + i, f'=IF(${letters(left)}{row}="","",{found})', figures[i][-1])
    return labels, figures


def _below(page: Page, card: Groups, lines: Lines, at: int, figures: Figures) -> int:
    """The rows that name nobody, and all others: no row is left out; give the last line."""
    row, somebody = lines.last + 1, Where(column=card.column, sign="<>", value="")
    named = [sum(shown) for shown in figures]
    if card.blank:
        page.text(row, lines.left, card.blank, **FAINT)
        for i, measure in enumerate(card.measures):
            shown = page.count(measure) - page.count(measure, somebody)
            named_by = formulas.tally(measure.tally.narrowed(somebody))
            page.formula(row, at + i, f"={formulas.tally(measure.tally)}-({named_by})", shown, **FAINT)
            named[i] += shown
        row += 1
    page.text(row, lines.left, card.rest, **FAINT)
    for i, measure in enumerate(card.measures):
        letter = letters(at + i)
        rest = f"={formulas.tally(measure.tally)}-SUM({letter}{lines.first}:{letter}{row - 1})"
        page.formula(row, at + i, rest, page.count(measure) - named[i], **FAINT)
    return row


def _running(page: Page, card: Groups, lines: Lines, at: int, counts: Sequence[int], last: int) -> Series:
    """The running share of the first measure, beside the figures of all."""
    letter, column, total = letters(at), at + len(card.measures), page.count(card.measures[0])
    whole, shares = f"SUM({letter}${lines.first}:{letter}${last})", list[Cell]()
    for row in range(lines.first, last + 1):
        part = total if row == last else sum(counts[: row - lines.first + 1])
        shares.append(part / total if total else 0)
        sofar = f"SUM({letter}${lines.first}:{letter}{row})"
        page.formula(row, column, f"=IF({whole}=0,0,{sofar}/{whole})", shares[-1], "0%")
    return page.series(column, lines, card.running, shares[: len(counts)], RUNNING_FILL, "0%")


def _months(page: Page, card: Months, left: int, top: int) -> int:
    lines, at = _month_lines(page, left, top, [measure.title for measure in card.measures])
    series = []
    for column, measure in enumerate(card.measures, start=at):
        shown = []
        for row, (start, bounds) in enumerate(page.months, start=lines.first):
            shown.append(page.count(measure, at=bounds))
            page.formula(row, column, "=" + formulas.tally(measure.tally, start), shown[-1])
        series.append(page.series(column, lines, measure.title, shown, measure.fill))
    _chart(page, lines, series, top)
    return lines.last


def _punctuality(page: Page, card: Punctuality, left: int, top: int) -> int:
    lines, at = _month_lines(page, left, top, card.titles)
    due, done = (letters(column) for column in (at, at + 1))
    shares: list[Cell] = []
    for row, (start, bounds) in enumerate(page.months, start=lines.first):
        whole, part = page.rows.kept(card, {**page.points, **bounds})
        page.formula(row, at, formulas.fell_due(card, start, page.dialect), whole, array=True)
        page.formula(row, at + 1, formulas.kept(card, start, page.dialect), part, array=True)
        shares.append(part / whole if whole else "")
        page.formula(row, at + 2, formulas.share(f"{done}{row}", f"{due}{row}"), shares[-1], "0%", align="right")
    _chart(page, lines, [page.series(at + 2, lines, card.titles[2], shares, card.fill, "0%")], top, shares=True)
    return lines.last


def _chart(page: Page, lines: Lines, series: Sequence[Series], top: int, **looks: Any) -> None:
    """A chart between the title at row `top` and the headings."""
    labels, bottom = page.labels(lines), lines.first - 2
    page.charts.append(Chart(labels=labels, series=(*series,), left=lines.left, top=top + 1, bottom=bottom, **looks))


def _month_lines(page: Page, left: int, top: int, titles: Sequence[str]) -> tuple[Lines, int]:
    """The lines of the months with their labels, and the column of the first figure."""
    heads, labels = top + 1 + CHART_ROWS, list[Cell]()
    page.heads(heads, left, titles)
    for row, (start, bounds) in enumerate(page.months, start=heads + 1):
        labels.append(f"{bounds[Point.START]:%Y-%m}")
        page.formula(row, left, f'=YEAR({start})&"-"&RIGHT("0"&MONTH({start}),2)', labels[-1], "")
    lines = Lines(left=left, first=heads + 1, last=heads + len(labels), labels=tuple(labels))
    return lines, figures_at(left, len(titles))


_DRAW: Mapping[type, Callable[[Page, Any, int, int], int]] = {
    Groups: _groups,
    Months: _months,
    Punctuality: _punctuality,
}
