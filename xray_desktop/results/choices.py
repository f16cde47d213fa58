"""What the results window can show: measured runs and finished cross-validations. Worker; no Qt."""

from __future__ import annotations

from pathlib import Path

from training.fit.crossval_folder import CrossValidation, list_crossvals
from training.fit.run_folder import Run, list_runs
from xray_desktop.state.training_run_curves import run_moment

Choice = tuple[Path, str]


def list_choices(runs: Path) -> tuple[Choice, ...]:
    """Folders with their words, newest first.

    Args:
        runs: The folder of runs; may be missing.
    """
    found = [(run.started, (run.folder, run_words(run))) for run in list_runs(runs) if run.best]
    for crossval in list_crossvals(runs):
        if crossval.is_finished and crossval.figures:
            first = crossval.runs[0]
            started = first.started if first is not None else ""
            found.append((started, (crossval.folder, crossval_words(crossval))))
    return tuple(choice for _, choice in sorted(found, key=lambda each: each[0], reverse=True))


def run_words(run: Run) -> str:
    """A run in a list: "11-23 14:02 compact, sample set"."""
    return f"{run_moment(run)} {run.config.network.name}, {_films(run)}"


def crossval_words(crossval: CrossValidation) -> str:
    """A cross-validation in a list: "11-23 14:02 compact 5 folds, wrist"."""
    first = crossval.runs[0]
    if first is None:
        return crossval.folder.name
    return (
        f"{run_moment(first)} {crossval.config.network.name} {crossval.count} folds, "
        f"{_films(first)}"
    )


def _films(run: Run) -> str:
    return "sample set" if run.synthetic else run.config.data.name
