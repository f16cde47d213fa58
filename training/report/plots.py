"""The report's curves: points of ``training.evaluation.curves`` and histories, laid on axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from training.evaluation.curves import Curve, Histogram, ReliabilityBin
from training.fit.events import EpochEnded
from training.report.drawing import (
    BLUE,
    FIRST_BAND,
    GREY,
    ORANGE,
    Area,
    Axes,
    Dot,
    Drawing,
    Label,
    Line,
    Shape,
)

_DASHED, _DOTTED = (5.0, 3.0), (1.5, 3.0)
_UNIT = (0.0, 1.0)


@dataclass(frozen=True)
class History:
    """The epochs of one run.

    Args:
        name: "fold 3", or empty where there is only one.
        epochs: In order.
    """

    name: str
    epochs: tuple[EpochEnded, ...]


def roc_plot(curve: Curve, summary: str) -> Drawing:
    """The ROC curve with its band.

    Args:
        curve: From ``curves.roc``.
        summary: The area in words.
    """
    axes = Axes(_UNIT, _UNIT, "1 - specificity", "sensitivity")
    return _sheet(
        axes,
        f"ROC: {summary}",
        "ROC curve, sensitivity over 1 - specificity",
        axes.band(curve.band_x, curve.band_low, curve.band_high, FIRST_BAND),
        axes.line(_UNIT, _UNIT, GREY, _DOTTED, 1.0),
        axes.line(curve.x, curve.y, BLUE),
    )


def precision_recall_plot(curve: Curve, summary: str, prevalence: float) -> Drawing:
    """The precision-recall curve with its band, in steps.

    Args:
        curve: From ``curves.precision_recall``.
        summary: The average precision in words.
        prevalence: Share of positives: the height that chance reaches.
    """
    axes = Axes(_UNIT, _UNIT, "sensitivity (recall)", "PPV (precision)")
    x, y = _steps(curve)
    return _sheet(
        axes,
        f"Precision and recall: {summary}",
        "Precision-recall curve",
        axes.band(curve.band_x, curve.band_low, curve.band_high, FIRST_BAND),
        axes.line(_UNIT, (prevalence, prevalence), GREY, _DOTTED, 1.0),
        axes.line(x, y, BLUE),
    )


def reliability_plot(bins: Sequence[ReliabilityBin], summary: str) -> Drawing:
    """Share of positives over the score, with intervals; the diagonal is right.

    Args:
        bins: From ``curves.reliability``.
        summary: The calibration error in words.
    """
    axes = Axes(_UNIT, _UNIT, "mean score", "share of positives")
    bars = [
        axes.line(
            (each.mean_score, each.mean_score),
            (each.interval.low, each.interval.high),
            BLUE,
            width=1.0,
        )
        for each in bins
    ]
    dots = [
        Dot(axes.at(each.mean_score, each.share_positive), 3.0, "#ffffff", BLUE) for each in bins
    ]
    return _sheet(
        axes,
        f"Calibration: {summary}",
        "Reliability curve, share of positives over the mean score",
        axes.line(_UNIT, _UNIT, GREY, _DOTTED, 1.0),
        *bars,
        tuple(dots),
    )


def histogram_plot(histogram: Histogram, classes: Sequence[str], threshold: float) -> Drawing:
    """How many films of each class have which score: positives upwards, negatives downwards.

    Args:
        histogram: From ``curves.score_histogram``.
        classes: (negative, positive) names.
        threshold: From which on a film counts as positive.
    """
    highest = max(1, *histogram.positives, *histogram.negatives) * 1.15
    axes = Axes(_UNIT, (-highest, highest), "score", "films", is_mirrored=True)
    shapes: list[Shape] = []
    for number, edge in enumerate(histogram.edges[:-1]):
        sides = (edge, histogram.edges[number + 1])
        shapes += _bar(axes, sides, histogram.positives[number], ORANGE, "#ffffff")
        shapes += _bar(axes, sides, -histogram.negatives[number], FIRST_BAND, BLUE)
    at = (threshold, threshold)
    return _sheet(
        axes,
        "Scores of both classes",
        "Histogram of scores by class",
        tuple(shapes),
        axes.line(_UNIT, (0.0, 0.0), GREY, width=0.8),
        axes.line(at, axes.y_range, GREY, _DASHED, 1.0),
        (
            Label(axes.at(0.02, highest * 0.88), f"up: {classes[1]}", colour=ORANGE),
            Label(axes.at(0.02, -highest * 0.95), f"down: {classes[0]}", colour=BLUE),
        ),
    )


def loss_plot(histories: Sequence[History]) -> Drawing:
    """Loss of training and validation over the epochs.

    Args:
        histories: One a run; at least one epoch in all.
    """
    values = [
        value for run in histories for each in run.epochs for value in (each.loss, each.val_loss)
    ]
    # One wild epoch must not flatten all others.
    ordered = sorted(values)
    typical = ordered[int(0.9 * (len(ordered) - 1))]
    return _training_plot(
        histories,
        "Loss",
        (0.0, min(1.05 * ordered[-1], 2.0 * typical) or 1.0),
        (lambda each: each.loss, lambda each: each.val_loss),
        "",
    )


def accuracy_plot(histories: Sequence[History], constant_guess: float | None) -> Drawing:
    """Accuracy of training and validation over the epochs.

    Args:
        histories: One a run; at least one epoch in all.
        constant_guess: What always naming one class reaches on validation, or None.
    """
    return _training_plot(
        histories,
        "Accuracy by file",
        _UNIT,
        (lambda each: each.accuracy, lambda each: each.val_accuracy),
        "" if constant_guess is None else f"dotted: constant guess {100 * constant_guess:.0f} %",
        constant_guess,
    )


_Value = Callable[[EpochEnded], float]


def _training_plot(
    histories: Sequence[History],
    title: str,
    y_range: tuple[float, float],
    values: tuple[_Value, _Value],
    note: str,
    level: float | None = None,
) -> Drawing:
    last = max(each.epoch for run in histories for each in run.epochs)
    axes = Axes((0.0, float(last)), y_range, "epoch", title.split()[0].lower())
    lines: list[Shape] = []
    width = 1.6 if len(histories) == 1 else 0.9
    for run in histories:
        epochs = [float(each.epoch) for each in run.epochs]
        lines += axes.line(epochs, [values[0](each) for each in run.epochs], BLUE, width=width)
        lines += axes.line(epochs, [values[1](each) for each in run.epochs], ORANGE, _DASHED, width)
    if len(histories) == 1:
        best = [each for each in histories[0].epochs if each.is_best][-1:]
        lines += [
            Dot(axes.at(each.epoch, values[1](each)), 3.5, "#ffffff", ORANGE) for each in best
        ]
    guess = axes.line(axes.x_range, (level, level), GREY, _DOTTED, 1.0) if level is not None else ()
    words = "; ".join(part for part in ("whole: train, dashed: validation", note) if part)
    return _sheet(axes, f"{title} ({words})", f"{title} over the epochs", guess, tuple(lines))


def _bar(
    axes: Axes, sides: tuple[float, float], height: int, fill: str, stroke: str
) -> list[Shape]:
    if not height:
        return []
    left, right = sides
    corners = axes.path((left, left, right, right), (0.0, height, height, 0.0))
    return [Area(corners, fill, stroke)]


def _steps(curve: Curve) -> tuple[list[float], list[float]]:
    """Between two points precision holds the later one's value."""
    x, y = [0.0], [curve.y[0]]
    for across, up in zip(curve.x, curve.y, strict=True):
        x += [x[-1], across]
        y += [up, up]
    return x, y


def _sheet(
    axes: Axes, title: str, description: str, *groups: tuple[Shape, ...] | tuple[Line, ...]
) -> Drawing:
    shapes = sum((tuple(group) for group in groups), axes.frame())
    return Drawing(axes.width, axes.height, title, description, shapes)
