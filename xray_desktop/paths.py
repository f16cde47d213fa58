"""Where the program keeps its things: one folder per user, nothing beside the films.

``XRAY_DESKTOP_HOME`` puts everything below another folder (tests, the tour, a portable
installation on a stick). No function here makes a folder: whoever writes first does, so that
asking for a path never fails on a read-only disk.
"""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

import resources

HOME_VARIABLE = "XRAY_DESKTOP_HOME"


def user_data() -> Path:
    """The folder below which the program writes: settings, runs, logs, the sample set."""
    chosen = os.environ.get(HOME_VARIABLE, "").strip()
    if chosen:
        return Path(chosen).expanduser().absolute()
    return Path(platformdirs.user_data_dir("x-ray-desktop", appauthor=False))


def runs_folder() -> Path:
    """Where run folders are made unless the user chooses another place."""
    return user_data() / "runs"


def sample_set_folder() -> Path:
    """Where the built-in synthetic sample set is written."""
    return user_data() / "sample set"


def log_folder() -> Path:
    """Where the log and crash files lie. They name no patient and no film."""
    return user_data() / "logs"


def verdicts_file() -> Path:
    """The one file with the readers' verdicts."""
    return user_data() / "verdicts.sqlite"


def measurements_folder() -> Path:
    """Where what readers draw on films is kept, one file a film."""
    return user_data() / "measurements"


def settings_file() -> Path:
    """The INI file behind ``Settings``."""
    return user_data() / "settings.ini"


def resources_folder() -> Path:
    """Icons and style that ship with the program; also right inside the frozen program."""
    return Path(resources.__file__).parent
