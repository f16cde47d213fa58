"""What the window knows of its films now, as plain values for the sharing worker. No Qt."""

from __future__ import annotations

from training.films.film import FilmKey
from xray_desktop.review.verdicts import ModelAnswer
from xray_desktop.state.hidden_identity import without_name
from xray_desktop.state.measure_book import Sheet
from xray_desktop.state.verdict_state import answer_as_stored
from xray_desktop.state.viewer_state import Showing, ViewerState
from xray_desktop.state.viewer_window import window_text
from xray_desktop.viewer_tab.sharing.gathering import Listed


def listed_films(state: ViewerState, *, only: int | None = None) -> list[Listed]:
    """The list's films, with what may be told of each.

    Args:
        state: The tab's facts.
        only: A place in the list, for that film alone.
    """
    rows = range(len(state.films)) if only is None else (only,)
    return [_listed(state, row) for row in rows]


def _listed(state: ViewerState, row: int) -> Listed:
    path, verdicts = state.films[row], state.verdicts
    is_shown = row == state.shown
    sign = verdicts.signs.get(path)
    withheld = verdicts.blind and sign is None
    name = f"Film {row + 1:,}" if state.hide_identity else path.name
    film = state.film if is_shown else None
    sheet = state.measures.sheet_of(FilmKey(path, film.frame if film is not None else 0))
    refused = state.unreadable.get(path, "")
    return Listed(
        path,
        name,
        sign,
        None if withheld else _answer(state, row),
        withheld,
        without_name(refused, path.name) if state.hide_identity else refused,
        verdicts.current if is_shown else None,
        # A film that was never drawn on in this session may still have a kept sheet.
        sheet if is_shown or sheet != Sheet() else None,
        _no_answer(state, row),
    )


def _answer(state: ViewerState, row: int) -> ModelAnswer | None:
    if row == state.shown and state.told is not None and state.model is not None:
        return answer_as_stored(state.told, state.model)
    return state.work.answers.get(state.films[row])


def _no_answer(state: ViewerState, row: int) -> str:
    if row == state.shown and state.prediction is not None:
        return state.refusal.words if state.refusal is not None else ""
    return state.work.refused.get(state.films[row], "")


def shown_words(state: ViewerState) -> str:
    """How the view shows the film: its window, and all that is not as recorded."""
    look = state.look
    if look is None or state.showing is not Showing.FILM:
        return state.showing.value
    words = [window_text(look.window), look.orientation.describe()]
    words += ["inverted"] if look.inverted else []
    words += [f"gamma {look.gamma:.2f}"] if look.gamma != 1.0 else []
    return ", ".join(word for word in words if word)
