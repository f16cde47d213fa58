"""Above the list of films: scoring, order, copies, search, filter, and how many are shown."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from xray_desktop import keys, theme
from xray_desktop.state.list_filter import ListFilter
from xray_desktop.state.work_list import Order
from xray_desktop.viewer_tab.listing.filter_panel import FilterPanel

_ORDER_TIP = (
    "The order of the films. By date: the newest file first. By score: the highest first. "
    "Disputed: those first where the model is against your verdict"
)
_BLIND_TIP = "While reading blind the order does not go by the model: it would tell its answer"
_SCORE_TIP = "The model scores every film of the list, from the one in sight on"
_STACK_TIP = "Show the copies of one film as one row"
# So long after the last letter the list is searched.
_TYPING_MS = 150


class WorkListBar(QWidget):
    """Renders; asks, never decides.

    Signals:
        order_asked: ``Order``.
        scoring_asked: ``bool``: begin, or stop.
        filter_asked: ``ListFilter``.
        stacking_asked: ``bool``: whether copies stand as one row.
        left: From the field of the search back to the films.
    """

    order_asked = Signal(object)
    scoring_asked = Signal(bool)
    filter_asked = Signal(object)
    stacking_asked = Signal(bool)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.order = QComboBox()
        self.order.setObjectName("orderBox")
        self.order.setAccessibleName("Order of the films")
        self.order.addItems([order.value for order in Order])
        self.order.setMinimumContentsLength(6)
        self.button = QPushButton()
        self.button.setObjectName("scoreAllButton")
        self.button.setCheckable(True)
        self.stacking = _icon_button("stackingButton", "copy", _STACK_TIP)
        self.stacking.setToolTip(_STACK_TIP)
        self.search = QLineEdit()
        self.search.setObjectName("searchField")
        self.search.setPlaceholderText("Search")
        self.search.setAccessibleName("Search the list by name")
        self.search.setClearButtonEnabled(True)
        keys.tell(self.search, "viewer.search", "Words of the file's name, in any order")
        self.filter = _icon_button("filterButton", "filter", "Filter the list")
        keys.tell(self.filter, "viewer.filter", "Filter by verdict, score or the model's answer")
        self.count = QLabel()
        self.count.setObjectName("countLabel")
        self.panel = FilterPanel(self.filter)
        self._filter = ListFilter()
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._build()
        self._connect()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_1, theme.SPACE_1, theme.SPACE_1, theme.SPACE_1)
        column.setSpacing(theme.SPACE_1)
        column.addWidget(self.button)
        for wide, small in ((self.order, self.stacking), (self.search, self.filter)):
            row = QHBoxLayout()
            row.setSpacing(theme.SPACE_1)
            row.addWidget(wide, 1)
            row.addWidget(small)
            column.addLayout(row)
        self.count.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.count)

    def _connect(self) -> None:
        self.order.activated.connect(self._on_activated)
        self.button.clicked.connect(self.scoring_asked)
        self.stacking.clicked.connect(self.stacking_asked)
        self.search.textEdited.connect(self._typing.start)
        # Clearing by its button is no editing.
        self.search.textChanged.connect(self._on_text)
        self.search.returnPressed.connect(self._on_return)
        self._typing.timeout.connect(self._on_typed)
        self.filter.clicked.connect(self.open_filter)
        self.panel.filter_asked.connect(self.filter_asked)

    @Slot(int)
    def _on_activated(self, index: int) -> None:
        self.order_asked.emit(tuple(Order)[index])

    @Slot(str)
    def _on_text(self, text: str) -> None:
        if not text and self._filter.text:
            self._on_typed()

    @Slot()
    def _on_typed(self) -> None:
        self._typing.stop()
        if self.search.text() != self._filter.text:
            self.filter_asked.emit(replace(self._filter, text=self.search.text()))

    @Slot()
    def _on_return(self) -> None:
        self._on_typed()
        self.left.emit()

    @Slot()
    def open_filter(self) -> None:
        """Show what the list is filtered by."""
        self.panel.open_below(self.filter)
        self.filter.setChecked(self._filter.is_on)

    @Slot()
    def go_to_search(self) -> None:
        """The next letters are searched for."""
        self.search.setFocus()
        self.search.selectAll()

    def stop(self) -> None:
        """Ask for nothing more."""
        self._typing.stop()
        self.panel.close()

    def show_order(
        self, order: Order, *, has_films: bool, has_scores: bool, is_blind: bool
    ) -> None:
        """Which order holds, and which others can be chosen."""
        self.order.setCurrentIndex(tuple(Order).index(order))
        self.order.setEnabled(has_films)
        self.order.setToolTip(_BLIND_TIP if is_blind else _ORDER_TIP)
        model = self.order.model()
        assert isinstance(model, QStandardItemModel)
        for row, one in enumerate(Order):
            can_choose = not one.asks_model or (has_scores and not is_blind)
            model.item(row).setEnabled(can_choose)

    def show_filter(
        self,
        wanted: ListFilter,
        *,
        shown: int,
        total: int,
        is_stacked: bool,
        is_blind: bool,
        has_scores: bool,
    ) -> None:
        """What is filtered, and how many are left.

        Args:
            wanted: The filter as it holds.
            shown: Films that are shown, or files where each has a row of its own.
            total: Of how many.
            is_stacked: Films are counted, not files.
            is_blind: It may not go by the model's answer.
            has_scores: There are answers to go by.
        """
        self._filter = wanted
        if self.search.text() != wanted.text and not self._typing.isActive():
            self.search.setText(wanted.text)
        self.filter.setChecked(wanted.is_on)
        self.panel.show_filter(wanted, is_blind=is_blind, has_scores=has_scores)
        one = "film" if is_stacked else "file"
        all_of_them = f"1 {one}" if total == 1 else f"{total:,} {one}s"
        said = f"{shown:,} of {all_of_them}" if wanted.is_on else all_of_them
        self.count.setText(said if total else "")
        role = "accent" if wanted.is_on else "small"
        if self.count.property("role") != role:
            self.count.setProperty("role", role)
            self.count.style().polish(self.count)

    def show_stacking(self, stacked: bool, num_films: int, num_files: int) -> None:
        """Whether copies stand as one row.

        Args:
            stacked: So it is.
            num_films: Films of several files in the list.
            num_files: Their files.
        """
        self.stacking.setChecked(stacked)
        self.stacking.setEnabled(bool(num_films))
        said = f": {num_files:,} files show {num_films:,} films" if num_films else ""
        self.stacking.setToolTip(_STACK_TIP + said)

    def show_scoring(self, done: int, total: int, *, is_running: bool, has_model: bool) -> None:
        """How many films have a score."""
        is_done = bool(total) and done >= total
        self.button.setChecked(is_running)
        self.button.setEnabled(is_running or (has_model and bool(total) and not is_done))
        self.button.setToolTip(_SCORE_TIP if has_model or not total else "Choose a model first")
        if is_running:
            self.button.setText(f"Stop  {done:,}/{total:,}")
        else:
            self.button.setText("All scored" if is_done else "Score all films")


def _icon_button(name: str, icon: str, words: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setIcon(theme.icon(icon))
    button.setIconSize(QSize(theme.ICON_PX, theme.ICON_PX))
    button.setAccessibleName(words)
    button.setCheckable(True)
    return button
