"""Which of Linux' own libraries Qt needs, and the Debian packages they come in.

For ``./dev``, for the message at a start that fails, and for what the Debian package asks for.
Standard library only, and plain enough for any Python that ``./dev`` may be called with.
"""

from __future__ import annotations

import ctypes
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# File that the dynamic loader must find -> Debian package.
# Qt without a screen; then what showing a window needs besides.
LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libX11.so.6": "libx11-6",
    "libxcb.so.1": "libxcb1",
}
SCREEN_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11-xcb.so.1": "libx11-xcb1",
}

_MISSING = re.compile(r"(lib[\w.+-]+): cannot open shared object file")


def loadable(name: str) -> bool:
    """True where the dynamic loader finds the library."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def missing_library(problem: str, found: Callable[[str], bool] = loadable) -> str:
    """What to tell people of an ``ImportError``: which system libraries are missing.

    Args:
        problem: The error's text; it names the first of them.
        found: Tells whether the loader finds one.

    Returns:
        Whole sentences for the terminal, or an empty text where it is another kind of error.
    """
    if "DLL load failed" in problem:
        return (
            "X-ray Desktop cannot start: one of its DLLs cannot be loaded.\n"
            "Unpack the program anew, and install the current Microsoft Visual C++ "
            "Redistributable."
        )
    first = _MISSING.search(problem)
    if not first:
        return ""
    known = LIBRARIES | SCREEN_LIBRARIES
    # All at once: one install instead of one for each start.
    names = list(dict.fromkeys([first[1], *(name for name in known if not found(name))]))
    packages = sorted({known[name] for name in names if name in known})
    text = f"X-ray Desktop cannot start. Missing system libraries: {', '.join(names)}.\n"
    if not packages:
        return text + "Install them with this system's package manager."
    return text + f"On Debian and Ubuntu, type: sudo apt-get install {' '.join(packages)}"
