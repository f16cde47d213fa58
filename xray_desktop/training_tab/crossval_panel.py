"""A cross-validation's table: each fold, mean and spread, all films pooled."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QBrush, QColor, QIcon
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from training.evaluation.figures import FEW_FILMS
from training.evaluation.many_classes import ManyMeasurement, ManyUnit
from training.evaluation.wording import figure_text, is_share, percent
from training.fit.crossval_folder import MANY_FIGURES, PooledFigures
from training.fit.crossval_wording import known_in_folds
from xray_desktop import theme
from xray_desktop.state.crossval_state import CrossValState
from xray_desktop.state.results_state import NOT_OF_MANY, Page
from xray_desktop.state.training_controls import Controls
from xray_desktop.state.training_state import TrainingState
from xray_desktop.training_tab.elided_label import ElidedLabel
from xray_desktop.training_tab.fitted_table import FittedTable
from xray_desktop.training_tab.results_buttons import ResultsButtons
from xray_desktop.training_tab.swatch import swatch

_FIGURES = ("accuracy", "sensitivity", "specificity", "auc")
_NAMES = ("accuracy", "sensitivity", "specificity", "area under ROC")
_MANY_NAMES = ("accuracy", "found of a class, mean", "area under ROC, mean")
_NONE = "–"
_PAGES = (Page.FIGURES, Page.CONFUSION, Page.CURVES, Page.DOUBTS, Page.FOLDS, Page.COMPARE)
# With more folds their columns have room for the number only.
_MAX_WORDS = 6


class CrossValPanel(QFrame):
    """Takes the place of a run's results while a cross-validation is shown.

    Signals:
        report_requested: Report was pressed.
        folder_requested: Show folder was pressed.
        page_requested: ``Page`` of the results window.
    """

    report_requested = Signal()
    folder_requested = Signal()
    page_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._shown: CrossValState | None = None
        self._title = ElidedLabel()
        self._title.setObjectName("crossvalTitle")
        self._title.setProperty("role", "title")
        self._worth = ElidedLabel(num_lines=2)
        self._worth.setObjectName("crossvalWorth")
        self.report_button = QPushButton("Report…")
        self.report_button.setObjectName("crossvalReportButton")
        self.report_button.setIcon(theme.icon("report"))
        self.report_button.setToolTip("Write all of it into one file, HTML or PDF")
        self.report_button.clicked.connect(self.report_requested)
        self.folder_button = QPushButton("Show folder")
        self.folder_button.setObjectName("crossvalFolderButton")
        self.folder_button.setIcon(theme.icon("folder"))
        self.folder_button.setToolTip("The runs of all folds, and every film's score")
        self.folder_button.clicked.connect(self.folder_requested)
        self.pages = ResultsButtons("crossval", _PAGES)
        self.pages.page_requested.connect(self.page_requested)
        self.table = FittedTable("crossvalTable", "Best models, by film, fold by fold", _NAMES, 3)
        top = QHBoxLayout()
        top.setSpacing(theme.SPACE_2)
        top.addWidget(self._title, 1)
        top.addWidget(self.report_button)
        top.addWidget(self.folder_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_3, theme.SPACE_2, theme.SPACE_3, theme.SPACE_2)
        layout.setSpacing(theme.SPACE_1)
        layout.addLayout(top)
        layout.addWidget(self.table)
        bottom = QHBoxLayout()
        bottom.setSpacing(theme.SPACE_3)
        bottom.addWidget(self._worth, 1)
        bottom.addWidget(self.pages)
        layout.addLayout(bottom)
        self.hide()

    @property
    def worth(self) -> str:
        """The line below the table."""
        return self._worth.text()

    def render_state(self, state: TrainingState, allowed: Controls) -> None:
        """Show the cross-validation of a state; hidden where there is none."""
        self.setVisible(state.crossval is not None)
        self.report_button.setEnabled(allowed.report)
        self.pages.setEnabled(allowed.results)
        self.folder_button.setEnabled(allowed.show_folder)
        if state.crossval is not None and state.crossval != self._shown:
            self._shown = state.crossval
            self._fill(state.crossval)

    def _fill(self, shown: CrossValState) -> None:
        self._title.setText(title_words(shown))
        self.table.setColumnCount(3 + shown.count)
        word = "fold " if shown.count <= _MAX_WORDS else ""
        folds = [f"{word}{number}" for number in range(1, shown.count + 1)]
        heads = ["all films, 95 %\nout of fold", "mean\n", "spread\n(sd)", *folds]
        self.table.setHorizontalHeaderLabels(heads)
        best = shown.result.figures[0] if shown.result and shown.result.figures else None
        self._colour_folds(shown)
        # While it goes on only accuracies are there, and the curves need the room.
        is_many = best is not None and isinstance(best.pooled, ManyMeasurement)
        figures = MANY_FIGURES if is_many else _FIGURES
        self.table.setVerticalHeaderLabels(list(_MANY_NAMES if is_many else _NAMES))
        self.pages.leave_out(NOT_OF_MANY if is_many else ())
        self.table.show_rows(1 if best is None else len(figures))
        for row, name in enumerate(figures):
            cells = self._cells(shown, best, name)
            for column, text in enumerate(cells):
                self.table.put(row, column, text)
        self._warn(best, known_in_folds(shown.runs or ()))
        self.table.fit()

    def _colour_folds(self, shown: CrossValState) -> None:
        """Each fold's name beside the colour of its curves; the one in front has the run's own."""
        last = shown.count if shown.result is not None else shown.number
        others = 0
        for number in range(1, shown.count + 1):
            item = self.table.horizontalHeaderItem(2 + number)
            if item is None:
                continue
            if number == last:
                item.setIcon(QIcon(swatch(theme.CURVE_VALIDATION)))
            elif shown.runs and shown.runs[number - 1] is not None:
                colour = theme.CURVE_OTHERS[others % len(theme.CURVE_OTHERS)]
                item.setIcon(QIcon(swatch(colour)))
                others += 1

    def _cells(self, shown: CrossValState, best: PooledFigures | None, name: str) -> list[str]:
        if best is not None:
            spread = best.by_fold[name]
            pooled = figure_text(name, getattr(best.pooled.by_film, name))
            values = (spread.mean, spread.deviation, *spread.values)
            return [pooled, *(_short(name, value) for value in values)]
        # While it goes on a fold's own figures tell the accuracy by film only.
        folds = [
            run.best.test.film_accuracy
            if name == "accuracy" and run and run.best and run.best.test
            else None
            for run in shown.runs or (None,) * shown.count
        ]
        return [_NONE, _NONE, _NONE, *(_short(name, value) for value in folds)]

    def _warn(self, best: PooledFigures | None, known: str) -> None:
        if best is None:
            self._worth.setText("Figures of all films, and their spread, when all folds are done.")
            self._worth.setStyleSheet(f"color: {theme.TEXT_MUTED}")
            return
        words, colour = (known, theme.WARNING) if known else worth_words(best)
        self._worth.setText(words)
        self._worth.setStyleSheet(f"color: {colour}")
        if best.pooled.has_few_films:
            for row in range(len(_FIGURES)):
                item = self.table.item(row, 0)
                if item is not None:
                    item.setForeground(QBrush(QColor(theme.ERROR)))


def title_words(shown: CrossValState) -> str:
    """Which cross-validation this is, and how far."""
    kind = ", synthetic sample set" if shown.synthetic else ""
    done = "all folds done" if shown.result else f"{shown.num_finished} of {shown.count} folds done"
    return f"Cross-validation: {shown.network}, {shown.count} folds, {done}{kind}"


def worth_words(best: PooledFigures) -> tuple[str, str]:
    """What the pooled figures are worth, and the colour of the words."""
    film = best.pooled.by_film
    guesses = f"constant guess {percent(film.constant_guess)}"
    if not isinstance(film, ManyUnit) and film.brightness_guess is not None:
        guesses += f", brightness alone {percent(film.brightness_guess)}"
    if film.count < FEW_FILMS:
        films = "film" if film.count == 1 else "films"
        return (
            f"Only {film.count} {films}: read the intervals. For comparison: {guesses}.",
            theme.ERROR,
        )
    return (
        f"{film.count:,} films, each scored by a network that has not seen it. For comparison: {guesses}.",
        theme.TEXT_MUTED,
    )


def _short(name: str, value: float | None) -> str:
    if value is None:
        return _NONE
    return f"{100 * value:.0f} %" if is_share(name) else f"{value:.2f}"
