"""The window: frame, menus, status bar and two tabs that it wires to each other.

The frame paints first; the tabs are made afterwards (``build_tabs``), because their drawing
library takes longer to load than the frame takes to show.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QPaintEvent,
)
from PySide6.QtWidgets import QMainWindow, QTabWidget, QVBoxLayout, QWidget

from xray_desktop import keys, paths, theme
from xray_desktop.about import AboutDialog
from xray_desktop.actions import WindowActions
from xray_desktop.closing import Closing
from xray_desktop.frame import (
    MODEL_ENDING,
    choose_films,
    choose_folder,
    dropped_paths,
    is_training_folder,
    make_menus,
    make_status_bar,
    place_window,
    remember_window,
    tell,
)
from xray_desktop.settings import Settings
from xray_desktop.shortcuts_dialog import ShortcutsDialog
from xray_desktop.workers.jobs import JobDone, JobFailed, JobThread

if TYPE_CHECKING:
    from training.fit.config import TrainConfig
    from training.fit.run_folder import Run
    from xray_desktop.results.window import ResultsWindow
    from xray_desktop.state.results_state import Page

SMALLEST = QSize(1280, 720)
_FIRST_SIZE = QSize(1600, 900)
_RUNS = "runs"
_TAB = "window/tab"

TabMaker = Callable[[Settings], Any]


def _read_runs() -> tuple[Run, ...]:
    # Here, in the worker: it needs NumPy, which would double the time to the first paint.
    from training.fit.run_folder import list_runs

    return list_runs(paths.runs_folder())


def _make_training_tab(settings: Settings) -> Any:
    from xray_desktop.training_tab.tab import TrainingTab

    return TrainingTab(settings)


def _make_viewer_tab(settings: Settings) -> Any:
    from xray_desktop.viewer_tab.tab import ViewerTab

    return ViewerTab(settings)


class MainWindow(QMainWindow):
    """The program's one window.

    Args:
        settings: What to remember; the user's own where left out.
        make_training_tab: Makes the training tab (tests give a light one).
        make_viewer_tab: Makes the viewer tab.

    Signals:
        first_painted: Once, after the frame is on screen.
        tabs_ready: Both tabs are made and wired.
        closed: The window has closed and no thread of it runs any more.
    """

    first_painted = Signal()
    tabs_ready = Signal()
    closed = Signal()

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        make_training_tab: TabMaker = _make_training_tab,
        make_viewer_tab: TabMaker = _make_viewer_tab,
    ) -> None:
        super().__init__()
        self._settings = settings or Settings()
        self._makers = (make_training_tab, make_viewer_tab)
        self.training_tab: Any = None
        self.viewer_tab: Any = None
        self.results: ResultsWindow | None = None
        self._runs: tuple[Run, ...] = ()
        self._rooms: list[QVBoxLayout] = []
        self._waiting_paths: list[Path] = []
        self._was_painted = False
        self._jobs = JobThread("runs", self)
        self._jobs.done.connect(self._on_runs_read)
        self._closing = Closing(self)
        self._closing.done.connect(self.close)
        self.setObjectName("mainWindow")
        self.setWindowTitle("X-ray Desktop")
        self.setWindowIcon(theme.app_icon())
        self.setAcceptDrops(True)
        keys.use(self._settings)
        self.own_actions = WindowActions.make(self)
        self._make_tabs()
        self._view_menu = make_menus(self, self.own_actions)
        make_status_bar(self)
        self._connect_actions()
        place_window(self, self._settings, SMALLEST, _FIRST_SIZE)

    # Frame

    def _make_tabs(self) -> None:
        self.tabs = QTabWidget()
        self.tabs.setObjectName("tabs")
        self.tabs.setDocumentMode(True)
        # Fusion would draw its base line in the accent over the whole width.
        self.tabs.tabBar().setDrawBase(False)
        for text, icon in (("Training", "curves"), ("Viewer", "film")):
            # An empty page that its tab moves into later: nothing jumps.
            page = QWidget()
            room = QVBoxLayout(page)
            room.setContentsMargins(0, 0, 0, 0)
            self._rooms.append(room)
            self.tabs.addTab(page, theme.icon(icon), text)
        self.setCentralWidget(self.tabs)
        self._name_tabs()

    @Slot()
    def _name_tabs(self) -> None:
        own = self.own_actions
        for index, action in enumerate((own.show_training, own.show_viewer)):
            self.tabs.setTabToolTip(index, action.toolTip())

    def _connect_actions(self) -> None:
        own = self.own_actions
        own.open_films.triggered.connect(self._on_open_films)
        own.open_folder.triggered.connect(self._on_open_folder)
        own.quit.triggered.connect(self.close)
        own.show_training.triggered.connect(self.show_training)
        own.show_training.changed.connect(self._name_tabs)
        own.show_viewer.changed.connect(self._name_tabs)
        own.show_viewer.triggered.connect(self.show_viewer)
        own.full_screen.triggered.connect(self._on_full_screen)
        own.standard_layout.triggered.connect(self._on_standard_layout)
        own.shortcuts.triggered.connect(self._on_shortcuts)
        own.open_logs.triggered.connect(self._on_open_logs)
        own.about.triggered.connect(self._on_about)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's; the first one starts what may come after it."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self._on_first_painted)

    @Slot()
    def _on_first_painted(self) -> None:
        self.first_painted.emit()
        self.build_tabs()
        if self._settings.refusal:
            tell(self, self._settings.refusal)

    # Tabs

    def build_tabs(self) -> None:
        """Make both tabs and wire them, unless that is done; called after the first paint."""
        if self.training_tab is not None or self._closing.is_under_way:
            return
        self.training_tab, self.viewer_tab = (make(self._settings) for make in self._makers)
        for room, tab in zip(self._rooms, (self.training_tab, self.viewer_tab), strict=True):
            room.addWidget(tab)
        self.training_tab.run_saved.connect(self._on_run_saved)
        self.training_tab.films_requested.connect(self._on_films_requested)
        self.training_tab.results_requested.connect(self._on_results_requested)
        self._take_layout()
        self.training_tab.start()
        self._jobs.submit(_RUNS, _read_runs)
        self.tabs_ready.emit()
        if self._waiting_paths:
            self.open_paths(self._waiting_paths)

    def _take_layout(self) -> None:
        """The viewer's part of the View menu, and the tab that was in front last time."""
        viewer = self.viewer_tab
        self._view_menu.insertActions(self.own_actions.full_screen, viewer.view_actions)
        viewer.layout_of_parts.alone.connect(self._on_film_alone)
        viewer.layout_of_parts.window_opened.connect(self._on_film_window)
        self.tabs.currentChanged.connect(viewer.layout_of_parts.leave_alone)
        if not self._waiting_paths and self._settings.integer(_TAB, 0) == 1:
            self.show_viewer()

    @Slot(bool)
    def _on_film_alone(self, alone: bool) -> None:
        if alone:
            self.show_viewer()
        self.menuBar().setVisible(not alone)
        self.tabs.tabBar().setVisible(not alone)

    @Slot(object)
    def _on_film_window(self, window: QWidget) -> None:
        # Keys reach no further than their window.
        window.addActions(self.own_actions.all())

    @Slot()
    def _on_standard_layout(self) -> None:
        self.showNormal()
        room = self.screen().availableGeometry()
        self.resize(_FIRST_SIZE.boundedTo(room.size()))
        self.move(room.center() - self.rect().center())
        if self.viewer_tab is not None:
            self.viewer_tab.layout_of_parts.standard()

    @Slot()
    def show_training(self) -> None:
        """Bring the training tab to the front."""
        self.tabs.setCurrentIndex(0)

    @Slot()
    def show_viewer(self) -> None:
        """Bring the viewer tab to the front; its keys hold at once."""
        self.tabs.setCurrentIndex(1)
        if self.viewer_tab is not None:
            self.viewer_tab.setFocus()

    @property
    def is_training_in_front(self) -> bool:
        """True where the training tab is shown."""
        return self.tabs.currentIndex() == 0

    def open_paths(self, opened: list[Path]) -> None:
        """Show films, folders of them, or choose a model; waits for the tabs where needed."""
        if self.viewer_tab is None:
            self._waiting_paths = opened
            return
        self._waiting_paths = []
        models = [path for path in opened if path.suffix.lower() == MODEL_ENDING]
        films = [path for path in opened if path not in models]
        if models:
            self.show_viewer()
            self.viewer_tab.choose_model(models[0])
        if films:
            first = films[0]
            self._settings.film_folder = first if first.is_dir() else first.parent
            self.show_viewer()
            self.viewer_tab.open_paths(films)

    def open_data_folder(self, folder: Path) -> None:
        """Take a folder as the films to train on."""
        if self.training_tab is not None:
            self.show_training()
            self.training_tab.open_folder(folder)

    @Slot(object)
    def _on_runs_read(self, outcome: JobDone | JobFailed) -> None:
        # A list that cannot be read is an empty list; the runs' own panel says why.
        if isinstance(outcome, JobDone):
            known = {run.folder for run in self._runs}
            self._runs += tuple(run for run in outcome.result if run.folder not in known)
            self.viewer_tab.set_runs(self._runs)

    @Slot(object)
    def _on_run_saved(self, run: Run) -> None:
        self._runs = (run, *(other for other in self._runs if other.folder != run.folder))
        self.viewer_tab.set_runs(self._runs)

    @Slot(object, object)
    def _on_films_requested(self, films: list[Path], model: Path | None) -> None:
        if model is not None:
            self.viewer_tab.choose_model(model)
        self.show_viewer()
        if films:
            self.viewer_tab.open_paths(films)

    @Slot(object, object)
    def _on_results_requested(self, folder: Path, page: Page) -> None:
        if self.results is None:
            # Only now: its plots and pages would slow the start down.
            from xray_desktop.results.window import ResultsWindow

            self.results = ResultsWindow(self._settings, self)
            self.results.films_requested.connect(self._on_films_requested)
            self.results.films_requested.connect(self.activateWindow)
            self.results.model_changed.connect(self._on_model_changed)
            self.results.labels_changed.connect(self._on_labels_changed)
            self.results.training_requested.connect(self._on_training_requested)
        self.results.open_folder(folder, page)
        self.results.show()
        self.results.activateWindow()

    @Slot(object)
    def _on_labels_changed(self, root: Path) -> None:
        self.training_tab.films.read_again(root)

    @Slot(object)
    def _on_training_requested(self, config: TrainConfig) -> None:
        self.show_training()
        self.activateWindow()
        self.training_tab.films.prepare_again(config)
        self.training_tab.progress_panel.train_button.setFocus()

    @Slot(object)
    def _on_model_changed(self, model: Path) -> None:
        self.viewer_tab.model_changed(model)

    # Actions

    @Slot()
    def _on_open_films(self) -> None:
        self.open_paths(choose_films(self, self._settings.film_folder))

    @Slot()
    def _on_open_folder(self) -> None:
        settings = self._settings
        in_front = self.is_training_in_front
        folder = choose_folder(self, settings.data_folder if in_front else settings.film_folder)
        if folder is not None and in_front:
            self.open_data_folder(folder)
        elif folder is not None:
            self.open_paths([folder])

    @Slot()
    def _on_full_screen(self) -> None:
        film = None if self.viewer_tab is None else self.viewer_tab.layout_of_parts.window
        window = film if film is not None and film.isActiveWindow() else self
        window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen)

    @Slot()
    def _on_shortcuts(self) -> None:
        ShortcutsDialog(self._settings, self).show()

    @Slot()
    def _on_about(self) -> None:
        AboutDialog(self).show()

    @Slot()
    def _on_open_logs(self) -> None:
        folder = paths.log_folder()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            # Then there is no log either; the file manager says so.
            self.statusBar().showMessage(f"There is no log folder at {folder}")
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    # Dropping

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Qt's; files and folders of this machine are taken."""
        if dropped_paths(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Qt's; a folder of classes dropped on the training tab trains, all else is viewed."""
        dropped = dropped_paths(event)
        if not dropped:
            return
        event.acceptProposedAction()
        folder = dropped[0]
        if len(dropped) == 1 and self.is_training_in_front and is_training_folder(folder):
            self.open_data_folder(folder)
        else:
            self.open_paths(dropped)

    # Closing

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt's; asks while a run trains, and closes when every thread has ended."""
        if self.viewer_tab is not None and not self.viewer_tab.request_close():
            event.ignore()
            return
        rooms = (self.training_tab, self.viewer_tab, self.results)
        workers = [room for room in rooms if room is not None]
        if not self._closing.may_close(self.training_tab, [*workers, self._jobs]):
            event.ignore()
            if self._closing.is_under_way:
                self.statusBar().showMessage("Closing as soon as the work has ended...")
            return
        remember_window(self, self._settings)
        self._settings.put(_TAB, self.tabs.currentIndex())
        self._settings.save()
        event.accept()
        self.closed.emit()
