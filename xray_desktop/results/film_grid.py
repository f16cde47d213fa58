"""The grid of scored films: score and label's sign below each picture."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from xray_desktop import theme
from xray_desktop.film_grid.grid import FilmGrid, GridFilm
from xray_desktop.film_grid.thumbnails import Thumbnails
from xray_desktop.state.results_entries import Entry


class EntryGrid(FilmGrid):
    """The entries, in the order given.

    Args:
        name: Object name.
        thumbnails: Where pictures come from.
    """

    def __init__(self, name: str, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(name, "Films, the worst first", thumbnails, parent=parent)
        self._entries: tuple[Entry, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Those listed."""
        return self._entries

    def show_entries(self, entries: Sequence[Entry], classes: tuple[str, ...]) -> None:
        """Show these, none of them chosen; the same ones stay as they are."""
        self._entries = tuple(entries)
        self.show_films([_film_of(entry, classes) for entry in entries])

    def chosen_entries(self) -> tuple[Entry, ...]:
        """Those selected, in order."""
        return tuple(self._entries[row] for row in self.chosen_rows())


def _film_of(entry: Entry, classes: tuple[str, ...]) -> GridFilm:
    known, num = classes[entry.label], len(entry.paths)
    if entry.called is not None:
        called = classes[entry.called]
        tip = f"{entry.name}\nlabelled “{known}”, called “{called}” with {entry.score:.3f}"
        return GridFilm(entry.path, (f"{entry.score:.2f} {called}", entry.name), tip)
    sign, colour = (
        ("fracture", theme.FRACTURE) if entry.label else ("no-fracture", theme.NO_FRACTURE)
    )
    score = f"{entry.score:.2f}" if num == 1 else f"{entry.score:.2f} · {num:,} files"
    files = "" if num == 1 else f"\n{num:,} files"
    tip = f"{entry.name}\nlabelled “{known}”, score {entry.score:.3f}{files}"
    return GridFilm(entry.path, (score, entry.name), tip, sign, colour)
