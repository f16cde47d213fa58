"""What the processor can do that makes training faster, found out without TensorFlow.

TensorFlow's kernels (oneDNN) look for the same features and use what they find.
"""

from __future__ import annotations

import ctypes
import platform
from collections.abc import Callable
from pathlib import Path

_CPUINFO = Path("/proc/cpuinfo")
# Name for people -> Linux' flag (x86, then ARM), macOS' sysctl, Windows' number.
# Windows: IsProcessorFeaturePresent in winnt.h. It tells nothing of bfloat16 and AMX.
_FEATURES: dict[str, tuple[str, str, int]] = {
    "AVX2": ("avx2", "hw.optional.avx2_0", 40),
    "FMA": ("fma", "hw.optional.fma", -1),
    "AVX-512": ("avx512f", "hw.optional.avx512f", 41),
    "AVX-512 VNNI": ("avx512_vnni", "hw.optional.avx512vnni", -1),
    "AVX-512 bf16": ("avx512_bf16", "hw.optional.avx512bf16", -1),
    "AMX bf16": ("amx_bf16", "", -1),
    "AMX int8": ("amx_int8", "", -1),
    "Neon": ("asimd", "hw.optional.neon", 19),
    "Neon bf16": ("bf16", "hw.optional.arm.FEAT_BF16", -1),
}


def processor_features() -> tuple[str, ...]:
    """The features found, plainest first; empty where the system does not tell."""
    # mypy takes sys.platform for the one it runs on.
    system = platform.system()
    if system == "Linux":
        return features_of_cpuinfo(_read(_CPUINFO))
    if system == "Darwin":
        return _matching(lambda feature: _mac_has(feature[1]))
    if system == "Windows":
        return _matching(lambda feature: _windows_has(feature[2]))
    return ()


def features_of_cpuinfo(text: str) -> tuple[str, ...]:
    """The features that Linux' ``/proc/cpuinfo`` names for the first processor."""
    for line in text.splitlines():
        name, _, value = line.partition(":")
        # "flags" on x86, "Features" on ARM.
        if name.strip() in ("flags", "Features"):
            return _flagged(set(value.split()))
    return ()


def _flagged(flags: set[str]) -> tuple[str, ...]:
    return _matching(lambda feature: feature[0] in flags)


def _matching(has: Callable[[tuple[str, str, int]], bool]) -> tuple[str, ...]:
    return tuple(name for name, feature in _FEATURES.items() if has(feature))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _mac_has(name: str) -> bool:
    if not name:
        return False
    value = ctypes.c_int(0)
    size = ctypes.c_size_t(ctypes.sizeof(value))
    system = ctypes.CDLL("libSystem.dylib")
    failed = system.sysctlbyname(name.encode(), ctypes.byref(value), ctypes.byref(size), None, 0)
    return not failed and bool(value.value)


def _windows_has(number: int) -> bool:
    # 19 is PF_ARM_NEON_INSTRUCTIONS_AVAILABLE; on x86 the number means nothing.
    if number < 0 or (number == 19 and "ARM" not in platform.machine().upper()):
        return False
    # Not known to mypy outside Windows.
    windows = getattr(ctypes, "windll").kernel32  # noqa: B009
    return bool(windows.IsProcessorFeaturePresent(number))
