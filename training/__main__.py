"""Start of ``python -m training`` and of the installed ``xray-training``."""

from __future__ import annotations

import sys

from training.cli import main

if __name__ == "__main__":
    sys.exit(main())
