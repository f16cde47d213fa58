"""A study's table as lines for people. Called by the command line and by the report."""

from __future__ import annotations

from training.evaluation.wording import figure_text, percent
from training.fit.study_folder import Row


def study_rows(rows: tuple[Row, ...]) -> list[tuple[str, ...]]:
    """Rows of the study's table.

    Args:
        rows: One a variant.
    """
    head = (
        "",
        "accuracy",
        "mean, sd of folds",
        "area under ROC",
        "area less first's",
        "p",
        "p acc.",
    )
    return [head, *(_cells(row) for row in rows)]


def _cells(row: Row) -> tuple[str, ...]:
    film = row.pooled.by_film
    spread = f"{percent(row.accuracy.mean)}, {percent(row.accuracy.deviation)}"
    cells = (
        row.name,
        figure_text("accuracy", film.accuracy),
        spread,
        figure_text("auc", film.auc),
    )
    if row.against_first is None:
        return (*cells, "-", "-", "-")
    area = row.against_first.auc
    if area is None:
        return (*cells, "-", "-", p_words(row.accuracy_p))
    # The test is first less other; the table says what the other gains.
    # Taken from nought, since -0.0 would show its sign.
    low, high = 0.0 - area.interval.high, 0.0 - area.interval.low
    gain = f"{0.0 - area.difference:+.3f} ({low:+.3f} to {high:+.3f})"
    return (*cells, gain, p_words(row.auc_p), p_words(row.accuracy_p))


def p_words(value: float | None) -> str:
    """A test's p as "0.031", or "-" where there is none."""
    if value is None:
        return "-"
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def how_words(num_others: int) -> str:
    """How to read the table.

    Args:
        num_others: Variants that were compared with the first.
    """
    count = "1 comparison" if num_others == 1 else f"{num_others} comparisons"
    return (
        "In brackets: 95 % interval. p: chance of such a difference between equally good settings, "
        f"against the first, allowed for {count} (Holm); area by DeLong, "
        "accuracy by McNemar."
    )
