"""The data check's window: findings on the left, their films on the right, repairs below."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QProgressBar,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from training.audit.repairs import (
    JoinFilms,
    LeaveOut,
    PartFilm,
    Relabel,
    Repair,
    SplitAnew,
    leaked_files,
)
from training.data.dataset import DataSet
from training.errors import UserError
from xray_desktop import theme
from xray_desktop.data_check.films_view import FilmsView
from xray_desktop.data_check.jobs import CheckJobs
from xray_desktop.data_check.left_out import LeftOutList
from xray_desktop.data_check.repair_bar import RepairBar, button
from xray_desktop.data_check.split_dialog import ask_split
from xray_desktop.state.data_check_state import (
    Checked,
    CheckState,
    Row,
    controls,
    headline,
    laid_out,
    part_words,
    rows,
)

_ROW = Qt.ItemDataRole.UserRole
_BUG = "The check failed by a mistake in the program; the log holds the details."


class DataCheckWindow(QDialog):
    """Checks a set, shows what it found, takes repairs.

    Args:
        data: The set as scanned.
        before: The set with the data check of an earlier time, or None.
        share: Share of validation films where the folder has none.
        seed: Of that draw.
        jobs: Its workers; its owner stops them.
        parent: The tab.

    Signals:
        applied: (``DataSet``, path of the kept check) that runs should go by from now on.
        films_requested: Paths to open in the viewer.
    """

    applied = Signal(object, object)
    films_requested = Signal(object)

    def __init__(
        self,
        data: DataSet,
        before: DataSet | None,
        share: float,
        seed: int,
        jobs: CheckJobs,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("dataCheckWindow")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Data check")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.resize(1120, 680)
        self._state = CheckState(data, before)
        self._draw = share, seed
        self._jobs = jobs
        self.ask_split: Callable[[QWidget], SplitAnew | None] = ask_split
        self._make()
        self._connect()
        self._show_rows()
        self._render()

    def _make(self) -> None:
        self._headline = QLabel()
        self._headline.setObjectName("checkHeadline")
        self._headline.setProperty("role", "title")
        self._headline.setWordWrap(True)
        self._trouble = QLabel()
        self._trouble.setObjectName("checkTrouble")
        self._trouble.setWordWrap(True)
        self._trouble.setStyleSheet(f"color: {theme.ERROR}")
        self._bar = QProgressBar()
        self._bar.setAccessibleName("Films checked")
        self.check_button = button(
            "startCheckButton", "&Check films", "search", "Look at every film (Alt+C)"
        )
        self.stop_button = button("stopCheckButton", "&Stop", "stop", "Stop checking (Alt+S)")
        top = QHBoxLayout()
        top.addWidget(self._headline, 1)
        top.addWidget(self._bar)
        top.addWidget(self.stop_button)
        top.addWidget(self.check_button)
        self._findings = QListWidget()
        self._findings.setObjectName("checkFindings")
        self._findings.setAccessibleName("Findings")
        self._findings.setWordWrap(True)
        self._findings.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._findings.setSpacing(3)
        self.films = FilmsView(self._jobs.thumbnails)
        self._nothing = QLabel()
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setProperty("role", "muted")
        self._nothing.setWordWrap(True)
        self.left_out = LeftOutList()
        self.repair_bar = RepairBar()
        self._pages = QStackedWidget()
        for page in (self._nothing, self.films, self.left_out):
            self._pages.addWidget(page)
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.addWidget(self._findings)
        split.addWidget(self._pages)
        split.setSizes([400, 720])
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.SPACE_2)
        layout.addLayout(top)
        layout.addWidget(self._trouble)
        layout.addWidget(split, 1)
        layout.addWidget(self.repair_bar)

    def _connect(self) -> None:
        self.check_button.clicked.connect(self._on_check)
        self.stop_button.clicked.connect(self._on_stop)
        self._findings.currentItemChanged.connect(self._on_finding)
        self.films.selected.connect(self._on_selected)
        self.films.activated_film.connect(self._on_activated)
        bar = self.repair_bar
        bar.view_requested.connect(self._on_view)
        bar.relabel_requested.connect(self._on_relabel)
        bar.join_requested.connect(self._on_join)
        bar.part_requested.connect(self._on_part)
        bar.leave_out_requested.connect(self._on_leave_out)
        bar.split_requested.connect(self._on_split)
        bar.leaked_requested.connect(self._on_leaked)
        bar.unreadable_requested.connect(self._on_unreadable)
        bar.undo_requested.connect(self._on_undo)
        bar.close_requested.connect(self.close)
        self._jobs.progressed.connect(self._on_progressed)
        self._jobs.checked.connect(self._on_checked)
        self._jobs.failed.connect(self._on_failed)

    @property
    def state(self) -> CheckState:
        """The facts as they stand."""
        return self._state

    def closeEvent(self, event: QCloseEvent) -> None:
        """Give up what is under way."""
        self._jobs.cancel()
        self.films.stop()
        self._jobs.thumbnails.want(())
        super().closeEvent(event)

    # The check

    @Slot()
    def _on_check(self) -> None:
        self._put(self._state.working())
        self._jobs.check(self._state.data, *self._draw)

    @Slot()
    def _on_stop(self) -> None:
        self._jobs.cancel()
        self._put(replace(self._state, is_working=False))

    @Slot(int, int)
    def _on_progressed(self, done: int, total: int) -> None:
        self._put(self._state.working(done, total))

    @Slot(object)
    def _on_checked(self, checked: Checked) -> None:
        self._put(self._state.with_check(checked))
        self._show_rows()
        words = tuple(found.words for found in checked.now.findings)
        self.applied.emit(replace(checked.now.data, warnings=words), checked.path)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._put(self._state.failed(str(error) if isinstance(error, UserError) else _BUG))

    # Repairs

    def _add(self, repair: Repair) -> None:
        checked = self._state.checked
        if checked is not None:
            self._put(self._state.working())
            self._jobs.repair(checked, (*checked.repairs, repair))

    @Slot()
    def _on_split(self) -> None:
        repair = self.ask_split(self)
        if repair is not None:
            self._add(repair)

    @Slot()
    def _on_leaked(self) -> None:
        files = leaked_files(self._state.now)
        self._add(LeaveOut(files, "its film is measured in another part"))

    @Slot()
    def _on_unreadable(self) -> None:
        checked = self._state.checked
        if checked is None:
            return
        bad = [fact.path for fact in checked.now.facts if fact.error is not None]
        self._leave_out(bad, "it cannot be read")

    @Slot()
    def _on_leave_out(self) -> None:
        self._leave_out(self._state.selected, "you left it out")

    def _leave_out(self, paths: list[Path] | tuple[Path, ...], why: str) -> None:
        self._add(LeaveOut(self._names(paths), why))

    @Slot()
    def _on_relabel(self) -> None:
        chosen = set(self._state.selected)
        label = next(item.label for item in self._state.now.items if item.path in chosen)
        names = self._state.data.class_names
        if len(names) == 2:
            self._add(Relabel(self._names(self._state.selected), 1 - label))
            return
        menu = QMenu(self)
        menu.setObjectName("labelMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for other, name in enumerate(names):
            if other != label:
                action = menu.addAction(name)
                action.setData(other)
        menu.triggered.connect(self._on_label_picked)
        button = self.repair_bar.relabel_button
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    @Slot(QAction)
    def _on_label_picked(self, action: QAction) -> None:
        self._add(Relabel(self._names(self._state.selected), int(action.data())))

    @Slot()
    def _on_join(self) -> None:
        self._add(JoinFilms(self._names(self._state.selected)))

    @Slot()
    def _on_part(self) -> None:
        self._add(PartFilm(self._names(self._state.selected)))

    @Slot()
    def _on_undo(self) -> None:
        checked = self._state.checked
        if checked is not None and checked.repairs:
            self._put(self._state.working())
            self._jobs.repair(checked, checked.repairs[:-1])

    def _names(self, paths: list[Path] | tuple[Path, ...]) -> tuple[str, ...]:
        root = self._state.data.root
        return tuple(path.relative_to(root).as_posix() for path in paths)

    # Films

    @Slot(object)
    def _on_selected(self, paths: tuple[Path, ...]) -> None:
        self._put(replace(self._state, selected=paths))

    @Slot()
    def _on_view(self) -> None:
        self.films_requested.emit(list(self._state.selected))

    @Slot(object)
    def _on_activated(self, path: Path) -> None:
        self.films_requested.emit([path])

    # Showing

    def _show_rows(self) -> None:
        at = max(0, self._findings.currentRow())
        self._findings.clear()
        for row in rows(self._state):
            item = QListWidgetItem(theme.icon("warning" if row.is_serious else "info"), row.words)
            item.setData(_ROW, row)
            self._findings.addItem(item)
        skipped = self._state.now.skipped
        if skipped:
            self.left_out.show_files(skipped, self._state.data.root)
            are = "file is" if len(skipped) == 1 else "files are"
            self._findings.addItem(
                QListWidgetItem(theme.icon("close"), f"{len(skipped):,} {are} left out.")
            )
        self._findings.setCurrentRow(min(at, self._findings.count() - 1))
        self._on_finding(self._findings.currentItem())

    @Slot(QListWidgetItem)
    def _on_finding(self, item: QListWidgetItem | None) -> None:
        row = item.data(_ROW) if item is not None else None
        if item is not None and row is None:
            self._pages.setCurrentWidget(self.left_out)
            return
        films = laid_out(self._state.now, row.films) if isinstance(row, Row) else ()
        shown = tuple(path for film in films for path in film)
        now = self._state.now
        self.films.lay_out(films, part_words(now, shown))
        checked = self._state.checked is not None
        self._nothing.setText(
            "This finding speaks of the whole set; there are no single films to show."
            if checked
            else "Press “Check films” to find copies, leaks and wrong labels by the films themselves."
        )
        self._pages.setCurrentWidget(self.films if films else self._nothing)

    def _put(self, state: CheckState) -> None:
        self._state = state
        self._render()

    def _render(self) -> None:
        state, allowed = self._state, controls(self._state)
        self._headline.setText(headline(state))
        self._trouble.setText(state.trouble)
        self._trouble.setVisible(bool(state.trouble))
        self._bar.setVisible(state.is_working)
        self._bar.setRange(0, state.total)
        self._bar.setValue(state.done)
        self.stop_button.setVisible(allowed.stop)
        self.check_button.setEnabled(allowed.check)
        self.check_button.setText("&Check again" if state.checked else "&Check films")
        self.repair_bar.render_state(state, allowed)
