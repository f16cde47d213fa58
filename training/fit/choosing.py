"""Calibration and operating points chosen after a run, from its validation scores. No Keras.

Called by the command line's ``calibrate`` and by the window; the choice is kept in the model file.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from training.data.dataset import Split
from training.errors import UserError
from training.evaluation.calibration import fit_temperature
from training.evaluation.operating_points import (
    OperatingPoint,
    OperatingPoints,
    Target,
    point_at,
    point_for,
)
from training.evaluation.samples import Sample, make_sample
from training.fit.run_folder import KINDS, read_run, read_scores
from training.models.card import ModelCard
from training.models.card_file import read_card
from training.models.card_writing import rewrite_card

_FROM_RUN = "Choose the best.keras or final.keras in a run's own folder."


def validation_scores(model: Path) -> Sample:
    """The validation files of the run that made a model, with the model's own scores.

    Args:
        model: ``best.keras`` or ``final.keras`` in its run's folder.

    Returns:
        Files; thresholds are chosen on ``by_film()`` of it.

    Raises:
        UserError: The model lies in no run's folder, or the run has no scores.
    """
    if model.stem not in KINDS:
        raise UserError(f"{model.name} does not lie in the folder of its run.", _FROM_RUN)
    run = read_run(model.absolute().parent)
    refuse_many(read_card(model))
    rows = read_scores(run, model.stem, Split.VALIDATION)
    if not rows:
        raise UserError(f"The run {run.run_id} has no validation scores.", _FROM_RUN)
    return make_sample(
        [row.label for row in rows], [row.score for row in rows], [row.film for row in rows]
    )


def refuse_many(card: ModelCard) -> None:
    """Raise ``UserError`` for a model of more than two classes: it has no threshold to choose."""
    if card.is_many:
        raise UserError(
            f"This model tells {len(card.classes)} classes apart and answers with the largest score: "
            "it has no threshold and no calibration to choose."
        )


def set_calibration(model: Path, *, on: bool) -> ModelCard:
    """Switch a model's calibration, fitting its temperature where it has none yet.

    Args:
        model: In its run's folder, where a temperature has to be fitted.
        on: Whether scores are to be stated with it.

    Returns:
        The card as it is in the file now.

    Raises:
        UserError: The file cannot be used or written, or there is nothing to fit on.
    """
    card = read_card(model)
    refuse_many(card)
    if card.calibration is not None:
        changed = replace(card.calibration, is_on=on)
    elif on:
        try:
            changed = fit_temperature(validation_scores(model))
        except ValueError as error:
            raise UserError(
                "A temperature cannot be fitted: the validation films are of one class."
            ) from error
    else:
        return card
    card = replace(card, calibration=changed)
    rewrite_card(model, card)
    return card


def find_point(films: Sample, target: Target, wanted: float) -> OperatingPoint:
    """A threshold by target or by value, with refusals in words.

    Args:
        films: Validation films.
        target: Sensitivity, specificity, or value.
        wanted: The figure to reach, or the threshold itself.

    Raises:
        UserError: It cannot be reached, or is no share.
    """
    try:
        if target is Target.VALUE:
            return point_at(films, wanted)
        return point_for(films, target, wanted)
    except ValueError as error:
        what = "threshold" if target is Target.VALUE else target.value
        raise UserError(
            f"There is no {what} of {wanted:g} on the {len(films.truth):,} validation films.",
            "Choose a number between 0 and 1.",
        ) from error


def set_points(model: Path, points: OperatingPoints | None) -> ModelCard:
    """Keep operating points in a model file, or take them out.

    The card's single threshold follows, so that an older version of this program, which knows
    nothing of bands, calls no film the opposite of its band.

    Args:
        model: A model file.
        points: The points, or None for the threshold alone.

    Returns:
        The card as it is in the file now.

    Raises:
        UserError: The file cannot be used or written.
    """
    card = read_card(model)
    refuse_many(card)
    threshold = card.threshold if points is None else points.threshold_for(card.threshold)
    card = replace(card, points=points, threshold=threshold)
    rewrite_card(model, card)
    return card
