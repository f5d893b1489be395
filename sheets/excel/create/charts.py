"""The charts of a dashboard: native ones over its cells, with the figures of the moment kept inside for viewers."""

from __future__ import annotations

from openpyxl.chart import BarChart, LineChart
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.data_source import AxDataSource, NumData, NumDataSource, NumRef, NumVal, StrData, StrRef, StrVal
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.legend import Legend
from openpyxl.chart.series import Series as ChartSeries
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RichTextProperties
from openpyxl.worksheet.worksheet import Worksheet

from sheets.board.page import WIDE, Chart, Series, Span, absolute

LINE, TEXT = "D6DCE5", "404040"
COUNTS, PERCENT = "0;;;", "0%;;;"
"""Labels of bars; nothing at a bar of no height."""
FULL_BAR = 1.15
"""Where the axis of shares ends: room for the labels above full bars."""


def add_chart(sheet: Worksheet, drawn: Chart, own: str) -> None:
    """Put a chart over its cells; `own` is the sheet as a reference begins with it."""
    chart = _bars(drawn, own)
    if drawn.shares:
        chart.y_axis.scaling.max = FULL_BAR
    if drawn.running:
        chart = _with_running(chart, drawn, drawn.running, own)
    left = drawn.left - 1
    start, end = AnchorMarker(col=left, row=drawn.top - 1), AnchorMarker(col=left + WIDE, row=drawn.bottom)
    chart.anchor = TwoCellAnchor(editAs="oneCell", _from=start, to=end)
    sheet.add_chart(chart)


def _bars(drawn: Chart, own: str) -> BarChart:
    chart, lying = BarChart(), drawn.lying
    chart.type, chart.gapWidth, chart.overlap = ("bar" if lying else "col"), 45, (100 if lying else -5)
    number_format = PERCENT if drawn.shares else COUNTS
    for index, one in enumerate(drawn.series):
        bar = _series(index, drawn.labels, one, own)
        bar.graphicalProperties = GraphicalProperties(solidFill=one.fill)
        part = lying and index > 0
        bar.dLbls = _labels(number_format, "inBase" if part else "outEnd", "FFFFFF" if part else TEXT)
        chart.series.append(bar)
    chart.x_axis.delete, chart.y_axis.delete = False, True
    chart.y_axis.majorGridlines, chart.y_axis.scaling.min = None, 0
    chart.x_axis.scaling.orientation = "maxMin" if lying else "minMax"
    _plain(chart, legend=len(drawn.series) > 1)
    return chart


def _with_running(chart: BarChart, drawn: Chart, running: Series, own: str) -> BarChart:
    """The bars of a Pareto with the running share as a line over them, and the axes of both."""
    chart.series[0].dLbls = None
    chart.y_axis.delete, chart.y_axis.txPr = False, _font(TEXT)
    chart.y_axis.spPr = GraphicalProperties(ln=LineProperties(noFill=True))
    chart.y_axis.majorGridlines = ChartLines(spPr=GraphicalProperties(ln=LineProperties(solidFill=LINE)))
    line = LineChart()
    points = _series(1, drawn.labels, running, own)
    points.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=running.fill, w=22225))
    points.marker.symbol, points.marker.size, points.smooth = "circle", 5, False
    points.marker.graphicalProperties = GraphicalProperties(solidFill=running.fill)
    line.series.append(points)
    line.y_axis.axId, line.y_axis.crosses, line.y_axis.delete = 200, "max", False
    line.y_axis.scaling.min, line.y_axis.scaling.max = 0, 1
    line.y_axis.number_format, line.y_axis.majorGridlines, line.y_axis.majorUnit = "0%", None, 0.25
    line.y_axis.txPr, line.y_axis.spPr = _font(TEXT), GraphicalProperties(ln=LineProperties(noFill=True))
    chart += line
    _plain(chart, legend=True)
    return chart


def _series(index: int, labels: Span, one: Series, own: str) -> ChartSeries:
    values = [NumVal(idx=i, v=cell) for i, cell in enumerate(one.span.cells) if isinstance(cell, int | float)]
    numbers = NumData(formatCode=one.span.form, ptCount=len(one.span.cells), pt=values)
    texts = [StrVal(idx=i, v=str(cell)) for i, cell in enumerate(labels.cells)]
    title = StrData(ptCount=1, pt=[StrVal(idx=0, v=one.title)])
    title_at = own + absolute(one.span.column, one.span.first - 1)
    return ChartSeries(
        idx=index,
        order=index,
        tx=SeriesLabel(strRef=StrRef(f=title_at, strCache=title)),
        cat=AxDataSource(strRef=StrRef(f=_reference(labels, own), strCache=StrData(ptCount=len(texts), pt=texts))),
        val=NumDataSource(numRef=NumRef(f=_reference(one.span, own), numCache=numbers)),
    )


def _reference(span: Span, own: str) -> str:
    return f"{own}{absolute(span.column, span.first)}:{absolute(span.column, span.last)}"


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
