"""What training will run on, found out without loading TensorFlow."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_CUDA_PACKAGES = ("nvidia-cudnn-cu12", "nvidia-cudnn-cu13")
_DRIVER = Path("/proc/driver/nvidia/version")


def num_cores() -> int:
    """Processor cores this process may use."""
    # Fewer than the machine has inside a container or under taskset; Linux only.
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def has_graphics_card(driver: Path = _DRIVER) -> bool:
    """True where TensorFlow should find a graphics card: Nvidia's driver and its libraries.

    Args:
        driver: The file that Nvidia's driver shows on Linux. TensorFlow 2.21 uses no graphics
            card on Windows and macOS.
    """
    if sys.platform != "linux" or not driver.exists():
        return False
    return any(_is_installed(package) for package in _CUDA_PACKAGES)


def _is_installed(package: str) -> bool:
    import importlib.metadata  # slow, and needed only here

    try:
        importlib.metadata.distribution(package)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def device_statement() -> str:
    """One line for the status bar: "Runs on the processor (CPU), 2 cores"."""
    if has_graphics_card():
        return "Runs on the graphics card (GPU)"
    cores = num_cores()
    return f"Runs on the processor (CPU), {cores} {'core' if cores == 1 else 'cores'}"


def device_reason(system: str = sys.platform, driver: Path = _DRIVER) -> str:
    """Why training runs there, as a whole sentence, and what would change it."""
    if system == "win32":
        return (
            "There is no GPU version of TensorFlow for Windows itself: its last was 2.10. "
            "In WSL 2, Linux under Windows, the program from source can use an Nvidia card."
        )
    if system == "darwin":
        return "TensorFlow comes without support for the graphics cards of Macs."
    if has_graphics_card(driver):
        return "Nvidia's driver and the libraries for it are installed."
    if not driver.exists():
        return "No driver for an Nvidia graphics card was found, and TensorFlow uses no others."
    if getattr(sys, "frozen", False):
        return (
            "The standalone program comes with TensorFlow for processors only; from source the "
            "program can use this machine's Nvidia card."
        )
    return (
        "There is a driver for an Nvidia graphics card, but not the libraries that TensorFlow "
        "needs with it: pip install tensorflow[and-cuda]."
    )
