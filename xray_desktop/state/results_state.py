"""The facts of the results window and the rules about what it offers. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from training.data.dataset import Split
from training.evaluation.figures import FEW_FILMS
from training.evaluation.operating_points import OperatingPoint, OperatingPoints
from training.models.card import ModelCard
from training.report.subject import ManyPart, Part, Subject
from xray_desktop.state.results_entries import Entry, Unit, entries_of


class Page(StrEnum):
    """The views, in their order."""

    FIGURES = "Figures"
    CONFUSION = "Confusion"
    CURVES = "ROC and thresholds"
    CALIBRATION = "Calibration"
    SCORES = "Scores and groups"
    DOUBTS = "Label doubts"
    FOLDS = "Folds"
    COMPARE = "Compare runs"


NOT_OF_MANY = frozenset((Page.CURVES, Page.CALIBRATION, Page.SCORES, Page.DOUBTS))
"""Views that go by one score and its threshold, which more than two classes do not have."""


@dataclass(frozen=True, eq=False)
class Loaded:
    """A run or a cross-validation, read and measured.

    Args:
        folder: Its folder.
        subject: Its parts with their scores and figures.
        cards: Of its models by kind; empty for a cross-validation, which has no single model.
        models: Their files by kind; likewise.
    """

    folder: Path
    subject: Subject
    cards: Mapping[str, ModelCard] = field(default_factory=dict)
    models: Mapping[str, Path] = field(default_factory=dict)

    @property
    def is_crossval(self) -> bool:
        """True for a cross-validation."""
        return self.subject.crossval is not None


@dataclass(frozen=True, eq=False)
class ResultsState:
    """All facts of the results window.

    Args:
        loaded: What is shown, or None.
        part: Number of the part in sight.
        unit: What counts once.
        points: The thresholds in sight, as scores of the network; those of the model's card at
            first. Chosen ones are kept by kind of model.
        working: What goes on just now ("Measuring..."), or empty.
        problem: Why there is nothing to see, or empty.
        said: What came of the last thing done, or empty.
    """

    loaded: Loaded | None = None
    part: int = 0
    unit: Unit = Unit.FILM
    points: Mapping[str, OperatingPoints] = field(default_factory=dict)
    working: str = ""
    problem: str = ""
    said: str = ""

    def reading(self, folder: Path) -> ResultsState:
        """Another run is being read; what was in sight goes."""
        return ResultsState(unit=self.unit, working=f"Measuring {folder.name}...")

    def with_loaded(self, loaded: Loaded) -> ResultsState:
        """It is there; the part closest looked at comes first."""
        return ResultsState(loaded, unit=self.unit)

    def failed(self, why: str) -> ResultsState:
        """It cannot be shown."""
        return ResultsState(unit=self.unit, problem=why)

    def with_part(self, part: int) -> ResultsState:
        """Another part is looked at."""
        return replace(self, part=part, said="")

    def with_unit(self, unit: Unit) -> ResultsState:
        """By film or by file."""
        return replace(self, unit=unit)

    def with_points(self, points: OperatingPoints) -> ResultsState:
        """Other thresholds are tried."""
        shown = self.shown
        if shown is None:
            return self
        return replace(self, points={**self.points, shown.kind: points}, said="")

    def with_card(self, kind: str, card: ModelCard, said: str) -> ResultsState:
        """A model file was changed."""
        if self.loaded is None:
            return self
        loaded = replace(self.loaded, cards={**self.loaded.cards, kind: card})
        points = {name: tried for name, tried in self.points.items() if name != kind}
        return replace(self, loaded=loaded, points=points, said=said)

    @property
    def is_many(self) -> bool:
        """True where what is shown has more than two classes."""
        return self.loaded is not None and self.loaded.subject.is_many

    @property
    def shown(self) -> Part | None:
        """The part in sight; None with more than two classes."""
        if self.loaded is None or self.is_many:
            return None
        return self.loaded.subject.parts[self.part]

    @property
    def many_shown(self) -> ManyPart | None:
        """The part in sight with more than two classes; else None."""
        if self.loaded is None or not self.is_many:
            return None
        return self.loaded.subject.many[self.part]

    @property
    def shown_part(self) -> Part | ManyPart | None:
        """The part in sight, of whatever number of classes."""
        return self.shown or self.many_shown

    @property
    def pages(self) -> tuple[Page, ...]:
        """The views that say something of what is shown."""
        return tuple(page for page in Page if not self.is_many or page not in NOT_OF_MANY)

    @property
    def card(self) -> ModelCard | None:
        """Of the model in sight; None for a cross-validation."""
        if self.loaded is None or self.shown is None:
            return None
        return self.loaded.cards.get(self.shown.kind)

    @property
    def model(self) -> Path | None:
        """Its file."""
        if self.loaded is None or self.shown_part is None:
            return None
        return self.loaded.models.get(self.shown_part.kind)

    @property
    def classes(self) -> tuple[str, ...]:
        """(negative, positive) names, or more than two."""
        return self.loaded.subject.classes if self.loaded is not None else ("", "")

    @property
    def kept_points(self) -> OperatingPoints:
        """Those of the model file: its operating points, else its one threshold."""
        card = self.card
        if card is not None and card.points is not None:
            return card.points
        threshold = card.threshold if card is not None else self._run_threshold
        return OperatingPoints(OperatingPoint(threshold))

    @property
    def shown_points(self) -> OperatingPoints:
        """The thresholds in sight."""
        tried = self.points.get(self.shown.kind) if self.shown is not None else None
        return self.kept_points if tried is None else tried

    @property
    def _run_threshold(self) -> float:
        return self.loaded.subject.config.threshold if self.loaded is not None else 0.5

    def entries(self) -> tuple[Entry, ...]:
        """Films or files of the part in sight, the worst first."""
        return entries_of(self.shown, self.unit) if self.shown is not None else ()


@dataclass(frozen=True)
class Offers:
    """What may be done. The only source of enabled flags of the window.

    Args:
        look: There is something to look at.
        choose_points: Thresholds may be chosen on what is in sight.
        save_points: They may be written to the model file.
        take_out_points: The model file has operating points to take out.
        calibrate: The model's calibration may be switched.
        points_hint: What choosing does, or why it cannot be done.
    """

    look: bool
    choose_points: bool
    save_points: bool
    take_out_points: bool
    calibrate: bool
    points_hint: str


def offers(state: ResultsState) -> Offers:
    """Every enabled flag of the window, from the facts alone."""
    look = state.loaded is not None
    part, card = state.shown, state.card
    free = look and not state.working
    on_validation = part is not None and part.split is Split.VALIDATION
    truth = part.sample.truth if part is not None else None
    has_classes = truth is not None and bool(truth.any()) and not bool(truth.all())
    choose = card is not None and on_validation and has_classes
    changed = part is not None and part.kind in state.points
    return Offers(
        look=look,
        choose_points=choose,
        save_points=free and choose and changed and state.shown_points != state.kept_points,
        take_out_points=free and card is not None and card.points is not None,
        calibrate=free and card is not None,
        points_hint=_points_hint(state, has_classes=has_classes),
    )


def _points_hint(state: ResultsState, *, has_classes: bool) -> str:
    part = state.shown
    if part is None:
        return ""
    if state.card is None:
        return (
            "A cross-validation has one model a fold, so there is none to keep thresholds in. "
            "Choose them for a run."
        )
    if part.split is not Split.VALIDATION:
        return (
            "Thresholds are chosen on validation films: on those of training the network is too "
            "good, on test films nothing may be chosen. Pick validation above."
        )
    if not has_classes:
        return "The validation films are of one class: no threshold can be chosen on them."
    return (
        "Chosen on these validation films, where a target is reached by construction; "
        "the intervals say how far other films may differ."
    )


def worth_words(state: ResultsState) -> tuple[str, bool]:
    """What the part in sight is worth, and whether that is a warning."""
    part = state.shown_part
    if part is None or state.loaded is None:
        return "", False
    film = part.measured.by_film
    files = f"{part.measured.by_file.count:,} files"
    if film.count < FEW_FILMS:
        films = "film" if film.count == 1 else "films"
        return (
            f"Only {film.count} {films} behind {files}: fewer than {FEW_FILMS} say little. "
            "Read the intervals, not the figures.",
            True,
        )
    words = f"{film.count:,} films behind {files}."
    if part.split is Split.TRAIN:
        return f"{words} Training has seen them: these figures measure memory.", True
    if state.loaded.subject.synthetic:
        return f"{words} Drawn films of the sample set: they say nothing of real ones.", True
    return f"{words} Films of other places may give other figures.", False
