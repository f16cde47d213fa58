"""Films' features, kept in memory for the next run with the same backbone. No TensorFlow.

A backbone's features of a film are the same in every fold of a cross-validation, in every variant of
a study, and when Train is pressed again with other settings of the head.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Features = npt.NDArray[np.float32]

LIMIT_BYTES = 128 * 2**20
"""Some 9,000 films, each as it is and changed."""


class KeptFeatures:
    """Rows of features by what they were computed from. May be used from several threads.

    Args:
        limit_bytes: Beyond it the rows that were not asked for longest are forgotten.
    """

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self._limit = limit_bytes
        self._rows: OrderedDict[bytes, Features] = OrderedDict()
        self._num_bytes = 0
        self._lock = threading.Lock()

    def find(self, keys: Sequence[bytes]) -> list[Features | None]:
        """What is kept.

        Args:
            keys: As from ``key_of``; an empty one is never kept.

        Returns:
            For each key its row, float32, (features,), not to be written to, or None.
        """
        with self._lock:
            found = []
            for key in keys:
                row = self._rows.get(key)
                if row is not None:
                    self._rows.move_to_end(key)
                found.append(row)
            return found

    def keep(self, keys: Sequence[bytes], rows: Features) -> None:
        """Keep copies of rows.

        Args:
            keys: Of each row; those with an empty one are left out.
            rows: float32, (n, features).
        """
        with self._lock:
            for key, row in zip(keys, rows, strict=True):
                if not key or key in self._rows:
                    continue
                # A view would hold its whole batch in memory.
                own = row.copy()
                own.flags.writeable = False
                self._rows[key] = own
                self._num_bytes += own.nbytes
            while self._num_bytes > self._limit:
                _, oldest = self._rows.popitem(last=False)
                self._num_bytes -= oldest.nbytes

    def forget(self) -> None:
        """Forget all."""
        with self._lock:
            self._rows.clear()
            self._num_bytes = 0


def key_of(*parts: str | bytes) -> bytes:
    """A short name for what features were computed from."""
    digest = hashlib.sha256()
    for part in parts:
        value = part.encode() if isinstance(part, str) else part
        # With its length: ("ab", "c") is not ("a", "bc").
        digest.update(len(value).to_bytes(8, "big"))
        digest.update(value)
    return digest.digest()
