"""The settings of the next run: what most users set, the preview, and More."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from training.augmentation.config import PRESETS
from training.fit.config import TrainConfig, notebook_preset, transfer_preset
from xray_desktop import theme
from xray_desktop.state.training_settings import problem, remarks
from xray_desktop.training_tab.augmentation_fields import PRESET_WORDS
from xray_desktop.training_tab.fields import Fields, WheelGuard
from xray_desktop.training_tab.more_settings import MoreSettings
from xray_desktop.training_tab.preview_strip import PreviewStrip

_NETWORKS = (
    ("Compact (fast)", "compact"),
    ("Transfer (starter model)", "transfer"),
    ("Published notebook", "notebook"),
)
_MONITORS = (
    ("validation accuracy", "val_accuracy"),
    ("validation loss", "val_loss"),
    ("validation AUC", "val_auc"),
)
_NOWHERE = Path()


class SettingsPanel(QScrollArea):
    """Scrolls where the window is low; opening More moves nothing above it.

    Signals:
        changed: Any setting changed.
        augmentation_changed: The augmentation changed.
    """

    changed = Signal()
    augmentation_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settingsPanel")
        self.setWidgetResizable(True)
        # Always there: appearing, it would narrow every field when More opens.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._base = TrainConfig(data=_NOWHERE, runs=_NOWHERE)
        self._num_train: int | None = None
        self._filling = False
        self._guard = WheelGuard(self)
        self._body = QFrame()
        self._body.setProperty("role", "panel")
        # Never squeezed: rows keep their height whether More is open or not.
        self._body.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        layout = QVBoxLayout(self._body)
        layout.setContentsMargins(theme.SPACE_3, theme.SPACE_2, theme.SPACE_3, theme.SPACE_2)
        layout.setSpacing(theme.SPACE_2)
        layout.addLayout(self._title_row())
        self._make_basics(layout)
        self._make_callbacks(layout)
        self._make_more(layout)
        layout.addStretch(1)
        self.setWidget(self._body)
        self.show_config(self._base)

    def _title_row(self) -> QHBoxLayout:
        title = QLabel("Settings")
        title.setProperty("role", "title")
        preset = QPushButton("Published &notebook")
        preset.setObjectName("notebookButton")
        preset.setToolTip(
            "Set everything as the published notebook has it: network, augmentation, "
            "20 epochs of batches of 64, films squashed to 224 x 224 (Alt+N)"
        )
        preset.clicked.connect(self._on_notebook_pressed)
        row = QHBoxLayout()
        row.addWidget(title, 1)
        row.addWidget(preset)
        return row

    def _make_basics(self, layout: QVBoxLayout) -> None:
        form = QFormLayout()
        fields = Fields(form, self._guard)
        self.network_box = fields.choice(
            "Net&work",
            "networkBox",
            "Compact trains many times faster on a computer without a graphics card; "
            "transfer learns from few films, for it starts from the starter model and looks at each "
            "film once; the published notebook’s network has 11 million weights.",
            _NETWORKS,
        )
        self.epochs_box, self.batch_box = fields.pair(
            ("&Epochs", "epochsBox", "How often training goes through all films.", 1, 1000),
            ("&Batch", "batchBox", "Films per step. More is faster, with more memory.", 1, 1024),
        )
        entries = [(words, name) for name, words in PRESET_WORDS.items()]
        self.augment_box = fields.choice(
            "Au&gment",
            "augmentBox",
            "Random changes to training films, so that the network learns bones, not pictures. "
            "Validation films are never changed.",
            entries,
        )
        layout.addLayout(form)
        self.preview = PreviewStrip()
        layout.addWidget(self.preview)
        self.network_box.currentIndexChanged.connect(self._on_edited)
        self.network_box.activated.connect(self._on_network_chosen)
        self.epochs_box.valueChanged.connect(self._on_edited)
        self.batch_box.valueChanged.connect(self._on_edited)
        self.augment_box.currentIndexChanged.connect(self._on_preset_chosen)

    def _make_callbacks(self, layout: QVBoxLayout) -> None:
        form = QFormLayout()
        self.monitor_box = Fields(form, self._guard).choice(
            "&Keep best by",
            "monitorBox",
            "Besides the final model, the best epoch’s is kept: best by this figure.",
            _MONITORS,
        )
        layout.addLayout(form)
        self.plateau_box, self.plateau_patience_box = self._callback(
            layout,
            "Lower rate after",
            "plateau",
            "When validation loss has not fallen for so many epochs, the rate is divided by ten.",
        )
        self.plateau_patience_box.setMinimum(0)
        self.early_box, self.early_patience_box = self._callback(
            layout,
            "Stop early after",
            "early",
            "End the run when the figure for the best model has not improved for so many epochs.",
        )
        self.monitor_box.currentIndexChanged.connect(self._on_edited)

    def _callback(
        self, layout: QVBoxLayout, text: str, name: str, tip: str
    ) -> tuple[QCheckBox, QSpinBox]:
        tick = QCheckBox(text)
        tick.setObjectName(f"{name}Box")
        tick.setToolTip(tip)
        patience = QSpinBox()
        patience.setObjectName(f"{name}PatienceBox")
        patience.setAccessibleName(f"{text}, epochs")
        patience.setRange(1, 1000)
        patience.setSuffix(" epochs")
        patience.setToolTip(tip)
        patience.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        patience.installEventFilter(self._guard)
        patience.setFixedWidth(116)
        theme.indent(patience)
        row = QHBoxLayout()
        row.addWidget(tick, 1)
        row.addWidget(patience)
        layout.addLayout(row)
        tick.toggled.connect(self._on_edited)
        patience.valueChanged.connect(self._on_edited)
        return tick, patience

    def _make_more(self, layout: QVBoxLayout) -> None:
        self._says = QLabel()
        self._says.setObjectName("settingsRemark")
        self._says.setWordWrap(True)
        self._more_button = QToolButton()
        self._more_button.setObjectName("moreButton")
        self._more_button.setText("&More settings")
        self._more_button.setToolTip(
            "Learning rate, seed, precision, regularisation, ranges (Alt+M)"
        )
        self._more_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._more_button.setCheckable(True)
        self._more_button.setIcon(theme.icon("chevron-right"))
        self._more_button.toggled.connect(self._on_more_toggled)
        self.more = MoreSettings(self._guard)
        self.more.edited.connect(self._on_edited)
        self.more.augmentation_edited.connect(self._on_ranges_edited)
        self.more.hide()
        layout.addWidget(self._more_button)
        layout.addWidget(self.more)
        layout.addWidget(self._says)

    def sizeHint(self) -> QSize:
        """Room for everything but More."""
        return QSize(330, 420)

    # Values

    def config(self, data: Path = _NOWHERE, runs: Path = _NOWHERE) -> TrainConfig:
        """The settings as they stand, for films in ``data`` and runs in ``runs``."""
        plain = replace(
            self._base,
            data=data,
            runs=runs,
            network=replace(self._base.network, name=str(self.network_box.currentData())),
            augmentation=self.more.augmentation,
            epochs=self.epochs_box.value(),
            batch_size=self.batch_box.value(),
            monitor=str(self.monitor_box.currentData()),
            lower_rate_on_plateau=self.plateau_box.isChecked(),
            plateau_patience=self.plateau_patience_box.value() or None,
            early_stopping_patience=(
                self.early_patience_box.value() if self.early_box.isChecked() else None
            ),
        )
        return self.more.applied_to(plain)

    def show_config(self, config: TrainConfig) -> None:
        """Fill in all settings."""
        self._filling = True
        self._base = config
        self.network_box.setCurrentIndex(max(0, self.network_box.findData(config.network.name)))
        self.epochs_box.setValue(config.epochs)
        self.batch_box.setValue(config.batch_size)
        self.monitor_box.setCurrentIndex(max(0, self.monitor_box.findData(config.monitor)))
        self.plateau_box.setChecked(config.lower_rate_on_plateau)
        self.plateau_patience_box.setValue(config.plateau_patience or 0)
        self.early_box.setChecked(config.early_stopping_patience is not None)
        self.early_patience_box.setValue(config.early_stopping_patience or 10)
        self.more.show_config(config)
        self._show_preset()
        self._filling = False
        self._on_edited()
        self.augmentation_changed.emit()

    def set_num_train(self, num: int | None) -> None:
        """Tell how many films there are to train on, for the remarks."""
        self._num_train = num
        self._show_remarks()

    def set_allowed(self, settings: bool, preview: bool) -> None:
        """Enable the fields and the preview button; scrolling is always possible."""
        for part in (self.more, *self._body.findChildren(QWidget)):
            if part.parent() is self._body and part is not self.preview:
                part.setEnabled(settings or part is self._more_button)
        self.preview.button.setEnabled(preview)

    @property
    def problem(self) -> str:
        """Why these settings cannot be used, or empty."""
        return problem(self.config())

    def _show_preset(self) -> None:
        name = self.more.augmentation.name
        self.augment_box.blockSignals(True)
        self.augment_box.setCurrentIndex(self.augment_box.findData(name))
        self.augment_box.blockSignals(False)

    def _show_remarks(self) -> None:
        config = self.config()
        why = problem(config)
        said = why or " ".join(remarks(config, self._num_train))
        self._says.setText(said)
        self._says.setStyleSheet(f"color: {theme.ERROR if why else theme.WARNING}")
        self._says.setVisible(bool(said))
        self.plateau_patience_box.setSpecialValueText(
            f"{replace(config, plateau_patience=None).patience} (auto)"
        )

    # What the user does

    @Slot()
    def _on_edited(self, *_: object) -> None:
        if not self._filling:
            self._show_remarks()
            self.changed.emit()

    @Slot(int)
    def _on_network_chosen(self, _: int) -> None:
        """Films come to each network as it learns best from them."""
        name = str(self.network_box.currentData())
        plain = (
            transfer_preset(_NOWHERE, _NOWHERE)
            if name == "transfer"
            else TrainConfig(data=_NOWHERE, runs=_NOWHERE)
        )
        self.more.set_network(name)
        self.more.show_framing(plain.preprocessing)
        # Between the others the user's own choice stays.
        if plain.augmentation.is_off != self.more.augmentation.is_off:
            self.more.show_augmentation(plain.augmentation)
            self._show_preset()
            self._on_edited()
            self.augmentation_changed.emit()

    @Slot(int)
    def _on_preset_chosen(self, _: int) -> None:
        name = str(self.augment_box.currentData())
        if name in PRESETS:
            self.more.show_augmentation(PRESETS[name])
        else:
            self._more_button.setChecked(True)
        self._show_preset()
        self._on_edited()
        self.augmentation_changed.emit()

    @Slot()
    def _on_ranges_edited(self) -> None:
        if not self._filling:
            self._show_preset()
            self._on_edited()
            self.augmentation_changed.emit()

    @Slot()
    def _on_notebook_pressed(self) -> None:
        self.show_config(notebook_preset(_NOWHERE, _NOWHERE))

    @Slot(bool)
    def _on_more_toggled(self, opened: bool) -> None:
        self._more_button.setIcon(theme.icon("chevron-down" if opened else "chevron-right"))
        self.more.setVisible(opened)
        # At once: the scroll area would first squeeze all rows and make room afterwards.
        room = max(self._body.sizeHint().height(), self.viewport().height())
        self._body.resize(self._body.width(), room)
