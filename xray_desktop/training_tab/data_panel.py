"""The top of the training tab: which films, how many, what they look like, what to know of them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from training.data.dataset import DataSet, Split
from training.films.film import GreyPixels
from xray_desktop import theme
from xray_desktop.state.training_controls import Controls
from xray_desktop.state.training_state import TrainingState
from xray_desktop.training_tab.elided_label import ElidedLabel
from xray_desktop.training_tab.thumbnails import MAX_STRIPS, MAX_THUMBNAILS, PictureStrip

_HOW_TO = (
    "Drop a folder of films here, or choose one: with train and val folders, or just one folder "
    "for each class, named like “fractured” and “not fractured”. DICOM and pictures, any size. "
    "Press Train right away to try it on the built-in sample set."
)


class DataPanel(QFrame):
    """Folder, counts, thumbnails, warnings.

    Signals:
        folder_entered: A folder was typed.
        choose_requested: Choose... was pressed.
        sample_requested: Sample set was pressed.
        cancel_requested: Stop reading the folder.
        check_requested: The list of warnings and left-out files is wanted.
    """

    folder_entered = Signal(object)
    choose_requested = Signal()
    sample_requested = Signal()
    cancel_requested = Signal()
    check_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._data: DataSet | None = None
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty_page())
        self._pages.addWidget(self._reading_page())
        self._pages.addWidget(self._data_page())
        self._pages.setFixedHeight(78)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_3, theme.SPACE_2, theme.SPACE_3, theme.SPACE_2)
        layout.setSpacing(theme.SPACE_2)
        layout.addLayout(self._folder_row())
        layout.addWidget(self._pages)

    def _folder_row(self) -> QHBoxLayout:
        self.folder_edit = QLineEdit()
        self.folder_edit.setObjectName("folderEdit")
        self.folder_edit.setAccessibleName("Folder of films")
        self.folder_edit.setPlaceholderText("Folder of films")
        self.folder_edit.setToolTip("Folder of films; press Enter to read it")
        # A folder dropped on the field is the tab's to read, not text to insert.
        self.folder_edit.setAcceptDrops(False)
        self.folder_edit.returnPressed.connect(self._on_folder_entered)
        label = QLabel("F&ilms")
        label.setBuddy(self.folder_edit)
        label.setProperty("role", "title")
        self._badge = QLabel("SYNTHETIC SAMPLE SET")
        self._badge.setObjectName("sampleBadge")
        self._badge.setToolTip("Drawn by the program: no patient, and no meaning for real films.")
        self._badge.setStyleSheet(
            f"color: {theme.WARNING}; border: 1px solid {theme.WARNING}; border-radius: 4px;"
            f"padding: 2px 8px; font-weight: 600; font-size: {theme.FONT_SMALL_PX}px"
        )
        self._badge.hide()
        self.choose_button = QPushButton("&Choose…")
        self.choose_button.setObjectName("chooseButton")
        self.choose_button.setIcon(theme.icon("folder"))
        self.choose_button.setToolTip("Choose a folder of films (Alt+C)")
        self.choose_button.clicked.connect(self.choose_requested)
        self.sample_button = QPushButton("&Sample set")
        self.sample_button.setObjectName("sampleButton")
        self.sample_button.setIcon(theme.icon("sample"))
        self.sample_button.setToolTip("Use the built-in set of drawn films (Alt+S)")
        self.sample_button.clicked.connect(self.sample_requested)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_2)
        row.addWidget(label)
        row.addWidget(self.folder_edit, 1)
        row.addWidget(self._badge)
        row.addWidget(self.choose_button)
        row.addWidget(self.sample_button)
        return row

    def _empty_page(self) -> QWidget:
        label = QLabel(_HOW_TO)
        label.setProperty("role", "muted")
        label.setWordWrap(True)
        return label

    def _reading_page(self) -> QWidget:
        page = QWidget()
        self._reading_label = ElidedLabel()
        self._reading_bar = QProgressBar()
        self._reading_bar.setAccessibleName("Films read")
        self._cancel_button = QPushButton("Stop reading")
        self._cancel_button.setObjectName("cancelReadingButton")
        self._cancel_button.setIcon(theme.icon("close"))
        self._cancel_button.setToolTip("Stop and keep the films that were chosen before")
        self._cancel_button.clicked.connect(self.cancel_requested)
        row = QHBoxLayout()
        row.addWidget(self._reading_bar, 1)
        row.addWidget(self._cancel_button)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addStretch(1)
        layout.addWidget(self._reading_label)
        layout.addLayout(row)
        layout.addStretch(1)
        return page

    def _data_page(self) -> QWidget:
        page = QWidget()
        self._counts = QLabel()
        self._counts.setObjectName("countsLabel")
        self._films = QLabel()
        self._films.setObjectName("filmsLabel")
        self._films.setProperty("role", "muted")
        self._origin = QLabel()
        self._origin.setProperty("role", "muted")
        numbers = QVBoxLayout()
        numbers.setSpacing(2)
        numbers.addWidget(self._counts)
        numbers.addWidget(self._films)
        numbers.addWidget(self._origin)
        numbers.addStretch(1)
        self.strips = tuple(PictureStrip(f"Films of class {n}") for n in range(MAX_STRIPS))
        self._captions = tuple(ElidedLabel() for _ in self.strips)
        self._columns = tuple(QWidget() for _ in self.strips)
        self._more = ElidedLabel(num_lines=3)
        self._more.setProperty("role", "muted")
        layout = QHBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_4)
        layout.addLayout(numbers)
        self._row = layout
        for label in range(MAX_STRIPS):
            column = QVBoxLayout(self._columns[label])
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(2)
            column.addWidget(self._captions[label])
            column.addWidget(self.strips[label])
            column.addStretch(1)
            layout.addWidget(self._columns[label], 3)
        layout.addWidget(self._more, 2)
        layout.addLayout(self._warning_column(), 3)
        return page

    def _warning_column(self) -> QVBoxLayout:
        self._warning = ElidedLabel(num_lines=3)
        self._warning.setObjectName("warningLabel")
        self._check_button = QPushButton("&Data check…")
        self._check_button.setObjectName("checkButton")
        self._check_button.setToolTip(
            "Copies, leaks, labels, and the files that were left out (Alt+D)"
        )
        self._check_button.clicked.connect(self.check_requested)
        column = QVBoxLayout()
        column.setSpacing(theme.SPACE_1)
        column.addWidget(self._warning, 1)
        column.addWidget(self._check_button, 0, Qt.AlignmentFlag.AlignLeft)
        return column

    @Slot()
    def _on_folder_entered(self) -> None:
        text = self.folder_edit.text().strip().strip('"')
        if text:
            self.folder_entered.emit(Path(text).expanduser())

    def render_state(self, state: TrainingState, allowed: Controls) -> None:
        """Show the films of a state and what may be pressed."""
        self.folder_edit.setEnabled(allowed.choose_films)
        self.choose_button.setEnabled(allowed.choose_films)
        self.sample_button.setEnabled(allowed.choose_films)
        self._cancel_button.setEnabled(allowed.cancel_reading)
        if state.data is not self._data:
            self._show_data(state.data, is_checked=state.data_check is not None)
            self._check_button.setVisible(state.data is not None)
        if state.work is not None:
            # Busy until a number is known; Qt draws 0 of 0 as moving.
            self._reading_bar.setRange(0, state.work.total)
            self._reading_bar.setValue(state.work.done)
            of = f": {state.work.done:,} of {state.work.total:,}" if state.work.total else " …"
            self._reading_label.setText(state.work.what + of)
            self._pages.setCurrentIndex(1)
        else:
            self._pages.setCurrentIndex(0 if state.data is None else 2)

    def show_picture(self, label: int, index: int, pixels: GreyPixels, words: str) -> None:
        """Put a thumbnail in its place."""
        self.strips[label].set_picture(index, pixels, words)

    def _show_data(self, data: DataSet | None, *, is_checked: bool) -> None:
        self._data = data
        self._badge.setVisible(data is not None and data.synthetic)
        if data is None:
            return
        self.folder_edit.setText(str(data.root))
        self._counts.setText(counts_line(data))
        films = f"{data.num_films():,} different films behind {data.count():,} files"
        self._films.setText(films)
        told = "films as checked" if is_checked else "films by their names"
        parts = "validation drawn by film" if data.seeded_split else "parts as the folders say"
        self._origin.setText(f"{told}, {parts}")
        self._order_columns((1, 0) if data.num_classes == 2 else (0, 1))
        for label, column in enumerate(self._columns):
            column.setVisible(label < data.num_classes)
            if label < data.num_classes:
                self._show_class(data, label)
        more = [
            f"{name} {data.count(label=label):,}"
            for label, name in enumerate(data.class_names)
            if label >= MAX_STRIPS
        ]
        self._more.setVisible(bool(more))
        self._more.setText(f"and {', '.join(more)}" if more else "")
        self._show_warnings(data)

    def _order_columns(self, first: tuple[int, int]) -> None:
        """Of two classes the positive one comes first; more keep their order."""
        for label in reversed(first):
            # Behind the numbers, which are the row's first item.
            self._row.removeWidget(self._columns[label])
            self._row.insertWidget(1, self._columns[label], 3)

    def _show_class(self, data: DataSet, label: int) -> None:
        name = data.class_names[label]
        self._captions[label].setText(f"{name} {data.count(label=label):,}")
        self.strips[label].setAccessibleName(f"Some films of the class {name}")
        self.strips[label].clear(min(MAX_THUMBNAILS, data.count(Split.TRAIN, label)))

    def _show_warnings(self, data: DataSet) -> None:
        num_skipped = len(data.skipped)
        said = list(data.warnings)
        if num_skipped:
            said.append(
                f"{num_skipped:,} {'file was' if num_skipped == 1 else 'files were'} left out."
            )
        self._warning.setText(
            " ".join(said)
            if said
            else "Nothing to remark by folders and names. The data check looks at the films themselves."
        )
        self._warning.setStyleSheet(f"color: {theme.WARNING if said else theme.TEXT_MUTED}")
        num = len(said)
        self._check_button.setText(f"&Data check ({num})…" if num > 1 else "&Data check…")


def counts_line(data: DataSet) -> str:
    """Files of each split, and with outlines: "8,863 train · 600 validation · outlines: 812 films"."""
    parts = [f"{data.count(split):,} {split.value}" for split in Split if data.count(split)]
    if data.outlines.num_outlined:
        num = data.outlines.num_outlined
        parts.append(f"outlines: {num:,} {'film' if num == 1 else 'films'}")
    return " · ".join(parts)
