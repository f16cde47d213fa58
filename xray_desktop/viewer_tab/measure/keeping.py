"""Keeps measurements: read when a film is shown, written at every change, exported as a table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from training.errors import UserError
from training.films.film import Film, FilmKey, FloatPixels, Spacing
from xray_desktop.review.identity import sha256_of
from xray_desktop.state.measure_book import Sheet
from xray_desktop.state.measure_store import MeasureStore
from xray_desktop.state.viewer_state import ViewerState
from xray_desktop.viewer_tab.listing.film_loader import words_of
from xray_desktop.viewer_tab.message_bar import Kind
from xray_desktop.workers.jobs import JobDone, JobFailed, JobThread

_LOAD, _KEEP, _EXPORT = "kept measurements", "keep measurements", "export measurements"


@dataclass(frozen=True)
class _Outcome:
    """What came of reading or writing one film's sheet.

    Args:
        key: The film.
        film: SHA-256 of its file; empty where nothing may be kept of it.
        sheet: What is on the disk now, as far as it is known.
        why: Why not, or what must be told; or empty.
    """

    key: FilmKey
    film: str
    sheet: Sheet
    why: str = ""


class Keeping(QObject):
    """Between the book and the store.

    Args:
        state: The tab's facts.
        store: Where sheets are kept.
        thread: The worker that writes verdicts: it ends only when all is written.
        window: Over which the dialog appears.

    Signals:
        changed: The state has changed; the tab draws it.
        said: ``str, Kind``, for the message bar.
    """

    changed = Signal()
    said = Signal(str, object)

    def __init__(
        self, state: ViewerState, store: MeasureStore, thread: JobThread, window: QWidget
    ) -> None:
        super().__init__(window)
        self._state = state
        self._store = store
        self._thread = thread
        self._window = window
        self._film: Film | None = None
        # The one in sight before, until the tab is drawn; those left before they were read.
        self._left: Film | None = None
        self._unread: dict[FilmKey, Film] = {}
        # What is on the disk, or on its way there, by film; a film not in it is still being read.
        self._kept: dict[FilmKey, _Outcome] = {}
        # What was known of a film when it was last asked for.
        self._asked: dict[FilmKey, _Outcome | None] = {}
        # Sheets that could not be kept: not tried again until they change.
        self._refused: dict[FilmKey, Sheet] = {}
        self._dialog: QFileDialog | None = None
        thread.done.connect(self._on_done)

    def film_shown(self, film: Film) -> None:
        """Another film is in sight: what was kept of it is read, each time, for a copy may differ."""
        before, self._film = self._film, film
        if before is not None and before.key != film.key:
            self._left = before
            if before.key not in self._kept and self._sheet(before.key) != Sheet():
                # Drawn on and left before it was read.
                self._unread[before.key] = before
                self._thread.submit((_LOAD, before.key), _load, self._store, before.key)
        self._asked[film.key] = self._kept.get(film.key)
        self._thread.submit(_LOAD, _load, self._store, film.key)

    @Slot(object)
    def film_beside(self, path: Path) -> None:
        """A film stands beside the one in sight: its calibration by hand holds there, too."""
        key = FilmKey(path)
        if key not in self._kept:
            self._asked[key] = None
            self._thread.submit((_LOAD, key), _load, self._store, key)

    def render(self) -> None:
        """Keep what has changed on the film in sight, and a text that was ended by leaving one."""
        left, self._left = self._left, None
        for film in (left, self._film):
            if film is not None:
                self._keep(film)

    def _keep(self, film: Film) -> None:
        key = film.key
        kept, sheet = self._kept.get(key), self._sheet(key)
        if kept is None or sheet in (kept.sheet, self._refused.get(key)):
            return
        if not kept.film:
            self._refuse(key, sheet, kept.why)
            return
        self._kept[key] = _Outcome(key, kept.film, sheet)
        spacing = sheet.calibration or film.scale
        arguments = self._store, key, kept.film, sheet, spacing, film.counted
        self._thread.submit((_KEEP, key), _keep, *arguments)

    def _sheet(self, key: FilmKey) -> Sheet:
        return self._state.measures.sheet_of(key)

    def _refuse(self, key: FilmKey, sheet: Sheet, why: str) -> None:
        self._refused[key] = sheet
        self.said.emit(f"What you draw on this film is not kept. {why}", Kind.ERROR)

    @Slot(object)
    def _on_done(self, outcome: JobDone | JobFailed) -> None:
        job = outcome.key[0] if isinstance(outcome.key, tuple) else outcome.key
        if isinstance(outcome, JobFailed):
            if job == _KEEP and isinstance(outcome.key, tuple):
                key = outcome.key[1]
                self._refuse(key, self._sheet(key), words_of(outcome.error))
            return
        if job == _LOAD:
            self._on_loaded(outcome.result)
        elif job == _KEEP and outcome.result.why:
            self._refuse(outcome.result.key, outcome.result.sheet, outcome.result.why)
        elif job == _EXPORT:
            self.said.emit(*outcome.result)

    def _on_loaded(self, found: _Outcome) -> None:
        key, before = found.key, self._kept.get(found.key)
        if before is not self._asked.pop(key, None):
            # Written since it was asked for: what was read is old.
            return
        book = self._state.measures
        if found.why and found.film:
            self.said.emit(found.why, Kind.WARNING)
        if before is None:
            book.put_kept(key, found.sheet)
            self._kept[key] = found
        elif found.film:
            if found.sheet != before.sheet == self._sheet(key):
                # Changed meanwhile through a copy of the same film.
                book.take_over(key, found.sheet)
            self._kept[key] = found
        if (unread := self._unread.pop(key, None)) is not None:
            self._keep(unread)
        self.changed.emit()

    # Table -----------------------------------------------------------------------------------

    @Slot()
    def ask_for_table(self) -> None:
        """Ask where the table of all kept measurements is to go."""
        self._dialog = QFileDialog(self._window, "Export measurements", str(Path.home()))
        self._dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self._dialog.setNameFilter("Tables (*.csv)")
        self._dialog.setDefaultSuffix("csv")
        self._dialog.selectFile("measurements.csv")
        self._dialog.fileSelected.connect(self.export_to)
        self._dialog.open()

    @Slot(str)
    def export_to(self, target: str) -> None:
        """Write the table; what came of it is ``said``."""
        self._thread.submit(_EXPORT, _export, self._store, Path(target))


def _load(store: MeasureStore, key: FilmKey) -> _Outcome:
    try:
        film = sha256_of(key.path)
        return _Outcome(key, film, *store.load(film, key.frame))
    except UserError as error:
        return _Outcome(key, "", Sheet(), words_of(error))


def _keep(
    store: MeasureStore,
    key: FilmKey,
    film: str,
    sheet: Sheet,
    spacing: Spacing | None,
    pixels: FloatPixels | None,
) -> _Outcome:
    try:
        store.keep(film, key.path, sheet, spacing, pixels, frame=key.frame)
    except UserError as error:
        return _Outcome(key, film, sheet, words_of(error))
    return _Outcome(key, film, sheet)


def _export(store: MeasureStore, target: Path) -> tuple[str, Kind]:
    try:
        count = store.export(target)
    except UserError as error:
        return words_of(error), Kind.ERROR
    measurements = "1 measurement" if count == 1 else f"{count:,} measurements"
    return f"Written: {measurements} to {target.name}.", Kind.NOTE
