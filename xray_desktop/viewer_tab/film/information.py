"""The film's information: what the file says of itself, as a tree, searchable, to be copied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QAction, QColor, QFont, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from training.films.film import Film, Tag
from xray_desktop import theme
from xray_desktop.state.hidden_identity import NAME, REMARK, shown_tags

_COLUMNS = ("Tag", "Name", "Value", "VR", "Keyword")
_TAG, _NAME, _VALUE, _VR, _KEYWORD = range(len(_COLUMNS))
_WIDTHS_PX = {_TAG: 140, _NAME: 230, _VALUE: 320, _VR: 44}
# Lines as high as those of the program's tables.
_STYLE = "QTreeView::item { padding: 3px 2px; }"
_PRIVATE = "private"


class TagTree(QTreeWidget):
    """The elements of a file; items of sequences fold out. Ctrl+C copies the chosen lines."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("tagTree")
        self.setAccessibleName("What the file says of itself")
        self.setColumnCount(len(_COLUMNS))
        self.setHeaderLabels(list(_COLUMNS))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setAlternatingRowColors(True)
        self.setUniformRowHeights(True)
        self.setIndentation(16)
        self.setStyleSheet(_STYLE)
        header = self.header()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        for column, width in _WIDTHS_PX.items():
            header.resizeSection(column, width)
        self.copy_chosen = self._action("Copy", QKeySequence(QKeySequence.StandardKey.Copy))
        self.copy_value = self._action("Copy the value alone", QKeySequence())
        self.copy_all = self._action("Copy all that is shown", QKeySequence("Ctrl+Shift+C"))
        self.copy_chosen.triggered.connect(self._on_copy_chosen)
        self.copy_value.triggered.connect(self._on_copy_value)
        self.copy_all.triggered.connect(self._on_copy_all)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_menu_asked)

    def _action(self, text: str, key: QKeySequence) -> QAction:
        action = QAction(text, self)
        action.setShortcut(key)
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.addAction(action)
        return action

    def show_tags(self, tags: Sequence[Tag]) -> None:
        """Show these lines in place of the old ones; sequences are folded out."""
        self.clear()
        above: list[QTreeWidgetItem] = []
        top: list[QTreeWidgetItem] = []
        for tag in tags:
            line = _line_of(tag)
            depth = min(tag.depth, len(above))
            if depth:
                above[depth - 1].addChild(line)
            else:
                top.append(line)
            del above[depth:]
            above.append(line)
        self.addTopLevelItems(top)
        self.expandAll()
        is_dicom = any(tag.vr for tag in tags)
        for column in (_TAG, _VR, _KEYWORD):
            # A picture's facts have neither.
            self.setColumnHidden(column, not is_dicom)

    def search(self, text: str) -> None:
        """Leave the lines that have a text, with what they stand in, and what stands in them."""
        wanted = text.casefold().strip()
        for row in range(self.topLevelItemCount()):
            line = self.topLevelItem(row)
            if line is not None:
                _filter(line, wanted)

    def lines(self) -> Iterator[QTreeWidgetItem]:
        """All lines, as they stand below each other."""
        for row in range(self.topLevelItemCount()):
            line = self.topLevelItem(row)
            if line is not None:
                yield from _below(line)

    @Slot()
    def _on_copy_chosen(self) -> None:
        _copy([line for line in self.lines() if line.isSelected() and not line.isHidden()])

    @Slot()
    def _on_copy_value(self) -> None:
        line = self.currentItem()
        if line is not None:
            QGuiApplication.clipboard().setText(line.text(_VALUE))

    @Slot()
    def _on_copy_all(self) -> None:
        _copy([line for line in self.lines() if not line.isHidden()])

    @Slot(QPoint)
    def _on_menu_asked(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions([self.copy_chosen, self.copy_value, self.copy_all])
        menu.popup(self.viewport().mapToGlobal(place))


class InformationWindow(QDialog):
    """A small window beside the film; it stays open and follows from film to film.

    Args:
        parent: The tab.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("informationWindow")
        self.setWindowTitle("Film information")
        self.resize(980, 640)
        self._notes = QLabel()
        self._notes.setTextFormat(Qt.TextFormat.PlainText)
        self._notes.setWordWrap(True)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search in tags, names, keywords and values")
        self.search.setClearButtonEnabled(True)
        self.tree = TagTree()
        self.search.textChanged.connect(self.tree.search)
        column = QVBoxLayout(self)
        column.setSpacing(theme.SPACE_2)
        for widget in (self._notes, self.search, self.tree):
            column.addWidget(widget)

    def show_film(self, film: Film, *, hide_identity: bool = False) -> None:
        """Tell what a film says of itself.

        Args:
            film: The film.
            hide_identity: Show technical values only.
        """
        name = NAME if hide_identity else film.path.name
        facts = [f"{name}: {film.format}, {film.width} x {film.height} px", *_scale(film)]
        self._notes.setText("\n".join([*facts, *film.notes, *([REMARK] if hide_identity else [])]))
        self.tree.show_tags(shown_tags(film.tags) if hide_identity else film.tags)
        self.tree.search(self.search.text())


def _scale(film: Film) -> list[str]:
    """What the file knows of its pixels' size, in words."""
    told = film.spacing
    if told is not None:
        known = ": ".join(filter(None, (told.source, told.detail)))
        return [f"{told.column_mm:.4g} x {told.row_mm:.4g} mm per pixel, {known}"]
    if film.pixel_aspect != 1.0:
        return [f"pixels are {film.pixel_aspect:.4g} times as high as wide"]
    return []


def _line_of(tag: Tag) -> QTreeWidgetItem:
    keyword = _PRIVATE if tag.is_private else tag.keyword
    line = QTreeWidgetItem([tag.tag, tag.name, tag.value, tag.vr, keyword])
    for column in (_NAME, _VALUE):
        line.setToolTip(column, line.text(column))
    if tag.is_private:
        font = QFont()
        font.setItalic(True)
        for column in range(len(_COLUMNS)):
            line.setFont(column, font)
            line.setForeground(column, QColor(theme.TEXT_MUTED))
    return line


def _filter(line: QTreeWidgetItem, wanted: str, *, inside: bool = False) -> bool:
    """Hide a line unless it or anything in it has the text, or it stands in one that has."""
    told = " ".join(line.text(column) for column in range(len(_COLUMNS))).casefold()
    has_it = inside or wanted in told
    below = [_filter(child, wanted, inside=has_it) for child in _children(line)]
    is_shown = has_it or any(below)
    line.setHidden(not is_shown)
    return is_shown


def _below(line: QTreeWidgetItem) -> Iterator[QTreeWidgetItem]:
    yield line
    for child in _children(line):
        yield from _below(child)


def _children(line: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    found = (line.child(row) for row in range(line.childCount()))
    return [child for child in found if child is not None]


def _copy(lines: Sequence[QTreeWidgetItem]) -> None:
    """Lines as text, their columns between tabs, as tables take them."""
    if not lines:
        return
    rows = ["\t".join(line.text(column) for column in range(len(_COLUMNS))) for line in lines]
    QGuiApplication.clipboard().setText("\n".join(rows))
