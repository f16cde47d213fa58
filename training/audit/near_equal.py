"""Joins files whose pictures are near-equal: looked up by one measure, confirmed by another.

Called by ``grouping``. Makes threads of its own and joins them before it returns.
"""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain

from training.audit.aligning import Alignment, Laid, Pair, align, fine_of, is_one_film
from training.audit.candidates import Candidate, compare, find_candidates
from training.audit.facts import Flat, Glance
from training.audit.joins import Groups, Reason
from training.data.dataset import ScanCancelled

# So often may a file, or a pair of films, fail before its less likely candidates are left alone.
_MAX_FAILS = 3
_FIRST_NEIGHBOURS, _LATER_NEIGHBOURS = 12, 10
# So many files stand for a film when films are compared.
_DELEGATES = 3
# Pairs between two looks at "cancel", and those of them that one thread lays over each other at
# once: their pictures should fit into a processor's nearer memory.
_BATCH, _AT_ONCE = 64, 8
# More would be looked through again and again.
_MOST_WAITING = 1024
_MAX_THREADS = 8

Progress = Callable[[str, int, int], None]


class NearEqual:
    """The search for near-equal pictures among files that were read.

    Args:
        glances: All files.
        progress: Called with (what is done, done, in all), in the calling thread.
        cancelled: Asked now and then.
    """

    def __init__(
        self,
        glances: Sequence[Glance],
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self._glances = glances
        self._progress = progress
        self._cancelled = cancelled
        self._fits: dict[tuple[int, int], Alignment] = {}
        self._fine: dict[tuple[int, int], Flat] = {}

    def join(self, groups: Groups) -> None:
        """Join what is near-equal, in two rounds.

        The first ties files to files. In the second a few files stand for each film: forty
        variants of a film are all likelier to each other than to a copy of it in another window.

        Args:
            groups: Joined so far; grows.

        Raises:
            ScanCancelled: If ``cancelled`` said so.
        """
        read = [number for number, glance in enumerate(self._glances) if glance.views]
        singles = {group[0] for group in self._read_members(groups)}
        self._round(groups, [n for n in read if n in singles], _FIRST_NEIGHBOURS)
        films = [
            group[:: max(1, len(group) // _DELEGATES)][:_DELEGATES]
            for group in self._read_members(groups)
        ]
        # Single files have met each other in the first round.
        asking = [number for film in films if len(film) > 1 for number in film]
        everyone = [number for film in films for number in film]
        self._round(groups, everyone, _LATER_NEIGHBOURS, asking)

    def agreement(self, first: int, second: int) -> Alignment | None:
        """How well two files agree at their likeliest fit; None where one has no picture."""
        key = (min(first, second), max(first, second))
        if key not in self._fits:
            candidate = compare(self._glances, *key)
            if candidate is None:
                return None
            self._confirmed((candidate,))
        return self._fits[key]

    def _read_members(self, groups: Groups) -> list[list[int]]:
        members = ([n for n in group if self._glances[n].views] for group in groups.members())
        return [group for group in members if group]

    def _round(
        self,
        groups: Groups,
        numbers: Sequence[int],
        neighbours: int,
        queries: Sequence[int] | None = None,
    ) -> None:
        candidates = find_candidates(
            self._glances,
            numbers,
            groups.numbers(),
            neighbours,
            queries=queries,
            progress=self._progress and partial(self._progress, "looking for copies"),
            cancelled=self._cancelled,
        )
        fails: _Fails = Counter()
        waiting = deque(candidates)
        num_threads = min(_MAX_THREADS, os.cpu_count() or 1)
        with ThreadPoolExecutor(num_threads, thread_name_prefix="audit") as pool:
            while waiting:
                self._tell(len(candidates) - len(waiting), len(candidates))
                batch = next_batch(waiting, groups, fails)
                parts = [batch[at : at + _AT_ONCE] for at in range(0, len(batch), _AT_ONCE)]
                fits = chain.from_iterable(pool.map(self._confirmed, parts))
                for candidate, fit in zip(batch, fits, strict=True):
                    _settle(candidate, fit, groups, fails)

    def _confirmed(self, candidates: Sequence[Candidate]) -> list[Alignment]:
        """The fits of some candidates; those that were measured already are looked up."""
        new = [one for one in candidates if _files(one) not in self._fits]
        fits = align([self._pair(one) for one in new])
        self._fits.update(zip(map(_files, new), fits, strict=True))
        return [self._fits[_files(one)] for one in candidates]

    def _pair(self, candidate: Candidate) -> Pair:
        second = self._glances[candidate.second]
        return Pair(
            self._upper(candidate.first, candidate.first_view),
            Laid(second.views[candidate.second_view], second.flats[candidate.second_view]),
            candidate.angle,
            candidate.scale,
            candidate.mirrored,
        )

    def _upper(self, number: int, view: int) -> Laid:
        glance, key = self._glances[number], (number, view)
        # Two threads may both make it, alike.
        if key not in self._fine:
            self._fine[key] = fine_of(glance.views[view])
        return Laid(glance.views[view], glance.flats[view], self._fine[key])

    def _tell(self, done: int, total: int) -> None:
        if self._cancelled is not None and self._cancelled():
            raise ScanCancelled
        if self._progress is not None:
            self._progress("comparing films", done, total)


_Fails = Counter[int | tuple[int, int]]


def next_batch(waiting: deque[Candidate], groups: Groups, fails: _Fails) -> list[Candidate]:
    """Take the likeliest candidates that cannot make one another needless.

    Of pairs that would tie films already tied by others of the batch, the likeliest is taken and
    the rest wait, in order: most of a film's copies are alike, and one tie each is enough.

    Args:
        waiting: The likeliest first; those that need no look any more are dropped from it.
        groups: Joined so far.
        fails: So far.
    """
    batch: list[Candidate] = []
    later: list[Candidate] = []
    tied: dict[int, int] = {}
    while waiting and len(batch) < _BATCH and len(later) < _MOST_WAITING:
        candidate = waiting.popleft()
        if not _is_open(candidate, groups, fails):
            continue
        first, second = (_root(tied, film) for film in _films(candidate, groups))
        if first == second:
            later.append(candidate)
        else:
            tied[second] = first
            batch.append(candidate)
    waiting.extendleft(reversed(later))
    return batch


def _root(tied: dict[int, int], film: int) -> int:
    while film in tied:
        film = tied[film]
    return film


def _is_open(candidate: Candidate, groups: Groups, fails: _Fails) -> bool:
    """False where two files are one film already, or have failed too often."""
    films = _films(candidate, groups)
    files = min(fails[~candidate.first], fails[~candidate.second])
    return films[0] != films[1] and max(fails[films], files) < _MAX_FAILS


def _settle(candidate: Candidate, fit: Alignment, groups: Groups, fails: _Fails) -> None:
    first, second = candidate.first, candidate.second
    if is_one_film(fit):
        agreement, turned = fit.agreement, fit.turned
        groups.join(first, second, Reason.PICTURE, agreement, turned, mirrored=fit.mirrored)
    else:
        # Files are counted below zero, beside the pairs of films.
        fails.update((_films(candidate, groups), ~first, ~second))


def _files(candidate: Candidate) -> tuple[int, int]:
    return min(candidate.first, candidate.second), max(candidate.first, candidate.second)


def _films(candidate: Candidate, groups: Groups) -> tuple[int, int]:
    found = groups.find(candidate.first), groups.find(candidate.second)
    return min(found), max(found)
