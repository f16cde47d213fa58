"""Puts together what a report says of films, and writes what is shared. Nothing here touches Qt.

The functions run in the sharing worker. What the window knows is handed over as plain values;
verdicts and measurements of films that are not in sight come from their files.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from training.errors import UserError
from training.films.film import Film, Spacing
from training.models.card import ModelCard
from training.models.prediction import Prediction
from training.report.document import Document, Picture
from training.sharing.facts import LEGEND, ModelSaid, ReaderSaid, model_name
from training.sharing.film_report import FilmEntry, FilmSheet, film_document, list_document
from training.sharing.overlay import overlaid, sized
from xray_desktop.review.store import VerdictStore, current_of
from xray_desktop.review.verdicts import ModelAnswer, Opinion, Verdict
from xray_desktop.state.measure_book import Sheet
from xray_desktop.state.measure_figures import label
from xray_desktop.state.measure_store import MeasureStore
from xray_desktop.viewer_tab.engine import Engine, ModelRoom

_LONGEST_SIDE = 1400
_SOURCES = {
    "calibrated": "at the patient, as the file says",
    "as stated": "as the file says, not whether at the patient",
    "at detector": "at the detector: the bone is smaller by the magnification",
    "of the scanned film": "on the scanned film",
}

Progress = Callable[[int, int], None]
Asked = Callable[[], bool]


@dataclass(frozen=True)
class Listed:
    """One film as the window knows it now.

    Args:
        path: The film.
        name: As it may be shown.
        sign: The reader's verdict in one word, or None.
        answer: The model's, as far as it may be told, or None.
        withheld: A blind reader has given no verdict yet.
        refused: Why it cannot be read, or empty.
        verdict: The newest, where it may not be on the disk yet; or None to look it up.
        sheet: What was drawn on it, where that may not be on the disk yet; or None to look it up.
        no_answer: Why the model gives no answer to it, or empty.
    """

    path: Path
    name: str
    sign: Opinion | None = None
    answer: ModelAnswer | None = None
    withheld: bool = False
    refused: str = ""
    verdict: Verdict | None = None
    sheet: Sheet | None = None
    no_answer: str = ""

    @property
    def remark(self) -> str:
        """Why there is no picture or no answer, or empty."""
        return self.refused or self.no_answer


@dataclass(frozen=True)
class Shown:
    """The view as it is now, for a report of what is shown.

    Args:
        png: The picture.
        words: How it is shown: "window 1,200, level 600, mirrored".
    """

    png: bytes = field(repr=False)
    words: str


@dataclass(frozen=True, eq=False)
class Room:
    """Where things are found.

    Args:
        engine: Reads films.
        models: A model of this worker's own: the predictions' belongs to their worker.
        verdicts: The file of verdicts.
        measures: The files of measurements.
        reader: Whose verdicts.
        model: The model's file, or None.
        card: Its card, or None.
    """

    engine: Engine
    models: ModelRoom
    verdicts: VerdictStore
    measures: MeasureStore
    reader: str
    model: Path | None = None
    card: ModelCard | None = None

    @property
    def model_name(self) -> str:
        """The name of the model's file, or empty."""
        return "" if self.model is None else self.model.name

    def predict(self, film: Film) -> Prediction:
        """The model's answer with its heat map.

        Raises:
            UserError: The model can no longer be loaded, or has no heat map.
        """
        assert self.model is not None
        return self.models.predict(self.model, film, True)


def report_of_film(
    room: Room, listed: Listed, film: Film, shown: Shown | None, heat_map: bool, made_at: datetime
) -> Document:
    """The report of the film in sight. Sharing worker.

    Args:
        room: Where things are found.
        listed: The film as the window knows it.
        film: As read.
        shown: The view, to show the film so; None to show it as recorded.
        heat_map: Show it under its heat map, too.
        made_at: When.

    Raises:
        UserError: The film vanished, or something of it cannot be read.
    """
    try:
        return film_document(_sheet(room, listed, film, shown, heat_map), made_at)
    finally:
        room.models.put_away()


def report_of_list(
    room: Room,
    films: Sequence[Listed],
    pages: bool,
    heat_maps: bool,
    made_at: datetime,
    *,
    progress: Progress,
    cancelled: Asked,
) -> Document | None:
    """The report of a work list; None where it was stopped. Sharing worker.

    Args:
        room: Where things are found.
        films: In the order of the list.
        pages: A page for each film that can be read.
        heat_maps: Films also under their heat maps.
        made_at: When.
        progress: Called with (films done, films).
        cancelled: Asked between films.

    Raises:
        UserError: Verdicts or measurements cannot be read, or the model can no longer be loaded.
    """
    entries: list[FilmEntry] = []
    sheets: list[FilmSheet] = []
    try:
        for count, listed in enumerate(films):
            if cancelled():
                return None
            progress(count, len(films))
            entry = entry_of(room, listed)
            if pages and not listed.refused:
                try:
                    film = room.engine.read_film(listed.path)
                    sheet = _sheet(room, listed, film, None, heat_maps)
                except UserError as error:
                    # One film that vanished does not cost the report of all others.
                    entry = FilmEntry(listed.name, entry.reader, refused=_said(error, listed))
                else:
                    entry, sheets = sheet.entry, [*sheets, sheet]
            entries.append(entry)
        progress(len(films), len(films))
    finally:
        room.models.put_away()
    return list_document(entries, sheets, made_at)


def entry_of(room: Room, listed: Listed) -> FilmEntry:
    """What the list alone tells of a film; no file is read."""
    reader = None
    if listed.sign is not None:
        reader = ReaderSaid(listed.sign.value, room.reader, "", None)
    return FilmEntry(listed.name, reader, said_of(room, listed), listed.withheld, listed.remark)


def said_of(room: Room, listed: Listed) -> ModelSaid | None:
    """The model's answer with its card."""
    answer = listed.answer
    if answer is None or room.card is None:
        return None
    if answer.opinion is None:
        return ModelSaid.of_scores(room.card, answer.model, answer.scores)
    return ModelSaid.stated(room.card, answer.model, answer.score, answer.opinion.value)


def reader_of(room: Room, listed: Listed) -> ReaderSaid | None:
    """The reader's last verdict on a film. Reads the film's file where it must be looked up.

    Raises:
        UserError: The film or the file of verdicts cannot be read.
    """
    verdict = listed.verdict
    if verdict is None:
        film = room.verdicts.film_at(listed.path)
        verdict = current_of(room.verdicts.history(film), room.reader)
    if verdict is None:
        return None
    mark = verdict.mark
    return ReaderSaid(
        verdict.opinion.value,
        verdict.reader,
        verdict.note,
        verdict.given_at,
        (mark.x, mark.y, mark.width, mark.height) if mark else None,
        verdict.score_seen,
    )


def _sheet(
    room: Room, listed: Listed, film: Film, shown: Shown | None, heat_map: bool
) -> FilmSheet:
    drawn = listed.sheet
    if drawn is None:
        drawn, _ = room.measures.load(room.verdicts.film_at(listed.path))
    spacing = drawn.calibration or film.spacing
    said = said_of(room, listed)
    grey = sized(film.grey(), _LONGEST_SIDE)
    if shown is not None:
        pictures = [Picture(shown.png, f"As shown: {shown.words}")]
    else:
        pictures = [Picture(_png(grey), "As recorded")]
    no_answer = listed.no_answer
    wants_map = heat_map and not listed.withheld and not no_answer
    prediction = room.predict(film) if wants_map and room.model is not None else None
    if prediction is not None and said is None and prediction.refusal is not None:
        no_answer = prediction.refusal.words
    elif prediction is not None:
        found = prediction.heat_map
        is_empty = found is None or found.is_empty
        words = "empty: nothing spoke for the class" if is_empty else LEGEND
        pictures.append(Picture(_png(overlaid(grey, prediction)), f"Heat map: {words}"))
        if said is None:
            # No score of the list had come to it yet.
            said = ModelSaid.of(prediction, model_name(prediction.card, room.model_name))
    entry = FilmEntry(listed.name, reader_of(room, listed), said, listed.withheld, no_answer)
    measured = tuple(
        (one.kind.value, "; ".join(label(one, spacing, film.pixels))) for one in drawn.drawn
    )
    return FilmSheet(entry, tuple(pictures), _facts(film, spacing), measured)


def _facts(film: Film, spacing: Spacing | None) -> tuple[tuple[str, str], ...]:
    return (
        ("Film", f"{film.format}, {film.width:,} x {film.height:,} px, {film.bits} bit"),
        ("Millimetres", spacing_words(spacing)),
    )


def spacing_words(spacing: Spacing | None) -> str:
    """How large a pixel is, and who says so."""
    if spacing is None:
        return "not known: lengths are in pixels"
    source = _SOURCES.get(spacing.source, spacing.source)
    return f"{spacing.row_mm:.4g} x {spacing.column_mm:.4g} mm a pixel, {source}"


def _png(pixels: npt.NDArray[np.uint8]) -> bytes:
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "PNG", compress_level=3)
    return target.getvalue()


def _said(error: UserError, listed: Listed) -> str:
    """Why a film is left out, without a name that is hidden."""
    return str(error).replace(listed.path.name, listed.name)
