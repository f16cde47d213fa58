"""The published table of a run: both models on train and validation, and what it is worth by film."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from training.evaluation.figures import FEW_FILMS, Figures
from training.evaluation.pointing import site_words
from training.fit.run_folder import ModelResult, Run, RunStatus, start_words
from xray_desktop import keys, theme
from xray_desktop.state.results_state import NOT_OF_MANY, Page
from xray_desktop.state.training_controls import Controls
from xray_desktop.state.training_run_curves import run_moment
from xray_desktop.state.training_state import TrainingState
from xray_desktop.training_tab.elided_label import ElidedLabel
from xray_desktop.training_tab.fitted_table import FittedTable
from xray_desktop.training_tab.results_buttons import ResultsButtons

_NONE = "–"
# Of a class's name in a table that has to stay narrow; hovering tells all of it.
_NAME_LETTERS = 10
_HIT = "A hit lies on the outline or within 15 pixels (of 224) of it; validation films."
_PAGES = (Page.FIGURES, Page.CONFUSION, Page.CURVES, Page.CALIBRATION, Page.COMPARE)


class ResultsPanel(QFrame):
    """Two tables side by side: accuracy and loss as published; validation by film in detail.

    Without a run there are no tables.

    Signals:
        viewer_requested: Open in viewer was pressed.
        folder_requested: Show run folder was pressed.
        report_requested: Report was pressed.
        export_requested: Export was pressed.
        page_requested: ``Page`` of the results window.
    """

    viewer_requested = Signal()
    folder_requested = Signal()
    report_requested = Signal()
    export_requested = Signal()
    page_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._run: Run | None = None
        self._classes: tuple[str, ...] = ()
        self._title = ElidedLabel()
        self._title.setObjectName("resultsTitle")
        self._title.setProperty("role", "title")
        self._worth = ElidedLabel(num_lines=2)
        self._worth.setObjectName("worthLabel")
        self._site = ElidedLabel()
        self._site.setObjectName("siteLabel")
        self._site.setProperty("role", "muted")
        self._site.setAccessibleDescription(_HIT)
        self.viewer_button = self._button(
            "openViewerButton", "&Open in viewer", "eye", "Look at these films with the best model"
        )
        self.viewer_button.clicked.connect(self.viewer_requested)
        self.folder_button = self._button(
            "showFolderButton", "&Run folder", "folder", "Models, history and figures on disk"
        )
        self.folder_button.clicked.connect(self.folder_requested)
        self.report_button = QPushButton("Report…")
        self.report_button.setObjectName("reportButton")
        self.report_button.setIcon(theme.icon("report"))
        keys.give(
            self.report_button, "training.report", "Write all of it into one file, HTML or PDF"
        )
        self.report_button.clicked.connect(self.report_requested)
        self.export_button = QPushButton("Export…")
        self.export_button.setObjectName("exportButton")
        self.export_button.setIcon(theme.icon("export"))
        keys.give(
            self.export_button,
            "training.export",
            "Write a model for other programs: ONNX, LiteRT, SavedModel",
        )
        self.export_button.clicked.connect(self.export_requested)
        self.pages = ResultsButtons("results", _PAGES)
        self.pages.page_requested.connect(self.page_requested)
        self.table = FittedTable(
            "resultsTable", "Accuracy and loss of both models", ("train", "validation"), 3
        )
        self.detail = FittedTable(
            "detailTable", "Both models on the validation films", ("best", "final"), 4
        )
        self._arrange()
        self._fill(None)

    def _button(self, name: str, text: str, icon: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setIcon(theme.icon(icon))
        key = text[text.index("&") + 1].upper()
        button.setToolTip(f"{tip} (Alt+{key})")
        return button

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(theme.SPACE_2)
        top.addWidget(self._title, 1)
        top.addWidget(self.viewer_button)
        top.addWidget(self.folder_button)
        top.addWidget(self.report_button)
        top.addWidget(self.export_button)
        tables = QHBoxLayout()
        tables.setSpacing(theme.SPACE_3)
        tables.addWidget(self.table, 1)
        tables.addWidget(self.detail, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_3, theme.SPACE_2, theme.SPACE_3, theme.SPACE_2)
        layout.setSpacing(theme.SPACE_1)
        layout.addLayout(top)
        layout.addLayout(tables)
        layout.addWidget(self._site)
        bottom = QHBoxLayout()
        bottom.setSpacing(theme.SPACE_3)
        bottom.addWidget(self._worth, 1)
        bottom.addWidget(self.pages)
        layout.addLayout(bottom)

    def render_state(self, state: TrainingState, allowed: Controls) -> None:
        """Show the run of a state."""
        self.viewer_button.setEnabled(allowed.open_viewer)
        self.folder_button.setEnabled(allowed.show_folder)
        self.report_button.setEnabled(allowed.report)
        self.export_button.setEnabled(allowed.export)
        self.pages.setEnabled(allowed.results)
        if state.run is not self._run:
            self._run = state.run
            self._fill(state.run)
        # Without a run they would be empty, and curves need the room on a small screen.
        for widget in (self.table, self.detail, self.pages):
            widget.setVisible(state.run is not None)
        if state.run is None:
            self._title.setText("Results")
            self._worth.setText(
                "The table comes when the run has ended and both models are measured."
                if state.is_training
                else "No results yet: press Train, or pick a run from the list."
            )

    def _fill(self, run: Run | None) -> None:
        best, final = (run.best, run.final) if run is not None else (None, None)
        self._title.setText(title_words(run) if run is not None else "Results")
        self._fill_table(best, final, guess_name(run))
        measured = best or final
        num = measured.validation.num_films if measured else None
        films = num_films_words(num) if num is not None else "films"
        is_many = measured is not None and measured.validation.is_many
        names = ("sensitivity\nfound of all", "specificity\ncleared of all", "AUC\n")
        if is_many:
            names = ("found, mean\nof classes", "least\nfound", "AUC\nmean")
        self._classes = (run.classes if run is not None else None) or ()
        self.pages.leave_out(NOT_OF_MANY if is_many else ())
        self.detail.setHorizontalHeaderLabels([f"by film, 95 %\n{films}", *names])
        for row, result in enumerate((best, final)):
            self._fill_detail(row, result.validation if result else None)
        self._show_worth(run)
        for table in (self.table, self.detail):
            table.fit()

    def _fill_table(self, best: ModelResult | None, final: ModelResult | None, guess: str) -> None:
        names = [
            f"{_column(*pair)}\naccuracy · loss" for pair in (("best", best), ("final", final))
        ]
        self.table.setHorizontalHeaderLabels([*names, "constant\nguess"])
        for column, result in enumerate((best, final)):
            for row in range(2):
                figures = (result.train, result.validation)[row] if result else None
                text = f"{_percent(figures.accuracy)} · {figures.loss:.3f}" if figures else _NONE
                self.table.put(row, column, text)
        measured = best or final
        for row in range(2):
            figures = (measured.train, measured.validation)[row] if measured else None
            share = _percent(figures.constant_guess if figures else None)
            self.table.put(row, 2, share).setToolTip(f"Accuracy of {guess}: what costs nothing")

    def _fill_detail(self, row: int, figures: Figures | None) -> None:
        if figures is None:
            for column in range(4):
                self.detail.put(row, column, _NONE)
            return
        low, high = figures.film_accuracy_interval.low, figures.film_accuracy_interval.high
        accuracy = f"{100 * figures.film_accuracy:.0f} % ({100 * low:.0f} to {100 * high:.0f})"
        area = _NONE if figures.auc is None else f"{figures.auc:.3f}"
        both = _each_class(figures, self._classes) if figures.is_many else _both_classes(figures)
        for column, text in enumerate((accuracy, *both, area)):
            item = self.detail.put(row, column, text)
            item.setToolTip(confusion_words(figures, self._classes))
            if column == 0 and figures.num_films < FEW_FILMS:
                item.setForeground(QBrush(QColor(theme.ERROR)))

    def _show_worth(self, run: Run | None) -> None:
        result = run and (run.best or run.final)
        text, colour = "", theme.TEXT_MUTED
        if run is not None and run.status is RunStatus.FAILED:
            text, colour = f"This run failed. {run.failure}", theme.ERROR
        elif run is not None and start_words(run):
            text, colour = start_words(run), theme.WARNING
        elif result:
            text, colour = worth_words(result.validation)
        elif run is not None:
            text = "This run has no measured models."
        self._worth.setText(text)
        self._worth.setStyleSheet(f"color: {colour}")
        words = site_words(run.site) if run is not None else ""
        self._site.setText(words)
        self._site.setVisible(bool(words))

    @Slot()
    def clear(self) -> None:
        """Forget the run."""
        self._run = None
        self._fill(None)


def _percent(share: float | None) -> str:
    return _NONE if share is None else f"{100 * share:.1f} %"


def _of(share: float | None, right: int, total: int) -> str:
    return _NONE if share is None else f"{100 * share:.1f} % ({right:,}/{total:,})"


def _both_classes(figures: Figures) -> tuple[str, str]:
    """What is found of the positive class and what is cleared of the negative one."""
    positives = figures.true_positives + figures.false_negatives
    negatives = figures.true_negatives + figures.false_positives
    return (
        _of(figures.sensitivity, figures.true_positives, positives),
        _of(figures.specificity, figures.true_negatives, negatives),
    )


def _each_class(figures: Figures, classes: Sequence[str]) -> tuple[str, str]:
    """What is found of a class on average, and of the one of which the least is."""
    found = [
        (each.right / each.total, name)
        for each, name in zip(figures.by_class, classes, strict=False)
        if each.total
    ]
    if not found:
        return _NONE, _NONE
    least, name = min(found)
    mean = sum(share for share, _ in found) / len(found)
    shown = name if len(name) <= _NAME_LETTERS else f"{name[: _NAME_LETTERS - 1]}…"
    return _percent(mean), f"{100 * least:.0f} % {shown}"


def _column(kind: str, result: ModelResult | None) -> str:
    if result is None:
        return kind
    return f"{kind} (epoch {result.epoch})" if result.epoch else f"{kind} (first epoch, unfinished)"


def title_words(run: Run) -> str:
    """Which run this is."""
    kind = ", synthetic sample set" if run.synthetic else ""
    return f"Results: {run.config.network.name}, {run_moment(run)}, {run.status.value}{kind}"


def guess_name(run: Run | None) -> str:
    """What the constant guess says: always the class with more validation files."""
    result = run and (run.best or run.final)
    if run is None or not result or run.classes is None:
        return "always naming the commoner class"
    figures = result.validation
    if figures.is_many:
        totals = [each.total for each in figures.by_class]
        return f"always “{run.classes[totals.index(max(totals))]}”"
    positives = figures.true_positives + figures.false_negatives
    return f"always “{run.classes[int(2 * positives >= figures.num_files)]}”"


def num_films_words(num: int) -> str:
    """Their number: "1 film", "13 films"."""
    return f"{num:,} film" if num == 1 else f"{num:,} films"


def confusion_words(figures: Figures, classes: Sequence[str] = ()) -> str:
    """All counts in words."""
    if figures.is_many:
        lines = [
            f"{name}: {each.right:,} of {each.total:,} files called so"
            for name, each in zip(classes, figures.by_class, strict=False)
        ]
        return "\n".join(lines)
    return (
        f"Files with a fracture: {figures.true_positives:,} found, {figures.false_negatives:,} missed.\n"
        f"Files without: {figures.true_negatives:,} cleared, {figures.false_positives:,} false alarms.\n"
        f"From a score of {figures.threshold:.2f} on a file counts as fractured."
    )


def worth_words(figures: Figures) -> tuple[str, str]:
    """What the validation figures are worth, and the colour of the words."""
    interval = figures.film_accuracy_interval
    spread = f"{100 * interval.low:.0f} to {100 * interval.high:.0f} %"
    if figures.num_films < FEW_FILMS:
        few = num_films_words(figures.num_films)
        words = f"Only {few}: the true accuracy may be anything from {spread}."
        if figures.num_files > figures.num_films:
            words += f" That {figures.num_files:,} files show them adds no certainty."
        return words, theme.ERROR
    if interval.low <= figures.constant_guess:
        return (
            "Not surely better than always naming the commoner class "
            f"({100 * figures.constant_guess:.0f} %): the interval reaches from {spread}.",
            theme.WARNING,
        )
    return (
        f"Measured on {num_films_words(figures.num_films)} that training did not see; "
        "other hospitals' films may give other figures.",
        theme.TEXT_MUTED,
    )
