"""Films laid out side by side: a few files of each; files of one film bear its number."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from xray_desktop.film_grid.grid import FilmGrid, GridFilm
from xray_desktop.film_grid.thumbnails import Thumbnails

# "validation · not fractured" in one line.
_WIDTH_PX = 184


class FilmsView(FilmGrid):
    """Pictures that can be selected.

    Args:
        thumbnails: Where pictures come from.

    Signals:
        selected: The paths of the selected files.
        activated_film: A file was double-clicked, or Enter pressed on it.
    """

    selected = Signal(object)
    activated_film = Signal(object)

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(
            "checkFilms",
            "Films of the finding",
            thumbnails,
            num_lines=3,
            width=_WIDTH_PX,
            parent=parent,
        )
        self.chosen.connect(self._on_chosen)
        self.opened.connect(self._on_opened)

    def lay_out(self, films: tuple[tuple[Path, ...], ...], words: dict[Path, str]) -> None:
        """Replace what is shown; nothing is selected afterwards.

        Args:
            films: The files of each film.
            words: Where each file belongs, in words.
        """
        self.clearSelection()
        self.show_films(
            [
                GridFilm(
                    path,
                    (f"film {number}", words[path], path.name),
                    f"{path.name}\nfilm {number}, {words[path]}",
                )
                for number, film in enumerate(films, 1)
                for path in film
            ]
        )

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files that are shown."""
        return tuple(film.path for film in self.film_model.films)

    @Slot()
    def _on_chosen(self) -> None:
        self.selected.emit(tuple(self.paths[row] for row in self.chosen_rows()))

    @Slot()
    def _on_opened(self) -> None:
        self.activated_film.emit(self.paths[self.currentIndex().row()])
