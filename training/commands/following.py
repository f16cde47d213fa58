"""Follows a cross-validation or a study on the standard error, under Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable

from training.commands.run_view import RunView, interrupts
from training.errors import UserError
from training.evaluation.measurement import Figure
from training.evaluation.wording import figure_text
from training.fit.control import RunControl
from training.fit.crossval_events import (
    CrossValFinished,
    CrossValStopped,
    FoldFinished,
    FoldStarted,
)
from training.fit.events import RunFailed
from training.fit.study_events import (
    StudyEvent,
    StudyFinished,
    StudyStopped,
    VariantFinished,
    VariantStarted,
)

End = CrossValFinished | CrossValStopped | StudyFinished | StudyStopped | RunFailed
_STOPPING = "Stopping after this fold. Ctrl-C again stops at once."
_CANCELLING = "Stopping now: this fold is discarded, finished ones are kept."
_DIVISIONS = (FoldStarted, FoldFinished, VariantStarted, VariantFinished)


def follow(work: Callable[[Callable[[StudyEvent], None], RunControl], None]) -> End:
    """Do the work and give its end.

    Args:
        work: Called with where to report to and the switches.

    Raises:
        UserError: It ended without one.
    """
    found: list[End] = []
    view, control = RunView(), RunControl()

    def show(event: StudyEvent) -> None:
        if isinstance(event, End):
            found.append(event)
        elif isinstance(event, _DIVISIONS):
            view.line(_describe(event))
        else:
            view.show(event)

    with interrupts(control, view, _STOPPING, _CANCELLING):
        work(show, control)
    view.close()
    if not found:
        raise UserError("It ended without a result.")
    return found[0]


def _describe(event: FoldStarted | FoldFinished | VariantStarted | VariantFinished) -> str:
    match event:
        case VariantStarted():
            return f"variant {event.number} of {event.count}: {event.name}"
        case VariantFinished():
            earlier = " (finished earlier)" if event.is_earlier else ""
            return f"variant {event.number} of {event.count} done{earlier}"
        case FoldStarted():
            return f"fold {event.number} of {event.count}, in {event.folder}"
        case FoldFinished():
            return _describe_fold(event)


def _describe_fold(event: FoldFinished) -> str:
    best = event.run.best
    earlier = " (finished earlier)" if event.is_earlier else ""
    text = f"fold {event.number} of {event.count} done{earlier}"
    if best is None or best.test is None:
        return text
    test = best.test
    accuracy = figure_text("accuracy", Figure(test.film_accuracy, test.film_accuracy_interval))
    return f"{text}: best model {accuracy} of {test.num_films:,} films left out"
