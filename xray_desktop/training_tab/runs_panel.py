"""The runs of the runs folder: pick one to see it again, tick others to lay them over it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QBrush, QColor, QIcon
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLabel,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from training.fit.crossval_folder import CrossValidation
from training.fit.run_folder import Run, RunStatus
from training.fit.study_folder import StudyState
from xray_desktop import theme
from xray_desktop.state.training_controls import Controls
from xray_desktop.state.training_run_curves import run_moment
from xray_desktop.state.training_state import TrainingState
from xray_desktop.training_tab.swatch import SWATCH_PX, swatch

_ID = Qt.ItemDataRole.UserRole
_STYLE = f"""
QTreeWidget {{ font-size: {theme.FONT_SMALL_PX}px }}
QTreeWidget::item {{ min-height: 20px }}
QHeaderView::section {{ font-size: {theme.FONT_SMALL_PX}px; padding: 2px 4px }}
QTreeView::indicator {{
    width: 12px; height: 12px; background: {theme.FIELD};
    border: 1px solid {theme.EDGE}; border-radius: 3px
}}
QTreeView::indicator:checked {{
    background: {theme.ACCENT}; border-color: {theme.ACCENT};
    image: url("{(theme.icons_folder() / "qss-tick.svg").as_posix()}")
}}
"""


class RunsPanel(QFrame):
    """Newest first.

    Signals:
        run_picked: Id of the run to show.
        overlays_changed: frozenset of the ids of ticked runs.
    """

    run_picked = Signal(str)
    overlays_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._runs: tuple[Run, ...] = ()
        self._crossvals: tuple[CrossValidation, ...] = ()
        self._studies: tuple[StudyState, ...] = ()
        self._allowed_to_pick = True
        self.list = QTreeWidget()
        self.list.setObjectName("runsList")
        self.list.setAccessibleName("Runs, newest first")
        self.list.setHeaderLabels(["Run", "Network", "Epochs", "Acc."])
        self.list.headerItem().setToolTip(3, "Validation accuracy of the best model")
        self.list.setRootIsDecorated(False)
        self.list.setIconSize(QSize(SWATCH_PX, SWATCH_PX))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setStyleSheet(_STYLE)
        self.list.setUniformRowHeights(True)
        self.list.setAllColumnsShowFocus(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = self.list.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setMinimumSectionSize(30)
        self.list.itemChanged.connect(self._on_item_changed)
        self.list.currentItemChanged.connect(self._on_current_changed)
        empty = QLabel("Every run is listed here with its curves and figures. None yet.")
        empty.setProperty("role", "muted")
        empty.setWordWrap(True)
        empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._pages = QStackedWidget()
        self._pages.addWidget(empty)
        self._pages.addWidget(self.list)
        title = QLabel("R&uns")
        title.setProperty("role", "title")
        title.setBuddy(self.list)
        title.setToolTip("Pick a run to see it again; tick others to lay them over its curves")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_3, theme.SPACE_2, theme.SPACE_3, theme.SPACE_2)
        layout.setSpacing(theme.SPACE_1)
        layout.addWidget(title)
        layout.addWidget(self._pages, 1)

    def render_state(self, state: TrainingState, allowed: Controls) -> None:
        """Show the runs of a state, which is shown, which are ticked."""
        self._allowed_to_pick = allowed.reopen
        found = (state.runs, state.crossvals, state.studies)
        self._pages.setCurrentIndex(1 if any(found) else 0)
        known = (self._runs, self._crossvals, self._studies)
        if any(new is not old for new, old in zip(found, known, strict=True)):
            self._runs, self._crossvals, self._studies = found
            self._fill(state.overlays)
        shown = _shown_id(state)
        self.list.blockSignals(True)
        current: QTreeWidgetItem | None = None
        num_overlays = 0
        for index in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(index)
            if item is None:
                continue
            run_id = item.data(0, _ID)
            current = item if run_id == shown else current
            colour = None
            if run_id in state.overlays and run_id != shown:
                # The same order as the curves are drawn in.
                colour = theme.CURVE_OTHERS[num_overlays % len(theme.CURVE_OTHERS)]
                num_overlays += 1
            item.setIcon(0, QIcon(swatch(colour)))
        if current is not None:
            self.list.setCurrentItem(current)
        else:
            self.list.setCurrentIndex(QModelIndex())
        self.list.blockSignals(False)

    def _fill(self, overlays: frozenset[str]) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        items = [(run.started, self._run_item(run, overlays)) for run in self._runs]
        items += [(started_of(each), _folds_item(each)) for each in self._crossvals]
        items += [(study_started(each), _study_item(each)) for each in self._studies]
        # Newest first; those of one moment stay as they come.
        for _, item in sorted(items, key=lambda pair: pair[0], reverse=True):
            self.list.addTopLevelItem(item)
        self.list.blockSignals(False)

    def _run_item(self, run: Run, overlays: frozenset[str]) -> QTreeWidgetItem:
        item = QTreeWidgetItem(row_of(run))
        item.setData(0, _ID, run.run_id)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        ticked = run.run_id in overlays
        item.setCheckState(0, Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        for column in range(4):
            item.setToolTip(column, tip_of(run))
        item.setIcon(0, QIcon(swatch(None)))
        if run.status is RunStatus.FAILED:
            item.setForeground(2, QBrush(QColor(theme.ERROR)))
        return item

    @Slot(QTreeWidgetItem, int)
    def _on_item_changed(self, _: QTreeWidgetItem, column: int) -> None:
        if column != 0:
            return
        items = [self.list.topLevelItem(index) for index in range(self.list.topLevelItemCount())]
        ticked = [item for item in items if item and item.checkState(0) is Qt.CheckState.Checked]
        self.overlays_changed.emit(frozenset(item.data(0, _ID) for item in ticked))

    @Slot(QTreeWidgetItem, QTreeWidgetItem)
    def _on_current_changed(self, item: QTreeWidgetItem | None, _: QTreeWidgetItem | None) -> None:
        if item is not None and self._allowed_to_pick:
            self.run_picked.emit(item.data(0, _ID))


def _shown_id(state: TrainingState) -> str:
    if state.study is not None:
        return state.study.folder.name
    if state.crossval is not None and state.crossval.folder is not None:
        return state.crossval.folder.name
    return state.run.run_id if state.run is not None else ""


def _folds_item(crossval: CrossValidation) -> QTreeWidgetItem:
    item = QTreeWidgetItem(folds_row(crossval))
    item.setData(0, _ID, crossval.folder.name)
    for column in range(4):
        item.setToolTip(
            column,
            f"{crossval.folder.name}: cross-validation\nAccuracy of the best models on films "
            "that they have not seen, by film",
        )
    return item


def _study_item(study: StudyState) -> QTreeWidgetItem:
    item = QTreeWidgetItem(study_row(study))
    item.setData(0, _ID, study.folder.name)
    names = "\n".join(row.name for row in study.rows)
    for column in range(4):
        item.setToolTip(column, f"{study.folder.name}: variants on the same folds\n{names}")
    return item


def study_started(study: StudyState) -> str:
    """When its first fold started, as a run tells it."""
    first = study.results[0]
    return started_of(first) if first is not None else ""


def study_row(study: StudyState) -> list[str]:
    """Date, that it is a study, number of variants; no figure, for it has several."""
    first = study.results[0]
    run = first.runs[0] if first is not None else None
    moment = run_moment(run) if run is not None else study.folder.name
    return [moment, "study", f"{len(study.rows)} variants", "–"]


def started_of(crossval: CrossValidation) -> str:
    """When its first fold started, as a run tells it."""
    first = crossval.runs[0]
    return first.started if first is not None else ""


def folds_row(crossval: CrossValidation) -> list[str]:
    """Date, network, number of folds, accuracy by film of all folds together."""
    first = crossval.runs[0]
    moment = run_moment(first) if first is not None else crossval.folder.name
    accuracy = crossval.figures[0].pooled.by_film.accuracy.value
    share = f"{100 * accuracy:.1f} %" if accuracy is not None else "–"
    return [moment, crossval.config.network.name, f"{crossval.count} folds", share]


def row_of(run: Run) -> list[str]:
    """Date, network, epochs and how it ended, validation accuracy of its best model."""
    num = len(run.history)
    ended = {
        RunStatus.FINISHED: f"{num}",
        RunStatus.STOPPED: f"{num} stopped",
        RunStatus.FAILED: f"{num} failed",
        RunStatus.RUNNING: f"{num} running",
    }[run.status]
    accuracy = f"{100 * run.best.validation.accuracy:.1f} %" if run.best else "–"
    return [run_moment(run) or run.run_id, run.config.network.name, ended, accuracy]


def tip_of(run: Run) -> str:
    """What the row has no room for."""
    kind = "synthetic sample set" if run.synthetic else run.config.data.name
    lines = [f"{run.run_id}: {run.status.value}", f"Films: {kind}"]
    lines.append(f"{len(run.history)} of {run.config.epochs} epochs, batch {run.config.batch_size}")
    lines.append(f"Augmentation: {run.config.augmentation.name}")
    if run.failure:
        lines.append(run.failure)
    return "\n".join(lines)
