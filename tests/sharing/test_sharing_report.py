"""Reports of films as PDF: what stands on which page, and what must not be told."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PIL import Image
from pypdf import PdfReader

from tests.builders.films import bone_picture
from tests.sharing.sharing_films import CARD, READER, said
from training import __version__
from training.report.document import Document, Picture, Plates
from training.report.html import to_html
from training.report.pdf import to_pdf
from training.sharing.facts import RESEARCH_USE, ModelSaid
from training.sharing.film_report import (
    BLIND_NOTE,
    SYNTHETIC,
    WITHHELD,
    FilmEntry,
    FilmSheet,
    film_document,
    list_document,
)

MADE = datetime(2026, 11, 25, 21, 3, tzinfo=UTC)


def png(height: int, width: int) -> bytes:
    target = io.BytesIO()
    Image.fromarray(bone_picture(height, width)).save(target, "PNG")
    return target.getvalue()


def sheet(entry: FilmEntry, num_pictures: int = 2) -> FilmSheet:
    pictures = tuple(Picture(png(400, 300), f"picture {n}") for n in range(num_pictures))
    facts = (("Size", "300 x 400 px"), ("Millimetres", "0.2 x 0.2 mm a pixel, at detector"))
    return FilmSheet(entry, pictures, facts, (("length", "12.3 mm at detector"),))


def pages(document: Document) -> list[str]:
    reader = PdfReader(io.BytesIO(to_pdf(document)))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def test_that_a_film_report_holds_what_was_said_and_by_whom() -> None:
    found = pages(film_document(sheet(FilmEntry("wrist.dcm", READER, said())), MADE))
    assert len(found) == 1
    for words in (
        "wrist.dcm",
        "25 November 2026, 21:03 UTC",
        f"X-ray Desktop {__version__}",
        "fracture",
        "Dr Ada Test",
        "Fissure of the radius",
        "no: read blind",
        '0.83 for "fractured", unsure from 0.30 to 0.64; as the network gives it',
        "2026-11-23_14-02-31_compact, best",
        "177 films",
        "12.3 mm at detector",
        "0.2 x 0.2 mm a pixel, at detector",
        "same",
    ):
        assert words in found[0], words


def test_that_the_notice_stands_on_every_page() -> None:
    entry = FilmEntry("wrist.dcm", READER, said())
    found = pages(list_document([entry] * 90, [sheet(entry)] * 2, MADE))
    assert len(found) == 4
    assert all(RESEARCH_USE in page and f"X-ray Desktop {__version__}" in page for page in found)
    # Each film begins a page of its own.
    assert [("picture 0" in page) for page in found[-2:]] == [True, True]


def test_that_the_list_counts_agreement_and_says_why_a_film_is_refused() -> None:
    entries = [
        FilmEntry("a", READER, said(0.9)),
        FilmEntry("b", READER, said(0.1)),
        FilmEntry("c", READER, said(0.5)),
        FilmEntry("d", None, said(0.9)),
        FilmEntry("e", refused="e cannot be opened: the file is empty."),
    ]
    text = " ".join(pages(list_document(entries, [], MADE)))
    assert "5 films; 3 with a verdict, 4 with an answer of the model." in text
    assert "Of 3 with both, 1 say the same, 1 the opposite, 1 have one unsure." in text
    assert "the file is empty" in text
    assert BLIND_NOTE not in text


def test_that_a_blind_readers_film_does_not_tell_the_answer() -> None:
    entry = FilmEntry("wrist.dcm", withheld=True)
    text = " ".join(pages(film_document(sheet(entry, 1), MADE)))
    assert WITHHELD in text
    assert "Score" not in text
    listed = " ".join(pages(list_document([entry], [], MADE)))
    assert BLIND_NOTE in listed


def test_that_a_model_of_drawn_films_is_named_as_such() -> None:
    entry = FilmEntry("wrist.dcm", READER, said(synthetic=True))
    assert SYNTHETIC in pages(film_document(sheet(entry), MADE))[0]


@pytest.mark.parametrize("shape", [(4000, 200), (200, 4000), (3, 3)])
def test_that_pictures_of_any_shape_fit_the_page(shape: tuple[int, int]) -> None:
    entry = FilmEntry("wrist.dcm", READER, said())
    found = replace(sheet(entry), pictures=(Picture(png(*shape), "tall"),))
    assert len(pages(film_document(found, MADE))) == 1


def test_that_html_shows_large_pictures_too() -> None:
    document = film_document(sheet(FilmEntry("wrist.dcm")), MADE)
    assert any(isinstance(block, Plates) for block in document.sections[0].blocks)
    assert to_html(document).count("data:image/png") == 2


def test_that_of_three_classes_every_score_is_told_and_nothing_is_agreed() -> None:
    card = replace(CARD, classes=("none", "hairline", "displaced"), calibration=None, points=None)
    card = replace(card, brightness=None, site=None)
    model = ModelSaid.of_scores(card, "run 7, best", (0.2, 0.1, 0.7))
    entry = FilmEntry("wrist.dcm", READER, model)
    assert entry.agreement == ""
    (found,) = pages(film_document(sheet(entry), MADE))
    assert "displaced" in found
    assert '0.70 for "displaced"; 0.20 for "none"; 0.10 for "hairline"' in found
    assert "positive from" not in found
    (listed,) = pages(list_document([entry], [], MADE))
    assert "of the class named, the largest of 3 classes" in listed
    assert "1 with a verdict, 1 with an answer of the model." in listed
