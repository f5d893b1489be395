"""The cards of a dashboard: each a title, a chart, and below it the lines the chart is drawn from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter

from sheets.dashboard import Card, Groups, Months, Point, Punctuality, Where
from sheets.excel.create import charts, formulas
from sheets.excel.create.charts import Drawn
from sheets.excel.create.lists import add_ranked
from sheets.excel.create.page import CHART_ROWS, FAINT, WIDE, Lines, Page, chart_rows, figures_at
from sheets.table import Cell

RUNNING_FILL = "D9730D"
FULL_BAR = 1.15
"""Where the axis of shares ends: room for the labels above full bars."""

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
    chart = charts.bars(page.labels(lines), series, lying=not card.running)
    if card.running:
        running = _running(page, card, lines, at, figures[0], last)
        chart = charts.with_running(chart, page.labels(lines), running)
    charts.place(page.sheet, chart, left - 1, top, left - 1 + WIDE, heads - 1)
    return last


def _listed(page: Page, card: Groups, left: int, first: int, at: int) -> tuple[tuple[Cell, ...], Figures]:
    here = Where(column=card.column, sign="=", value=Point.LABEL)
    figures: Figures = [[] for _ in card.measures]
    for row, label in enumerate(card.labels, start=first):
        page.text(row, left, label)
        for i, measure in enumerate(card.measures):
            figures[i].append(page.count(measure, here, at={Point.LABEL: label}))
            counted = formulas.tally(measure.tally.narrowed(here), f"${get_column_letter(left)}{row}")
            page.formula(row, at + i, "=" + counted, figures[i][-1])
    return card.labels, figures


def _sorted(page: Page, card: Groups, left: int, first: int, at: int) -> tuple[tuple[Cell, ...], Figures]:
    ranked = add_ranked(page, card)
    here = Where(column=card.column, sign="=", value=Point.LABEL)
    labels = ranked.labels[: min(card.shown, len(card.labels))]
    figures: Figures = [[] for _ in card.measures]
    for rank, label in enumerate(labels, start=1):
        row = first + rank - 1
        page.formula(row, left, f'={ranked.found(ranked.column, rank)}&""', label, "General")
        for i, measure in enumerate(card.measures):
            figures[i].append(page.count(measure, here, at={Point.LABEL: label}))
            found = ranked.found(ranked.column + 1 + i, rank)
            page.formula(row, at + i, f'=IF(${get_column_letter(left)}{row}="","",{found})', figures[i][-1])
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
        letter = get_column_letter(at + i)
        rest = f"={formulas.tally(measure.tally)}-SUM({letter}{lines.first}:{letter}{row - 1})"
        page.formula(row, at + i, rest, page.count(measure) - named[i], **FAINT)
    return row


def _running(page: Page, card: Groups, lines: Lines, at: int, counts: Sequence[int], last: int) -> Drawn:
    """The running share of the first measure, beside the figures of all."""
    letter, column, total = get_column_letter(at), at + len(card.measures), page.count(card.measures[0])
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
    chart = charts.bars(page.labels(lines), series, lying=False)
    charts.place(page.sheet, chart, left - 1, top, left - 1 + WIDE, lines.first - 2)
    return lines.last


def _punctuality(page: Page, card: Punctuality, left: int, top: int) -> int:
    lines, at = _month_lines(page, left, top, card.titles)
    due, done = (get_column_letter(column) for column in (at, at + 1))
    shares: list[Cell] = []
    for row, (start, bounds) in enumerate(page.months, start=lines.first):
        whole, part = page.rows.kept(card, {**page.points, **bounds})
        page.array(row, at, formulas.fell_due(card, start), whole)
        page.array(row, at + 1, formulas.kept(card, start), part)
        shares.append(part / whole if whole else "")
        page.formula(row, at + 2, formulas.share(f"{done}{row}", f"{due}{row}"), shares[-1], "0%")
        page.sheet.cell(row=row, column=at + 2).alignment = Alignment(horizontal="right")
    series = page.series(at + 2, lines, card.titles[2], shares, card.fill, "0%")
    chart = charts.bars(page.labels(lines), [series], lying=False, number_format=charts.PERCENT)
    chart.y_axis.scaling.max = FULL_BAR
    charts.place(page.sheet, chart, left - 1, top, left - 1 + WIDE, lines.first - 2)
    return lines.last


def _month_lines(page: Page, left: int, top: int, titles: Sequence[str]) -> tuple[Lines, int]:
    """The lines of the months with their labels, and the column of the first figure."""
    heads, labels = top + 1 + CHART_ROWS, list[Cell]()
    page.heads(heads, left, titles)
    for row, (start, bounds) in enumerate(page.months, start=heads + 1):
        labels.append(f"{bounds[Point.START]:%Y-%m}")
        page.formula(row, left, f'=YEAR({start})&"-"&RIGHT("0"&MONTH({start}),2)', labels[-1], "General")
    lines = Lines(left=left, first=heads + 1, last=heads + len(labels), labels=tuple(labels))
    return lines, figures_at(left, len(titles))


_DRAW: Mapping[type, Callable[[Page, Any, int, int], int]] = {
    Groups: _groups,
    Months: _months,
    Punctuality: _punctuality,
}
