"""What the program remembers between starts, in an INI file that people can read and delete.

Remembered: place and size of the windows, which tab was in front, the widths of list and panels,
how the list is sorted, keys of the user's own, the last folder of training films and the choices of
the training panel; where the user allows it, the last folder that films were opened from in the
viewer. Never remembered: names of single films, for they often hold a patient's name or number.
"""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from training import __version__
from xray_desktop import paths

FORMAT = 1
"""Of the INI file; one without a number is of format 1."""
_FORMAT = "program/format"
_VERSION = "program/version"
_FILM_FOLDER = "viewer/folder"


def keep_no_dialog_history() -> None:
    """Let Qt's file dialog write no folder down: it keeps those it was in for all Qt programs.

    The systems' own dialogs (Windows, macOS) keep theirs as the user has set them.
    """
    # A place where no file can be made.
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, os.devnull)


class Settings:
    """Typed access to the INI file. Reading never fails: what does not fit gives the default.

    Panels keep their own values with ``text``/``integer``/``number``/``flag`` and ``put`` under
    names of the form ``"training/epochs"``. Use from the GUI thread only.

    A file of a newer format is left as it is: nothing is read from it and nothing kept.

    Args:
        file: The INI file; the user's own where left out.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file or paths.settings_file()
        self._store = QSettings(str(self._file), QSettings.Format.IniFormat)
        # Until the program ends; on the disk only where the user allows it.
        self._film_folder: Path | None = None
        self._is_refused = False
        self._is_refused = self.integer(_FORMAT, 1) > FORMAT

    @property
    def file(self) -> Path:
        """The INI file."""
        return self._file

    @property
    def refusal(self) -> str:
        """What the user must be told of a file of a newer version, or an empty text."""
        if not self._is_refused:
            return ""
        version = str(self._store.value(_VERSION, "of unknown number"))
        return (
            f"The settings were written by a newer version of this program ({version}). They are "
            "left as they are: this version starts with settings of its own and keeps no changes."
        )

    def text(self, name: str, default: str = "") -> str:
        """The value as text."""
        value = default if self._is_refused else self._store.value(name, default)
        return value if isinstance(value, str) else default

    def integer(self, name: str, default: int) -> int:
        """The value as a whole number."""
        try:
            return int(self.text(name, str(default)))
        except ValueError:
            return default

    def number(self, name: str, default: float) -> float:
        """The value as a number."""
        try:
            return float(self.text(name, repr(default)))
        except ValueError:
            return default

    def flag(self, name: str, default: bool) -> bool:
        """The value as yes or no."""
        return {"true": True, "false": False}.get(self.text(name).lower(), default)

    def folder(self, name: str) -> Path | None:
        """The value as a folder that still exists, or None."""
        value = self.text(name)
        try:
            return Path(value) if value and Path(value).is_dir() else None
        except OSError:  # too long, or a share that no longer answers
            return None

    def put(self, name: str, value: str | int | float | bool | Path) -> None:
        """Remember a value. A file that cannot be written costs the memory, never the work."""
        if isinstance(value, bool):
            value = "true" if value else "false"
        if not self._is_refused:
            self._store.setValue(name, str(value))

    def forget(self, name: str) -> None:
        """Remember a value no longer: its default holds."""
        if not self._is_refused:
            self._store.remove(name)

    @property
    def data_folder(self) -> Path | None:
        """The last folder of training films, if it still exists."""
        return self.folder("training/folder")

    @data_folder.setter
    def data_folder(self, folder: Path) -> None:
        self.put("training/folder", folder)

    @property
    def film_folder(self) -> Path | None:
        """The last folder films were opened from in the viewer, if it still exists."""
        if self._film_folder is None:
            return self.folder(_FILM_FOLDER) if self.keeps_film_folder else None
        try:
            return self._film_folder if self._film_folder.is_dir() else None
        except OSError:  # too long, or a share that no longer answers
            return None

    @film_folder.setter
    def film_folder(self, folder: Path) -> None:
        self._film_folder = folder
        if self.keeps_film_folder:
            self.put(_FILM_FOLDER, folder)

    @property
    def keeps_film_folder(self) -> bool:
        """The user allows that folder to be written down: its name may be a patient's."""
        return self.flag("viewer/keep_folder", False)

    @keeps_film_folder.setter
    def keeps_film_folder(self, keeps: bool) -> None:
        self.put("viewer/keep_folder", keeps)
        if not keeps:
            self._store.remove(_FILM_FOLDER)
        elif self._film_folder is not None:
            self.put(_FILM_FOLDER, self._film_folder)

    @property
    def network(self) -> str:
        """The network chosen last: a name of ``training.fit.config.NETWORKS``."""
        return self.text("training/network", "compact")

    @network.setter
    def network(self, name: str) -> None:
        self.put("training/network", name)

    def geometry(self, name: str) -> QByteArray | None:
        """A window's place and size as Qt saved it, or None where none is remembered."""
        value = None if self._is_refused else self._store.value(name)
        return value if isinstance(value, QByteArray) and not value.isEmpty() else None

    def put_geometry(self, name: str, geometry: QByteArray) -> None:
        """Remember a window's place and size."""
        if not self._is_refused:
            self._store.setValue(name, geometry)

    def save(self) -> None:
        """Write now instead of at the next turn of the event loop."""
        self.put(_FORMAT, FORMAT)
        self.put(_VERSION, __version__)
        self._store.sync()
