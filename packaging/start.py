"""Where the standalone program starts."""

import multiprocessing
import sys

from xray_desktop.__main__ import main

if __name__ == "__main__":
    # A library that starts a process must not start the whole window again.
    multiprocessing.freeze_support()
    sys.exit(main())
