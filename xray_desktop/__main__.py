"""``python -m xray_desktop``: the window. ``python -m training``: the same engine without one."""

from __future__ import annotations

import sys


def main() -> int:
    """Entry of the installed and of the frozen program; returns the exit status."""
    from xray_desktop.app import main as run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
