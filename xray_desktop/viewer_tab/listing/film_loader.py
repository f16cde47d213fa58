"""Opens films in workers: a list is staged and swapped in only when one of it can be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from training.errors import UserError
from xray_desktop.state.viewer_files import Collected, collect_films
from xray_desktop.state.viewer_state import LoadedFilm
from xray_desktop.viewer_tab.engine import Engine, load_film
from xray_desktop.workers.jobs import JobDone, JobFailed, JobProgress, JobThread

_FILM, _AHEAD, _SCAN = "film", "film ahead", "scan"
# Larger films are not read ahead: two at a time would take half a gigabyte.
_MAX_AHEAD_PIXELS = 16_000_000
BUG = "This is a mistake in the program; it was written to its log."


@dataclass(frozen=True, eq=False)
class Opened:
    """A list that can take the place of the old one.

    Args:
        films: The list.
        index: Its first film that could be read.
        loaded: That film.
        unreadable: Those before it, with the reason.
        remark: What was left out, in one line, or empty.
    """

    films: tuple[Path, ...]
    index: int
    loaded: LoadedFilm
    unreadable: dict[Path, str]
    remark: str


class FilmLoader(QObject):
    """Reads lists and films; the newest request wins.

    Args:
        engine: Where films come from.
        films: The worker that reads films.
        scans: The worker that looks through folders.
        parent: The owner.

    Signals:
        opened: ``Opened``.
        open_failed: ``str``, why nothing of what was opened can be shown.
        scanned: ``int``, files looked at so far.
        film_loaded: ``Path, LoadedFilm``.
        film_failed: ``Path, str``.
    """

    opened = Signal(object)
    open_failed = Signal(str)
    scanned = Signal(int)
    film_loaded = Signal(object, object)
    film_failed = Signal(object, str)

    def __init__(
        self, engine: Engine, films: JobThread, scans: JobThread, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._films = films
        self._scans = scans
        self._staged: Collected | None = None
        self._staged_index = 0
        self._refused: dict[Path, str] = {}
        self._wanted: Path | None = None
        self._ahead: Path | None = None
        self._read_ahead: dict[Path, LoadedFilm] = {}
        films.done.connect(self._on_film)
        scans.done.connect(self._on_scan)
        scans.progressed.connect(self._on_progress)

    def open(self, paths: Sequence[Path]) -> None:
        """Stage files and folders; ends in ``opened`` or ``open_failed``."""
        self.cancel()
        self._scans.submit_long(_SCAN, collect_films, tuple(paths), self._engine.sniff)

    def load(self, path: Path) -> None:
        """Read one film; ends in ``film_loaded`` or ``film_failed``."""
        self.cancel()
        ahead = self._read_ahead.pop(path, None)
        if ahead is not None:
            self.film_loaded.emit(path, ahead)
            return
        self._wanted = path
        if self._ahead != path:
            self._forget_ahead()
            self._films.submit(_FILM, load_film, self._engine.read_film, path)

    def read_ahead(self, path: Path, like: LoadedFilm) -> None:
        """Read a film that will probably be asked for next, if films here are not too large."""
        if path in self._read_ahead or like.film.pixels.size > _MAX_AHEAD_PIXELS:
            return
        self._forget_ahead()
        self._ahead = path
        self._films.submit(_AHEAD, load_film, self._engine.read_film, path)

    def cancel(self) -> None:
        """Forget what is being opened."""
        self._scans.cancel(_SCAN)
        self._films.cancel(_FILM)
        self._staged = self._wanted = None
        self._refused = {}

    def is_opening(self) -> bool:
        """True while something was asked for that is not in sight yet."""
        return (
            self._wanted is not None
            or self._staged is not None
            or self._scans.is_waiting_for(_SCAN)
        )

    def _forget_ahead(self) -> None:
        self._films.cancel(_AHEAD)
        self._ahead = None
        self._read_ahead.clear()

    @Slot(object)
    def _on_progress(self, progress: JobProgress) -> None:
        if progress.key == _SCAN:
            self.scanned.emit(progress.done)

    @Slot(object)
    def _on_scan(self, outcome: JobDone | JobFailed) -> None:
        if outcome.key != _SCAN:
            return
        if isinstance(outcome, JobFailed):
            self.open_failed.emit(words_of(outcome.error))
            return
        found: Collected = outcome.result
        if not found.films and len(found.others) == 1 and not found.refusals:
            # Only the reader can say what it is instead.
            found = Collected(found.others)
        if not found.films:
            remark = found.remark()
            self.open_failed.emit(
                f"No film was found: {remark}." if remark else "The folder holds no files."
            )
            return
        self._staged, self._staged_index = found, 0
        self._forget_ahead()
        self._load_staged()

    def _load_staged(self) -> None:
        assert self._staged is not None
        path = self._staged.films[self._staged_index]
        self._films.submit(_FILM, load_film, self._engine.read_film, path)

    @Slot(object)
    def _on_film(self, outcome: JobDone | JobFailed) -> None:
        if outcome.key == _AHEAD:
            self._on_ahead(outcome)
        elif outcome.key != _FILM:
            # Read for someone else by the same worker.
            return
        elif self._staged is not None:
            self._on_staged(self._staged, outcome)
        elif self._wanted is not None:
            self._deliver(self._wanted, outcome)

    def _on_ahead(self, outcome: JobDone | JobFailed) -> None:
        path, self._ahead = self._ahead, None
        if path is None:
            return
        if path == self._wanted:
            self._deliver(path, outcome)
        elif isinstance(outcome, JobDone):
            self._read_ahead = {path: outcome.result}

    def _deliver(self, path: Path, outcome: JobDone | JobFailed) -> None:
        self._wanted = None
        if isinstance(outcome, JobDone):
            self.film_loaded.emit(path, outcome.result)
        else:
            self.film_failed.emit(path, words_of(outcome.error))

    def _on_staged(self, staged: Collected, outcome: JobDone | JobFailed) -> None:
        index = self._staged_index
        if isinstance(outcome, JobDone):
            self._staged = None
            opened = Opened(
                staged.films, index, outcome.result, self._refused, self._remark(staged)
            )
            self.opened.emit(opened)
            return
        self._refused[staged.films[index]] = words_of(outcome.error)
        if index + 1 < len(staged.films):
            self._staged_index += 1
            self._load_staged()
            return
        self._staged = None
        more = f" So with all {len(staged.films):,} files." if index else ""
        self.open_failed.emit(self._refused[staged.films[0]] + more)

    def _remark(self, staged: Collected) -> str:
        parts = [staged.remark()] if staged.remark() else []
        if self._refused:
            first = next(iter(self._refused.values()))
            more = f" ({len(self._refused) - 1:,} more like it)" if len(self._refused) > 1 else ""
            parts.append(f"{first}{more}")
        return "; ".join(parts)


def words_of(error: Exception) -> str:
    """An error in words for the message bar."""
    return str(error) if isinstance(error, UserError) else BUG
