"""The Share menu: asks what and where, has the worker do it, and says what came of it.

The worker is one of its own: a long report holds up neither films nor verdicts. It gets plain
values of what the window knows at that moment, so films may change while it works.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QObject, Signal, Slot
from PySide6.QtWidgets import QDialog, QWidget

from training.films.film import Film
from training.report.document import Document
from xray_desktop.review.store import VerdictStore
from xray_desktop.state.hidden_identity import without_name
from xray_desktop.state.measure_store import MeasureStore
from xray_desktop.state.viewer_state import ViewerState
from xray_desktop.viewer_tab.engine import Engine, ModelRoom
from xray_desktop.viewer_tab.film.saved_picture import SavedPicture
from xray_desktop.viewer_tab.listing.film_loader import words_of
from xray_desktop.viewer_tab.message_bar import Kind
from xray_desktop.viewer_tab.sharing import asking, gathering, writing
from xray_desktop.viewer_tab.sharing.gathering import Listed, Room, Shown
from xray_desktop.viewer_tab.sharing.listing import listed_films, shown_words
from xray_desktop.viewer_tab.sharing.report_dialog import ReportDialog, ReportWish
from xray_desktop.viewer_tab.sharing.worker import SharingWorker
from xray_desktop.viewer_tab.tools import ToolRow
from xray_desktop.workers.jobs import JobDone, JobFailed, JobThread

_REPORT, _PDF, _SCORES, _RESULT, _COPY, _COPIES = (
    *("report", "pdf", "scores", "DICOM result"),
    *("anonymous copy", "anonymous copies"),
)


class Sharing(QObject):
    """Answers the entries of the Share menu that begin with "share_".

    Args:
        state: The tab's facts.
        engine: Where films and models come from.
        stores: The file of verdicts and the files of measurements.
        saving: Knows the view as a picture.
        tools: The row of buttons.
        thread: A worker of its own.
        window: Over which dialogs appear.

    Signals:
        said: ``str, Kind``, for the message bar.
    """

    said = Signal(str, object)

    def __init__(
        self,
        state: ViewerState,
        engine: Engine,
        stores: tuple[VerdictStore, MeasureStore],
        saving: SavedPicture,
        tools: ToolRow,
        thread: JobThread,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._state = state
        self._engine = engine
        self._models = ModelRoom(engine)
        self._verdicts, self._measures = stores
        self._saving = saving
        self._worker = SharingWorker(thread, window)
        self._window = window
        self._folder = Path.home()
        self._wish = ReportWish(is_list=False)
        self._document: Document | None = None
        # What a dialog was opened about: the film may change while it is open.
        self._asked: tuple[Listed, Film] | None = None
        self.dialog: QDialog | None = None
        self._worker.done.connect(self._on_done)
        tools.used.connect(self._on_tool_used)

    @Slot(str, bool)
    def _on_tool_used(self, name: str, _checked: bool) -> None:
        asks: dict[str, Callable[[], None]] = {
            "share_film": partial(self._ask_for_report, is_list=False),
            "share_list": partial(self._ask_for_report, is_list=True),
            "share_result": self._ask_for_result,
            "share_copy": self._ask_for_copy,
            "share_copies": self._ask_for_copies,
            "share_scores": self._ask_for_scores,
        }
        if name in asks:
            asks[name]()

    def close(self) -> None:
        """End what is going on, as soon as it can; the tab is closing."""
        self._worker.close()
        if self.dialog is not None:
            self.dialog.close()

    # Reports ---------------------------------------------------------------------------------

    def _ask_for_report(self, *, is_list: bool) -> None:
        state = self._state
        self._note_film()
        dialog = ReportDialog(
            self._window,
            num_films=len(state.films) if is_list else 0,
            has_answer=state.card is not None and (is_list or state.told is not None),
            hides_names=state.hide_identity,
        )
        dialog.wished.connect(self.make_report)
        self._keep(dialog)
        dialog.open()

    @Slot(object)
    def make_report(self, wish: ReportWish) -> None:
        """Have the report made; a preview opens or a place is asked for when it is ready."""
        self._wish = wish
        now = datetime.now().astimezone()
        room = self._room()
        if wish.is_list:
            films = listed_films(self._state)
            given = room, films, wish.pages, wish.heat_map, now
            self._worker.submit_long(_REPORT, "Making the report", gathering.report_of_list, *given)
        elif self._asked is not None:
            listed, film = self._asked
            shown = self._shown() if wish.as_shown else None
            arguments = room, listed, film, shown, wish.heat_map, now
            self._worker.submit(_REPORT, gathering.report_of_film, *arguments)
            self.said.emit("Making the report...", Kind.NOTE)

    def _on_report(self, document: Document | None) -> None:
        if document is None:
            self.said.emit("Stopped; no report was made.", Kind.NOTE)
            return
        self._document = document
        self.said.emit("", Kind.NOTE)
        if self._wish.preview:
            # Loads Qt's printing, which few starts of the program need.
            from xray_desktop.viewer_tab.sharing.printing import preview

            self._keep(preview(self._window, document))
            return
        name = "work list report.pdf" if self._wish.is_list else self._name("report.pdf")
        self._ask("Save report", name, ("PDF (*.pdf)",), self.save_pdf)

    @Slot(str)
    def save_pdf(self, target: str) -> None:
        """Write the report that was made last."""
        films = self._state.films
        self._submit(_PDF, target, writing.save_pdf, self._document, Path(target), films)

    # DICOM, copies, tables -------------------------------------------------------------------

    def _ask_for_result(self) -> None:
        self._note_film()
        name = self._name("model result.dcm")
        self._ask("Save DICOM result", name, ("DICOM (*.dcm)",), self.save_result, replace=False)

    @Slot(str)
    def save_result(self, target: str) -> None:
        """Write the model's answer to the film that was asked about."""
        if self._asked is not None:
            arguments = self._room(), *self._asked, Path(target)
            self._submit(_RESULT, target, writing.save_results, *arguments)

    def _ask_for_copy(self) -> None:
        self._note_film()
        film = self._state.film
        if film is not None:
            tags = tuple((tag.tag, tag.value) for tag in film.tags)
            burned = asking.says_burned_in(tags)
            self._keep(asking.warn_of_copies(self._window, 1, burned, self._on_copy_wanted))

    @Slot()
    def _on_copy_wanted(self) -> None:
        # By no name of the film's: that may be the patient's.
        is_dicom = self._asked is not None and self._asked[1].format == "DICOM"
        name = "anonymous film.dcm" if is_dicom else "anonymous film.png"
        self._ask("Save anonymous copy", name, ("All files (*)",), self.save_copy, replace=False)

    @Slot(str)
    def save_copy(self, target: str) -> None:
        """Write an anonymous copy of the film that was asked about."""
        if self._asked is not None:
            self._submit(_COPY, target, writing.save_copy, self._asked[0].path, Path(target))

    def _ask_for_copies(self) -> None:
        count = len(self._state.films)
        self._keep(asking.warn_of_copies(self._window, count, False, self._on_copies_wanted))

    @Slot()
    def _on_copies_wanted(self) -> None:
        title = "Folder for anonymous copies"
        self._keep(asking.ask_for_folder(self._window, title, self._folder, self.save_copies))

    @Slot(str)
    def save_copies(self, folder: str) -> None:
        """Write anonymous copies of the whole list into a folder."""
        self._folder = Path(folder)
        films = tuple(path for path in self._state.films if path not in self._state.unreadable)
        self._worker.submit_long(
            _COPIES, "Making anonymous copies", writing.save_copies, films, self._folder
        )

    def _ask_for_scores(self) -> None:
        self._ask(
            "Save scores", "scores.csv", ("Tables (*.csv)", "JSON (*.json)"), self.save_scores
        )

    @Slot(str)
    def save_scores(self, target: str) -> None:
        """Write the scores of the list; the file's ending says how."""
        state = self._state
        arguments = self._room(), listed_films(state), Path(target), state.films
        self._submit(_SCORES, target, writing.save_scores, *arguments)

    # What the worker is given ------------------------------------------------------------------

    def _room(self) -> Room:
        state = self._state
        return Room(
            self._engine,
            self._models,
            self._verdicts,
            self._measures,
            state.verdicts.reader,
            state.model,
            state.card,
        )

    def _note_film(self) -> None:
        state = self._state
        self._asked = None
        if state.film is not None and state.shown is not None:
            self._asked = listed_films(state, only=state.shown)[0], state.film

    def _shown(self) -> Shown:
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        self._saving.view_picture().save(buffer, "PNG")  # type: ignore[call-overload]
        return Shown(bytes(buffer.data().data()), shown_words(self._state))

    def _name(self, ending: str) -> str:
        """What a file about the film is proposed to be called."""
        if self._asked is None or self._state.hide_identity:
            return f"film {ending}"
        return f"{self._asked[1].path.stem} {ending}"

    def _ask(
        self,
        title: str,
        name: str,
        kinds: tuple[str, ...],
        then: Callable[[str], None],
        *,
        replace: bool = True,
    ) -> None:
        place = self._folder / name
        dialog = asking.ask_for_file(self._window, title, place, kinds, then, may_replace=replace)
        self._keep(dialog)

    def _keep(self, dialog: QDialog) -> None:
        self.dialog = dialog
        dialog.finished.connect(self._on_dialog_finished)

    @Slot()
    def _on_dialog_finished(self) -> None:
        # The next one may be open already: its question follows from this one's answer.
        if self.sender() is self.dialog:
            self.dialog = None

    # What came of it ----------------------------------------------------------------------------

    def _submit(
        self, key: str, target: str, function: Callable[..., object], *given: object
    ) -> None:
        self._folder = Path(target).parent
        self._worker.submit(key, function, *given)
        self.said.emit("Writing...", Kind.NOTE)

    @Slot(object)
    def _on_done(self, outcome: JobDone | JobFailed) -> None:
        if isinstance(outcome, JobFailed):
            self.said.emit(self._discreet(words_of(outcome.error)), Kind.ERROR)
            return
        found = outcome.result
        if outcome.key == _REPORT:
            self._on_report(found)
        elif outcome.key == _PDF:
            self.said.emit(f"Saved as {found}.", Kind.NOTE)
        elif outcome.key == _RESULT:
            self.said.emit(f"Saved as {found[0]} and {found[1]}, for research only.", Kind.NOTE)
        elif outcome.key == _COPY:
            self.said.emit(f"Copied to {found[0]}. {found[1]}", Kind.WARNING)
        elif outcome.key == _COPIES:
            self.said.emit(found[0], Kind.WARNING)
        else:
            self._say_scores(*found)

    def _say_scores(self, name: str, num_scored: int, num_withheld: int) -> None:
        words = f"Saved as {name}: {num_scored:,} of {len(self._state.films):,} films have a score."
        if num_withheld:
            words += f" {num_withheld:,} are left out: you read blind."
        is_short = num_scored < len(self._state.films)
        if is_short and not num_withheld:
            words += " Score all films first to have the rest."
        self.said.emit(words, Kind.WARNING if is_short else Kind.NOTE)

    def _discreet(self, words: str) -> str:
        if self._state.hide_identity and self._asked is not None:
            return without_name(words, self._asked[0].path.name)
        return words
