"""Runs laid over each other, each tested by film against the one in sight."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout

from training.data.dataset import Split
from training.evaluation.comparison import Comparison
from training.evaluation.figures import FEW_FILMS
from training.evaluation.wording import figure_text
from training.report.subject import ManyPart
from xray_desktop import theme
from xray_desktop.results.measuring import Compared
from xray_desktop.results.page import ResultsPage, Row, RowsTable, label
from xray_desktop.results.plots import LinesPlot
from xray_desktop.state.results_state import Offers, ResultsState

_COLOURS = (theme.CURVE_VALIDATION, *theme.CURVE_OTHERS)
_STYLE = f"""
QListView::indicator {{
    width: 12px; height: 12px; background: {theme.FIELD};
    border: 1px solid {theme.EDGE}; border-radius: 3px
}}
QListView::indicator:checked {{
    background: {theme.ACCENT}; border-color: {theme.ACCENT};
    image: url("{(theme.icons_folder() / "qss-tick.svg").as_posix()}")
}}
QListView::item {{ min-height: 24px }}
"""
MOST = len(_COLOURS) - 1
_FIGURES = {
    "accuracy": "accuracy",
    "sensitivity": "sensitivity",
    "specificity": "specificity",
    "auc": "area under ROC",
}
_MANY_FIGURES = {
    "accuracy": "accuracy",
    "balanced_accuracy": "found of a class, mean",
    "auc": "area under ROC, mean",
}
_NO_CURVES = (
    "More than two classes have no one ROC to draw. Runs are compared by the films that they read "
    "right, see below."
)
# Above this a difference may well be luck.
_LUCK = 0.05


class ComparePage(ResultsPage):
    """The runs beside their curves; the table and the tests in words below.

    Signals:
        compare_asked: List of folders to lay over the one in sight; may be empty.
    """

    compare_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._folder: Path | None = None
        self._words_of: dict[Path, str] = {}
        self.list = QListWidget()
        self.list.setObjectName("compareList")
        self.list.setAccessibleName("Runs to lay over the one in sight")
        self.list.setFixedWidth(250)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setStyleSheet(_STYLE)
        self.list.itemChanged.connect(self._on_ticked)
        self.plot = LinesPlot(
            "ROC by film", "1 - specificity: false alarms", "sensitivity: found", diagonal=True
        )
        self.table = RowsTable("compareTable", "Figures of the runs, by film")
        self.table.setFixedHeight(150)
        self.words = label("", "")
        self.words.setObjectName("compareWords")
        left = QVBoxLayout()
        left.addWidget(label("Lay over the run above", "title"))
        left.addWidget(self.list, 1)
        top = QHBoxLayout()
        top.setSpacing(theme.SPACE_4)
        top.addLayout(left)
        top.addWidget(self.plot, 1)
        self._no_plot = label(_NO_CURVES, "muted")
        self._no_plot.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._no_plot.hide()
        top.addWidget(self._no_plot, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_2)
        layout.addLayout(top, 1)
        layout.addWidget(self.table)
        layout.addWidget(self.words)

    def show_choices(self, choices: Sequence[tuple[Path, str]], shown: Path | None) -> None:
        """List what can be laid over, the one in sight left out; ticks stay."""
        ticked = set(self.ticked())
        self._folder = shown
        self._words_of = dict(choices)
        self.list.blockSignals(True)
        self.list.clear()
        for folder, words in choices:
            if folder == shown:
                continue
            item = QListWidgetItem(words)
            item.setData(Qt.ItemDataRole.UserRole, folder)
            item.setToolTip(folder.name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            on = folder in ticked
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.blockSignals(False)

    def ticked(self) -> list[Path]:
        """Folders ticked, in the list's order."""
        items = [self.list.item(row) for row in range(self.list.count())]
        return [
            item.data(Qt.ItemDataRole.UserRole)
            for item in items
            if item.checkState() is Qt.CheckState.Checked
        ]

    def show_compared(self, compared: Sequence[Compared] | None) -> None:
        """Draw curves, table and tests; None while they are computed."""
        if compared is None:
            self.words.setText("Measuring...")
            return
        names = [
            f"{chr(ord('A') + number)}  {self._words_of.get(each.folder, each.folder.name)}"
            for number, each in enumerate(compared)
        ]
        self.plot.show_lines(
            [
                (_COLOURS[number % len(_COLOURS)], each.roc.x, each.roc.y, False)
                for number, each in enumerate(compared)
                if each.roc is not None
            ]
        )
        self.table.show_rows(compare_rows(compared, names))
        for row in range(self.table.rowCount()):
            item = self.table.item(row, 0)
            if item is not None:
                item.setForeground(QBrush(QColor(_COLOURS[row % len(_COLOURS)])))
        if len(compared) < 2:
            self.words.setText("Tick one run or more at the left.")
            return
        self.words.setText(
            "\n".join(
                paired_words(names[0], name, each)
                for name, each in zip(names[1:], compared[1:], strict=True)
            )
        )

    def show_state(self, state: ResultsState, allowed: Offers) -> None:
        """Enable the list, and leave the curves out where there are none to draw."""
        self.plot.setVisible(not state.is_many)
        self._no_plot.setVisible(state.is_many)
        self.list.setEnabled(allowed.look and state.loaded is not None)

    @Slot(QListWidgetItem)
    def _on_ticked(self, item: QListWidgetItem) -> None:
        if len(self.ticked()) > MOST:
            # More curves than colours cannot be told apart.
            self.list.blockSignals(True)
            item.setCheckState(Qt.CheckState.Unchecked)
            self.list.blockSignals(False)
            return
        self.compare_asked.emit(self.ticked())

    def rows(self) -> list[Row]:
        """The table, then the tests in words."""
        return [*self.table.rows(), (), *((line,) for line in self.words.text().splitlines())]


def compare_rows(compared: Sequence[Compared], names: Sequence[str]) -> list[Row]:
    """Figures by film, the head first."""
    is_many = bool(compared) and isinstance(compared[0].part, ManyPart)
    figures = _MANY_FIGURES if is_many else _FIGURES
    rows: list[Row] = [("", "films", *figures.values())]
    for name, each in zip(names, compared, strict=True):
        if each.part is None or isinstance(each.part, ManyPart) != is_many:
            rows.append((name, each.problem, *[""] * len(figures)))
            continue
        film = each.part.measured.by_film
        cells = (figure_text(figure, getattr(film, figure)) for figure in figures)
        where = each.part.split.value if each.part.split is not Split.TEST else "not seen"
        rows.append((name, f"{film.count:,} {where}", *cells))
    return rows


def paired_words(first: str, second: str, compared: Compared) -> str:
    """What the paired tests say of two runs, in words.

    Args:
        first: The one in sight.
        second: The other.
        compared: Of the other, with its test against the first.
    """
    a, b = first.split()[0], second.split()[0]
    test = compared.test
    if test is None:
        return f"{a} and {b}: {compared.problem}"
    common = f"{test.num_films:,} films that both have measured"
    if test.num_left_out:
        common += f" ({test.num_left_out:,} that only one has are left out)"
    few = (
        f" Fewer than {FEW_FILMS} films: only a large difference could show."
        if test.has_few_films
        else ""
    )
    areas = "" if isinstance(compared.part, ManyPart) else _auc_words(a, b, test)
    return f"{a} and {b}, on the {common}: {areas}{_accuracy_words(a, b, test)}{few}"


def _auc_words(a: str, b: str, test: Comparison) -> str:
    auc = test.auc
    if auc is None:
        return "No areas under ROC: the films are of one class. "
    low, high = auc.interval.low, auc.interval.high
    better = a if auc.difference > 0 else b
    verdict = _verdict(auc.p_value, f"{better} is better")
    return (
        f"area under ROC {auc.first:.3f} and {auc.second:.3f}, difference {auc.difference:+.3f} "
        f"({low:+.3f} to {high:+.3f}; DeLong p = {auc.p_value:.2g}): {verdict}. "
    )


def _accuracy_words(a: str, b: str, test: Comparison) -> str:
    accuracy = test.accuracy
    better = a if accuracy.only_first > accuracy.only_second else b
    verdict = _verdict(accuracy.p_value, f"{better} is better")
    return (
        f"Accuracy {100 * accuracy.first:.1f} % and {100 * accuracy.second:.1f} %; "
        f"{accuracy.only_first:,} films only {a} reads right, {accuracy.only_second:,} only {b} "
        f"(McNemar p = {accuracy.p_value:.2g}): {verdict}."
    )


def _verdict(p_value: float, better: str) -> str:
    return better if p_value < _LUCK else "may be luck"
