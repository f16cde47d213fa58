"""What the list is filtered by, name apart: opens below its button, and acts at once."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from xray_desktop import theme
from xray_desktop.review.verdicts import Opinion
from xray_desktop.state.list_filter import ListFilter, VerdictChoice

_SAYS = (None, *Opinion)
_BLIND = "While reading blind the list is not filtered by the model's answer."
_UNSCORED = "No film has a score yet: press “Score all films” first."


class FilterPanel(QFrame):
    """Renders a filter; asks, never decides.

    Args:
        owner: The button that it belongs to.

    Signals:
        filter_asked: ``ListFilter``.
    """

    filter_asked = Signal(object)

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner, Qt.WindowType.Popup)
        self.setObjectName("filterPanel")
        self._filter = ListFilter()
        self._answers: tuple[Opinion | str | None, ...] = _SAYS
        self.verdict = _choice("verdictFilter", "My verdict", [v.value for v in VerdictChoice])
        words = ["Anything", *(opinion.value.capitalize() for opinion in Opinion)]
        self.says = _choice("saysFilter", "The model says", words)
        self.lowest = _score("lowestScore", "Lowest score", 0.0)
        self.highest = _score("highestScore", "Highest score", 1.0)
        self.disputed = QCheckBox("Only where model and verdict differ")
        self.disputed.setObjectName("disputedBox")
        self.unreadable = QCheckBox("Only files that cannot be read")
        self.unreadable.setObjectName("unreadableBox")
        self._why = QLabel()
        self._why.setProperty("role", "small")
        self._why.setWordWrap(True)
        # Two lines always, so that nothing jumps.
        self._why.setMinimumHeight(2 * self.fontMetrics().lineSpacing())
        self.off = QPushButton("Show all films")
        self.off.setObjectName("filterOffButton")
        self._build()
        for box in (self.verdict, self.says):
            box.activated.connect(self._on_changed)
        for number in (self.lowest, self.highest):
            number.valueChanged.connect(self._on_changed)
        for tick in (self.disputed, self.unreadable):
            tick.clicked.connect(self._on_changed)
        self.off.clicked.connect(self._on_off)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_3, theme.SPACE_3, theme.SPACE_3, theme.SPACE_3)
        column.setSpacing(theme.SPACE_2)
        form = QFormLayout()
        form.addRow("My verdict", self.verdict)
        form.addRow("The model says", self.says)
        scores = QHBoxLayout()
        scores.addWidget(self.lowest, 1)
        scores.addWidget(QLabel("to"))
        scores.addWidget(self.highest, 1)
        form.addRow("Score", scores)
        column.addLayout(form)
        for widget in (self.disputed, self.unreadable, self._why, self.off):
            column.addWidget(widget)
        self.setMinimumWidth(290)

    @Slot()
    def _on_changed(self) -> None:
        lowest, highest = self.lowest.value(), self.highest.value()
        if lowest > highest:
            # The one that was moved takes the other along.
            lowest = highest = highest if self.sender() is self.highest else lowest
        wanted = replace(
            self._filter,
            lowest=lowest,
            highest=highest,
            says=self._answers[self.says.currentIndex()],
            disputed=self.disputed.isChecked(),
            verdict=tuple(VerdictChoice)[self.verdict.currentIndex()],
            unreadable=self.unreadable.isChecked(),
        )
        self.filter_asked.emit(wanted)

    @Slot()
    def _on_off(self) -> None:
        self.filter_asked.emit(ListFilter())

    def offer_answers(self, classes: tuple[str, ...]) -> None:
        """Offer what the model can say.

        Args:
            classes: Of a model of more than two, which opposes no verdict; else empty.
        """
        answers: tuple[Opinion | str | None, ...] = (None, *classes) if classes else _SAYS
        if answers == self._answers:
            return
        self._answers = answers
        with QSignalBlocker(self.says):
            self.says.clear()
            names = classes or [opinion.value.capitalize() for opinion in Opinion]
            self.says.addItems(["Anything", *names])
        self.disputed.setVisible(not classes)

    def show_filter(self, wanted: ListFilter, *, is_blind: bool, has_scores: bool) -> None:
        """Draw a filter.

        Args:
            wanted: As it holds now.
            is_blind: It may not go by the model's answer.
            has_scores: There are answers to go by.
        """
        self._filter = wanted
        parts = (self.verdict, self.says, self.lowest, self.highest, self.disputed, self.unreadable)
        blockers = [QSignalBlocker(part) for part in parts]
        self.verdict.setCurrentIndex(tuple(VerdictChoice).index(wanted.verdict))
        self.says.setCurrentIndex(self._answers.index(wanted.says))
        self.lowest.setValue(wanted.lowest)
        self.highest.setValue(wanted.highest)
        self.disputed.setChecked(wanted.disputed)
        self.unreadable.setChecked(wanted.unreadable)
        del blockers
        for part in (self.says, self.lowest, self.highest, self.disputed):
            part.setEnabled(has_scores and not is_blind)
        self._why.setText(_BLIND if is_blind else "" if has_scores else _UNSCORED)
        self.off.setEnabled(wanted.is_on)

    def open_below(self, widget: QWidget) -> None:
        """Open under a widget, its first choice ready for the keys."""
        self.adjustSize()
        place = widget.mapToGlobal(widget.rect().bottomLeft())
        room = widget.screen().availableGeometry()
        place.setX(max(room.left(), min(place.x(), room.right() - self.width())))
        place.setY(max(room.top(), min(place.y(), room.bottom() - self.height())))
        self.move(place)
        self.show()
        self.verdict.setFocus()


def _choice(name: str, words: str, choices: list[str]) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(words)
    box.addItems(choices)
    return box


def _score(name: str, words: str, value: float) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setObjectName(name)
    box.setAccessibleName(words)
    box.setRange(0.0, 1.0)
    box.setSingleStep(0.05)
    box.setDecimals(2)
    box.setValue(value)
    box.setKeyboardTracking(False)
    theme.indent(box)
    return box
