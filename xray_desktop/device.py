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
