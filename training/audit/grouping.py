"""From files that were read to films: every tie there is, strongest first.

Called by ``check``. Runs in the calling thread.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from training.audit.facts import FileFacts, Glance
from training.audit.joins import Groups, Join, Reason
from training.audit.near_equal import NearEqual, Progress

CLEARLY_OTHER = 0.55
"""Agreement below which two files of one name are two films all the same: names repeat."""

_DELEGATES = 3
# Greys of spread in a view below which a picture is too dark or empty to speak against a name.
_MIN_SPREAD = 4.0


@dataclass(frozen=True)
class Grouping:
    """The films behind files.

    Args:
        films: Each film as the numbers of its files, in order.
        joins: Why; enough joins to tie each film together, no more.
        parted: Families (by name) whose pictures say that they are several films: the numbers of
            the files of each part.
        related: Films that show one patient or study, where DICOM files say so: numbers in
            ``films``. They should not be parted by a split.
    """

    films: tuple[tuple[int, ...], ...]
    joins: tuple[Join, ...]
    parted: tuple[tuple[tuple[int, ...], ...], ...] = ()
    related: tuple[tuple[int, ...], ...] = ()


def group_files(
    glances: Sequence[Glance],
    families: Sequence[Hashable],
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Grouping:
    """Find the films behind files.

    Args:
        glances: The files.
        families: For each file what its name says: files with equal values are one film unless
            their pictures clearly differ.
        progress: Called with (what is done, done, in all), in the calling thread.
        cancelled: Asked often.

    Returns:
        The films.

    Raises:
        ScanCancelled: If ``cancelled`` said so.
    """
    facts = [glance.facts for glance in glances]
    groups = Groups(fact.path for fact in facts)
    for reason, keys in (
        (Reason.BYTES, [fact.byte_hash for fact in facts]),
        (Reason.PIXELS, [fact.pixel_hash for fact in facts]),
        (Reason.SOP, [fact.sop for fact in facts]),
    ):
        _join_equal(groups, keys, reason)
    search = NearEqual(glances, progress, cancelled)
    search.join(groups)
    parted = _join_families(groups, glances, families, search)
    films = groups.members()
    return Grouping(
        tuple(tuple(film) for film in films), groups.joins, parted, _related(films, facts)
    )


def _join_equal(groups: Groups, keys: Sequence[str], reason: Reason) -> None:
    first: dict[str, int] = {}
    for number, key in enumerate(keys):
        if key and first.setdefault(key, number) != number:
            groups.join(first[key], number, reason)


def _join_families(
    groups: Groups, glances: Sequence[Glance], families: Sequence[Hashable], search: NearEqual
) -> tuple[tuple[tuple[int, ...], ...], ...]:
    """Join files of one name unless their pictures clearly differ; gives those that do."""
    by_family: dict[Hashable, list[int]] = {}
    for number, family in enumerate(families):
        by_family.setdefault(family, []).append(number)
    parted = []
    for numbers in by_family.values():
        parts: dict[int, list[int]] = {}
        for number in numbers:
            parts.setdefault(groups.find(number), []).append(number)
        whole: list[list[int]] = []
        for part in sorted(parts.values(), key=len, reverse=True):
            home = next((one for one in whole if _may_be_one(one, part, glances, search)), None)
            if home is None:
                whole.append(list(part))
                continue
            fit = search.agreement(home[0], part[0])
            groups.join(home[0], part[0], Reason.NAME, None if fit is None else fit.agreement)
            home += part
        if len(whole) > 1:
            parted.append(tuple(tuple(sorted(one)) for one in whole))
    return tuple(parted)


def _may_be_one(
    left: Sequence[int], right: Sequence[int], glances: Sequence[Glance], search: NearEqual
) -> bool:
    """False where the pictures of two parts of a family speak against its name."""
    best: float | None = None
    for first in _delegates(left):
        for second in _delegates(right):
            if not (_tells(glances[first]) and _tells(glances[second])):
                return True
            fit = search.agreement(first, second)
            if fit is not None:
                best = max(fit.agreement, -1.0 if best is None else best)
                if best >= CLEARLY_OTHER:
                    return True
    return best is None


def _delegates(numbers: Sequence[int]) -> Sequence[int]:
    return numbers[:: max(1, len(numbers) // _DELEGATES)][:_DELEGATES]


def _tells(glance: Glance) -> bool:
    return bool(glance.views) and float(glance.views[0].std()) >= _MIN_SPREAD


def _related(
    films: Sequence[Sequence[int]], facts: Sequence[FileFacts]
) -> tuple[tuple[int, ...], ...]:
    """Films tied by a patient's or study's identifier, through any number of others."""
    by_key: dict[tuple[str, str], set[int]] = {}
    for film, numbers in enumerate(films):
        for number in numbers:
            for kind, key in (("patient", facts[number].patient), ("study", facts[number].study)):
                if key:
                    by_key.setdefault((kind, key), set()).add(film)
    ties = Groups(facts[numbers[0]].path for numbers in films)
    for tied in by_key.values():
        # "ANONYMOUS" on every film says nothing.
        if 1 < len(tied) <= max(2, len(films) // 2):
            first, *others = sorted(tied)
            for other in others:
                ties.join(first, other, Reason.SOP)
    return tuple(tuple(tied) for tied in ties.members() if len(tied) > 1)
