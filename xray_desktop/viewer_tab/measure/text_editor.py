"""The field in which an annotation's text is written, in its place on the film."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

_WIDTH_PX = 240
_MOST_LETTERS = 200


class TextEditor(QLineEdit):
    """Appears where it is asked to; Enter or a click elsewhere keeps the text, Escape does not.

    Args:
        view: The film view that it lies over.

    Signals:
        written: ``str``, what was kept, without spaces around it.
        given_up: Escape was pressed.
    """

    written = Signal(str)
    given_up = Signal()

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self._view = view
        self._is_open = False
        self.setObjectName("annotationField")
        self.setAccessibleName("Text on the film")
        self.setPlaceholderText("Text, then Enter")
        self.setMaxLength(_MOST_LETTERS)
        self.resize(_WIDTH_PX, self.sizeHint().height())
        self.hide()
        self.editingFinished.connect(self.finish)

    def begin(self, place: QPointF, text: str) -> None:
        """Write at a point of the view, within its edges.

        Args:
            place: The left middle of the field, logical pixels.
            text: What stands there already.
        """
        view = self._view
        x = min(max(round(place.x()), 2), view.width() - self.width() - 2)
        y = min(max(round(place.y()) - self.height() // 2, 2), view.height() - self.height() - 2)
        self.move(x, y)
        self.setText(text)
        self._is_open = True
        self.show()
        self.raise_()
        self.setFocus()
        self.selectAll()

    @Slot()
    def finish(self) -> None:
        """Keep what is written, if anything is being written."""
        if self._is_open:
            # Told before the keys go elsewhere: that may draw the tab anew, for another film.
            self._is_open = False
            self.written.emit(self.text().strip())
            self._close()

    def _close(self) -> None:
        self._is_open = False
        self.hide()
        self._view.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape gives up."""
        if event.key() == Qt.Key.Key_Escape:
            self._close()
            self.given_up.emit()
            return
        super().keyPressEvent(event)
