"""The model as second reader: one worker that loads models and answers about films."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from training.augmentation.config import AugmentationConfig
from training.films.film import Film, FilmError
from training.models.prediction import Prediction
from xray_desktop.viewer_tab.engine import Engine, ModelRoom, near_pictures
from xray_desktop.viewer_tab.listing.film_loader import words_of
from xray_desktop.workers.jobs import JobDone, JobFailed, JobThread

_MODEL, _PREDICT, _VARIANTS, _SCORE = "model", "predict", "variants", "score"
_NEAR = "near"


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
        near_found: ``tuple[NearPicture, ...]``, of the film last asked about.
        scored: ``Path, Prediction``, of a film of the list.
        scoring_failed: ``Path | None, str``: the film cannot be read, or (None) the model cannot.
    """

    model_loaded = Signal(object, object)
    model_failed = Signal(object, str)
    predicted = Signal(object)
    prediction_failed = Signal(str)
    variants_made = Signal(object)
    variants_failed = Signal(str)
    near_found = Signal(object)
    scored = Signal(object, object)
    scoring_failed = Signal(object, str)

    def __init__(self, engine: Engine, thread: JobThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._room = ModelRoom(engine)
        self._thread = thread
        self._loading: Path | None = None
        self._scoring: Path | None = None
        thread.done.connect(self._on_done)

    def load(self, path: Path) -> None:
        """Load a model; ends in ``model_loaded`` or ``model_failed``."""
        self._loading = path
        self._thread.submit(_MODEL, self._room.load, path)

    def put_away(self) -> None:
        """Use no model any more."""
        self._loading = None
        self.forget()
        self.stop_scoring()
        self._thread.submit(_MODEL, self._room.put_away)

    def predict(self, model: Path, film: Film, *, heat_map: bool) -> None:
        """Ask for a film's score; ends in ``predicted`` or ``prediction_failed``."""
        self._thread.submit(_PREDICT, self._room.predict, model, film, heat_map)

    def make_variants(
        self, model: Path | None, film: Film, config: AugmentationConfig, count: int, seed: int
    ) -> None:
        """Ask for a film's variants; ends in ``variants_made`` or ``variants_failed``."""
        self._thread.submit(_VARIANTS, self._room.variants, model, film, config, count, seed)

    def find_near(self, model: Path, prediction: Prediction) -> None:
        """Ask for the training films most like a film; ends in ``near_found``."""
        self._thread.submit(_NEAR, near_pictures, self._engine, model, prediction)

    def score(self, model: Path, film: Path) -> None:
        """Ask for the score of a film by its file; ends in ``scored`` or ``scoring_failed``."""
        self._scoring = film
        self._thread.submit(_SCORE, self._room.score, model, film)

    def stop_scoring(self) -> None:
        """The list's score that is on its way no longer counts."""
        self._thread.cancel(_SCORE)

    def forget(self) -> None:
        """Another film or model is in sight: answers on their way no longer count."""
        self._thread.cancel(_PREDICT)
        self._thread.cancel(_VARIANTS)
        self._thread.cancel(_NEAR)

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
        elif outcome.key == _SCORE:
            self._on_score(outcome)
        elif outcome.key == _NEAR:
            self.near_found.emit(outcome.result if isinstance(outcome, JobDone) else ())
        elif isinstance(outcome, JobDone):
            self.variants_made.emit(outcome.result)
        else:
            self.variants_failed.emit(words_of(outcome.error))

    def _on_score(self, outcome: JobDone | JobFailed) -> None:
        film = self._scoring
        if isinstance(outcome, JobDone):
            self.scored.emit(film, outcome.result)
        else:
            is_film = isinstance(outcome.error, FilmError)
            self.scoring_failed.emit(film if is_film else None, words_of(outcome.error))

    def _on_model(self, outcome: JobDone | JobFailed) -> None:
        path, self._loading = self._loading, None
        if path is None:
            return
        if isinstance(outcome, JobDone):
            self.model_loaded.emit(path, outcome.result)
        else:
            self.model_failed.emit(path, words_of(outcome.error))
