"""The windows that a reader reaches by one key: the film's own, automatic, full range, and more."""

from __future__ import annotations

from dataclasses import replace

from training.films.film import Film, Window
from training.films.levels import percentile_window
from xray_desktop.state.viewer_state import LoadedFilm
from xray_desktop.state.viewer_window import window_text

MAX_PRESETS = 9
"""One for each digit from 1 on."""

_RECORDED, _AUTOMATIC, _FULL = "As recorded", "Automatic", "Full range"


def preset_names(film: Film) -> tuple[str, ...]:
    """What each preset of a film is called, by digit from 1 on.

    The first three are the same for every film, so a hand learns them; then come the file's other
    windows and tables in its order, as many as there are digits.
    """
    others = tuple(window_text(window) for window in _others(film))
    return (_RECORDED, _AUTOMATIC, _FULL, *others)


def preset_window(loaded: LoadedFilm, index: int) -> Window:
    """A preset's window. Some ms for a film of 5 megapixels.

    Args:
        loaded: The film.
        index: Place in ``preset_names``, from 0.

    Raises:
        IndexError: There is no such preset.
    """
    film = loaded.film
    if index == 0:
        return film.window
    if index == 1:
        return replace(percentile_window(film.pixels, film.padding), name="automatic")
    if index == 2:
        low, high = loaded.pixels.offset, loaded.pixels.highest
        # A blank film still needs a width.
        return Window.between(low, high if high > low else low + 1.0, "full range")
    return _others(film)[index - 3]


def _others(film: Film) -> tuple[Window, ...]:
    others = tuple(window for window in film.windows if window != film.window)
    return others[: MAX_PRESETS - 3]
