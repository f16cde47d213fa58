"""The panel at the right: which model, what it says of the film, how far to trust it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from training.models.card import ModelCard
from training.models.prediction import MapKind, Prediction, Refusal
from xray_desktop import theme
from xray_desktop.state.answer_doubts import Spread
from xray_desktop.state.viewer_models import (
    MAP_NAMES,
    answer_of,
    facts_of,
    map_facts,
    map_words,
    stated_limits,
)
from xray_desktop.viewer_tab.answer.class_bars import ClassBars
from xray_desktop.viewer_tab.answer.model_box import ModelBox
from xray_desktop.viewer_tab.answer.near_films import NearFilmsStrip
from xray_desktop.viewer_tab.answer.score_bar import ScoreBar

WIDTH_PX = 272
SYNTHETIC = "Trained on drawn films only: its scores on real films mean nothing."
RESEARCH_USE = "For research and teaching. Not a medical device: never decide on a patient by it."
NO_MODEL = "Choose a model to read this film, or train one in the Training tab."
NO_FILM = "Open a film to have it read."


class PredictionPanel(QScrollArea):
    """Renders what the state says; asks, never decides.

    Signals:
        overlay_asked: ``bool``.
        opacity_asked: ``float``, 0-1.
        map_asked: ``MapKind``.
        unlike_asked: The score is wanted of a film unlike those that the model learnt from.
    """

    overlay_asked = Signal(bool)
    opacity_asked = Signal(float)
    map_asked = Signal(object)
    unlike_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("predictionPanel")
        self.setWidgetResizable(True)
        self.setFixedWidth(WIDTH_PX)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.model_box = ModelBox()
        self.overlay_box = QCheckBox("Lay the heat map over the film")
        self.overlay_box.setObjectName("heatMapBox")
        self.overlay_box.setToolTip("Show the model's answer on the film (H)")
        self.map_box = QComboBox()
        self.map_box.setObjectName("mapBox")
        self.map_box.setAccessibleName("Which map")
        self.map_box.setToolTip("What is laid over the film, or stands beside it")
        self.unlike_button = QPushButton("Show the score all the same")
        self.unlike_button.setObjectName("unlikeButton")
        self._map_facts = self._label("", "small")
        self.opacity_slider = QSlider(Qt.Orientation.Horizontal)
        self.opacity_slider.setObjectName("opacitySlider")
        self.opacity_slider.setAccessibleName("Opacity of the heat map")
        self.opacity_slider.setToolTip("How strongly the heat map covers the film")
        self.opacity_slider.setRange(0, 100)
        self.opacity_slider.setValue(50)
        self._opacity_text = QLabel("50 %")
        self._word_icon = QLabel()
        self._word = self._label("", "title")
        self._word.setObjectName("predictionWord")
        self._score = self._label("", "figure")
        self._score.setObjectName("predictionScore")
        self._bar = ScoreBar()
        self.class_bars = ClassBars()
        self._hint = self._label("", "muted")
        self._remarks = self._label("", "warning")
        self._empty_map = self._label("", "small")
        self.near = NearFilmsStrip()
        self._facts = QFormLayout()
        self._warning = self._label(SYNTHETIC, "warning")
        self._card: ModelCard | None = None
        self._build()
        self.overlay_box.toggled.connect(self.overlay_asked)
        self.opacity_slider.valueChanged.connect(self._on_opacity)
        self.map_box.activated.connect(self._on_map)
        self.unlike_button.clicked.connect(self.unlike_asked)

    @staticmethod
    def _label(text: str, role: str) -> QLabel:
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("role", role)
        label.setWordWrap(True)
        return label

    def _build(self) -> None:
        self._body = QWidget()
        self._column = column = QVBoxLayout(self._body)
        column.setContentsMargins(theme.SPACE_3, theme.SPACE_2, theme.SPACE_3, theme.SPACE_2)
        column.setSpacing(theme.SPACE_2)
        column.addWidget(self._label("Model", "small"))
        column.addWidget(self.model_box)
        column.addSpacing(theme.SPACE_2)
        word = QHBoxLayout()
        word.setSpacing(theme.SPACE_2)
        word.addWidget(self._word_icon)
        word.addWidget(self._word, 1)
        column.addLayout(word)
        for widget in (self._score, self._bar, self.class_bars, self._warning):
            column.addWidget(widget)
        column.addWidget(self._hint)
        column.addWidget(self.unlike_button)
        column.addWidget(self._remarks)
        column.addSpacing(theme.SPACE_2)
        column.addWidget(self.overlay_box)
        column.addWidget(self.map_box)
        opacity = QHBoxLayout()
        opacity.addWidget(self._label("Opacity", "small"))
        opacity.addWidget(self.opacity_slider, 1)
        self._opacity_text.setFixedWidth(40)
        self._opacity_text.setAlignment(Qt.AlignmentFlag.AlignRight)
        opacity.addWidget(self._opacity_text)
        column.addLayout(opacity)
        column.addWidget(self._map_facts)
        column.addWidget(self._empty_map)
        # Room that is left lies above what changes seldom: the facts, and the films beside them.
        column.addStretch(1)
        column.addWidget(self.near)
        column.addSpacing(theme.SPACE_2)
        self._facts.setVerticalSpacing(theme.SPACE_1)
        self._facts.setHorizontalSpacing(theme.SPACE_3)
        column.addLayout(self._facts)
        column.addWidget(self._label(RESEARCH_USE, "small"))
        self.setWidget(self._body)

    def show_model(self, card: ModelCard | None) -> None:
        """Tell what the model in use says of itself."""
        if card is self._card and self._facts.rowCount():
            return
        self._card = card
        while self._facts.rowCount():
            self._facts.removeRow(0)
        self._warning.setVisible(card is not None and card.synthetic)
        for name, value in facts_of(card) if card else ():
            self._facts.addRow(self._label(name, "small"), self._label(value, "small"))

    def show_prediction(
        self, prediction: Prediction | None, hint: str, remarks: tuple[str, ...]
    ) -> None:
        """Tell what the model says of the film in sight.

        Args:
            prediction: Or None while there is none.
            hint: What to do or wait for where there is none.
            remarks: What speaks against taking it at its word.
        """
        has_one, is_many = prediction is not None, prediction is not None and prediction.is_many
        self._word.setVisible(has_one)
        for widget in (self._word_icon, self._score, self._bar):
            widget.setVisible(has_one and not is_many)
        self.class_bars.setVisible(is_many)
        self._hint.setVisible(bool(hint))
        self._hint.setText(hint)
        self._remarks.setVisible(bool(remarks))
        self._remarks.setText("\n".join(remarks))
        if prediction is None:
            self._word.setText("")
            self._score.setText("")
            return
        answer = answer_of(prediction)
        self._word.setText(answer.word)
        if prediction.is_many:
            self.class_bars.show_scores(prediction.card.classes, prediction.scores)
            return
        shade = theme.VERDICTS[answer.icon]
        self._word_icon.setPixmap(theme.pixmap(answer.icon, 24, shade))
        self._score.setText(f"{prediction.score:.2f}")
        card = prediction.card
        self._score.setToolTip(f'How far the model leans to "{card.classes[1]}", 0 to 1')
        self._bar.show_score(prediction.score, stated_limits(card), shade)

    def show_map(
        self,
        kinds: tuple[MapKind, ...],
        shown: MapKind,
        prediction: Prediction | None,
        *,
        is_seen: bool,
    ) -> None:
        """Offer the model's maps.

        Args:
            kinds: Those that it has.
            shown: The one that is laid over the film, or would be.
            prediction: Of the film in sight, or None; its map may be empty.
            is_seen: True where it lies over the film or stands beside it.
        """
        names = [MAP_NAMES[kind] for kind in kinds]
        if [self.map_box.itemText(row) for row in range(self.map_box.count())] != names:
            self.map_box.clear()
            for kind in kinds:
                self.map_box.addItem(MAP_NAMES[kind], kind)
        self.map_box.setCurrentIndex(kinds.index(shown))
        # One map is no choice.
        self.map_box.setVisible(len(kinds) > 1)
        self._map_facts.setText(map_facts(self._card, shown))
        self._map_facts.setVisible(is_seen)
        has_maps = prediction is not None and prediction.heat_map is not None
        heat_map = prediction.map_of(shown) if prediction is not None else None
        is_empty = has_maps and (heat_map is None or heat_map.is_empty)
        self._empty_map.setVisible(is_empty)
        if is_empty and prediction is not None:
            self._empty_map.setText(map_words(prediction, shown))

    def show_refusal(self, refusal: Refusal | None) -> None:
        """Say that there is no answer; offer the score where the film is merely unlike the known ones."""
        self.unlike_button.setVisible(refusal is not None and not refusal.is_no_radiograph)
        if refusal is not None:
            self._word.setText("No answer")
            self._word.setVisible(True)
            self._hint.setText(refusal.why)
            self._hint.setVisible(True)

    def _on_map(self, row: int) -> None:
        self.map_asked.emit(MapKind(self.map_box.itemData(row)))

    def settle(self) -> None:
        """Give wrapped text its height; a scroll area asks layouts only for their least."""
        width = self.viewport().width()
        # The form remembers heights for the width before a scroll bar came or went.
        self._facts.invalidate()
        self._column.invalidate()
        self._body.setMinimumHeight(self._column.totalHeightForWidth(width))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrapped text may need another height."""
        super().resizeEvent(event)
        self.settle()

    def show_spread(self, spread: Spread | None) -> None:
        """Show the variants' spread on the score's scale."""
        self._bar.show_spread(spread)

    def show_overlay(self, is_on: bool, opacity: float) -> None:
        """Set box and slider without asking for anything."""
        for widget in (self.overlay_box, self.opacity_slider):
            widget.blockSignals(True)
        self.overlay_box.setChecked(is_on)
        self.opacity_slider.setValue(round(opacity * 100))
        for widget in (self.overlay_box, self.opacity_slider):
            widget.blockSignals(False)
        self._opacity_text.setText(f"{opacity * 100:.0f} %")

    def _on_opacity(self, percent: int) -> None:
        self.opacity_asked.emit(percent / 100.0)
