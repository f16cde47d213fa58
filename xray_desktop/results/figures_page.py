"""Every figure of every model and part, with its interval, beside both guesses."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from training.evaluation.figures import FEW_FILMS
from training.evaluation.many_wording import LEFT_OUT, READING, many_rows
from training.evaluation.pointing import pointing_rows
from training.evaluation.wording import figure_rows
from training.report import pointing_section
from training.report.subject import ManyPart, Part
from xray_desktop import theme
from xray_desktop.results.page import ResultsPage, Row, RowsTable, label
from xray_desktop.state.results_entries import Unit
from xray_desktop.state.results_state import Loaded, Offers, ResultsState


class FiguresPage(ResultsPage):
    """One table: figures down, models across."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Loaded | None, Unit] | None = None
        self._title = label("", "title")
        self._note = label("", "muted")
        self._pointing_title = label("", "title")
        self.pointing = RowsTable("pointingTable", "How often outlined fractures are hit")
        self._pointing_note = label(
            f"{pointing_section.READING} {pointing_section.CHOSEN}", "muted"
        )
        self.table = RowsTable("figuresTable", "All figures with their 95 % intervals")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_2)
        layout.addWidget(self._title)
        layout.addWidget(self.table, 1)
        layout.addWidget(self._note)
        for widget in self._pointing_widgets:
            layout.addWidget(widget)

    @property
    def _pointing_widgets(self) -> tuple[QWidget, ...]:
        return self._pointing_title, self.pointing, self._pointing_note

    def show_state(self, state: ResultsState, allowed: Offers) -> None:  # noqa: ARG002
        """Fill the table where what is shown has changed."""
        if state.loaded is None or self._shown == (state.loaded, state.unit):
            return
        self._shown = (state.loaded, state.unit)
        if state.is_many:
            self._show_many(state)
            self._show_pointing(state.loaded)
            return
        parts = state.loaded.subject.parts
        by_film = state.unit is Unit.FILM
        self._title.setText(f"All figures by {state.unit.value}, with 95 % intervals over films")
        rows, red = table_of(parts, state.classes, state.unit)
        self.table.show_rows(rows, red)
        thresholds = sorted({f"{part.measured.threshold:.3g}" for part in parts})
        counts = "Each film counts once, with the mean score of its files."
        if not by_film:
            counts = "Each file counts once; copies of a film add no certainty."
        self._note.setText(
            f"{counts} Fractures are called from a score of {' or '.join(thresholds)} on, the "
            "network's own score. The constant guess always names the commoner class; brightness "
            f"alone is a guess from the mean grey.{_lacking(parts)}"
        )
        self._show_pointing(state.loaded)

    def _show_pointing(self, loaded: Loaded) -> None:
        """How often outlined fractures are hit; nothing where nobody outlined any."""
        parts = loaded.subject.pointing
        for widget in self._pointing_widgets:
            widget.setVisible(bool(parts))
        if not parts:
            self.pointing.show_rows([])
            return
        rows: list[Row] = []
        for name, hits in parts:
            head, *found = pointing_rows(hits)
            rows += [("", *head)] if not rows else []
            rows += [
                (_in_words(name) if not number else "", *row) for number, row in enumerate(found)
            ]
        self._pointing_title.setText("Outlined fractures, by film")
        few = {
            (row, column)
            for row, cells in enumerate(rows[1:])
            for column in range(1, len(cells))
            if int(cells[2].replace(",", "")) < FEW_FILMS
        }
        self.pointing.show_rows(rows, frozenset(few))
        self.pointing.fit_height()

    def _show_many(self, state: ResultsState) -> None:
        assert state.loaded is not None
        by_film = state.unit is Unit.FILM
        self._title.setText(f"All figures by {state.unit.value}, with 95 % intervals over films")
        rows, red = many_table_of(state.loaded.subject.many, state.classes, state.unit)
        self.table.show_rows(rows, red)
        counts = "" if by_film else " Each file counts once; copies of a film add no certainty."
        self._note.setText(f"{READING}{counts} {LEFT_OUT}")

    def rows(self) -> list[Row]:
        """The table."""
        return [*self.table.rows(), *self.pointing.rows()]


def table_of(
    parts: tuple[Part, ...], classes: tuple[str, ...], unit: Unit
) -> tuple[list[Row], frozenset[tuple[int, int]]]:
    """The rows, the head first, and which cells rest on too few films.

    Args:
        parts: One column each.
        classes: (negative, positive) names.
        unit: What counts once.
    """
    column = 1 if unit is Unit.FILM else 2
    columns = [{row[0]: row[column] for row in figure_rows(p.measured, classes)} for p in parts]
    names: list[str] = []
    for found in columns:
        # The guess by brightness is known for some models only.
        names += [name for name in found if name not in names]
    order = max((list(found) for found in columns), key=len)
    names.sort(key=lambda name: order.index(name) if name in order else len(order))
    head = ("", *(_head(part) for part in parts))
    rows: list[Row] = [head]
    for name in names:
        first = _in_words(name) if name else "films · files"
        # Short, or this one row would take the room of the names.
        cells = [
            found.get(name, "not known").replace(", area under ROC ", ", ROC area ")
            for found in columns
        ]
        if not name:
            cells = [
                f"{part.measured.by_film.count:,} · {part.measured.by_file.count:,}"
                + (" (few)" if part.measured.by_film.count < FEW_FILMS else "")
                for part in parts
            ]
        rows.append((first, *cells))
    red = {
        (row, 1 + number)
        for number, part in enumerate(parts)
        if part.measured.by_film.count < FEW_FILMS
        for row in range(len(rows) - 1)
    }
    return rows, frozenset(red)


def many_table_of(
    parts: tuple[ManyPart, ...], classes: tuple[str, ...], unit: Unit
) -> tuple[list[Row], frozenset[tuple[int, int]]]:
    """The same of more than two classes.

    Args:
        parts: One column each.
        classes: Names by label.
        unit: What counts once.
    """
    column = 1 if unit is Unit.FILM else 2
    tables = [many_rows(part.measured, classes) for part in parts]
    counts = (
        f"{part.measured.by_film.count:,} · {part.measured.by_file.count:,}"
        + (" (few)" if part.measured.has_few_films else "")
        for part in parts
    )
    rows: list[Row] = [("", *(_head(part) for part in parts)), ("films · files", *counts)]
    for lines in list(zip(*tables, strict=True))[1:]:
        rows.append((_in_words(lines[0][0]), *(line[column] for line in lines)))
    red = {
        (row, 1 + number)
        for number, part in enumerate(parts)
        if part.measured.has_few_films
        for row in range(len(rows) - 1)
    }
    return rows, frozenset(red)


def _lacking(parts: tuple[Part, ...]) -> str:
    if all(part.measured.by_film.brightness_guess is not None for part in parts):
        return ""
    return (
        " This run is of an older version, which did not note the greys: that guess is not known."
    )


def _head(part: Part | ManyPart) -> str:
    return part.name.replace(" model", "").replace("s, out", ", out")


def _in_words(name: str) -> str:
    bare = name.strip()
    return f"    {bare}" if name.startswith(" ") else bare[:1].upper() + bare[1:]
