"""The charts of a dashboard: native ones over its cells, with the figures of the moment kept inside for viewers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.chart import BarChart, LineChart
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.data_source import AxDataSource, NumData, NumDataSource, NumRef, NumVal, StrData, StrRef, StrVal
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.legend import Legend
from openpyxl.chart.series import Series, SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RichTextProperties
from openpyxl.worksheet.worksheet import Worksheet

from sheets.table import Cell

LINE, TEXT = "D6DCE5", "404040"
COUNTS, PERCENT = "0;;;", "0%;;;"
"""Labels of bars; nothing at a bar of no height."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A column of cells a chart draws: reference, what they show at the moment, how they are shown."""

    reference: str
    cells: Sequence[Cell]
    number_format: str = "General"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One series: the cell with its title, what it says, its figures, its colour (RRGGBB)."""

    title_at: str
    title: str
    span: Span
    fill: str


def bars(labels: Span, series: Sequence[Drawn], *, lying: bool, number_format: str = COUNTS) -> BarChart:
    """Bars for each label. Lying bars lie over each other: each series is a part of the one before it."""
    chart = BarChart()
    chart.type, chart.gapWidth, chart.overlap = ("bar" if lying else "col"), 45, (100 if lying else -5)
    for index, one in enumerate(series):
        drawn = _series(index, labels, one)
        drawn.graphicalProperties = GraphicalProperties(solidFill=one.fill)
        part = lying and index > 0
        drawn.dLbls = _labels(number_format, "inBase" if part else "outEnd", "FFFFFF" if part else TEXT)
        chart.series.append(drawn)
    chart.x_axis.delete, chart.y_axis.delete = False, True
    chart.y_axis.majorGridlines, chart.y_axis.scaling.min = None, 0
    chart.x_axis.scaling.orientation = "maxMin" if lying else "minMax"
    _plain(chart, legend=len(series) > 1)
    return chart


def with_running(chart: BarChart, labels: Span, running: Drawn) -> BarChart:
    """The bars of a Pareto with the running share as a line over them, and the axes of both."""
    chart.series[0].dLbls = None
    chart.y_axis.delete, chart.y_axis.txPr = False, _font(TEXT)
    chart.y_axis.spPr = GraphicalProperties(ln=LineProperties(noFill=True))
    chart.y_axis.majorGridlines = ChartLines(spPr=GraphicalProperties(ln=LineProperties(solidFill=LINE)))
    line = LineChart()
    drawn = _series(1, labels, running)
    drawn.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=running.fill, w=22225))
    drawn.marker.symbol, drawn.marker.size, drawn.smooth = "circle", 5, False
    drawn.marker.graphicalProperties = GraphicalProperties(solidFill=running.fill)
    line.series.append(drawn)
    line.y_axis.axId, line.y_axis.crosses, line.y_axis.delete = 200, "max", False
    line.y_axis.scaling.min, line.y_axis.scaling.max = 0, 1
    line.y_axis.number_format, line.y_axis.majorGridlines, line.y_axis.majorUnit = "0%", None, 0.25
    line.y_axis.txPr, line.y_axis.spPr = _font(TEXT), GraphicalProperties(ln=LineProperties(noFill=True))
    chart += line
    _plain(chart, legend=True)
    return chart


def place(sheet: Worksheet, chart: BarChart, left: int, top: int, right: int, bottom: int) -> None:
    """Put a chart over cells, from (column, row) to (column, row), all counted from 0."""
    start, end = AnchorMarker(col=left, row=top), AnchorMarker(col=right, row=bottom)
    chart.anchor = TwoCellAnchor(editAs="oneCell", _from=start, to=end)
    sheet.add_chart(chart)


def _series(index: int, labels: Span, one: Drawn) -> Series:
    values = [NumVal(idx=i, v=cell) for i, cell in enumerate(one.span.cells) if isinstance(cell, int | float)]
    numbers = NumData(formatCode=one.span.number_format, ptCount=len(one.span.cells), pt=values)
    texts = [StrVal(idx=i, v=str(cell)) for i, cell in enumerate(labels.cells)]
    title = StrData(ptCount=1, pt=[StrVal(idx=0, v=one.title)])
    return Series(
        idx=index,
        order=index,
        tx=SeriesLabel(strRef=StrRef(f=one.title_at, strCache=title)),
        cat=AxDataSource(strRef=StrRef(f=labels.reference, strCache=StrData(ptCount=len(texts), pt=texts))),
        val=NumDataSource(numRef=NumRef(f=one.span.reference, numCache=numbers)),
    )


def _labels(number_format: str, where: str, colour: str) -> DataLabelList:
    labels = DataLabelList(numFmt=number_format, dLblPos=where, showVal=True, txPr=_font(colour))
    labels.showSerName = labels.showCatName = labels.showLegendKey = labels.showPercent = False
    return labels


def _plain(chart: BarChart, *, legend: bool) -> None:
    chart.roundedCorners = False
    chart.graphical_properties = GraphicalProperties(noFill=True, ln=LineProperties(noFill=True))
    chart.x_axis.txPr, chart.x_axis.majorTickMark = _font(TEXT), "none"
    chart.x_axis.spPr = GraphicalProperties(ln=LineProperties(solidFill=LINE))
    chart.legend = Legend(legendPos="b", txPr=_font(TEXT)) if legend else None


def _font(colour: str) -> RichText:
    letters = CharacterProperties(sz=900, solidFill=colour)
    text = Paragraph(pPr=ParagraphProperties(defRPr=letters), endParaRPr=letters)
    return RichText(bodyPr=RichTextProperties(), p=[text])
