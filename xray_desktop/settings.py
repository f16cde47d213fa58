"""What the program remembers between starts, in an INI file that people can read and delete.

Remembered: the window's place and size, the last folder of training films, the last folder
films were opened from, and the choices of the training panel. Never remembered: names of
single films, for they often hold a patient's name or number.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from training import __version__
from xray_desktop import paths

FORMAT = 1
"""Of the INI file; one without a number is of format 1."""
_FORMAT = "program/format"
_VERSION = "program/version"


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
        return self.folder("viewer/folder")

    @film_folder.setter
    def film_folder(self, folder: Path) -> None:
        self.put("viewer/folder", folder)

    @property
    def network(self) -> str:
        """The network chosen last: a name of ``training.fit.config.NETWORKS``."""
        return self.text("training/network", "compact")

    @network.setter
    def network(self, name: str) -> None:
        self.put("training/network", name)

    @property
    def window_geometry(self) -> QByteArray | None:
        """The main window's place and size as Qt saved it, or None on the first start."""
        value = None if self._is_refused else self._store.value("window/geometry")
        return value if isinstance(value, QByteArray) and not value.isEmpty() else None

    @window_geometry.setter
    def window_geometry(self, geometry: QByteArray) -> None:
        if not self._is_refused:
            self._store.setValue("window/geometry", geometry)

    def save(self) -> None:
        """Write now instead of at the next turn of the event loop."""
        self.put(_FORMAT, FORMAT)
        self.put(_VERSION, __version__)
        self._store.sync()
