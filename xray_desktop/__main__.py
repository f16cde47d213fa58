"""``python -m xray_desktop``: the window. ``python -m training``: the same engine without one."""

from __future__ import annotations

import sys

from xray_desktop.system_libraries import missing_library


def main() -> int:
    """Entry of the installed and of the frozen program; returns the exit status."""
    try:
        from xray_desktop.app import main as run
    except ImportError as error:
        words = missing_library(str(error))
        if not words:
            raise
        sys.stderr.write(words + "\n")
        return 1
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
