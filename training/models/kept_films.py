"""What a model file keeps of its training films beside its card: how they look to it, and which they were.

Both lie in ``metadata.json``, as the card does, under names of their own: a card is read for every
run in a list, and these are some hundred kilobytes. No Keras in here.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.errors import UserError
from training.models.card_file import METADATA, open_archive, read_json
from training.models.film_statistics import FilmStatistics

STATISTICS_KEY = "xray_films"
LEARNT_KEY = "xray_learnt"
# 8 bytes of SHA-256: a strange film is taken for a known one once in 10^15 for 10,000 films.
_DIGEST_BYTES = 8


@dataclass(frozen=True, eq=False)
class KeptFilms:
    """What a model file keeps of its training films.

    Args:
        statistics: How they look to it, or None where it cannot tell films unlike them.
        learnt: First 8 bytes of each file's SHA-256, or empty where it does not say.
    """

    statistics: FilmStatistics | None = None
    learnt: frozenset[bytes] = frozenset()

    def has_learnt(self, digest: str) -> bool:
        """True where a file is among those that the model learnt from.

        Args:
            digest: SHA-256 of its bytes, in hexadecimal digits.
        """
        return bytes.fromhex(digest)[:_DIGEST_BYTES] in self.learnt

    def to_json(self) -> dict[str, Any]:
        """As the members of ``metadata.json`` that hold it."""
        values: dict[str, Any] = {}
        if self.statistics is not None:
            values[STATISTICS_KEY] = self.statistics.to_json()
        if self.learnt:
            values[LEARNT_KEY] = base64.b64encode(b"".join(sorted(self.learnt))).decode("ascii")
        return values


def learnt_from(digests: Iterable[str]) -> frozenset[bytes]:
    """The list of files that a model keeps, from their SHA-256 in hexadecimal digits."""
    return frozenset(bytes.fromhex(digest)[:_DIGEST_BYTES] for digest in digests)


def digest_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal digits; empty where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def read_kept_films(path: Path) -> KeptFilms:
    """Read what a model file keeps of its training films; nothing is known of older files.

    Args:
        path: A model file of this program.

    Raises:
        UserError: The file is missing, damaged or of another program.
    """
    with open_archive(path) as archive:
        metadata = read_json(archive, METADATA, path)
    try:
        statistics = metadata.get(STATISTICS_KEY)
        content = base64.b64decode(metadata.get(LEARNT_KEY, ""))
        return KeptFilms(
            None if statistics is None else FilmStatistics.from_json(statistics),
            frozenset(
                content[first : first + _DIGEST_BYTES]
                for first in range(0, len(content), _DIGEST_BYTES)
            ),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(
            f"What {path.name} keeps of its training films cannot be understood: {error}.",
            "Copy it again from where it came from, or train anew.",
        ) from error
