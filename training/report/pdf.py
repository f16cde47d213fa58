"""A report as PDF on A4, by ReportLab: pure Python, no system libraries, no fonts of the machine."""

from __future__ import annotations

import io
from functools import singledispatch
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    Image,
    KeepTogether,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
)
from reportlab.platypus import (
    Table as Grid,
)

from training.report.document import (
    Block,
    Document,
    Drawings,
    Picture,
    Pictures,
    Plates,
    Section,
    Table,
    Text,
    Tone,
)
from training.report.drawing import Drawing
from training.report.pdf_drawing import to_graphics
from training.report.pdf_text import printable, shown
from training.report.plate_sizes import plate_shares

_MARGIN = 18 * mm
_WIDTH = A4[0] - 2 * _MARGIN
_PER_ROW, _PICTURE = 4, 40 * mm
# The height of a table that is not divided between pages: a little over a third of one.
_SHORT = 105 * mm

_PLAIN = ParagraphStyle("plain", fontName="Helvetica", fontSize=9.5, leading=13, spaceAfter=4)
_CELL = ParagraphStyle("cell", _PLAIN, fontSize=8.5, leading=11, spaceAfter=0, splitLongWords=1)
_STYLES = {
    Tone.PLAIN: _PLAIN,
    Tone.NOTE: ParagraphStyle("note", _PLAIN, fontSize=8.5, leading=11, textColor="#4a4a4a"),
    Tone.WARNING: ParagraphStyle("warning", _PLAIN, fontName="Helvetica-Bold", textColor="#a80000"),
}
_HEAD = ParagraphStyle("head", _CELL, fontName="Helvetica-Bold")
_TITLE = ParagraphStyle("title", _PLAIN, fontName="Helvetica-Bold", fontSize=16, leading=20)
_SECTION = ParagraphStyle("section", _TITLE, fontSize=13, leading=17, spaceBefore=12)
_TABLE_TITLE = ParagraphStyle("table", _HEAD, fontSize=9.5, leading=13, spaceBefore=5)
# Of a table's cells, in points.
_BESIDE, _ABOVE, _BELOW = 3, 1, 2
# ReportLab copies all rows that are left at each page: 10,000 in one took minutes.
_ROWS_AT_ONCE = 400
_TOP = [("VALIGN", (0, 0), (-1, -1), "TOP")]
_LINES = [
    *_TOP,
    ("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.HexColor("#cccccc")),
    ("LEFTPADDING", (0, 0), (-1, -1), _BESIDE),
    ("RIGHTPADDING", (0, 0), (-1, -1), _BESIDE),
    ("TOPPADDING", (0, 0), (-1, -1), _ABOVE),
    ("BOTTOMPADDING", (0, 0), (-1, -1), _BELOW),
]


def to_pdf(document: Document) -> bytes:
    """The whole report as a PDF file, with an outline of its sections.

    Args:
        document: The report.
    """
    target = io.BytesIO()
    template = _Template(target, document.title, document.footer)
    story: list[Flowable] = [Paragraph(printable(document.title), _TITLE)]
    if document.subtitle:
        story.append(_paragraph(Text(document.subtitle, Tone.NOTE)))
    story += [_paragraph(text) for text in document.notices]
    for section in document.sections:
        story += _section(section)
    template.build(story)
    return target.getvalue()


class _Template(BaseDocTemplate):  # type: ignore[misc]
    """Pages with a footer; headings of sections become the outline. ReportLab has no types."""

    def __init__(self, target: io.BytesIO, title: str, footer: str) -> None:
        super().__init__(
            target, pagesize=A4, title=title, author="X-ray Desktop", invariant=1, lang="en"
        )
        self.footer = footer
        frame = Frame(_MARGIN, _MARGIN, _WIDTH, A4[1] - 2 * _MARGIN, 0, 0, 0, 0, id="page")
        self.addPageTemplates([PageTemplate("page", [frame], onPage=_draw_footer)])

    def afterFlowable(self, flowable: Flowable) -> None:
        """ReportLab calls it for each thing placed."""
        if isinstance(flowable, Paragraph) and flowable.style.name == "section":
            words = flowable.getPlainText()
            self.canv.bookmarkPage(words)
            self.canv.addOutlineEntry(words, words)


def _draw_footer(canvas: Any, template: Any) -> None:
    canvas.saveState()
    canvas.setFont("Helvetica", 8)
    canvas.setFillColor(colors.HexColor("#4a4a4a"))
    canvas.drawString(_MARGIN, 10 * mm, shown(template.footer))
    canvas.drawRightString(A4[0] - _MARGIN, 10 * mm, f"page {template.page}")
    canvas.restoreState()


def _section(section: Section) -> list[Flowable]:
    """A heading never stands alone at the foot of a page."""
    has_drawings = any(isinstance(block, Drawings) for block in section.blocks)
    flowables: list[Flowable] = [CondPageBreak((110 if has_drawings else 45) * mm)]
    if section.new_page:
        flowables = [PageBreak()]
    heading = [Paragraph(printable(section.title), _SECTION)]
    for block in section.blocks:
        parts = [*heading, *_flowables(block)]
        heading = []
        if isinstance(block, Table) and _height(parts) <= _SHORT:
            parts = [KeepTogether(parts)]
        elif isinstance(block, Table):
            # Kept together, a long one would leave the rest of its first page empty.
            parts.insert(0, CondPageBreak(30 * mm))
        flowables += parts
    return flowables


def _height(parts: list[Flowable]) -> float:
    """In points, on a page without end."""
    return float(sum(part.wrap(_WIDTH, 1e6)[1] for part in parts))


@singledispatch
def _flowables(block: Block) -> list[Flowable]:
    raise TypeError(type(block).__name__)


@_flowables.register
def _(block: Text) -> list[Flowable]:
    return [_paragraph(block)]


@_flowables.register
def _(block: Table) -> list[Flowable]:
    title = [Paragraph(printable(block.title), _TABLE_TITLE)] if block.title else []
    starts = range(0, max(len(block.rows), 1), _ROWS_AT_ONCE)
    grids = [_grid(block, block.rows[start : start + _ROWS_AT_ONCE]) for start in starts]
    return [*title, *grids, Spacer(1, 6)]


def _grid(block: Table, texts: tuple[tuple[str, ...], ...]) -> Flowable:
    rows = [[Paragraph(printable(cell), _CELL) for cell in row] for row in texts]
    if block.head:
        rows.insert(0, [Paragraph(printable(cell), _HEAD) for cell in block.head])
    total = sum(block.widths)
    widths = [_WIDTH * width / total for width in block.widths]
    return Grid(
        rows,
        colWidths=widths,
        rowHeights=[_row_height(row, widths) for row in rows],
        repeatRows=1 if block.head else 0,
        style=_LINES,
    )


def _row_height(row: list[Paragraph], widths: list[float]) -> float:
    """Told to ReportLab, or it would measure all rows that are left anew on each page."""
    inside = [
        cell.wrap(width - 2 * _BESIDE, 1e6)[1] for cell, width in zip(row, widths, strict=True)
    ]
    return float(max(inside)) + _ABOVE + _BELOW


@_flowables.register
def _(block: Drawings) -> list[Flowable]:
    pairs = [block.drawings[first : first + 2] for first in range(0, len(block.drawings), 2)]
    return [_drawing_row(pair) for pair in pairs]


@_flowables.register
def _(block: Pictures) -> list[Flowable]:
    rows = [
        block.pictures[first : first + _PER_ROW]
        for first in range(0, len(block.pictures), _PER_ROW)
    ]
    return [_picture_row(row) for row in rows]


@_flowables.register
def _(block: Plates) -> list[Flowable]:
    widths = [_WIDTH * share for share in plate_shares(block)]
    cells = [
        [
            _plate(each.png, width - 8, block.height_mm * mm),
            Paragraph(printable(each.caption), _CELL),
        ]
        for each, width in zip(block.pictures, widths, strict=True)
    ]
    return [Grid([cells], colWidths=widths, style=_TOP), Spacer(1, 4)]


def _plate(png: bytes, width: float, height: float) -> Flowable:
    """As large as its room allows."""
    picture = Image(io.BytesIO(png), hAlign="LEFT")
    scale = min(width / picture.imageWidth, height / picture.imageHeight)
    picture.drawWidth = picture.imageWidth * scale
    picture.drawHeight = picture.imageHeight * scale
    return picture


def _paragraph(text: Text) -> Paragraph:
    return Paragraph(printable(text.words), _STYLES[text.tone])


def _drawing_row(drawings: tuple[Drawing, ...]) -> Flowable:
    width = _WIDTH / 2
    cells = [
        [Paragraph(printable(each.title), _CELL), to_graphics(each, width - 8)] for each in drawings
    ]
    empty: list[list[Flowable]] = [[]] * (2 - len(cells))
    return KeepTogether([Grid([[*cells, *empty]], colWidths=[width, width], style=_TOP)])


def _picture_row(pictures: tuple[Picture, ...]) -> Flowable:
    cells = [
        [
            Image(io.BytesIO(each.png), _PICTURE, _PICTURE),
            Paragraph(printable(each.caption), _CELL),
        ]
        for each in pictures
    ]
    empty: list[list[Flowable]] = [[]] * (_PER_ROW - len(cells))
    return KeepTogether(
        [Grid([[*cells, *empty]], colWidths=[_WIDTH / _PER_ROW] * _PER_ROW, style=_TOP)]
    )
