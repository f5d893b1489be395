"""The monthly report as a workbook with native charts: figures, deadlines, a Pareto for each axis, every case [D-71].

Texts from cases are written as text, never as formulas or links.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter

from mailbot.reports.monthly import AXES, MonthlyReport, Rate, Share

Call = Callable[[str, str], str]
"""What a key of an axis is called: `call("nature", "safety")`."""

BARS = 15  # of a Pareto that are drawn; the table has all
_BLUE, _ORANGE, _LINE = "#1F4E79", "#D9730D", "#D6DCE5"


def monthly_book(
    report: MonthlyReport, words: Mapping[str, str], call: Call, names: Mapping[str, str], zone: ZoneInfo
) -> bytes:
    """Return the workbook. `words` are those of the recipient's language, `names` call axes and deadlines."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page = _Page(book, words, call, names)
    page.figures(report)
    for axis in AXES:
        if report.pareto[axis]:
            page.pareto(axis, report.pareto[axis])
    page.cases(report, zone)
    book.close()
    return out.getvalue()


class _Page:
    """The sheets of the workbook, written one after the other."""

    def __init__(self, book: Any, words: Mapping[str, str], call: Call, names: Mapping[str, str]) -> None:
        self._book, self._call, self._names = book, call, names
        self._words = {key.removeprefix("monthly_"): word for key, word in words.items()}
        font = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top", "text_wrap": True}
        head = {**font, "bold": True, "font_color": "#FFFFFF", "bg_color": _BLUE}
        self._plain, self._head = book.add_format(font), book.add_format(head)
        self._percent = book.add_format({**font, "num_format": '0.0"%"'})
        self._number = book.add_format({**font, "num_format": "#,##0.##"})
        self._day = book.add_format({**font, "num_format": "yyyy-mm-dd"})

    def figures(self, report: MonthlyReport) -> None:
        """The figures of the month, and how the deadlines were kept, as a bar chart."""
        words, sheet = self._words, self._sheet(self._words["figures"], (38, 14, 14, 14))
        rates = ((words["answered"], report.answered), (words["in_time"], report.answered_in_time))
        self._heading(sheet, 0, (words["month"], f"{report.month:%Y-%m}", "", ""))
        rows: list[tuple[Any, ...]] = [
            (words["received"], len(report.opened)),
            (words["closed"], len(report.closed)),
            (words["open"], report.open_at_end),
            *((word, *_of(rate)) for word, rate in rates),
            (words["recurrence"], *_of(report.recurrence)),
            (words["satisfaction"], report.satisfied),
            *((f"{words['claims']} {currency}", amount) for currency, amount in report.claims.items()),
        ]
        for at, (word, *values) in enumerate(rows, start=1):
            sheet.write_string(at, 0, word, self._plain)
            for column, value in enumerate(values, start=1):
                if value is not None:
                    percent = column == 1 and len(values) == 3
                    sheet.write_number(at, column, value, self._percent if percent else self._number)
        sheet.merge_range(len(rows) + 1, 0, len(rows) + 1, 3, words["recurrence_means"], self._plain)
        sheet.set_row(len(rows) + 1, 45)
        self._deadlines(sheet, len(rows) + 3, report.on_time)

    def _deadlines(self, sheet: Any, top: int, rates: tuple[Rate, ...]) -> None:
        words = self._words
        self._heading(sheet, top, (words["on_time"], words["rate"], words["kept"], words["due"]))
        for at, rate in enumerate(rates, start=top + 1):
            sheet.write_string(at, 0, self._names[rate.key], self._plain)
            sheet.write_number(at, 1, rate.percent or 0, self._percent)
            sheet.write_number(at, 2, rate.part, self._number)
            sheet.write_number(at, 3, rate.whole, self._number)
        if not rates:
            return
        chart = self._book.add_chart({"type": "bar"})
        name = sheet.get_name()
        span = (name, top + 1, 0, top + len(rates), 0)
        values = (name, top + 1, 1, top + len(rates), 1)
        chart.add_series({"categories": list(span), "values": list(values), "fill": {"color": _BLUE}, "gap": 60})
        chart.set_title({"name": words["on_time"], "name_font": {"size": 11}})
        chart.set_x_axis({"min": 0, "max": 100, "major_gridlines": {"visible": True, "line": {"color": _LINE}}})
        chart.set_y_axis({"reverse": True})
        chart.set_legend({"none": True})
        chart.set_size({"width": 620, "height": 120 + 26 * len(rates)})
        sheet.insert_chart(0, 5, chart, {"description": words["on_time"]})

    def pareto(self, axis: str, shares: tuple[Share, ...]) -> None:
        """One axis: a table, and bars with the running percentage over them."""
        words, title = self._words, self._names[axis]
        sheet = self._sheet(title, (38, 10, 10, 10))
        self._heading(sheet, 0, (title, words["count"], words["share"], words["running"]))
        for at, share in enumerate(shares, start=1):
            named = self._call(axis, share.key) if share.key else words["unknown"]
            sheet.write_string(at, 0, named, self._plain)
            sheet.write_number(at, 1, share.count, self._number)
            sheet.write_number(at, 2, share.percent, self._percent)
            sheet.write_number(at, 3, share.running, self._percent)
        last = min(len(shares), BARS)
        name = sheet.get_name()
        bars = self._book.add_chart({"type": "column"})
        line = self._book.add_chart({"type": "line"})
        where = [name, 1, 0, last, 0]
        bars.add_series(
            {
                **{"name": words["count"], "categories": where, "values": [name, 1, 1, last, 1]},
                **{"fill": {"color": _BLUE}, "gap": 40},
            }
        )
        line.add_series(
            {
                **{"name": words["running"], "categories": where, "values": [name, 1, 3, last, 3], "y2_axis": True},
                **{"line": {"color": _ORANGE, "width": 2}, "marker": {"type": "circle", "size": 5}},
            }
        )
        bars.combine(line)
        bars.set_title({"name": f"{title} · {words['pareto']}", "name_font": {"size": 11}})
        bars.set_y_axis({"min": 0, "major_gridlines": {"visible": True, "line": {"color": _LINE}}})
        line.set_y2_axis({"min": 0, "max": 100, "num_format": '0"%"'})
        bars.set_legend({"position": "bottom"})
        bars.set_size({"width": 680, "height": 360})
        sheet.insert_chart(0, 5, bars, {"description": f"{title} {words['pareto']}"})

    def cases(self, report: MonthlyReport, zone: ZoneInfo) -> None:
        """Every case received or closed in the month."""
        words = self._words
        sheet = self._sheet(words["cases"], (18, 12, 12, *(22,) * len(AXES), 18))
        heads = [words["number"], words["opened_on"], words["closed_on"], *(self._names[a] for a in AXES)]
        self._heading(sheet, 0, (*heads, words["recurrence"]))
        every = {case.number: case for case in (*report.closed, *report.opened)}
        for at, number in enumerate(sorted(every), start=1):
            case = every[number]
            sheet.write_string(at, 0, number, self._plain)
            for column, moment in ((1, case.opened_at), (2, case.closed_at)):
                if moment:
                    day = moment.astimezone(zone).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
                    sheet.write_datetime(at, column, day, self._day)
            for column, axis in enumerate(AXES, start=3):
                key = case.values.get(axis, "")
                sheet.write_string(at, column, self._call(axis, key) if key else "", self._plain)
            sheet.write_string(at, 3 + len(AXES), case.repeats, self._plain)
        sheet.autofilter(0, 0, max(len(every), 1), 3 + len(AXES))
        sheet.freeze_panes(1, 1)

    def _sheet(self, title: str, widths: tuple[float, ...]) -> Any:
        taken = {sheet.get_name() for sheet in self._book.worksheets()}
        name = "".join("-" if char in "[]:*?/\\'" else char for char in title)[:28] or "-"
        while name in taken:
            name += "2"
        sheet = self._book.add_worksheet(name)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return sheet

    def _heading(self, sheet: Any, row: int, heads: tuple[str, ...]) -> None:
        for column, head in enumerate(heads):
            sheet.write_string(row, column, head, self._head)


def _of(rate: Rate) -> tuple[float | None, int, int]:
    return rate.percent, rate.part, rate.whole
