"""How often a point found the outlined fracture, in plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from training.evaluation.figures import Interval, wilson

SITE = "site"
"""The place that a network names where it learnt from outlines."""

HEAT_MAP = "Grad-CAM"
"""The largest place of the heat map."""

CENTRE = "centre"
"""Always the middle of the input: what a hit rate must beat."""


WAYS = {
    SITE: "site",
    CENTRE: "centre of the film, always",
    HEAT_MAP: "heat map's maximum (Grad-CAM)",
}
"""Ways of pointing in words, in the order in which they are told."""


@dataclass(frozen=True)
class Hits:
    """How often a point found the fracture, over films (a film's files count as one).

    Args:
        num_films: Films with an outline.
        inside: Share whose point lies in an outline.
        inside_interval: 95 %, Wilson.
        near: Share whose point lies within 15 pixels (of 224) of an outline.
        near_interval: 95 %, Wilson.
    """

    num_films: int
    inside: float
    inside_interval: Interval
    near: float
    near_interval: Interval

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Hits:
        """From plain values.

        Raises:
            KeyError: A value is missing.
            TypeError: A value is of the wrong kind.
            ValueError: Likewise.
        """
        inside, near = (
            Interval(float(values[name]["low"]), float(values[name]["high"]))
            for name in ("inside_interval", "near_interval")
        )
        shares = float(values["inside"]), float(values["near"])
        return cls(int(values["num_films"]), shares[0], inside, shares[1], near)

    @classmethod
    def of_counts(cls, num_films: int, inside: int, near: int) -> Hits:
        """From numbers of films; at least one film."""
        return cls(
            num_films,
            inside / num_films,
            wilson(inside, num_films),
            near / num_films,
            wilson(near, num_films),
        )


@dataclass(frozen=True)
class SiteLearnt:
    """What became of the site in a run with outlines.

    Args:
        num_films: Outlined training films.
        loss_before: Of the starter model's site on the outlined validation films.
        loss_after: Of the learnt one.
        near_before: Share of the outlined validation films that the starter model's site hits.
        near_after: That the learnt one hits.
    """

    num_films: int
    loss_before: float
    loss_after: float
    near_before: float
    near_after: float

    @property
    def is_kept(self) -> bool:
        """True where the learnt site took the place of the starter model's."""
        return self.loss_after < self.loss_before and self.near_after >= self.near_before


def share_words(share: float, interval: Interval) -> str:
    """As "71 % (62 to 79)"."""
    return f"{100 * share:.0f} % ({100 * interval.low:.0f} to {100 * interval.high:.0f})"


def pooled_hits(folds: Sequence[Mapping[str, Hits]]) -> dict[str, Hits]:
    """Hits of all folds together, each film counted once.

    Args:
        folds: By way of pointing, on the films that each fold was tested on.

    Returns:
        By the ways that every fold with outlined films has; empty where none has any.
    """
    told = [ways for ways in folds if ways]
    names = [name for name in WAYS if told and all(name in ways for ways in told)]
    pooled = {}
    for name in names:
        hits = [ways[name] for ways in told]
        counts = (
            sum(each.num_films for each in hits),
            sum(round(each.inside * each.num_films) for each in hits),
            sum(round(each.near * each.num_films) for each in hits),
        )
        pooled[name] = Hits.of_counts(*counts)
    return pooled


def pointing_rows(hits: Mapping[str, Hits]) -> list[tuple[str, ...]]:
    """Rows of a table, the head first: each way of pointing, how many films, how often it hits.

    Args:
        hits: By way of pointing.
    """
    rows: list[tuple[str, ...]] = [
        ("outlined fractures", "films", "within 15 px (of 224)", "inside the outline")
    ]
    for name, words in WAYS.items():
        if name in hits:
            each = hits[name]
            near = share_words(each.near, each.near_interval)
            inside = share_words(each.inside, each.inside_interval)
            rows.append((words, f"{each.num_films:,}", near, inside))
    return rows


def site_words(hits: Mapping[str, Hits]) -> str:
    """How well the outlined fractures are found, in a sentence; empty where nothing was measured."""
    way = next((name for name in (SITE, HEAT_MAP) if name in hits), None)
    if way is None or CENTRE not in hits:
        return ""
    found, centre = hits[way], hits[CENTRE]
    what = "The site" if way == SITE else "The heat map's maximum"
    films = "film" if found.num_films == 1 else "films"
    return (
        f"{what} hits the outlined fracture in "
        f"{share_words(found.near, found.near_interval)} of {found.num_films:,} {films}, "
        f"the film's centre in {share_words(centre.near, centre.near_interval)}."
    )
