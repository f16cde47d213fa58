"""Help > About: what this program is and what it is made of."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from xray_desktop import build_info, theme
from xray_desktop.device import device_reason, device_statement

NOTICE = (
    "X-ray Desktop is a research and teaching aid. It is not a medical device, has not been "
    "approved by any authority, and must not be used to diagnose or to treat. A score is what a "
    "network says of a picture, not the probability that a patient has a fracture; a heat map "
    "shows where the network looked, not where the fracture is. Always read the film yourself."
)

_ORIGINS = (
    "The starter model learnt from “bone fracture detection” v4 (Roboflow, CC BY 4.0) and the "
    "published set of Vuppala Adithya Sairam (Kaggle), from weights that torchvision "
    "(BSD-3-Clause) learnt on ImageNet. "
    "X-ray Desktop itself is under the MIT licence. Qt is used under the LGPL as separate "
    "libraries, which you may replace."
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
    ("scipy", "filters", "BSD-3-Clause"),
    ("h5py", "model files", "BSD-3-Clause"),
    ("Jinja2", "reports as HTML", "BSD"),
    ("reportlab", "reports as PDF", "BSD"),
    ("imagecodecs", "compressed DICOM", "BSD-3-Clause"),
    ("highdicom", "results as DICOM", "MIT"),
    ("dicom-anonymizer", "anonymous copies", "BSD-3-Clause"),
    ("python-gdcm", "compressed DICOM for the self-test", "Apache-2.0"),
    ("onnx", "export", "Apache-2.0"),
    ("onnxruntime", "export", "MIT"),
    ("tf2onnx", "export", "Apache-2.0"),
    ("platformdirs", "folders", "MIT"),
    ("psutil", "memory", "BSD-3-Clause"),
)


def parts() -> tuple[tuple[str, str, str, str], ...]:
    """What the program is made of: (name, version, used for, licence)."""
    return tuple(
        (
            name,
            build_info.tensorflow_version()
            if name == "tensorflow"
            else build_info.version_of(name),
            use,
            licence,
        )
        for name, use, licence in _PARTS
    )


class AboutDialog(QDialog):
    """Version, the notice, the parts and their licences. Not modal."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("aboutDialog")
        self.setWindowTitle("About X-ray Desktop")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.SPACE_3)
        layout.addLayout(_heading())
        layout.addWidget(_words(NOTICE, "notice"))
        layout.addWidget(
            _table(("Part", "Version", "Used for", "Licence"), parts(), "Parts and licences"), 1
        )
        layout.addWidget(_words(_ORIGINS, "origins", role="small"))
        buttons = _close_button(self)
        if build_info.licences_text() is not None:
            licences = buttons.addButton("All licences...", QDialogButtonBox.ButtonRole.ActionRole)
            licences.setObjectName("licencesButton")
            licences.clicked.connect(self._on_licences)
        layout.addWidget(buttons)
        self.resize(660, 640)

    @Slot()
    def _on_licences(self) -> None:
        LicencesDialog(build_info.licences_text() or "", self).show()


class LicencesDialog(QDialog):
    """The licences of all parts of the standalone program, to read. Not modal.

    Args:
        text: As ``build_info.licences_text`` gives it.
        parent: The About box.
    """

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("licencesDialog")
        self.setWindowTitle("Licences of all parts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        shown = QPlainTextEdit(text)
        shown.setReadOnly(True)
        shown.setAccessibleName("Licences of all parts")
        layout = QVBoxLayout(self)
        layout.addWidget(shown)
        layout.addWidget(_close_button(self))
        self.resize(760, 640)


def _heading() -> QHBoxLayout:
    """What runs here, on what, and why there."""
    picture = QLabel()
    picture.setPixmap(theme.app_icon().pixmap(48, 48))
    words = QVBoxLayout()
    words.addWidget(_words(build_info.title(), "title", role="title"))
    system = f"{build_info.main_parts()}.\n{build_info.system_line()}."
    words.addWidget(_words(system, "system", role="muted"))
    device = f"{device_statement()}. {device_reason()}"
    words.addWidget(_words(device, "device", role="muted"))
    row = QHBoxLayout()
    row.setSpacing(theme.SPACE_3)
    row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
    row.addLayout(words, 1)
    return row


def _words(text: str, name: str, role: str = "") -> QLabel:
    label = QLabel(text)
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if role:
        label.setProperty("role", role)
    return label


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
