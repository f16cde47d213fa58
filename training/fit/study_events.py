"""What a study tells, beside the events of the cross-validations in it. Frozen values.

Order: for each variant ``VariantStarted``, its cross-validation's events without the end,
``VariantFinished``. Then exactly one of ``StudyFinished``, ``StudyStopped``, ``RunFailed``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from training.fit.crossval_events import CrossValEvent

if TYPE_CHECKING:
    from training.fit.study_folder import StudyState


@dataclass(frozen=True)
class VariantStarted:
    """A variant's cross-validation begins, or goes on.

    Args:
        number: From 1.
        count: Number of variants.
        name: The variant's.
    """

    number: int
    count: int
    name: str


@dataclass(frozen=True)
class VariantFinished:
    """All folds of a variant are done.

    Args:
        number: From 1.
        count: Number of variants.
        name: The variant's.
        is_earlier: True where it was finished before.
    """

    number: int
    count: int
    name: str
    is_earlier: bool


@dataclass(frozen=True)
class StudyFinished:
    """All variants are done and compared."""

    result: StudyState


@dataclass(frozen=True)
class StudyStopped:
    """The user ended it early; finished folds are kept.

    Args:
        folder: Its folder.
        num_finished: Variants that are finished.
        count: Number of variants.
    """

    folder: Path
    num_finished: int
    count: int


StudyEvent = CrossValEvent | VariantStarted | VariantFinished | StudyFinished | StudyStopped
