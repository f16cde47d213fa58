"""Where the run is, how fast, how long yet; and the three buttons that start and end it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from training.fit.events import Phase
from xray_desktop import keys, theme
from xray_desktop.state.training_controls import Controls
from xray_desktop.state.training_eta import time_left_words
from xray_desktop.state.training_state import Outcome, Progress, Stage, TrainingState
from xray_desktop.training_tab.elided_label import ElidedLabel

# What a user needs to tell apart, in order, and the engine's phases behind each.
STEPS: tuple[tuple[str, tuple[Phase, ...]], ...] = (
    ("reading", (Phase.STARTING, Phase.SCANNING, Phase.READING)),
    ("building", (Phase.BUILDING, Phase.FEATURES)),
    ("first step", (Phase.FIRST_STEP,)),
    ("training", (Phase.TRAINING, Phase.VALIDATING)),
    ("saving", (Phase.SAVING,)),
    ("measuring", (Phase.EVALUATING,)),
)


_STOP, _STOP_TIP = "Stop and keep", "End after this step; keep both models"
_CANCEL, _CANCEL_TIP = "Cancel", "End the run and throw it away"
_STOP_FOLD = "Stop after this fold"
_STOP_FOLD_TIP = "Finish the fold that is going on; go on with the others another time"
_CANCEL_FOLD = "Stop now"
_CANCEL_FOLD_TIP = "Throw away the fold that is going on; finished ones are kept"


class ProgressPanel(QFrame):
    """Buttons, phases, bar, films per second, learning rate, time left.

    Signals:
        train_requested: Train was pressed.
        crossval_requested: Cross-validate was pressed.
        stop_requested: Stop and keep was pressed.
        cancel_requested: Cancel was pressed.
    """

    train_requested = Signal()
    crossval_requested = Signal()
    stop_requested = Signal()
    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.train_button = self._button(
            "trainButton", "Train", "train", "train", "Start a run with these films and settings"
        )
        self.train_button.setProperty("role", "primary")
        self.train_button.setIcon(theme.icon("train", theme.ON_ACCENT))
        self.train_button.clicked.connect(self.train_requested)
        self.crossval_button = self._button(
            "crossvalButton",
            "Cross-validate…",
            "refresh",
            "crossval",
            "Train once for each part of the films and test each network on the part it has not seen",
        )
        self.crossval_button.clicked.connect(self.crossval_requested)
        self.stop_button = self._button("stopButton", _STOP, "stop", "stop", _STOP_TIP)
        self.stop_button.clicked.connect(self.stop_requested)
        self.cancel_button = self._button("cancelButton", _CANCEL, "cancel", "cancel", _CANCEL_TIP)
        self.cancel_button.clicked.connect(self.cancel_requested)
        self._steps = QLabel()
        self._steps.setObjectName("phaseLabel")
        self._steps.setTextFormat(Qt.TextFormat.RichText)
        # On a small screen the row is as long as its panel.
        self._steps.setProperty("role", "small")
        self._hint = ElidedLabel()
        self._hint.setObjectName("trainHint")
        self._hint.setProperty("role", "muted")
        # There the steps need all of it.
        self._hint.setMinimumWidth(1)
        self._epoch = self._figure("epochLabel", 260, "Phase and epoch")
        self._speed = self._figure("speedLabel", 92, "Films per second")
        self._rate = self._figure("rateLabel", 84, "Learning rate")
        self._left = self._figure("timeLeftLabel", 140, "Time left")
        self.bar = QProgressBar()
        self.bar.setObjectName("progressBar")
        self.bar.setAccessibleName("Progress of the run")
        # Thousandths: a long run moves visibly too.
        self.bar.setRange(0, 1000)
        self.bar.setFormat("")
        self._arrange()

    def _button(self, name: str, text: str, icon: str, key_name: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setIcon(theme.icon(icon))
        keys.give(button, f"training.{key_name}", tip)
        return button

    def _figure(self, name: str, width: int, meaning: str) -> QLabel:
        # Fixed widths: changing digits must not move their neighbours.
        label = QLabel()
        label.setObjectName(name)
        label.setAccessibleName(meaning)
        label.setToolTip(meaning)
        label.setFixedWidth(width)
        return label

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACE_2)
        for button in (
            self.train_button,
            self.crossval_button,
            self.stop_button,
            self.cancel_button,
        ):
            buttons.addWidget(button)
        words = QHBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._hint, 1)
        words.addWidget(self._steps)
        buttons.addLayout(words, 1)
        figures = QHBoxLayout()
        figures.setSpacing(theme.SPACE_3)
        figures.addWidget(self._epoch)
        figures.addWidget(self.bar, 1)
        figures.addWidget(self._speed)
        figures.addWidget(self._rate)
        figures.addWidget(self._left)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_3, theme.SPACE_2, theme.SPACE_3, theme.SPACE_2)
        layout.setSpacing(theme.SPACE_2)
        layout.addLayout(buttons)
        layout.addLayout(figures)

    def render_state(self, state: TrainingState, allowed: Controls) -> None:
        """Show a state and what may be pressed."""
        self.train_button.setEnabled(allowed.train)
        self.crossval_button.setEnabled(allowed.cross_validate)
        self._name_buttons(state)
        self.stop_button.setEnabled(allowed.stop)
        self.cancel_button.setEnabled(allowed.cancel)
        progress = state.progress
        # Beside the longer words of a cross-validation there is no room for them.
        self._steps.setVisible(state.is_training and state.crossval is None)
        self._hint.setText(hint_words(state, allowed))
        if progress is None:
            self._epoch.setText("No run yet")
            return
        speed = f"{progress.films_per_second:,.0f} films/s" if progress.films_per_second else ""
        self._speed.setText(speed)
        self._rate.setText(f"rate {progress.learning_rate:.2g}")
        if state.is_training:
            self._steps.setText(steps_words(progress.phase))
            self._epoch.setText(fold_words(state) + epoch_words(progress))
        else:
            self._epoch.setText(end_words(state, progress))
            self._left.setText("")

    def _name_buttons(self, state: TrainingState) -> None:
        """A cross-validation ends by folds, a run by steps."""
        by_fold = state.is_training and state.crossval is not None
        self.stop_button.setText(_STOP_FOLD if by_fold else _STOP)
        self.cancel_button.setText(_CANCEL_FOLD if by_fold else _CANCEL)
        # A new text takes the key away.
        keys.give(self.stop_button, "training.stop", _STOP_FOLD_TIP if by_fold else _STOP_TIP)
        cancel_tip = _CANCEL_FOLD_TIP if by_fold else _CANCEL_TIP
        keys.give(self.cancel_button, "training.cancel", cancel_tip)

    def show_share(self, share: float | None, seconds_left: float | None) -> None:
        """Show how much of the run is done.

        Args:
            share: 0-1, or None where that is not known: the bar moves to and fro.
            seconds_left: Or None while unknown.
        """
        if share is None:
            self.bar.setRange(0, 0)
            self.bar.setFormat("")
        else:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(1000 * share))
            self.bar.setFormat(f"{100 * share:.0f} %")
        self._left.setText(time_left_words(seconds_left, self._left.text()))

    @property
    def time_left(self) -> str:
        """The words shown for the time left."""
        return self._left.text()


def steps_words(phase: Phase) -> str:
    """The steps of a run as rich text, the present one marked by weight and colour."""
    now = next(index for index, (_, phases) in enumerate(STEPS) if phase in phases)
    words = []
    for index, (name, _) in enumerate(STEPS):
        if index == now:
            words.append(f'<b style="color:{theme.ACCENT}">{name}</b>')
        else:
            colour = theme.TEXT_MUTED if index < now else theme.TEXT_DISABLED
            words.append(f'<span style="color:{colour}">{name}</span>')
    return " › ".join(words)


def epoch_words(progress: Progress) -> str:
    """The run in short: "Epoch 7 of 20", or the phase with its count."""
    count = ""
    if progress.phase_total:
        count = f" {progress.phase_done:,} of {progress.phase_total:,}"
    if progress.phase is Phase.TRAINING and progress.epoch:
        return f"Epoch {progress.epoch} of {progress.epochs}"
    if progress.phase is Phase.VALIDATING:
        return f"Epoch {max(1, progress.epoch)} of {progress.epochs}: validating"
    name = progress.phase.value
    return name[:1].upper() + name[1:] + count


def fold_words(state: TrainingState) -> str:
    """Which fold of how many trains: "Fold 2 of 5: "; empty for a run."""
    crossval = state.crossval
    if crossval is None or not crossval.number:
        return ""
    return f"Fold {crossval.number} of {crossval.count}: "


def end_words(state: TrainingState, progress: Progress) -> str:
    """How the last run ended, short."""
    outcome, crossval = state.outcome, state.crossval
    if crossval is not None:
        return f"{outcome.value.split(';')[0]}: {crossval.num_finished} of {crossval.count} folds"
    num = len(progress.history)
    if outcome in (Outcome.FINISHED, Outcome.STOPPED):
        return f"{outcome.value}: {num} {'epoch' if num == 1 else 'epochs'}"
    return outcome.value.split(";")[0]


def hint_words(state: TrainingState, allowed: Controls) -> str:
    """What Train will do, or what the run is about to do."""
    if state.crossval is not None and state.is_training:
        return _fold_hint(state.stage)
    if state.outcome is Outcome.PAUSED and state.crossval is not None:
        return "Finished folds are kept: Cross-validate… goes on with them."
    if state.stage is Stage.STOPPING:
        return "Ends after this step, then saves and measures both models."
    if state.stage is Stage.CANCELLING:
        return "Cancelling…"
    if state.is_training and state.progress is not None:
        return state.progress.detail
    if state.outcome is Outcome.CANCELLED and state.message is None and state.run is None:
        return "Cancelled: nothing of the run was kept."
    return allowed.train_hint


def _fold_hint(stage: Stage) -> str:
    if stage is Stage.STOPPING:
        return "Ends after this fold; finished folds are kept."
    return "Stopping…" if stage is Stage.CANCELLING else ""
