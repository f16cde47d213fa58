"""The parity certificate: do program and exported file say the same of the same films? No TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from training.models.card import ModelCard
from training.models.prediction import leading

LIMIT = 0.005
"""Largest difference of a score with which an export is kept."""


@dataclass(frozen=True)
class Pair:
    """What both say of one film.

    Args:
        film: Its name.
        height: Its rows.
        width: Its columns.
        program: The score that the program states, 0-1; of more than two classes, of the one that it
            names.
        export: The score that the exported file gives, 0-1; of the same class.
        site_difference: Largest difference of the site's values, or None without a site.
        programs: Of more than two classes each one's score by the program, by label; else empty.
        exports: Likewise by the exported file.
    """

    film: str
    height: int
    width: int
    program: float
    export: float
    site_difference: float | None = None
    programs: tuple[float, ...] = ()
    exports: tuple[float, ...] = ()

    @property
    def difference(self) -> float:
        """Of the two scores, or the largest of all classes; not a number where the export gave none."""
        if self.programs:
            return float(np.max(np.abs(np.subtract(self.programs, self.exports))))
        return abs(self.program - self.export)


@dataclass(frozen=True)
class Parity:
    """What a certificate says.

    Args:
        model: The model file's name.
        format: The format's name.
        runtime: What ran the exported file, with its version.
        films: Where the films come from, in words.
        num_films: How many.
        largest_difference: Of the scores.
        mean_difference: Likewise.
        largest_site_difference: Of the site's values, or None without a site.
        num_changed_decisions: Films that the model calls otherwise through the export (by its
            threshold or by its bands, or by the largest of more than two scores).
        limit: Above this largest difference there is no export.
        pairs: Every film.
    """

    model: str
    format: str
    runtime: str
    films: str
    num_films: int
    largest_difference: float
    mean_difference: float
    largest_site_difference: float | None
    num_changed_decisions: int
    limit: float
    pairs: tuple[Pair, ...]

    @property
    def is_kept(self) -> bool:
        """True where the export says the same, within the limit."""
        # Written so that "not a number" is refused.
        return self.largest_difference <= self.limit

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    def words(self) -> str:
        """As the text file that lies beside the model."""
        site = self.largest_site_difference
        lines = [
            f"Parity certificate: {self.model} as {self.format}",
            "",
            "The same films were scored by X-ray Desktop and by the exported file.",
            "",
            f"runtime of the exported file   {self.runtime}",
            f"films                          {self.num_films:,} ({self.films})",
            f"largest difference of a score  {self.largest_difference:.2g}",
            f"mean difference                {self.mean_difference:.2g}",
            f"decisions that changed         {self.num_changed_decisions:,}",
            f"limit                          {self.limit:g}: beyond it nothing is exported",
        ]
        if site is not None:
            lines.insert(8, f"largest difference of the site {site:.2g}")
        return "\n".join(lines) + "\n"


def compare(
    pairs: Sequence[Pair], card: ModelCard, *, model: str, kind: str, runtime: str, films: str
) -> Parity:
    """Sum pairs up.

    Args:
        pairs: At least one.
        card: The model's.
        model: Its file's name.
        kind: The format's name.
        runtime: What ran the export, with its version.
        films: Where the films come from, in words.
    """
    differences = np.array([pair.difference for pair in pairs])
    sites = [pair.site_difference for pair in pairs if pair.site_difference is not None]
    return Parity(
        model=model,
        format=kind,
        runtime=runtime,
        films=films,
        num_films=len(pairs),
        # NumPy's maximum hands "not a number" on; Python's may lose it.
        largest_difference=float(np.max(differences)),
        mean_difference=float(np.mean(differences)),
        largest_site_difference=float(np.max(sites)) if sites else None,
        num_changed_decisions=sum(_is_changed(card, pair) for pair in pairs),
        limit=LIMIT,
        pairs=tuple(pairs),
    )


def _is_changed(card: ModelCard, pair: Pair) -> bool:
    if pair.programs:
        return leading(pair.programs) != leading(pair.exports)
    return _decision(card, pair.program) != _decision(card, pair.export)


def _decision(card: ModelCard, score: float) -> tuple[bool, ...]:
    """On which side of each of the model's thresholds a stated score lies."""
    thresholds = [card.threshold]
    if card.points is not None:
        points = (card.points.low, card.points.high)
        thresholds += [point.threshold for point in points if point is not None]
    return tuple(score >= float(card.stated(threshold)) for threshold in thresholds)
