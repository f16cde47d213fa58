"""The strip below the film: the forms that training sees, each with the model's score."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from training.augmentation.config import PRESETS, AugmentationConfig
from training.models.prediction import Variant
from xray_desktop import theme
from xray_desktop.state.answer_doubts import Spread

COUNT = 12
# All variants side by side in the smallest window; larger where there is room.
_CARD_PX = (78, 112)
_TEXT_PX = 58
_NAME_LINES = 2
_HEAD_PX = 48


class VariantsStrip(QFrame):
    """Shows variants; a click enlarges one in the film view, a second click puts it back.

    Signals:
        variant_asked: ``int`` to enlarge, or None for the film.
        variants_asked: ``AugmentationConfig, int`` (seed).
    """

    variant_asked = Signal(object)
    variants_asked = Signal(object, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("variantsStrip")
        self._seed = 0
        self._shown: tuple[Variant, ...] | None = None
        self._leading: tuple[tuple[str, ...], int] | None = None
        self.preset_box = QComboBox()
        self.preset_box.setAccessibleName("Augmentation")
        self.preset_box.setToolTip("The ranges of change, as training offers them")
        for name, preset in PRESETS.items():
            if not preset.is_off:
                self.preset_box.addItem(f"as in training, {name}", name)
        self._again = QPushButton("Draw again")
        self._again.setIcon(theme.icon("refresh"))
        self._again.setToolTip("Draw other mixed variants")
        self._spread = QLabel()
        self._spread.setTextFormat(Qt.TextFormat.PlainText)
        self._hint = QLabel()
        self._hint.setProperty("role", "muted")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)
        self._cards = QHBoxLayout()
        self._build()
        self.preset_box.activated.connect(self._on_preset)
        self._again.clicked.connect(self._on_again)
        self._group.idClicked.connect(self._on_card)

    def _build(self) -> None:
        head = QHBoxLayout()
        title = QLabel("Variants")
        title.setProperty("role", "title")
        head.addWidget(title)
        head.addWidget(self.preset_box)
        head.addWidget(self._again)
        head.addStretch(1)
        head.addWidget(self._spread)
        self._cards.setContentsMargins(0, 0, 0, 0)
        self._cards.setSpacing(theme.SPACE_1)
        body = QWidget()
        body.setLayout(self._cards)
        self._area = QScrollArea()
        self._area.setWidget(body)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_3, theme.SPACE_1, theme.SPACE_3, theme.SPACE_1)
        column.setSpacing(theme.SPACE_1)
        column.addLayout(head)
        column.addWidget(self._area, 1)
        column.addWidget(self._hint, 1)

    @property
    def config(self) -> AugmentationConfig:
        """The augmentation chosen."""
        return PRESETS[self.preset_box.currentData()]

    @property
    def seed(self) -> int:
        """Of the mixed variants."""
        return self._seed

    def show_variants(
        self,
        variants: tuple[Variant, ...],
        hint: str,
        threshold: float,
        leading: tuple[tuple[str, ...], int] | None = None,
    ) -> None:
        """Show variants, or say why there are none.

        Args:
            variants: With or without scores.
            hint: Said where there are none.
            threshold: Of the model that scored them.
            leading: Of a model of more than two classes these, and the number of the one that it
                names on the film: the scores are of that one.
        """
        self._hint.setText(hint)
        self._hint.setVisible(not variants)
        self._area.setVisible(bool(variants))
        if variants is self._shown and leading == self._leading:
            return
        self._shown, self._leading = variants, leading
        self._clear()
        for number, variant in enumerate(variants):
            other = ""
            if leading is not None and variant.label not in (None, leading[1]):
                other = leading[0][variant.label or 0]
            card = VariantCard(variant, threshold, other, is_many=leading is not None)
            self._group.addButton(card, number)
            self._cards.addWidget(card)
        self._cards.addStretch(1)
        self._fit_cards()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make the cards as large as the width allows."""
        super().resizeEvent(event)
        self._fit_cards()

    def _fit_cards(self) -> None:
        room = self.width() - 2 * theme.SPACE_3 - (COUNT - 1) * theme.SPACE_1
        side = min(max(room // COUNT, _CARD_PX[0]), _CARD_PX[1])
        for card in self._group.buttons():
            if isinstance(card, VariantCard):
                card.fit(side)
        self.setFixedHeight(_HEAD_PX + side + _TEXT_PX + theme.SPACE_3)

    def _clear(self) -> None:
        for button in self._group.buttons():
            self._group.removeButton(button)
        while (item := self._cards.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def show_chosen(self, index: int | None) -> None:
        """Mark the enlarged variant."""
        for number in range(len(self._group.buttons())):
            self._group.button(number).setChecked(number == index)

    def show_spread(self, spread: Spread | None) -> None:
        """Sum up the scores in words; call it after ``show_variants``."""
        if spread is None:
            self._spread.setText("")
            return
        if self._leading is not None:
            name = self._leading[0][self._leading[1]]
            against = "all are called so"
            if spread.num_against:
                against = f"{spread.num_against} of {spread.num_scored} are called another class"
            self._spread.setText(f'Score of "{name}": {spread.text()}; {against}')
            return
        if spread.num_against:
            against = f"{spread.num_against} of {spread.num_scored} contradict the film's own score"
        else:
            against = f"all {spread.num_scored} agree with the film's own score"
        self._spread.setText(f"{spread.text()}; {against}")

    @Slot(int)
    def _on_preset(self, _row: int) -> None:
        self.variants_asked.emit(self.config, self._seed)

    @Slot()
    def _on_again(self) -> None:
        self._seed += 1
        self.variants_asked.emit(self.config, self._seed)

    @Slot(int)
    def _on_card(self, number: int) -> None:
        self.variant_asked.emit(number if self._group.button(number).isChecked() else None)


class VariantCard(QToolButton):
    """One variant as a button: picture, score with its shape, name.

    Args:
        variant: What it shows.
        threshold: Of the model that scored it.
        other: Of a model of more than two classes the one that it calls this form, where it calls
            the film another; else empty.
        is_many: True with more than two classes: a score has no side of a threshold then.
    """

    def __init__(
        self, variant: Variant, threshold: float, other: str = "", *, is_many: bool = False
    ) -> None:
        super().__init__()
        self._name = variant.name
        self._score = "no score"
        self._other = other
        if variant.score is not None and is_many:
            self._score = f"{variant.score:.2f}"
        elif variant.score is not None:
            # Filled and hollow tell the sides of the threshold without colour.
            sign = "▲" if variant.score >= threshold else "○"
            self._score = f"{sign} {variant.score:.2f}"
        self.setCheckable(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setIcon(_picture(variant))
        called = f", called {other}" if other else ""
        self.setToolTip(f"{variant.name}: {self._score}{called}. Click to see it large.")
        self.setAccessibleName(f"{variant.name}, {self._score}{called}")

    def fit(self, side: int) -> None:
        """Take this width, in logical pixels."""
        self.setIconSize(QSize(side - 8, side - 8))
        self.setFixedSize(side, side + _TEXT_PX - theme.SPACE_1)
        lines = self._name_lines(side - theme.SPACE_2)
        score = self._score
        if self._other:
            metrics = self.fontMetrics()
            room = side - theme.SPACE_2 - metrics.horizontalAdvance(f"{score} ≠ ")
            other = metrics.elidedText(self._other, Qt.TextElideMode.ElideRight, room)
            score = f"{score} ≠ {other}"
        self.setText("\n".join([score, *lines]))

    def _name_lines(self, width: int) -> list[str]:
        """The name broken into two lines, the second cut where it must be."""
        metrics = self.fontMetrics()
        lines = [""]
        for word in self._name.split():
            longer = f"{lines[-1]} {word}".strip()
            if len(lines) == _NAME_LINES or metrics.horizontalAdvance(longer) <= width:
                lines[-1] = longer
            else:
                lines.append(word)
        cut = [metrics.elidedText(line, Qt.TextElideMode.ElideRight, width) for line in lines]
        return cut + [""] * (_NAME_LINES - len(cut))


def _picture(variant: Variant) -> QIcon:
    grey = np.ascontiguousarray(variant.picture)
    height, width = grey.shape
    image = QImage(grey.data, width, height, width, QImage.Format.Format_Grayscale8)
    return QIcon(QPixmap.fromImage(image))
