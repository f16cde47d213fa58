"""What is said while films and folders are opened, and of what could not be opened.

Made by the viewer tab. Says "Opening..." only of what takes a while, and names nothing while names
are hidden.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from xray_desktop.state import hidden_identity
from xray_desktop.state.viewer_state import LoadedFilm, ViewerState
from xray_desktop.viewer_tab.listing.film_loader import FilmLoader, Opened
from xray_desktop.viewer_tab.message_bar import Kind, MessageBar

# Quicker than this, saying "Opening..." would only flicker.
_SLOW_MS = 300
# In place of messages that name files, while names are hidden.
_NOT_OPENED = "Nothing could be opened. Show names again to read why."
_LEFT_OUT = "Some files are no films or cannot be read. Show names again to see which."


class OpeningMessages(QObject):
    """Tells the reader how opening goes.

    Args:
        state: The tab's facts.
        loader: What opens.
        bar: Where it is said.
        parent: The owner.

    Signals:
        changed: A film was refused, or opening was stopped.
    """

    changed = Signal()

    def __init__(
        self, state: ViewerState, loader: FilmLoader, bar: MessageBar, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._state = state
        self._loader = loader
        self._bar = bar
        self._remark = ""
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(_SLOW_MS)
        self._slow.timeout.connect(self._on_slow)
        loader.scanned.connect(self._on_scanned)
        loader.open_failed.connect(self._on_open_failed)
        loader.film_failed.connect(self._on_film_failed)
        bar.stop_asked.connect(self._on_stop)

    def begin(self) -> None:
        """Something is being opened."""
        self._slow.start()

    def stop(self) -> None:
        """The tab closes."""
        self._slow.stop()

    def list_opened(self, opened: Opened) -> None:
        """A list came in; what was left out of it is told with its first film."""
        hides = bool(opened.remark) and self._state.hide_identity
        self._remark = _LEFT_OUT if hides else opened.remark

    def film_opened(self, loaded: LoadedFilm) -> None:
        """A film is in sight: say what was left out, or what there is to know of the film."""
        self._slow.stop()
        remark, self._remark = self._remark, ""
        if remark:
            self._bar.say(remark, Kind.WARNING)
        else:
            self._bar.say(notes_of(loaded))

    @Slot(object, str)
    def _on_film_failed(self, path: Path, why: str) -> None:
        self._slow.stop()
        self._state.refuse_film(path, why)
        hides = self._state.hide_identity
        self._bar.say(hidden_identity.without_name(why, path.name) if hides else why, Kind.ERROR)
        self.changed.emit()

    @Slot(str)
    def _on_open_failed(self, why: str) -> None:
        self._slow.stop()
        self._bar.say(_NOT_OPENED if self._state.hide_identity else why, Kind.ERROR)

    @Slot()
    def _on_slow(self) -> None:
        if self._loader.is_opening():
            self._bar.say("Opening...", can_stop=True)

    @Slot(int)
    def _on_scanned(self, count: int) -> None:
        if not self._slow.isActive():
            self._bar.say(f"Looking through the folder: {count:,} files", can_stop=True)

    @Slot()
    def _on_stop(self) -> None:
        self._loader.cancel()
        self._state.wanted = self._state.shown
        self._bar.say("Stopped; nothing has changed.")


def notes_of(loaded: LoadedFilm) -> str:
    """What there is to know of a film, as a sentence, or an empty text."""
    words = "; ".join(loaded.film.notes)
    return words[:1].upper() + words[1:]
