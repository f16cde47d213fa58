"""What makes a build fail: missing libraries and modules, and what a build may not hold."""

from __future__ import annotations

import importlib
import re


class BuildError(Exception):
    """The program cannot be built or does not stand the test; the text says why."""


# Libraries of the screen: without one of them the program starts nowhere, and PyInstaller only
# warns. What else it misses belongs to plugins that are left out.
_FATAL_LIBRARY = re.compile(
    r"Library not found: could not resolve '(lib(?:xcb|xkb|X11|EGL|GL|dbus|fontconfig|freetype|"
    r"glib|gthread|wayland|tensorflow|openblas|gdcm|stdc)[^']*)'"
)
# A line of PyInstaller's report; "excluded" are those that the spec leaves out.
_UNFOUND_MODULE = re.compile(r"^(?:missing|excluded) module named '?([\w.]+)'? - imported by (.*)$")
# One of its importers that is ours, with PyInstaller's words for the kind of import.
_OUR_IMPORT = re.compile(r"(?<![\w.])(?:training|xray_desktop|resources)(?:\.\w+)* \(([\w, -]*)\)")
# Parts of other systems' standard library.
_ELSEWHERE = frozenset({"pwd", "grp", "fcntl", "resource", "winreg", "msvcrt", "_winapi"})


def fatal_warnings(said: str, module_report: str) -> list[str]:
    """Those warnings of PyInstaller that mean a program which cannot start.

    Args:
        said: Its output.
        module_report: The text of its warn-xray-desktop.txt.
    """
    libraries = {match[1] for match in _FATAL_LIBRARY.finditer(said)}
    modules = set()
    for line in module_report.splitlines():
        found = _UNFOUND_MODULE.match(line)
        if found and found[1] not in _ELSEWHERE:
            kinds = [match[1] for match in _OUR_IMPORT.finditer(found[2])]
            # "optional": inside a try that can do without.
            if any("optional" not in kind for kind in kinds) and not _is_attribute(found[1]):
                modules.add(found[1])
    return [f"missing library: {name}" for name in sorted(libraries)] + [
        f"missing module: {name}" for name in sorted(modules)
    ]


def _is_attribute(name: str) -> bool:
    """True for what is no module but a name in one, as functions that SciPy makes at its import."""
    module, _, attribute = name.rpartition(".")
    try:
        return bool(module) and hasattr(importlib.import_module(module), attribute)
    except ImportError:
        return False


def refuse(faults: list[str]) -> None:
    """Raise ``BuildError`` unless there are none."""
    if faults:
        raise BuildError("The program would not start:\n  " + "\n  ".join(faults))
