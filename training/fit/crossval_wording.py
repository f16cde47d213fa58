"""A cross-validation's folds as lines for people. Called by the command line, report and window."""

from __future__ import annotations

from collections.abc import Sequence

from training.evaluation.wording import is_share, number, percent
from training.fit.crossval_folder import PooledFigures, Spread
from training.fit.run_folder import Run

_SHOWN = {
    "accuracy": "accuracy",
    "balanced_accuracy": "mean found of a class",
    "sensitivity": "sensitivity",
    "specificity": "specificity",
    "auc": "area under ROC",
    "average_precision": "average precision",
    "brier": "Brier score",
}


def known_in_folds(runs: Sequence[Run | None]) -> str:
    """That the folds' start knew films that they were tested on, in words; empty where it did not.

    Args:
        runs: The runs of the folds; None for those that are not there.
    """
    done = [run for run in runs if run is not None]
    num_known = sum(run.known_tested for run in done)
    if num_known:
        num_files = sum(run.best.test.num_files for run in done if run.best and run.best.test)
        return (
            f"{num_known:,} of the {num_files:,} files tested are among those that the model which "
            "the folds began from learnt from: these figures flatter it."
        )
    return next((run.start.warning for run in done if run.start and run.start.warning), "")


def fold_rows(figures: PooledFigures, count: int) -> list[tuple[str, ...]]:
    """Rows of a table: figure by film, mean, standard deviation, each fold.

    Args:
        figures: Of one kind of model.
        count: Number of folds.
    """
    heads = [f"fold {number}" for number in range(1, count + 1)]
    rows: list[tuple[str, ...]] = [("", "mean", "spread (sd)", *heads)]
    for name, words in _SHOWN.items():
        if name not in figures.by_fold:
            continue
        rows.append((words, *_cells(name, figures.by_fold[name])))
    return rows


def _cells(name: str, spread: Spread) -> list[str]:
    show = percent if is_share(name) else number
    return [show(value) for value in (spread.mean, spread.deviation, *spread.values)]
