"""A report on paper, and its preview: Qt's dialogs with the same values that the PDF is made from."""

from __future__ import annotations

from functools import singledispatch

from PySide6.QtCore import QMarginsF, QRectF, QSizeF, Qt, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QGuiApplication,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextImageFormat,
    QTextLength,
    QTextTable,
    QTextTableFormat,
)
from PySide6.QtPrintSupport import QPrinter, QPrintPreviewDialog
from PySide6.QtWidgets import QWidget

from training.report.document import Block, Document, Pictures, Plates, Section, Table, Text, Tone
from training.report.plate_sizes import plate_shares

_MARGIN_MM = 18.0
_FOOTER_MM = 8.0
_MM_AN_INCH = 25.4
_DOTS_AN_INCH = 300
_PLAIN_PT, _SMALL_PT, _SECTION_PT, _TITLE_PT = 9.5, 8.5, 13.0, 16.0
_INK, _MUTED, _RED, _LINE = (
    QColor("#1a1a1a"),
    QColor("#4a4a4a"),
    QColor("#a80000"),
    QColor("#cccccc"),
)


def preview(parent: QWidget, document: Document) -> QPrintPreviewDialog:
    """Open the preview of a report; from there it goes to a printer. Does not block.

    Args:
        parent: The tab.
        document: The report.
    """
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    # Of what a film shows on paper, 1,200 dots an inch show no more, and take longer.
    printer.setResolution(_DOTS_AN_INCH)
    printer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Portrait,
            QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM - _FOOTER_MM),
            QPageLayout.Unit.Millimeter,
        )
    )
    printer.setDocName(document.title)
    dialog = _Preview(printer, document, parent)
    dialog.open()
    return dialog


class _Preview(QPrintPreviewDialog):
    def __init__(self, printer: QPrinter, document: Document, parent: QWidget) -> None:
        super().__init__(printer, parent)
        self.setObjectName("reportPreview")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"{document.title}: preview")
        self.resize(900, 680)
        # The dialog itself owns no reference to a printer that Python made.
        self._printer = printer
        self._document = document
        self.paintRequested.connect(self._on_paint_requested)

    @Slot(QPrinter)
    def _on_paint_requested(self, printer: QPrinter) -> None:
        print_document(printer, self._document)


def print_document(printer: QPrinter, document: Document) -> int:
    """Draw a report page by page.

    Args:
        printer: Or what a preview takes for one.
        document: The report.

    Returns:
        The number of pages.
    """
    dots_a_mm = printer.resolution() / _MM_AN_INCH
    # Qt lays texts out in dots of the screen, and scales them to the printer's by itself.
    screen = QGuiApplication.primaryScreen().logicalDotsPerInchY()
    page = QRectF(printer.pageLayout().paintRectPixels(printer.resolution()))
    room = QSizeF(page.width(), page.height() - _FOOTER_MM * dots_a_mm)
    text = QTextDocument()
    text.documentLayout().setPaintDevice(printer)
    text.setDocumentMargin(0.0)
    text.setDefaultFont(_font(_PLAIN_PT))
    text.setPageSize(room)
    _fill(text, document, screen / _MM_AN_INCH, room * (screen / printer.resolution()))
    painter = QPainter(printer)
    for number in range(text.pageCount()):
        if number:
            printer.newPage()
        painter.save()
        top = number * room.height()
        painter.translate(0.0, -top)
        text.drawContents(painter, QRectF(0.0, top, room.width(), room.height()))
        painter.restore()
        painter.setFont(_font(8.0))
        painter.setPen(_MUTED)
        foot = QRectF(0.0, room.height(), room.width(), page.height() - room.height())
        bottom = Qt.AlignmentFlag.AlignBottom
        painter.drawText(foot, bottom | Qt.AlignmentFlag.AlignLeft, document.footer)
        painter.drawText(foot, bottom | Qt.AlignmentFlag.AlignRight, f"page {number + 1}")
    painter.end()
    return text.pageCount()


def _font(points: float) -> QFont:
    font = QFont("Helvetica")
    font.setStyleHint(QFont.StyleHint.SansSerif)
    font.setPointSizeF(points)
    return font


def _fill(text: QTextDocument, document: Document, dots_a_mm: float, room: QSizeF) -> None:
    sheet = _Sheet(text, dots_a_mm, room)
    # As one edit, or all is laid out anew after each cell.
    text.setUndoRedoEnabled(False)
    sheet.cursor.beginEditBlock()
    sheet.line(document.title, _TITLE_PT, is_bold=True)
    if document.subtitle:
        sheet.text(Text(document.subtitle, Tone.NOTE))
    for notice in document.notices:
        sheet.text(notice)
    for section in document.sections:
        sheet.section(section)
    sheet.cursor.endEditBlock()


class _Sheet:
    """Writes blocks at the end of a text document."""

    def __init__(self, text: QTextDocument, dots_a_mm: float, room: QSizeF) -> None:
        self.cursor = QTextCursor(text)
        self.dots_a_mm = dots_a_mm
        self.room = room
        self._is_empty = True

    def section(self, section: Section) -> None:
        self.line(section.title, _SECTION_PT, is_bold=True, above_mm=4.0, new_page=section.new_page)
        for block in section.blocks:
            _write(block, self)

    def text(self, text: Text) -> None:
        points = _SMALL_PT if text.tone is Tone.NOTE else _PLAIN_PT
        shade = {Tone.NOTE: _MUTED, Tone.WARNING: _RED}.get(text.tone, _INK)
        self.line(text.words, points, is_bold=text.tone is Tone.WARNING, shade=shade)

    def line(
        self,
        words: str,
        points: float,
        *,
        is_bold: bool = False,
        shade: QColor = _INK,
        above_mm: float = 0.0,
        new_page: bool = False,
    ) -> None:
        """A paragraph of its own."""
        block = QTextBlockFormat()
        block.setTopMargin(above_mm * self.dots_a_mm)
        block.setBottomMargin(1.2 * self.dots_a_mm)
        if new_page:
            block.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
        self._begin(block)
        self.cursor.insertText(words, char_format(points, is_bold=is_bold, shade=shade))

    def _begin(self, block: QTextBlockFormat) -> None:
        if self._is_empty:
            # A new text has one paragraph already.
            self.cursor.setBlockFormat(block)
            self._is_empty = False
        else:
            self.cursor.insertBlock(block)

    def table(self, rows: int, widths: tuple[float, ...]) -> QTextTable:
        """An empty table as wide as the page."""
        form = QTextTableFormat()
        form.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        total = sum(widths)
        form.setColumnWidthConstraints(
            [QTextLength(QTextLength.Type.PercentageLength, 100 * w / total) for w in widths]
        )
        form.setBorder(0)
        form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_None)
        form.setCellSpacing(0)
        form.setCellPadding(0.8 * self.dots_a_mm)
        above = QTextBlockFormat()
        # The paragraph before a table stands empty: as low as it can be.
        above.setLineHeight(1.0, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        self.cursor.insertBlock(above)
        return self.cursor.insertTable(rows, len(widths), form)

    def leave_table(self) -> None:
        self.cursor.movePosition(QTextCursor.MoveOperation.End)


def char_format(points: float, *, is_bold: bool = False, shade: QColor = _INK) -> QTextCharFormat:
    """How letters look."""
    form = QTextCharFormat()
    form.setFont(_font(points))
    form.setFontWeight(QFont.Weight.Bold if is_bold else QFont.Weight.Normal)
    form.setForeground(shade)
    return form


@singledispatch
def _write(block: Block, sheet: _Sheet) -> None:  # noqa: ARG001 - the others use it
    raise TypeError(type(block).__name__)


@_write.register
def _(block: Text, sheet: _Sheet) -> None:
    sheet.text(block)


@_write.register
def _(block: Table, sheet: _Sheet) -> None:
    if block.title:
        sheet.line(block.title, _PLAIN_PT, is_bold=True, above_mm=2.0)
    rows = [*([block.head] if block.head else []), *block.rows]
    table = sheet.table(len(rows), block.widths)
    if block.head:
        form = table.format()
        form.setHeaderRowCount(1)
        table.setFormat(form)
    for row, cells in enumerate(rows):
        for column, words in enumerate(cells):
            is_head = bool(block.head) and row == 0
            cell = table.cellAt(row, column)
            cell_form = cell.format().toTableCellFormat()
            cell_form.setBottomBorder(max(1.0, 0.12 * sheet.dots_a_mm))
            cell_form.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
            cell_form.setBottomBorderBrush(_LINE)
            cell.setFormat(cell_form)
            cell.firstCursorPosition().insertText(words, char_format(_SMALL_PT, is_bold=is_head))
    sheet.leave_table()


@_write.register
def _(block: Plates, sheet: _Sheet) -> None:
    shares = plate_shares(block)
    table = sheet.table(1, shares)
    for column, (picture, share) in enumerate(zip(block.pictures, shares, strict=True)):
        at = table.cellAt(0, column).firstCursorPosition()
        width = sheet.room.width() * share - 3.0 * sheet.dots_a_mm
        _insert_picture(at, picture.png, width, block.height_mm * sheet.dots_a_mm)
        at.insertBlock()
        at.insertText(picture.caption, char_format(_SMALL_PT, shade=_MUTED))
    sheet.leave_table()


@_write.register
def _(block: Pictures, sheet: _Sheet) -> None:
    for start in range(0, len(block.pictures), 2):
        _write(Plates(block.pictures[start : start + 2], 40.0), sheet)


def _insert_picture(at: QTextCursor, png: bytes, width: float, height: float) -> None:
    image = QImage.fromData(png)
    across, down = image.width(), image.height()
    scale = min(width / across, height / down)
    name = f"picture-{image.cacheKey()}"
    at.document().addResource(QTextDocument.ResourceType.ImageResource.value, name, image)
    form = QTextImageFormat()
    form.setName(name)
    form.setWidth(across * scale)
    form.setHeight(down * scale)
    at.insertImage(form)
