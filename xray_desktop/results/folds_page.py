"""A cross-validation fold by fold: curves, figures, mean and spread."""

from __future__ import annotations

from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from training.fit.crossval_wording import fold_rows
from xray_desktop import theme
from xray_desktop.results.page import ResultsPage, Row, RowsTable, label
from xray_desktop.results.plots import LinesPlot
from xray_desktop.state.results_state import Loaded, Offers, ResultsState

_COLOURS = (theme.CURVE_VALIDATION, *theme.CURVE_OTHERS, theme.CURVE_TRAIN, theme.CURVE_BEST)
_FIRST_FOLD = 3
_NEEDS_FOLDS = "This is a single run. Open a cross-validation above to see its folds."


class FoldsPage(ResultsPage):
    """Curves above, the table below."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Loaded, str] | None = None
        self._why = label("", "muted")
        self.loss = LinesPlot("Loss on each fold's validation films", "epoch", "loss")
        self.accuracy = LinesPlot("Accuracy on each fold's validation films", "epoch", "accuracy")
        self.table = RowsTable("foldsTable", "Each fold, mean and spread, by film")
        plots = QHBoxLayout()
        plots.setSpacing(theme.SPACE_2)
        plots.addWidget(self.loss)
        plots.addWidget(self.accuracy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_2)
        layout.addWidget(self._why)
        layout.addLayout(plots, 1)
        layout.addWidget(self.table)
        self.table.setFixedHeight(210)

    def show_state(self, state: ResultsState, allowed: Offers) -> None:  # noqa: ARG002
        """Draw the folds where another kind of model is looked at."""
        loaded, part = state.loaded, state.shown_part
        if loaded is None or part is None:
            return
        crossval = loaded.subject.crossval
        for widget in (self.loss, self.accuracy, self.table):
            widget.setVisible(crossval is not None)
        if crossval is None:
            self._why.setText(_NEEDS_FOLDS)
            return
        if self._shown == (loaded, part.kind):
            return
        self._shown = (loaded, part.kind)
        lines: dict[str, list[tuple[str, list[float], list[float], bool]]] = {
            "val_loss": [],
            "val_accuracy": [],
        }
        for number, run in enumerate(crossval.runs):
            if run is None:
                continue
            epochs = [float(epoch.epoch) for epoch in run.history]
            for measure, found in lines.items():
                values = [float(getattr(epoch, measure)) for epoch in run.history]
                found.append((_COLOURS[number % len(_COLOURS)], epochs, values, False))
        for plot, measure in ((self.loss, "val_loss"), (self.accuracy, "val_accuracy")):
            plot.show_lines(lines[measure])
            plot.fit()
            plot.show_whole_epochs(max((len(x) for _, x, _, _ in lines[measure]), default=1))
        figures = next((each for each in crossval.figures if each.kind == part.kind), None)
        self.table.show_rows(fold_rows(figures, crossval.count) if figures else [])
        for number in range(crossval.count):
            # In its curves' colour; the style sheet leaves heads none of their own.
            shade = QBrush(QColor(_COLOURS[number % len(_COLOURS)]))
            for row in range(self.table.rowCount()):
                item = self.table.item(row, _FIRST_FOLD + number)
                if item is not None:
                    item.setForeground(shade)
        self._why.setText(
            f"{crossval.count} folds, {part.kind} models, by film, each fold in its curves' colour. The spread is the standard deviation over "
            "the folds, not the error of the mean: the folds share most of their training films. "
            "All films pooled, with intervals: see Figures."
        )

    def rows(self) -> list[Row]:
        """The table."""
        return self.table.rows()
