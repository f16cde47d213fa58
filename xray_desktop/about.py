"""Help > About and Help > Shortcuts: what this program is, what it is made of, which keys it knows."""

from __future__ import annotations

import platform
from collections.abc import Sequence

from PySide6.QtCore import QLibraryInfo, Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from training import __version__
from xray_desktop import theme
from xray_desktop.device import device_statement

SHORT_NOTICE = "Research and teaching aid. Not a medical device."

NOTICE = (
    "X-ray Desktop is a research and teaching aid. It is not a medical device, has not been "
    "approved by any authority, and must not be used to diagnose or to treat. A score is what a "
    "network says of a picture, not the probability that a patient has a fracture; a heat map "
    "shows where the network looked, not where the fracture is. Always read the film yourself."
)

# Name of the distribution, what it does here, its licence.
_PARTS = (
    ("PySide6-Essentials", "windows (Qt)", "LGPL-3.0"),
    ("tensorflow", "training", "Apache-2.0"),
    ("keras", "networks", "Apache-2.0"),
    ("numpy", "arrays", "BSD-3-Clause"),
    ("pyqtgraph", "curves, film view", "MIT"),
    ("pillow", "pictures", "MIT-CMU"),
    ("pydicom", "DICOM", "MIT"),
    ("Jinja2", "reports as HTML", "BSD"),
    ("reportlab", "reports as PDF", "BSD"),
    ("onnx", "export", "Apache-2.0"),
    ("onnxruntime", "export", "MIT"),
    ("tf2onnx", "export", "Apache-2.0"),
    ("python-gdcm", "compressed DICOM", "Apache-2.0"),
    ("platformdirs", "folders", "MIT"),
    ("psutil", "memory", "BSD-3-Clause"),
)


def version_of(distribution: str) -> str:
    """An installed package's version without importing it, or "not installed"."""
    import importlib.metadata  # slow, and not needed for the first paint

    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def parts() -> tuple[tuple[str, str, str, str], ...]:
    """What the program is made of: (name, version, used for, licence)."""
    return tuple((name, version_of(name), use, licence) for name, use, licence in _PARTS)


class AboutDialog(QDialog):
    """Version, the notice, the parts and their licences. Not modal."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("aboutDialog")
        self.setWindowTitle("About X-ray Desktop")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.SPACE_3)
        layout.addLayout(self._heading())
        notice = QLabel(NOTICE)
        notice.setObjectName("notice")
        notice.setWordWrap(True)
        layout.addWidget(notice)
        layout.addWidget(
            _table(("Part", "Version", "Used for", "Licence"), parts(), "Parts and licences"), 1
        )
        licence = QLabel(
            "The starter model learnt from “bone fracture detection” v4 (Roboflow, CC BY 4.0) and the "
            "published set of Vuppala Adithya Sairam (Kaggle), from weights that torchvision "
            "(BSD-3-Clause) learnt on ImageNet. "
            "X-ray Desktop itself is under the MIT licence. Qt is used under the LGPL as separate "
            "libraries, which you may replace."
        )
        licence.setProperty("role", "small")
        licence.setWordWrap(True)
        layout.addWidget(licence)
        layout.addWidget(_close_button(self))
        self.resize(620, 560)

    def _heading(self) -> QHBoxLayout:
        picture = QLabel()
        picture.setPixmap(theme.app_icon().pixmap(48, 48))
        name = QLabel(f"X-ray Desktop {__version__}")
        name.setProperty("role", "title")
        system = QLabel(
            f"Qt {QLibraryInfo.version().toString()}, Python {platform.python_version()}, "
            f"{platform.system()} {platform.machine()}. {device_statement()}."
        )
        system.setProperty("role", "muted")
        words = QVBoxLayout()
        words.addWidget(name)
        words.addWidget(system)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_3)
        row.addWidget(picture)
        row.addLayout(words, 1)
        return row


class ShortcutsDialog(QDialog):
    """Every key that works right now, gathered from the controls themselves. Not modal.

    Args:
        groups: (heading, widget with the controls) in the order to be shown. A control below
            several of them is listed under the last, the innermost.
        parent: The window.
    """

    def __init__(
        self, groups: Sequence[tuple[str, QWidget]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("shortcutsDialog")
        self.setWindowTitle("Keyboard shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        owners = {control: heading for heading, widget in groups for control in _keyed(widget)}
        rows = [
            (heading, _keys(control), _words(control))
            for heading, _ in groups
            for control, owner in owners.items()
            if owner == heading
        ]
        layout = QVBoxLayout(self)
        layout.addWidget(
            _table(("Where", "Keys", "What"), list(dict.fromkeys(rows)), "Keyboard shortcuts"), 1
        )
        layout.addWidget(_close_button(self))
        self.resize(560, 620)


_Keyed = QAction | QShortcut | QAbstractButton


def _keyed(widget: QWidget) -> list[_Keyed]:
    """The controls below a widget that have keys and words."""
    found: list[_Keyed] = [
        *widget.findChildren(QAction),
        *widget.findChildren(QShortcut),
        *widget.findChildren(QAbstractButton),
    ]
    return [control for control in found if _keys(control) and _words(control)]


def _keys(control: _Keyed) -> str:
    if isinstance(control, QAction):
        keys = control.shortcuts()
    elif isinstance(control, QShortcut):
        keys = control.keys()
    else:
        keys = [control.shortcut()]
    texts = (key.toString(QKeySequence.SequenceFormat.NativeText) for key in keys)
    return ", ".join(text for text in texts if text)


def _words(control: _Keyed) -> str:
    if isinstance(control, QShortcut):
        return control.whatsThis()
    words = control.text().replace("&", "").removesuffix("...")
    return words or control.toolTip().partition(" (")[0]


def _table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], accessible_name: str
) -> QTableWidget:
    table = QTableWidget(len(rows), len(headings))
    table.setAccessibleName(accessible_name)
    table.setHorizontalHeaderLabels(list(headings))
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
    table.verticalHeader().hide()
    table.setShowGrid(False)
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            table.setItem(row, column, QTableWidgetItem(text))
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
    header.setStretchLastSection(True)
    return table


def _close_button(dialog: QDialog) -> QDialogButtonBox:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.close)
    return buttons
