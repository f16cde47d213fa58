"""Folders of tiny films for the data tests."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

_buffer = BytesIO()
Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8)).save(_buffer, "PNG")
PNG = _buffer.getvalue()
_buffer = BytesIO()
Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8)).save(_buffer, "JPEG")
JPEG = _buffer.getvalue()


def put(root: Path, names: Iterable[str], content: bytes = PNG) -> Path:
    """Write a film under each relative name."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def numbered(folder: str, count: int, first: int = 0) -> list[str]:
    return [f"{folder}/film{number}.png" for number in range(first, first + count)]


def split_set(root: Path, *, train: int = 6, validation: int = 3, val: str = "val") -> Path:
    """A plain set with splits."""
    for split, count, first in (("train", train, 0), (val, validation, 100)):
        for name in ("fractured", "not fractured"):
            put(root, numbered(f"{split}/{name}", count, first))
    return root
