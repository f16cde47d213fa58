"""The model as second reader: one worker that loads models and answers about films."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from training.augmentation.config import AugmentationConfig
from training.films.film import Film
from xray_desktop.viewer_tab.engine import Engine, ModelRoom
from xray_desktop.viewer_tab.film_loader import words_of
from xray_desktop.workers.jobs import JobDone, JobFailed, JobThread

_MODEL, _PREDICT, _VARIANTS = "model", "predict", "variants"


class SecondReader(QObject):
    """Asks the prediction worker; the newest request of each kind wins.

    Args:
        engine: Where models come from.
        thread: The worker; nothing else may use it, for it owns the model.
        parent: The owner.

    Signals:
        model_loaded: ``Path, ModelCard``.
        model_failed: ``Path, str``.
        predicted: ``Prediction``, of the film last asked about.
        prediction_failed: ``str``.
        variants_made: ``tuple[Variant, ...]``, of the film last asked about.
        variants_failed: ``str``.
    """

    model_loaded = Signal(object, object)
    model_failed = Signal(object, str)
    predicted = Signal(object)
    prediction_failed = Signal(str)
    variants_made = Signal(object)
    variants_failed = Signal(str)

    def __init__(self, engine: Engine, thread: JobThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._room = ModelRoom(engine)
        self._thread = thread
        self._loading: Path | None = None
        thread.done.connect(self._on_done)

    def load(self, path: Path) -> None:
        """Load a model; ends in ``model_loaded`` or ``model_failed``."""
        self._loading = path
        self._thread.submit(_MODEL, self._room.load, path)

    def put_away(self) -> None:
        """Use no model any more."""
        self._loading = None
        self.forget()
        self._thread.submit(_MODEL, self._room.put_away)

    def predict(self, model: Path, film: Film, *, heat_map: bool) -> None:
        """Ask for a film's score; ends in ``predicted`` or ``prediction_failed``."""
        self._thread.submit(_PREDICT, self._room.predict, model, film, heat_map)

    def make_variants(
        self, model: Path | None, film: Film, config: AugmentationConfig, count: int, seed: int
    ) -> None:
        """Ask for a film's variants; ends in ``variants_made`` or ``variants_failed``."""
        self._thread.submit(_VARIANTS, self._room.variants, model, film, config, count, seed)

    def forget(self) -> None:
        """Another film or model is in sight: answers on their way no longer count."""
        self._thread.cancel(_PREDICT)
        self._thread.cancel(_VARIANTS)

    def is_loading(self) -> bool:
        """True while a model is being loaded."""
        return self._loading is not None

    def is_predicting(self) -> bool:
        """True while a score is awaited."""
        return self._thread.is_waiting_for(_PREDICT)

    def is_making_variants(self) -> bool:
        """True while variants are awaited."""
        return self._thread.is_waiting_for(_VARIANTS)

    @Slot(object)
    def _on_done(self, outcome: JobDone | JobFailed) -> None:
        if outcome.key == _MODEL:
            self._on_model(outcome)
        elif outcome.key == _PREDICT:
            if isinstance(outcome, JobDone):
                self.predicted.emit(outcome.result)
            else:
                self.prediction_failed.emit(words_of(outcome.error))
        elif isinstance(outcome, JobDone):
            self.variants_made.emit(outcome.result)
        else:
            self.variants_failed.emit(words_of(outcome.error))

    def _on_model(self, outcome: JobDone | JobFailed) -> None:
        path, self._loading = self._loading, None
        if path is None:
            return
        if isinstance(outcome, JobDone):
            self.model_loaded.emit(path, outcome.result)
        else:
            self.model_failed.emit(path, words_of(outcome.error))
