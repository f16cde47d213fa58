"""The model's part of the tab: choosing it, its answer, the overlay, the variants."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from training.augmentation.config import AugmentationConfig
from training.fit.run_folder import Run
from training.models.card import ModelCard
from training.models.prediction import Band, MapKind, Prediction, Variant
from xray_desktop.settings import Settings
from xray_desktop.state.answer_doubts import folder_label, spread
from xray_desktop.state.viewer_models import choices_of, starter_choice
from xray_desktop.state.viewer_state import ViewerState
from xray_desktop.viewer_tab.answer.prediction_panel import NO_FILM, NO_MODEL, PredictionPanel
from xray_desktop.viewer_tab.answer.second_reader import SecondReader
from xray_desktop.viewer_tab.answer.variants_strip import COUNT, VariantsStrip
from xray_desktop.viewer_tab.engine import NearPicture
from xray_desktop.viewer_tab.message_bar import Kind

NEAR_STARTER = "The films that the starter model learnt from may not be shown."
LEARNT = "The model learnt from this very film: its answer proves nothing."
START_LEARNT = (
    "This model, or the one that it began from, learnt from this very film: "
    "the answer proves little."
)
UNLIKE = "Unlike the films that this model learnt from: its score may mean nothing here."
_MAP_SETTING = "viewer/map"
_OTHER_SIDE = "fall on the other side of the threshold"
HIDDEN = "The model's answer is hidden until you have given your verdict."


class ModelReading(QObject):
    """Carries wishes to the worker and its answers into the state.

    Args:
        state: The tab's facts.
        reader: The prediction worker's front.
        panel: The panel at the right.
        strip: The variants.
        settings: For the map chosen last; none is remembered without.

    Signals:
        changed: The state has changed; the tab draws it.
        said: ``str, Kind``, for the message bar.
    """

    changed = Signal()
    said = Signal(str, object)

    def __init__(
        self,
        state: ViewerState,
        reader: SecondReader,
        panel: PredictionPanel,
        strip: VariantsStrip,
        settings: Settings | None = None,
    ) -> None:
        super().__init__(panel)
        self._state = state
        self._reader = reader
        self._panel = panel
        self._strip = strip
        self._settings = settings
        if settings is not None and settings.text(_MAP_SETTING) in tuple(MapKind):
            state.map_wanted = MapKind(settings.text(_MAP_SETTING))
        self._near: tuple[NearPicture, ...] = ()
        self._newest: Path | None = None
        # Until the user chooses, the newest run's best model reads the first film opened; before
        # there is a run, the starter model does.
        self._may_choose = True
        self._failure = ""
        self._variants_failure = ""
        panel.model_box.model_asked.connect(self._on_model_asked)
        panel.overlay_asked.connect(self.set_overlay)
        panel.opacity_asked.connect(self._on_opacity)
        panel.map_asked.connect(self._on_map_asked)
        panel.unlike_asked.connect(self._on_unlike_asked)
        reader.near_found.connect(self._on_near_found)
        strip.variant_asked.connect(self._on_variant_asked)
        strip.variants_asked.connect(self._on_variants_asked)
        reader.model_loaded.connect(self._on_model_loaded)
        reader.model_failed.connect(self._on_model_failed)
        reader.predicted.connect(self._on_predicted)
        reader.prediction_failed.connect(self._on_prediction_failed)
        reader.variants_made.connect(self._on_variants_made)
        reader.variants_failed.connect(self._on_variants_failed)

    def set_runs(self, runs: tuple[Run, ...]) -> None:
        """Offer the models of these runs, newest first."""
        choices = (*choices_of(runs), starter_choice())
        self._panel.model_box.set_choices(choices)
        self._newest = choices[0].path
        self._choose_by_default()

    def choose(self, path: Path | None) -> None:
        """Use a model; the old one stays until it is loaded."""
        self._may_choose = False
        self._want(path)

    def _want(self, path: Path | None) -> None:
        self._state.model_wanted = path
        if path is None:
            self._reader.put_away()
            self._state.swap_model(None, None)
            self._failure = ""
            self._ask_for_variants()
        else:
            self._reader.load(path)
        self.changed.emit()

    def _choose_by_default(self) -> None:
        has_film = self._state.loaded is not None
        if self._may_choose and has_film and self._state.model_wanted is None and self._newest:
            self._may_choose = False
            self._want(self._newest)

    def film_shown(self) -> None:
        """Another film is in sight: what was asked of the old one no longer counts."""
        self._reader.forget()
        self._near = ()
        self._failure = self._variants_failure = ""
        self._choose_by_default()
        self._ask()
        self._ask_for_variants()

    def _ask(self) -> None:
        state = self._state
        if state.film is not None and state.model is not None:
            self._reader.predict(state.model, state.film, heat_map=state.wants_heat_map)

    def _ask_for_variants(self) -> None:
        state = self._state
        self._variants_failure = ""
        state.forget_variants()
        if state.variants_open and state.film is not None:
            self._reader.make_variants(
                state.model, state.film, self._strip.config, COUNT, self._strip.seed
            )

    @Slot(bool)
    def set_overlay(self, is_on: bool) -> None:
        """Lay the model's answer over the film, or take it away."""
        state = self._state
        state.overlay_on = is_on and state.enabled().overlay
        self.want_map()
        self.changed.emit()

    @Slot()
    def want_map(self) -> None:
        """Ask for the heat map that is to be shown, unless it is there."""
        prediction = self._state.prediction
        has_map = prediction is not None and prediction.heat_map is not None
        if self._state.wants_heat_map and not has_map:
            self._ask()

    def set_variants_open(self, is_open: bool) -> None:
        """Show or hide the strip."""
        self._state.variants_open = is_open
        if not is_open:
            self._state.show_variant(None)
        elif not self._state.variants:
            self._ask_for_variants()
        self.changed.emit()

    @Slot(float)
    def _on_opacity(self, opacity: float) -> None:
        self._state.opacity = opacity
        self.changed.emit()

    @Slot(object)
    def _on_model_asked(self, path: Path | None) -> None:
        self.choose(path)

    @Slot(object, object)
    def _on_model_loaded(self, path: Path, card: ModelCard) -> None:
        self._state.swap_model(path, card)
        self._near = ()
        self._failure = ""
        self._ask()
        self._ask_for_variants()
        self.changed.emit()

    @Slot(object, str)
    def _on_model_failed(self, path: Path, why: str) -> None:
        self._state.refuse_model()
        self._panel.model_box.show_model(self._state.model)
        self._panel.model_box.forget_file(path)
        self.said.emit(why, Kind.ERROR)
        self.changed.emit()

    @Slot(object)
    def _on_predicted(self, prediction: Prediction) -> None:
        self._state.prediction = prediction
        self._failure = ""
        if prediction.near and not self._near and self._state.model is not None:
            self._reader.find_near(self._state.model, prediction)
        self.changed.emit()

    @Slot(object)
    def _on_near_found(self, found: tuple[NearPicture, ...]) -> None:
        self._near = found
        self.changed.emit()

    @Slot(object)
    def _on_map_asked(self, kind: MapKind) -> None:
        self._state.map_wanted = kind
        if self._settings is not None:
            self._settings.put(_MAP_SETTING, kind.value)
        self.want_map()
        self.changed.emit()

    @Slot()
    def _on_unlike_asked(self) -> None:
        self._state.tells_unlike = True
        self.want_map()
        self.changed.emit()

    @Slot(str)
    def _on_prediction_failed(self, why: str) -> None:
        self._failure = why
        self.said.emit(why, Kind.ERROR)
        self.changed.emit()

    @Slot(object)
    def _on_variants_made(self, variants: tuple[Variant, ...]) -> None:
        self._state.forget_variants()
        self._state.variants = variants
        self.changed.emit()

    @Slot(str)
    def _on_variants_failed(self, why: str) -> None:
        self._variants_failure = why
        self.changed.emit()

    @Slot(object)
    def _on_variant_asked(self, index: int | None) -> None:
        self._state.show_variant(index)
        self.changed.emit()

    @Slot(object, int)
    def _on_variants_asked(self, _config: AugmentationConfig, _seed: int) -> None:
        self._ask_for_variants()
        self.changed.emit()

    def render(self) -> None:
        """Draw what the state says."""
        state = self._state
        panel, strip = self._panel, self._strip
        withheld = state.card and (state.verdicts.hides_model or state.refusal)
        variants = () if withheld else state.variants
        if state.told is not None or any(variant.score is not None for variant in variants):
            state.verdicts.note_seen()
        panel.model_box.show_model(state.model_wanted)
        panel.show_model(state.card)
        panel.show_prediction(state.told, self._hint(), self._remarks())
        panel.show_overlay(state.overlay_on, state.opacity)
        is_seen = state.wants_heat_map and state.told is not None
        panel.show_map(state.maps, state.map_shown, state.told, is_seen=is_seen)
        panel.show_refusal(None if state.verdicts.hides_model else state.refusal)
        panel.near.show_films(*self._near_told(), hides_names=state.hide_identity)
        enabled = state.enabled()
        panel.overlay_box.setEnabled(enabled.overlay)
        panel.map_box.setEnabled(enabled.overlay)
        panel.opacity_slider.setEnabled(enabled.opacity)
        found = spread(variants, state.told)
        panel.show_spread(found)
        panel.settle()
        strip.setVisible(state.variants_open)
        threshold = state.card.stated_threshold if state.card else 0.5
        told = state.told
        leading = (told.card.classes, told.label) if told is not None and told.is_many else None
        strip.show_variants(variants, self._variants_hint(), threshold, leading)
        strip.show_chosen(state.variant)
        strip.show_spread(found)

    def _hint(self) -> str:
        state = self._state
        if self._reader.is_loading():
            return "Loading the model..."
        if state.card is None:
            return NO_MODEL
        if state.film is None:
            return NO_FILM
        if state.verdicts.hides_model:
            return HIDDEN
        if state.prediction is None:
            return self._failure or "Reading the film..."
        return ""

    def _near_told(self) -> tuple[tuple[NearPicture, ...], str, tuple[str, ...]]:
        """The training films most like the film in sight, what is said of them, and the classes."""
        told = self._state.told
        if told is None:
            return (), "", ()
        words = NEAR_STARTER if told.card.kind == "starter" else ""
        return self._near, words, told.card.classes

    def _variants_hint(self) -> str:
        if self._state.film is None:
            return "Open a film to see its variants."
        if self._state.verdicts.hides_model and self._state.card:
            return HIDDEN
        if self._state.refusal is not None:
            return self._state.refusal.words
        return self._variants_failure or "Making the variants..."

    def _remarks(self) -> tuple[str, ...]:
        """What speaks against the model's answer."""
        state = self._state
        if state.told is None or state.film is None:
            return ()
        remarks = [UNLIKE] if state.told.refusal is not None else []
        if state.told.is_learnt:
            remarks.append(LEARNT if state.told.card.kind == "starter" else START_LEARNT)
        classes = state.told.card.classes
        label = folder_label(state.film.path, classes)
        is_many = state.told.is_many
        unsure = not is_many and state.told.band is Band.UNSURE
        if label is not None and classes[label] != state.told.word and not unsure:
            remarks.append(f'Its folder says "{classes[label]}": one of the two is wrong.')
        found = spread(state.variants, state.told)
        if found is not None and found.num_against:
            where = "are called another class" if is_many else _OTHER_SIDE
            remarks.append(
                f"{found.num_against} of {found.num_scored} variants of this film {where}."
            )
        return tuple(remarks)
