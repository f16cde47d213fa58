"""The viewer tab's facts and rules, without Qt: what is open, shown, asked and allowed.

The tab calls its methods and then draws what it says; nothing else in the tab remembers facts.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from training.films.film import Film, Spacing, Window
from training.models.card import ModelCard
from training.models.prediction import MapKind, Prediction, Refusal, Variant
from xray_desktop.state import hidden_identity
from xray_desktop.state.film_text import TextLevel, film_text
from xray_desktop.state.measure_book import MeasureBook
from xray_desktop.state.verdict_state import VerdictState
from xray_desktop.state.viewer_models import MAP_NAMES
from xray_desktop.state.viewer_picture import (
    LoadedFilm,
    Look,
    Picture,
    are_alike,
    film_picture,
    square_picture,
)
from xray_desktop.state.work_list import WorkList

__all__ = ["Beside", "Enabled", "LoadedFilm", "Look", "Picture", "Showing", "ViewerState"]


class Showing(StrEnum):
    """What fills the film view."""

    FILM = "film"
    NETWORK_INPUT = "what the network sees"
    VARIANT = "variant"


@dataclass
class Beside:
    """What stands beside the film in sight: another film, its own heat map, or nothing.

    ``wanted`` is the film last asked for; ``linked`` films are zoomed, moved and windowed together.
    """

    film: LoadedFilm | None = None
    look: Look | None = None
    heat_map: bool = False
    wanted: Path | None = None
    linked: bool = True

    @property
    def is_open(self) -> bool:
        """True where there are two pictures."""
        return self.film is not None or self.heat_map

    def show(self, film: LoadedFilm, look: Look | None = None) -> None:
        """A film stands beside now, as recorded or as it was looked at."""
        self.film, self.look = film, look or Look(film.film.window)
        self.heat_map, self.wanted = False, None

    def close(self) -> None:
        """Nothing stands beside; the link is as it was."""
        self.film = self.look = self.wanted = None
        self.heat_map = False


@dataclass(frozen=True)
class Enabled:
    """Which controls can be used now."""

    film_tools: bool
    zoom: bool
    previous: bool
    next: bool
    overlay: bool
    opacity: bool
    network_input: bool
    variants: bool
    information: bool
    compare: bool
    share_list: bool
    share_scores: bool
    share_result: bool
    planes: bool
    frames: bool
    stack: bool


@dataclass
class ViewerState:
    """All the facts of one viewer tab. GUI thread only.

    ``wanted`` is the film last asked for; until it is read, ``shown`` stays in sight, and it
    stays there too where the wanted one turns out to be unreadable.
    """

    films: tuple[Path, ...] = ()
    shown: int | None = None
    wanted: int | None = None
    unreadable: dict[Path, str] = field(default_factory=dict)
    loaded: LoadedFilm | None = None
    look: Look | None = None
    showing: Showing = Showing.FILM
    model: Path | None = None
    card: ModelCard | None = None
    model_wanted: Path | None = None
    prediction: Prediction | None = None
    keep_window: bool = False
    hide_identity: bool = False
    text_level: TextLevel = TextLevel.ALL
    overlay_on: bool = False
    opacity: float = 0.5
    planes_on: bool = False
    map_wanted: MapKind = MapKind.FOR
    tells_unlike: bool = False
    variants_open: bool = False
    variants: tuple[Variant, ...] = ()
    variant: int | None = None
    verdicts: VerdictState = field(default_factory=VerdictState)
    measures: MeasureBook = field(default_factory=MeasureBook)
    work: WorkList = field(default_factory=WorkList)
    beside: Beside = field(default_factory=Beside)

    # Films ---------------------------------------------------------------------------------

    def swap_films(self, films: tuple[Path, ...], index: int, loaded: LoadedFilm) -> None:
        """Put a staged list in place of the old one, with its first readable film in sight."""
        self.films = films
        self.planes_on = False
        self.beside.close()
        self.unreadable = {path: why for path, why in self.unreadable.items() if path in films}
        self.show_film(index, loaded)

    def reorder(self, films: tuple[Path, ...]) -> None:
        """Sort or filter the list anew; what is in sight and what is asked for stay.

        Args:
            films: Those in ``held`` and any others that were opened.
        """
        place = {path: index for index, path in enumerate(films)}
        if self.shown is not None:
            self.shown = place[self.films[self.shown]]
        if self.wanted is not None:
            self.wanted = place[self.films[self.wanted]]
        self.films = films

    @property
    def held(self) -> frozenset[Path]:
        """The films that stay in the list whatever is filtered: in sight, beside, asked for."""
        indices = {index for index in (self.shown, self.wanted) if index is not None}
        beside = self.beside
        others = [beside.film.film.path] if beside.film else []
        return frozenset([*(self.films[i] for i in indices), *others])

    def show_film(self, index: int, loaded: LoadedFilm) -> None:
        """A film was read: it is the one in sight, as recorded, with nothing laid over it.

        With ``keep_window`` the last film's window and gamma stay, where the values of both mean alike.
        """
        look = Look(loaded.film.window)
        if self.keep_window and self.loaded and self.look and are_alike(self.loaded, loaded):
            look = replace(look, window=self.look.window, gamma=self.look.gamma)
        self.shown = self.wanted = index
        self.unreadable.pop(self.films[index], None)
        self.loaded = loaded
        self.look = look
        self.showing = Showing.FILM
        # The original first: a heat map seen before the film steers the eye.
        self.overlay_on = self.beside.heat_map = False
        self.forget_answers()

    def show_frame(self, loaded: LoadedFilm) -> None:
        """Another frame of the film in sight: looked at as before, with nothing laid over it.

        A frame has a window of its own where its file says so; one that the reader has set stays.
        """
        if self.loaded is not None and self.look is not None:
            is_own = self.look.window == self.loaded.film.window
            window = loaded.film.window if is_own else self.look.window
            self.look = replace(self.look, window=window)
        self.loaded = loaded
        self.showing = Showing.FILM
        self.overlay_on = self.beside.heat_map = False
        self.forget_answers()

    def refuse_film(self, path: Path, why: str) -> None:
        """A film cannot be read: remember why, and keep what is in sight."""
        self.unreadable[path] = why
        if self.wanted is not None and self.films[self.wanted] == path:
            self.wanted = self.shown

    def _copies(self) -> tuple[Path, ...]:
        return self.work.stacks.of(self.films[self.shown]) if self.shown is not None else ()

    def step(self, step: int) -> int | None:
        """The film ``step`` further in the list, past those that cannot be read; None at its end."""
        if self.wanted is None or not step:
            return None
        direction = 1 if step > 0 else -1
        index = min(max(self.wanted + step, 0), len(self.films) - 1)
        while 0 <= index < len(self.films) and self.films[index] in self.unreadable:
            index += direction
        return index if 0 <= index < len(self.films) and index != self.wanted else None

    def end_of_list(self, last: bool) -> int | None:
        """The first or last readable film, or None where it is already asked for."""
        order = range(len(self.films) - 1, -1, -1) if last else range(len(self.films))
        index = next((i for i in order if self.films[i] not in self.unreadable), None)
        return None if index == self.wanted else index

    # Model ---------------------------------------------------------------------------------

    def swap_model(self, path: Path | None, card: ModelCard | None) -> None:
        """A model was loaded (or put away): its answers replace the old model's."""
        self.model = self.model_wanted = path
        self.card = card
        self.forget_answers()
        if card is None:
            self.overlay_on = False
            self.showing = Showing.FILM

    def refuse_model(self) -> None:
        """The wanted model cannot be loaded: the old one stays."""
        self.model_wanted = self.model

    def forget_answers(self) -> None:
        """What was said of another film, or by another model, no longer holds."""
        self.prediction = None
        self.tells_unlike = False
        self.forget_variants()

    def forget_variants(self) -> None:
        """Put the variants away; if one is in sight, the film takes its place."""
        self.variants = ()
        self.show_variant(None)

    def show_variant(self, index: int | None) -> None:
        """Show one variant in place of the film, or the film again."""
        self.variant = index
        if index is not None:
            self.showing = Showing.VARIANT
        elif self.showing is Showing.VARIANT:
            self.showing = Showing.FILM

    # What the views draw ---------------------------------------------------------------------

    @property
    def film(self) -> Film | None:
        """The film in sight."""
        return self.loaded.film if self.loaded else None

    def name_of(self, path: Path) -> str:
        """A film's name, as far as it may be shown."""
        return hidden_identity.NAME if self.hide_identity else path.name

    @property
    def spacing(self) -> Spacing | None:
        """What distances go by: as calibrated by hand, else as the file knows (``Film.scale``)."""
        return None if self.film is None else self._scale_of(self.film)

    def _scale_of(self, film: Film) -> Spacing | None:
        return self.measures.calibration_of(film.key) or film.scale

    @property
    def told(self) -> Prediction | None:
        """The model's answer as far as it may be in sight.

        Not before a blind reader's verdict, and not where it should not be asked.
        """
        return None if self.verdicts.hides_model or self.refusal else self.prediction

    @property
    def refusal(self) -> Refusal | None:
        """Why the model gives no answer to the film in sight, unless the reader wants one all the same."""
        refusal = self.prediction.refusal if self.prediction is not None else None
        if refusal is None or (self.tells_unlike and not refusal.is_no_radiograph):
            return None
        return refusal

    @property
    def maps(self) -> tuple[MapKind, ...]:
        """The maps that the model in use has: a site only where its rate beats a guess."""
        site = self.card.site if self.card is not None else None
        if self.card is not None and self.card.is_many:
            return (MapKind.FOR,)
        known = (MapKind.SITE,) if site is not None and site.beats_the_centre else ()
        return (*known, MapKind.FOR, MapKind.AGAINST)

    @property
    def map_shown(self) -> MapKind:
        """The map that the reader wants, as far as the model has it."""
        return self.map_wanted if self.map_wanted in self.maps else MapKind.FOR

    def picture(self) -> Picture | None:
        """What fills the view: the film, the network's input or a variant."""
        if self.loaded is None or self.shown is None:
            return None
        film = self.loaded.film
        lines = (self.name_of(film.path), f"{self.shown + 1:,} / {len(self.films):,}")
        if self.showing is Showing.VARIANT and self.variant is not None:
            variant = self.variants[self.variant]
            return square_picture(variant.picture, lines, f"Variant: {variant.name}")
        if self.showing is Showing.NETWORK_INPUT and self.card is not None:
            seen = self.card.preprocessing.apply(film.grey())
            return square_picture(seen, lines, "What the network sees")
        return self._film_picture(self.loaded, lines)

    def picture_beside(self) -> Picture | None:
        """What stands beside the film in sight."""
        if self.beside.heat_map and self.loaded is not None:
            return replace(self._film_picture(self.loaded, ()), is_quiet=True)
        if self.beside.film is None:
            return None
        return self._film_picture(self.beside.film, (self.name_of(self.beside.film.film.path),))

    def look_beside(self) -> Look | None:
        """How that is drawn; the heat map lies over the film as it is looked at."""
        return self.look if self.beside.heat_map else self.beside.look

    def captions(self) -> tuple[str, str]:
        """What is said above two films: which one is read, and what stands beside it."""
        if self.film is None or not self.beside.is_open:
            return "", ""
        name = "" if self.beside.film is None else self.name_of(self.beside.film.film.path)
        return (
            f"Verdict and model: {self.name_of(self.film.path)}",
            f"Beside: {MAP_NAMES[self.map_shown].lower() if self.beside.heat_map else name}",
        )

    @property
    def _is_dicom(self) -> bool:
        return self.film is not None and self.film.format == "DICOM"

    @property
    def _has_dicom_result(self) -> bool:
        """True where there is an answer that a DICOM result has words for: those of two classes."""
        return self._is_dicom and self.told is not None and not self.told.is_many

    @property
    def _has_planes(self) -> bool:
        """True where the file of a film in sight draws over it."""
        films = (self.loaded, self.beside.film)
        return any(film is not None and film.overlay is not None for film in films)

    @property
    def wants_heat_map(self) -> bool:
        """True where a heat map is shown, over the film or beside it."""
        return self.overlay_on or self.beside.heat_map

    def _film_picture(self, loaded: LoadedFilm, lines: tuple[str, ...]) -> Picture:
        film, level = loaded.film, self.text_level
        text = film_text(film.stated, level, hide_identity=self.hide_identity)
        scale, planes_on = self._scale_of(film), self.planes_on
        shown = film_picture(loaded, scale, lines, text, planes_on=planes_on)
        return replace(shown, is_plain=level is TextLevel.NONE)

    def picture_look(self) -> Look | None:
        """How that picture is drawn: only the film itself can be windowed and turned."""
        if self.showing is Showing.FILM or self.look is None:
            return self.look
        return Look(Window.between(0.0, 255.0))

    def enabled(self) -> Enabled:
        """The one place that decides what can be used."""
        has_film = self.loaded is not None
        has_answer = has_film and self.card is not None
        may_tell = has_answer and not self.verdicts.hides_model and self.refusal is None
        return Enabled(
            film_tools=has_film and self.showing is Showing.FILM,
            zoom=has_film,
            previous=self.step(-1) is not None,
            next=self.step(1) is not None,
            overlay=may_tell and self.showing is not Showing.VARIANT,
            opacity=may_tell and self.overlay_on,
            network_input=has_answer,
            variants=has_film,
            information=has_film,
            compare=self.beside.is_open or (has_film and len(self.films) > 1),
            share_list=bool(self.films),
            share_scores=bool(self.films) and self.card is not None,
            share_result=has_film and self._has_dicom_result,
            planes=self._has_planes and self.showing is Showing.FILM,
            frames=self.film is not None and self.film.num_frames > 1,
            stack=self.work.stacked and self.film is not None and bool(self._copies()),
        )
