"""A measurement as lines for people: each figure with its interval, both guesses beside accuracy.

Called by the command line and by the report.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from training.evaluation.figures import FEW_FILMS
from training.evaluation.groups import Group
from training.evaluation.measurement import Figure, Measurement, UnitFigures

_SHARES = ("accuracy", "balanced_accuracy", "sensitivity", "specificity", "ppv", "npv")


def percent(value: float | None) -> str:
    """A share of 1 as "77.8 %", or "-" where there is none."""
    return "-" if value is None or not math.isfinite(value) else f"{100 * value:.1f} %"


def number(value: float | None) -> str:
    """A figure as "0.031", or "-" where there is none."""
    return "-" if value is None or not math.isfinite(value) else f"{value:.3f}"


def few_films_words(num_films: int) -> str:
    """The warning that stands above figures of few films."""
    films = "film" if num_films == 1 else "films"
    return (
        f"ONLY {num_films} {films.upper()}: fewer than {FEW_FILMS} say little. "
        "Read the intervals, not the figures."
    )


def figure_rows(measured: Measurement, classes: Sequence[str]) -> list[tuple[str, ...]]:
    """Rows of a table: name, by film, by file.

    Args:
        measured: The figures.
        classes: (negative, positive) names.
    """
    film, file = measured.by_film, measured.by_file
    negative, positive = classes
    at = f"at a prevalence of {100 * film.prevalence:.3g} %"
    if film.prevalence != file.prevalence:
        at = "at the prevalence among these"
    names = {
        "accuracy": "accuracy",
        "sensitivity": f'sensitivity: found of "{positive}"',
        "specificity": f'specificity: found of "{negative}"',
        "ppv": f'right where "{positive}" is said (PPV), {at}',
        "npv": f'right where "{negative}" is said (NPV), {at}',
        "auc": "area under ROC",
        "average_precision": "average precision",
        "brier": "Brier score (0 best)",
        "ece": "calibration error (ECE)",
    }
    rows: list[tuple[str, ...]] = [("", f"by film ({film.count:,})", f"by file ({file.count:,})")]
    for name, text in names.items():
        rows.append((text, *(figure_text(name, getattr(unit, name)) for unit in (film, file))))
        if name == "accuracy":
            rows += _guess_rows(film, file)
        if name == "ece":
            chance = (number(unit.ece_by_chance) for unit in (film, file))
            rows.append(("  of exactly right scores, by chance", *chance))
    rows.append(("right", *(f"{u.true_positives:,} + {u.true_negatives:,}" for u in (film, file))))
    rows.append((f'wrongly "{positive}"', *(f"{u.false_positives:,}" for u in (film, file))))
    rows.append((f'wrongly "{negative}"', *(f"{u.false_negatives:,}" for u in (film, file))))
    return rows


def group_rows(groups: Sequence[Group], first: str = "group") -> list[tuple[str, ...]]:
    """Rows of a table of groups, the head first.

    Args:
        groups: In order.
        first: Head of the first column.
    """
    rows: list[tuple[str, ...]] = [(first, "films", "files", "read right, 95 %", "found", "spared")]
    for group in groups:
        low, high = 100 * group.interval.low, 100 * group.interval.high
        rows.append(
            (
                group.name,
                f"{group.num_films:,}",
                f"{group.num_files:,}",
                f"{100 * group.right / group.num_films:.0f} % ({low:.0f} to {high:.0f})",
                f"{group.found:,} of {group.positives:,}",
                f"{group.spared:,} of {group.negatives:,}",
            )
        )
    return rows


def is_share(name: str) -> bool:
    """True for a figure that is told in per cent.

    Args:
        name: As in ``measurement.FIGURES``.
    """
    return name in _SHARES


def figure_text(name: str, figure: Figure) -> str:
    """A figure with its interval: "80.0 % (37.6 to 96.4)"."""
    if figure.value is None:
        return "-"
    value = percent(figure.value) if is_share(name) else number(figure.value)
    if figure.interval is None:
        return f"{value} (interval unknown)"
    low, high = figure.interval.low, figure.interval.high
    if is_share(name):
        return f"{value} ({100 * low:.1f} to {100 * high:.1f})"
    return f"{value} ({low:.3f} to {high:.3f})"


def _guess_rows(film: UnitFigures, file: UnitFigures) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [
        ("  constant guess", percent(film.constant_guess), percent(file.constant_guess)),
    ]
    if film.brightness_guess is not None:
        rows.append(("  guess by brightness alone", _brightness(film), _brightness(file)))
    return rows


def _brightness(unit: UnitFigures) -> str:
    return f"{percent(unit.brightness_guess)}, area under ROC {number(unit.brightness_auc)}"
