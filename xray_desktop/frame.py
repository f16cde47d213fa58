"""Parts of the main window that know nothing of its tabs: menus, status bar, dialogs, drops."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLabel, QMainWindow, QMenu, QMessageBox, QWidget

from xray_desktop.about import NOTICE
from xray_desktop.actions import WindowActions
from xray_desktop.build_info import SHORT_NOTICE
from xray_desktop.device import device_reason, device_statement
from xray_desktop.settings import Settings

_PLACE = "window/geometry"
# Of a model file: opening one chooses the model.
MODEL_ENDING = ".keras"


def make_menus(window: QMainWindow, actions: WindowActions) -> QMenu:
    """Fill the menu bar; gives the View menu, to which the viewer adds its own."""
    file_menu = window.menuBar().addMenu("&File")
    file_menu.addActions([actions.open_films, actions.open_folder])
    file_menu.addSeparator()
    file_menu.addAction(actions.quit)
    view_menu = window.menuBar().addMenu("&View")
    view_menu.addActions([actions.show_training, actions.show_viewer])
    view_menu.addSeparator()
    view_menu.addActions([actions.full_screen, actions.standard_layout])
    help_menu = window.menuBar().addMenu("&Help")
    help_menu.addActions([actions.shortcuts, actions.open_logs, actions.about])
    for menu in (file_menu, view_menu, help_menu):
        menu.setToolTipsVisible(True)
    return view_menu


def place_window(window: QMainWindow, settings: Settings, smallest: QSize, first: QSize) -> None:
    """Put a window where it was last on these screens, else where it was last of all.

    Args:
        window: Not yet shown.
        settings: Where its places are remembered.
        smallest: Its smallest size, where the screen has room for it.
        first: Its size where nothing is remembered.
    """
    screen = QGuiApplication.primaryScreen()
    room = screen.availableSize() if screen is not None else first
    # A small laptop's panel bars leave less than 720 lines.
    window.setMinimumSize(smallest.boundedTo(room))
    for name in (_place_on_screens(), _PLACE):
        geometry = settings.geometry(name)
        if geometry is not None and window.restoreGeometry(geometry):
            return
    window.resize(first.boundedTo(room))


def remember_window(window: QMainWindow, settings: Settings) -> None:
    """Remember a window's place, for these screens and for any others."""
    for name in (_PLACE, _place_on_screens()):
        settings.put_geometry(name, window.saveGeometry())


def _place_on_screens() -> str:
    """A laptop at its desk and the same one under way are different screens."""
    screens = [screen.geometry() for screen in QGuiApplication.screens()]
    told = " ".join(sorted(f"{s.x()},{s.y()},{s.width()},{s.height()}" for s in screens))
    return f"{_PLACE}_{hashlib.sha256(told.encode()).hexdigest()[:8]}"


def make_status_bar(window: QMainWindow) -> None:
    """Put what never goes away into the status bar: the device and the notice."""
    device = QLabel(device_statement())
    device.setObjectName("deviceLabel")
    device.setToolTip(device_reason())
    notice = QLabel(SHORT_NOTICE)
    notice.setObjectName("noticeLabel")
    notice.setToolTip(NOTICE)
    window.statusBar().addPermanentWidget(device)
    window.statusBar().addPermanentWidget(notice)


def tell(window: QMainWindow, text: str) -> None:
    """Show a notice that does not keep anybody from working."""
    box = QMessageBox(QMessageBox.Icon.Information, "X-ray Desktop", text, parent=window)
    box.setObjectName("notice")
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowModality(Qt.WindowModality.NonModal)
    box.show()


def choose_films(parent: QWidget, start: Path | None) -> list[Path]:
    """Ask for films. Any name is offered first, because DICOM files often have no ending."""
    names, _ = QFileDialog.getOpenFileNames(
        parent,
        "Open films",
        str(start or Path.home()),
        "All files (*);;Pictures (*.png *.jpg *.jpeg *.tif *.tiff *.bmp *.gif);;"
        "DICOM (*.dcm *.dicom)",
    )
    return [Path(name) for name in names]


def choose_folder(parent: QWidget, start: Path | None) -> Path | None:
    """Ask for a folder."""
    name = QFileDialog.getExistingDirectory(parent, "Open folder", str(start or Path.home()))
    return Path(name) if name else None


def dropped_paths(event: QDropEvent) -> list[Path]:
    """The files and folders of this machine that an event carries."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]


def is_training_folder(folder: Path) -> bool:
    """True for a folder with folders in it: classes or splits. Reads one directory."""
    try:
        return any(entry.is_dir() for entry in folder.iterdir())
    except OSError:
        return False
