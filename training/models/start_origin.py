"""Which model a transfer network began from, as its card tells it. Plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class StartOrigin:
    """The model whose weights a network began with.

    Args:
        name: In words: "the starter model", or which model of which run.
        sha256: Of its file.
        lists_films: False where its file keeps no list of the films that it learnt from, so that
            nobody can tell which validation films it knows.
    """

    name: str
    sha256: str
    lists_films: bool = True

    @property
    def words(self) -> str:
        """Name and the beginning of the hash, for people."""
        return f"{self.name} (SHA-256 {self.sha256[:12]}…)"

    @property
    def warning(self) -> str:
        """What to mind of figures, or empty."""
        if self.lists_films:
            return ""
        return (
            f"The file of {self.name}, which this run began from, keeps no list of the films that it "
            "learnt from: figures may flatter this run, and nobody can tell."
        )

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """From plain values.

        Raises:
            KeyError: One is missing.
        """
        return cls(
            str(values["name"]), str(values["sha256"]), bool(values.get("lists_films", True))
        )
