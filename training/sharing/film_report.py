"""The report of one film, or of a work list, in the plain values that PDF and printer are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from training import __version__
from training.report.document import Block, Document, Picture, Plates, Section, Table, Text, Tone
from training.sharing.facts import RESEARCH_USE, ModelSaid, ReaderSaid, limits_words

WITHHELD = "Not told: this film is read blind and has no verdict yet."
BLIND_NOTE = "Blind: the model's answer is not told before the reader's verdict."
SYNTHETIC = "The model was trained on drawn films only: its scores on real films mean nothing."
_PAIR = (0.26, 0.74)


@dataclass(frozen=True)
class FilmEntry:
    """One film as the list tells of it.

    Args:
        name: As it may be shown.
        reader: The verdict, or None.
        model: The model's answer, or None.
        withheld: There may be an answer, which a blind reader must not be told yet.
        refused: Why the film cannot be read or scored, or empty.
    """

    name: str
    reader: ReaderSaid | None = None
    model: ModelSaid | None = None
    withheld: bool = False
    refused: str = ""

    @property
    def agreement(self) -> str:
        """How verdict and model stand to each other."""
        if self.reader is None or self.model is None:
            return ""
        if not self.model.opinion:
            # One of many classes is neither for nor against a verdict.
            return ""
        if self.reader.opinion == self.model.opinion:
            return "same"
        return "one unsure" if "unsure" in (self.reader.opinion, self.model.opinion) else "opposed"


@dataclass(frozen=True)
class FilmSheet:
    """One film with everything that is reported of it.

    Args:
        entry: What is said of it.
        pictures: The film, and where it is wanted the film under its heat map.
        facts: (name, value) of the film itself: size, millimetres ...
        measurements: (kind, value) of what the reader drew on it.
    """

    entry: FilmEntry
    pictures: tuple[Picture, ...]
    facts: tuple[tuple[str, str], ...] = ()
    measurements: tuple[tuple[str, str], ...] = field(default=())


def film_document(sheet: FilmSheet, made_at: datetime) -> Document:
    """The report of one film, on one page unless there is very much to say.

    Args:
        sheet: The film.
        made_at: When, with a time zone.
    """
    section = _film_section(sheet, height_mm=105.0)
    return _document("Film report", (section,), (sheet.entry,), made_at)


def list_document(
    entries: Sequence[FilmEntry], sheets: Sequence[FilmSheet], made_at: datetime
) -> Document:
    """The report of a work list: one table, then a page a film where they are given.

    Args:
        entries: Every film, in the order of the list.
        sheets: The films that get a page, or none.
        made_at: When, with a time zone.
    """
    pages = tuple(_film_section(sheet, height_mm=105.0, new_page=True) for sheet in sheets)
    return _document("Work list", (_summary(entries), *pages), entries, made_at)


def _document(
    title: str, sections: tuple[Section, ...], entries: Sequence[FilmEntry], made_at: datetime
) -> Document:
    notices = [Text(RESEARCH_USE, Tone.WARNING)]
    if any(entry.model is not None and entry.model.card.synthetic for entry in entries):
        notices.append(Text(SYNTHETIC, Tone.WARNING))
    return Document(
        title=title,
        subtitle=f"Made {_when(made_at)} with X-ray Desktop {__version__}",
        notices=tuple(notices),
        sections=sections,
        footer=f"X-ray Desktop {__version__}, {made_at:%Y-%m-%d}. {RESEARCH_USE}",
    )


def _film_section(sheet: FilmSheet, *, height_mm: float, new_page: bool = False) -> Section:
    entry = sheet.entry
    blocks: list[Block] = [Plates(sheet.pictures, height_mm)] if sheet.pictures else []
    if entry.refused:
        blocks.append(Text(entry.refused, Tone.WARNING))
    blocks.append(Table((), _reader_rows(entry.reader), _PAIR, "Verdict"))
    blocks.append(Table((), _model_rows(entry), _PAIR, "Model"))
    if sheet.measurements:
        blocks.append(Table((), sheet.measurements, _PAIR, "Measurements"))
    if sheet.facts:
        blocks.append(Table((), sheet.facts, _PAIR, "Film"))
    return Section(entry.name, tuple(blocks), new_page)


def _reader_rows(reader: ReaderSaid | None) -> tuple[tuple[str, str], ...]:
    if reader is None:
        return (("Verdict", "None given."),)
    seen = "yes" if reader.model_seen else "no: read blind"
    rows = [
        ("Verdict", reader.opinion),
        ("Reader", reader.reader),
        ("Given", "" if reader.given_at is None else _when(reader.given_at)),
        ("Note", reader.note),
        ("Marked place", _mark_words(reader)),
        ("Model seen before", seen),
    ]
    return tuple((name, value) for name, value in rows if value)


def _when(at: datetime) -> str:
    return f"{at:%d %B %Y, %H:%M} {at.tzname() or ''}".strip()


def _mark_words(reader: ReaderSaid) -> str:
    if reader.mark is None:
        return ""
    x, y, width, height = reader.mark
    place = f"{x:.0f} across, {y:.0f} down"
    return f"{place}, {width:.0f} x {height:.0f} px" if width or height else f"{place} px"


def _model_rows(entry: FilmEntry) -> tuple[tuple[str, str], ...]:
    said = entry.model
    if said is None:
        return (("Answer", WITHHELD if entry.withheld else "None."),)
    card = said.card
    calibrated = "calibrated" if card.is_calibrated else "as the network gives it"
    rows = [
        ("Answer", said.word),
        *_score_rows(said, calibrated),
        ("Verdict and model", entry.agreement),
        ("Model", f"{said.model}, network {card.network or 'unknown'}"),
        ("Made by", f"X-ray Desktop {card.program_version or 'unknown'} {card.created}".strip()),
        ("Trained on", f"{card.num_train_films:,} films" if card.num_train_films else ""),
    ]
    return tuple((name, value) for name, value in rows if value)


def _score_rows(said: ModelSaid, calibrated: str) -> list[tuple[str, str]]:
    if said.scores:
        pairs = sorted(zip(said.card.classes, said.scores, strict=True), key=lambda pair: -pair[1])
        return [("Scores", "; ".join(f'{score:.2f} for "{name}"' for name, score in pairs))]
    name = said.card.classes[1]
    return [("Score", f'{said.score:.2f} for "{name}", {limits_words(said)}; {calibrated}')]


def _summary(entries: Sequence[FilmEntry]) -> Section:
    rows = tuple(_summary_row(number, entry) for number, entry in enumerate(entries, start=1))
    head = ("", "film", "verdict", "model", "score", "verdict and model")
    table = Table(head, rows, (0.07, 0.37, 0.15, 0.15, 0.09, 0.17))
    blocks: list[Block] = [Text(_counts(entries)), *_models(entries), table]
    if any(entry.withheld for entry in entries):
        blocks.append(Text(BLIND_NOTE, Tone.NOTE))
    return Section("Films", tuple(blocks))


def _summary_row(number: int, entry: FilmEntry) -> tuple[str, ...]:
    reader, model = entry.reader, entry.model
    said = "" if model is None else model.word
    if entry.withheld:
        said = "blind"
    return (
        f"{number:,}",
        entry.name,
        "" if reader is None else reader.opinion,
        entry.refused or said,
        "" if model is None else f"{model.score:.2f}",
        entry.agreement,
    )


def _counts(entries: Sequence[FilmEntry]) -> str:
    found = [entry.agreement for entry in entries if entry.agreement]
    films = "1 film" if len(entries) == 1 else f"{len(entries):,} films"
    verdicts = sum(entry.reader is not None for entry in entries)
    answers = sum(entry.model is not None for entry in entries)
    words = f"{films}; {verdicts:,} with a verdict, {answers:,} with an answer of the model."
    if found:
        words += (
            f" Of {len(found):,} with both, {found.count('same'):,} say the same, "
            f"{found.count('opposed'):,} the opposite, {found.count('one unsure'):,} have one unsure."
        )
    return words


def _models(entries: Sequence[FilmEntry]) -> list[Block]:
    """Whose answers and whose verdicts these are."""
    said = next((entry.model for entry in entries if entry.model is not None), None)
    readers = sorted({entry.reader.reader for entry in entries if entry.reader is not None})
    rows = [("Verdicts of", ", ".join(readers))] if readers else []
    if said is not None:
        version = said.card.program_version or "unknown"
        rows.append(("Model", f"{said.model}, made by X-ray Desktop {version}"))
        which = "of the class named" if said.scores else f'for "{said.card.classes[1]}"'
        rows.append(("Score", f"{which}, {limits_words(said)}"))
    return [Table((), tuple(rows), _PAIR)] if rows else []
