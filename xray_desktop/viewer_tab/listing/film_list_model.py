"""The list's rows as Qt asks for them: names, thumbnails, marks, copies."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QWidget

from xray_desktop.film_grid.thumbnails import Thumbnails
from xray_desktop.review.verdicts import ModelAnswer, Opinion
from xray_desktop.state.hidden_identity import without_name
from xray_desktop.state.list_filter import disagrees

UNREADABLE_ROLE = Qt.ItemDataRole.UserRole
SIGN_ROLE = UNREADABLE_ROLE + 1
ANSWER_ROLE = UNREADABLE_ROLE + 2
COPIES_ROLE = UNREADABLE_ROLE + 3
"""How many files the film of a row has, negative where they are listed below it; None for one."""
IS_COPY_ROLE = UNREADABLE_ROLE + 4
REFUSED_ROLE = UNREADABLE_ROLE + 5

Index = QModelIndex | QPersistentModelIndex


class FilmListModel(QAbstractListModel):
    """Paths only, so 10,000 films cost nothing until they are looked at.

    Signals:
        film_redrawn: ``int``, the row of a film that looks different now. Not Qt's
            ``dataChanged``: a ``QListView`` lays all its rows out anew at each of these, and
            10,000 rows stood still for 35 ms with each thumbnail that came.
        renamed: All rows look different now.
    """

    film_redrawn = Signal(int)
    renamed = Signal()

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._films: tuple[Path, ...] = ()
        self._rows: dict[Path, int] = {}
        self._unreadable: dict[Path, str] = {}
        self._signs: dict[Path, Opinion] = {}
        self._answers: dict[Path, ModelAnswer] = {}
        self._refused: dict[Path, str] = {}
        self._counts: Mapping[Path, int] = {}
        self._copies: dict[Path, int] = {}
        self._members: frozenset[Path] = frozenset()
        self._thumbnails = thumbnails
        self._hides_names = False

    def set_films(
        self,
        films: tuple[Path, ...],
        copies: Mapping[Path, int],
        members: frozenset[Path],
    ) -> None:
        """Show another list.

        Args:
            films: Its rows.
            copies: How many files a row's film has, where there are several.
            members: Rows that are copies of the film above them.
        """
        self.beginResetModel()
        is_open = {films[row - 1] for row, path in enumerate(films) if path in members and row}
        self._counts, self._members = copies, members
        self._copies = {p: -count if p in is_open else count for p, count in copies.items()}
        self._films = films
        self._rows = {path: row for row, path in enumerate(films)}
        self.endResetModel()

    def set_unreadable(self, unreadable: dict[Path, str]) -> None:
        """Mark films that cannot be read, with the reason."""
        changed = self._unreadable.keys() ^ unreadable.keys()
        self._unreadable = dict(unreadable)
        for path in changed:
            self.film_changed(path)

    def set_signs(self, signs: dict[Path, Opinion]) -> None:
        """Mark films that have the reader's verdict."""
        changed = {path for path, _ in self._signs.items() ^ signs.items()}
        self._signs = dict(signs)
        for path in changed:
            self.film_changed(path)

    def set_answers(self, answers: dict[Path, ModelAnswer]) -> None:
        """Show what the model says of films, as far as it may be told."""
        changed = {path for path, _ in self._answers.items() ^ answers.items()}
        self._answers = dict(answers)
        for path in changed:
            self.film_changed(path)

    def set_refused(self, refused: dict[Path, str]) -> None:
        """Mark films that the model gives no answer to, with the reason."""
        changed = self._refused.keys() ^ refused.keys()
        self._refused = dict(refused)
        for path in changed:
            self.film_changed(path)

    def set_answer(self, path: Path, answer: ModelAnswer) -> None:
        """One film was scored."""
        self._answers[path] = answer
        self.film_changed(path)

    def hide_names(self, hides: bool) -> None:
        """Number the films instead of naming them, or name them again."""
        if hides != self._hides_names:
            self._hides_names = hides
            self.renamed.emit()

    @property
    def films(self) -> tuple[Path, ...]:
        """The films listed."""
        return self._films

    @property
    def copies(self) -> tuple[Mapping[Path, int], frozenset[Path]]:
        """How rows stand for copies, as they were given."""
        return self._counts, self._members

    def film_changed(self, path: Path) -> None:
        """Its thumbnail came, or its mark changed."""
        if (row := self._rows.get(path)) is not None:
            self.film_redrawn.emit(row)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Number of films."""
        return 0 if parent.isValid() else len(self._films)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name, thumbnail, and the reason where a film cannot be read."""
        if not index.isValid():
            return None
        path = self._films[index.row()]
        name = f"Film {index.row() + 1:,}" if self._hides_names else path.name
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return name
        if role == Qt.ItemDataRole.DecorationRole:
            return self._thumbnails.get(path)
        if role == Qt.ItemDataRole.ToolTipRole:
            why = self._unreadable.get(path)
            sign = self._signs.get(path)
            said = why or (f"Your verdict: {sign}" if sign else "")
            if self._hides_names:
                said = without_name(said, path.name)
            lines = (name, said, self._model_text(path), self._copies_text(path))
            return "\n".join(filter(None, lines))
        if role == SIGN_ROLE:
            return self._signs.get(path)
        if role == ANSWER_ROLE:
            return self._answers.get(path)
        if role == REFUSED_ROLE:
            return path in self._refused
        if role == COPIES_ROLE:
            return self._copies.get(path)
        if role == IS_COPY_ROLE:
            return path in self._members
        if role == UNREADABLE_ROLE:
            return path in self._unreadable
        return None

    def _copies_text(self, path: Path) -> str:
        count = self._copies.get(path)
        if count is None:
            return ""
        return f"{abs(count):,} files of one film" + (", all listed" if count < 0 else "")

    def _model_text(self, path: Path) -> str:
        """The model's answer for the tooltip, or an empty text."""
        said = self._answers.get(path)
        if said is None:
            return self._refused.get(path, "")
        against = ", against your verdict" if disagrees(said, self._signs.get(path)) else ""
        return f"Model: {said.opinion or said.word}, {said.score:.2f}{against}"
