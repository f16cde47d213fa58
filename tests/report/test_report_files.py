"""Reports as files: HTML that needs nothing else, PDF pages that hold the same."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader

from tests.report.report_builders import make_crossval, make_run
from training.cli import main
from training.errors import UserError
from training.report.contents import make_document
from training.report.document import Document, Picture, Pictures, Section, Table, Text, Tone
from training.report.drawing import Axes, Drawing, Label, ticks
from training.report.html import to_html
from training.report.make import write_report
from training.report.pdf import to_pdf
from training.report.subject import read_subject
from training.report.svg import to_svg


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_run(tmp_path_factory.mktemp("run"))


class Links(HTMLParser):
    """All that a page refers to, its tags and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: list[str] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        names = ("href", "src", "xlink:href", "data", "action")
        self.links += [value or "" for name, value in attrs if name in names]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_that_the_page_refers_to_nothing_outside_it(run: Path) -> None:
    page = to_html(make_document(read_subject(run), pictures=True))
    links = Links(page)
    assert any(link.startswith("data:image/png") for link in links.links)
    assert all(link.startswith(("#", "data:image/png")) for link in links.links)
    assert "script" not in links.tags
    assert not re.search(r"https?://|@import|url\(", page)


def test_that_names_cannot_become_markup() -> None:
    evil = '<img src=x onerror="alert(1)"> & "films"'
    drawing = Drawing(10, 10, evil, evil, (Label((0, 0), evil),))
    blocks = (
        Text(evil),
        Table((evil,), ((evil,),), (1.0,), evil),
        Pictures((Picture(b"", evil),)),
    )
    page = to_html(Document(evil, evil, (Text(evil, Tone.WARNING),), (Section(evil, blocks),)))
    assert "<img src=x" not in page
    assert "<img src=x" not in to_svg(drawing)
    text = "".join(ElementTree.fromstring(to_svg(drawing)).itertext())
    assert text == evil + evil
    assert PdfReader(io.BytesIO(to_pdf(Document(evil, "", (), (Section(evil, blocks[:2]),)))))


def test_that_html_and_pdf_say_the_same(run: Path) -> None:
    document = make_document(read_subject(run))
    page = " ".join(Links(to_html(document)).text)
    reader = PdfReader(io.BytesIO(to_pdf(document)))
    pages = " ".join(each.extract_text() for each in reader.pages)
    squeezed = "".join(pages.split())
    for section in document.sections:
        assert section.title in page
        assert "".join(section.title.split()) in squeezed
        for block in section.blocks:
            if isinstance(block, Table):
                for cell in (cell for row in block.rows for cell in row):
                    assert cell in page
                    assert "".join(cell.split()) in squeezed
    assert [entry.title for entry in reader.outline] == [each.title for each in document.sections]
    for each in reader.pages:
        assert "not a medical device" in each.extract_text()


def test_that_tables_longer_than_a_page_repeat_their_head() -> None:
    rows = tuple((str(number), "name") for number in range(150))
    table = Table(("count of files", "file"), rows, (0.5, 0.5))
    reader = PdfReader(io.BytesIO(to_pdf(Document("t", "", (), (Section("s", (table,)),)))))
    assert len(reader.pages) > 2
    assert all("count of files" in page.extract_text() for page in reader.pages)


def test_that_letters_the_pdf_fonts_lack_are_spelt_out() -> None:
    section = Section("s", (Text("снимок 1 · ä × –"),))
    text = PdfReader(io.BytesIO(to_pdf(Document("t", "", (), (section,))))).pages[0].extract_text()
    assert "\\u0441" in text
    assert "ä × –" in text


def test_that_equal_reports_are_equal_files(run: Path) -> None:
    document = make_document(read_subject(run))
    assert to_pdf(document) == to_pdf(document)
    assert to_html(document) == to_html(document)


def test_that_curves_lie_where_their_values_are() -> None:
    axes = Axes((0.0, 1.0), (0.0, 2.0), "x", "y", width=160.0, height=148.0)
    left, bottom = axes.at(0.0, 0.0)
    right, top = axes.at(1.0, 2.0)
    assert (right - left, bottom - top) == (100.0, 100.0)
    assert axes.at(0.25, 1.5) == (left + 25.0, bottom - 75.0)
    # Beyond an end means on it.
    assert axes.at(5.0, -1.0) == (right, bottom)
    assert axes.path([0.0, float("inf"), 1.0], [0.0, 1.0, 0.0]) == ((left, bottom), (right, bottom))


def test_that_ticks_are_round_and_within_the_ends() -> None:
    assert ticks((0.0, 1.0)) == (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    assert ticks((0.0, 12.0)) == (0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0)
    for low, high in ((0.0, 1.73), (-5.75, 5.75), (0.0, 1.0), (0.0, 20.0), (0.0, 0.013)):
        found = ticks((low, high))
        assert 3 <= len(found) <= 8
        assert low <= found[0] <= found[-1] <= high


def test_that_the_command_writes_both_kinds(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(run)]) == 0
    assert (run / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    target = tmp_path / "a report.pdf"
    assert main(["report", str(run), "--out", str(target), "--prevalence", "0.1"]) == 0
    assert str(target) in capsys.readouterr().out
    assert target.read_bytes().startswith(b"%PDF")


def test_that_a_cross_validation_fits_a_pdf(tmp_path: Path) -> None:
    folder = make_crossval(tmp_path)
    write_report(folder, tmp_path / "r.pdf")
    text = "".join(page.extract_text() for page in PdfReader(tmp_path / "r.pdf").pages)
    assert "Fold by fold" in text


def test_that_a_file_that_cannot_be_written_is_told_at_once(run: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"\.html or \.pdf"):
        write_report(run, tmp_path / "report.doc")
    with pytest.raises(UserError, match="not there"):
        write_report(run, tmp_path / "missing" / "report.pdf")
    (tmp_path / "r.pdf").mkdir()
    with pytest.raises(UserError, match="folder"):
        write_report(run, tmp_path / "r.pdf")
