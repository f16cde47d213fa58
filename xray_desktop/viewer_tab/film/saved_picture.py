"""Saves what the view shows as a PNG file, with the line that says what it may be used for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QIODevice, QObject, QRectF, QSaveFile, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QFileDialog, QWidget

from training.errors import UserError
from xray_desktop import theme
from xray_desktop.state.viewer_state import Showing, ViewerState
from xray_desktop.viewer_tab.answer.prediction_panel import RESEARCH_USE
from xray_desktop.viewer_tab.film.comparing import Comparing
from xray_desktop.viewer_tab.film.film_view import FilmView
from xray_desktop.viewer_tab.film.loupe import Loupe
from xray_desktop.viewer_tab.listing.film_loader import words_of
from xray_desktop.viewer_tab.message_bar import Kind
from xray_desktop.viewer_tab.tools import ToolRow
from xray_desktop.workers.jobs import JobDone, JobFailed, JobThread

_SAVE = "picture"
_GAP_PX = 2.0


class SavedPicture(QObject):
    """The two entries of the menu: all that is drawn, or the film alone.

    Args:
        state: The tab's facts.
        view: Of the film in sight.
        comparing: The view beside it.
        tools: The row of buttons.
        thread: The worker that writes.
        window: Over which the dialog appears.

    Signals:
        said: ``str, Kind``, for the message bar.
    """

    said = Signal(str, object)

    def __init__(
        self,
        state: ViewerState,
        view: FilmView,
        comparing: Comparing,
        tools: ToolRow,
        thread: JobThread,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._state = state
        self._view = view
        self._beside = comparing.view
        self._window = window
        self._thread = thread
        self._folder = Path.home()
        self._image = QImage()
        self._dialog: QFileDialog | None = None
        thread.done.connect(self._on_done)
        tools.used.connect(self._on_tool_used)

    @Slot(str, bool)
    def _on_tool_used(self, name: str, _checked: bool) -> None:
        if name in ("save_picture", "save_film"):
            # As it is now: the dialog may cover it, and the film may change meanwhile.
            self._image = self.picture(with_marks=name == "save_picture")
            self._ask()

    def _ask(self) -> None:
        # The system's dialog and Qt's own both ask before a file is overwritten.
        self._dialog = QFileDialog(self._window, "Save picture", str(self._folder))
        self._dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self._dialog.setNameFilter("Pictures (*.png)")
        self._dialog.setDefaultSuffix("png")
        self._dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        film = self._state.film
        is_named = film is not None and not self._state.hide_identity
        self._dialog.selectFile(f"{film.path.stem} view.png" if film and is_named else "view.png")
        self._dialog.fileSelected.connect(self.save_to)
        self._dialog.open()

    @Slot(str)
    def save_to(self, chosen: str) -> None:
        """Write the picture; what came of it is ``said``. A film of the list is never overwritten."""
        target = Path(chosen)
        may_overwrite = True
        if target.suffix.lower() != ".png":
            target = target.with_name(target.name + ".png")
            # The dialog has asked about another name.
            may_overwrite = False
        self._folder = target.parent
        films = self._state.films
        self._thread.submit(_SAVE, _write, self._image, target, films, may_overwrite)

    @Slot(object)
    def _on_done(self, outcome: JobDone | JobFailed) -> None:
        if outcome.key != _SAVE:
            return
        if isinstance(outcome, JobFailed):
            self.said.emit(words_of(outcome.error), Kind.ERROR)
        else:
            self.said.emit(f"Saved as {outcome.result}.", Kind.NOTE)

    # The picture -----------------------------------------------------------------------------

    def picture(self, *, with_marks: bool) -> QImage:
        """What is in sight, both films where there are two, above a line of what it is for.

        Args:
            with_marks: All that is drawn (corners, measurements, heat map, scale bar), or the film
                alone, as it is windowed and turned.

        Returns:
            RGB, in device pixels of the screen.
        """
        views = [self._view, *([self._beside] if self._beside.isVisible() else [])]
        book = self._state.measures
        # Handles are for the hand, not for the picture.
        chosen, book.selected = book.selected, None
        parts = [_drawn(view) if with_marks else _bare(view) for view in views]
        book.selected = chosen
        ratio = self._view.devicePixelRatioF()
        width = sum(part.width() for part in parts) + round(_GAP_PX * ratio) * (len(parts) - 1)
        metrics = QFontMetricsF(self._view.font())
        room = QRectF(0.0, 0.0, width / ratio - 2.0 * theme.SPACE_2, 1e4)
        words = "\n".join(filter(None, (RESEARCH_USE, self._must_be_known())))
        below = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, words).height()
        height = parts[0].height()
        full = height + round((below + 2.0 * theme.SPACE_1) * ratio)
        image = QImage(width, full, QImage.Format.Format_RGB32)
        image.fill(QColor(theme.PANEL))
        image.setText("Description", RESEARCH_USE)
        painter = QPainter(image)
        left = 0
        for part in parts:
            painter.drawImage(left, 0, part)
            left += part.width() + round(_GAP_PX * ratio)
        painter.scale(ratio, ratio)
        painter.setFont(self._view.font())
        painter.setPen(QColor(theme.TEXT))
        place = room.translated(theme.SPACE_2, height / ratio + theme.SPACE_1)
        painter.drawText(place, Qt.TextFlag.TextWordWrap, words)
        painter.end()
        return image

    def view_picture(self) -> QImage:
        """The view of the film in sight with all that is drawn, and nothing below it."""
        book = self._state.measures
        chosen, book.selected = book.selected, None
        image = _drawn(self._view)
        book.selected = chosen
        return image

    def _must_be_known(self) -> str:
        """What a film without its corners would not tell: that it is mirrored, turned, inverted."""
        look = self._state.look
        if look is None or self._state.showing is not Showing.FILM:
            return ""
        words = (look.orientation.describe(), "inverted" if look.inverted else "")
        return ", ".join(word for word in words if word).capitalize()


def _drawn(view: FilmView) -> QImage:
    """The view with all its layers, but the loupe, which follows the pointer."""
    loupes = [one for one in view.findChildren(Loupe) if one.isVisible()]
    for loupe in loupes:
        loupe.hide()
    image = view.grab().toImage()
    for loupe in loupes:
        loupe.show()
    image.setDevicePixelRatio(1.0)
    return image.convertToFormat(QImage.Format.Format_RGB32)


def _bare(view: FilmView) -> QImage:
    geometry = view.film_geometry
    assert geometry is not None
    image = QImage(geometry.view_width, geometry.view_height, QImage.Format.Format_RGB32)
    image.fill(QColor(theme.FILM))
    painter = QPainter(image)
    view.paint_film(painter, geometry)
    painter.end()
    return image


def _write(image: QImage, target: Path, films: Sequence[Path], may_overwrite: bool) -> str:
    """Write a PNG file whole or not at all. Worker.

    Returns:
        The file's name.

    Raises:
        UserError: It is a film, or may not be overwritten, or the disk refuses.
    """
    advice = "Choose another name; nothing was saved."
    if target.exists() and any(
        film.name == target.name and film.samefile(target) for film in films
    ):
        raise UserError(f"{target.name} is one of the films.", advice)
    if target.exists() and not may_overwrite:
        raise UserError(f"{target.name} is there already.", advice)
    file = QSaveFile(str(target))
    opened = file.open(QIODevice.OpenModeFlag.WriteOnly)
    if not (opened and image.save(file, "PNG") and file.commit()):  # type: ignore[call-overload]
        raise UserError(f"{target.name} cannot be written: {file.errorString()}.", advice)
    return target.name
