"""One short text that stands for exactly these films with these labels and splits."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from training.data.dataset import Item


def content_hash(content: bytes) -> str:
    """SHA-256 of a file's bytes, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def fingerprint(root: Path, contents: Iterable[tuple[Item, str]]) -> str:
    """The fingerprint of a data set.

    Equal for equal films wherever the folder lies and in whatever order they are read; different
    as soon as one byte, name, label or split differs.

    Args:
        root: The data set's folder; the films lie below it.
        contents: Each item that was read, with ``content_hash`` of its bytes, in any order.

    Returns:
        64 hexadecimal digits.

    Raises:
        ValueError: For an item that does not lie below ``root``.
    """
    lines = sorted(
        # macOS may name the same file in another Unicode form than other systems do.
        json.dumps(
            [
                unicodedata.normalize("NFC", item.path.relative_to(root).as_posix()),
                item.split.value,
                item.label,
                digest,
            ]
        )
        for item, digest in contents
    )
    return hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()
