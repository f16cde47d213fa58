"""A report on paper says what its PDF says, page by page."""

from __future__ import annotations

import io
import re
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from pypdf import PdfReader
from PySide6.QtPrintSupport import QPrinter
from pytestqt.qtbot import QtBot

from tests.builders.films import bone_picture
from tests.sharing.sharing_films import READER, said
from training.report.document import Document, Picture
from training.report.pdf import to_pdf
from training.sharing.film_report import FilmEntry, FilmSheet, list_document
from xray_desktop.viewer_tab.sharing.printing import preview, print_document


def document() -> Document:
    target = io.BytesIO()
    Image.fromarray(bone_picture(400, 300)).save(target, "PNG")
    picture = Picture(target.getvalue(), "As recorded")
    entry = FilmEntry("wrist.dcm", READER, said())
    sheet = FilmSheet(entry, (picture, picture), (("Film", "300 x 400 px"),))
    made = datetime(2026, 11, 25, tzinfo=UTC)
    return list_document([entry, FilmEntry("gone.dcm", refused="It is gone.")], [sheet] * 2, made)


def words(pages: list[str]) -> list[list[str]]:
    # Some fonts set "fi" as one sign, which is the same word.
    plain = [unicodedata.normalize("NFKC", page) for page in pages]
    return [sorted(re.findall(r"\w+", page)) for page in plain]


def test_that_paper_and_pdf_hold_the_same_words_on_the_same_pages(
    qtbot: QtBot, tmp_path: Path
) -> None:
    report = document()
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    assert print_document(printer, report) == 3
    printed = PdfReader(tmp_path / "printed.pdf")
    made = PdfReader(io.BytesIO(to_pdf(report)))
    one = words([page.extract_text() for page in printed.pages])
    other = words([page.extract_text() for page in made.pages])
    assert one == other
    assert qtbot is not None


def test_that_a_preview_opens_and_closes(qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QWidget

    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = preview(parent, document())
    qtbot.waitUntil(dialog.isVisible)
    dialog.close()
