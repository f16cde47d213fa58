"""Which program this is: its version, the build it came in, what it is made of and runs on.

For ``--version`` and the About box. Loads nothing heavy: versions come from package metadata.
"""

from __future__ import annotations

import importlib.metadata
import json
import platform
from dataclasses import dataclass

from training import __version__
from xray_desktop import paths
from xray_desktop.device import device_reason, device_statement
from xray_desktop.processor import processor_features

SHORT_NOTICE = "Research and teaching aid. Not a medical device."
# Both are made by packaging/; a checkout has neither.
_BUILD_FILE = "build.json"
_LICENCES_FILE = "licences.txt"


@dataclass(frozen=True)
class BuildInfo:
    """Where a standalone program comes from.

    Args:
        commit: The commit it was built from, shortened; with "+" where files had been changed.
        date: The day of that commit, ISO 8601, UTC.
    """

    commit: str
    date: str


def build_info() -> BuildInfo | None:
    """What was baked in when the standalone program was built; None when running from source."""
    try:
        values = json.loads((paths.resources_folder() / _BUILD_FILE).read_text(encoding="utf-8"))
        return BuildInfo(str(values["commit"]), str(values["date"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def licences_text() -> str | None:
    """The licences of all parts, word for word; None when running from source."""
    try:
        return (paths.resources_folder() / _LICENCES_FILE).read_text(encoding="utf-8")
    except OSError:
        return None


def title() -> str:
    """Name, version and build: "X-ray Desktop 0.1.0 (from source)"."""
    build = build_info()
    origin = f"build {build.commit} of {build.date}" if build else "from source"
    return f"X-ray Desktop {__version__} ({origin})"


def version_of(*distributions: str) -> str:
    """The version of the first of these packages that is installed, or "not installed"."""
    for name in distributions:
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return "not installed"


def tensorflow_version() -> str:
    """TensorFlow's version; the standalone program comes with its build for processors."""
    return version_of("tensorflow", "tensorflow-cpu")


def main_parts() -> str:
    """The versions that matter when two people compare results, in one line."""
    parts = {
        "TensorFlow": tensorflow_version(),
        "Keras": version_of("keras"),
        "Qt": version_of("PySide6-Essentials"),
        "pydicom": version_of("pydicom"),
        "Python": platform.python_version(),
    }
    return ", ".join(f"{name} {version}" for name, version in parts.items())


def system_line() -> str:
    """The operating system, and what of its processor TensorFlow makes use of."""
    features = ", ".join(processor_features()) or "nothing special known"
    return f"{platform.system()} {platform.machine()}; the processor has: {features}"


def version_text() -> str:
    """What ``--version`` prints."""
    lines = [
        title(),
        main_parts(),
        system_line(),
        f"{device_statement()}. {device_reason()}",
        SHORT_NOTICE,
    ]
    return "\n".join(lines)
