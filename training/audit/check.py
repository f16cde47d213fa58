"""The data check: from a scanned folder to its films and findings.

Called by the command ``audit`` and by whoever shows a set before training. Runs in the calling
thread, which may be any; only files are read, nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from training.audit.facts import FileFacts
from training.audit.films import drawn_anew, with_films
from training.audit.findings import Finding, find
from training.audit.grouping import Grouping, group_files
from training.audit.near_equal import Progress
from training.audit.reading import read_files
from training.audit.repairs import Repair, apply_repairs
from training.audit.shortcuts import Shortcut, shortcuts
from training.data.dataset import DataSet, Item, Split
from training.data.fingerprint import fingerprint


@dataclass(frozen=True)
class Audit:
    """What the data check found.

    Args:
        data: The set with the films that were found: ``Item.film`` is one name for all files of
            a film, in all splits and classes.
        facts: Facts of each item, in order.
        grouping: The films, by numbers of items, with the reasons.
        shortcuts: What tells the classes apart without looking at bone.
        findings: In words, the gravest first.
        fingerprint: Of the set as it was found; 64 hexadecimal digits. Repairs are kept by it.
    """

    data: DataSet
    facts: tuple[FileFacts, ...]
    grouping: Grouping
    shortcuts: tuple[Shortcut, ...]
    findings: tuple[Finding, ...]
    fingerprint: str

    @property
    def related(self) -> tuple[frozenset[str], ...]:
        """Names of films of one patient or study, which a split should not part."""
        items = self.data.items
        return tuple(
            frozenset(items[self.grouping.films[film][0]].film for film in films)
            for films in self.grouping.related
        )


def check_data(
    data: DataSet,
    *,
    validation_share: float = 0.2,
    seed: int = 0,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Audit:
    """Check a set.

    Args:
        data: As scanned.
        validation_share: Where the folder has no validation films, the share of films to draw;
            drawn anew here, by the films that were found.
        seed: Of that draw.
        progress: Called with (what is done, done, in all), in the calling thread.
        cancelled: Asked often.

    Returns:
        Films, facts and findings.

    Raises:
        ScanCancelled: If ``cancelled`` said so.
    """
    glances = read_files(
        [item.path for item in data.items],
        progress=progress and partial(progress, "reading films"),
        cancelled=cancelled,
    )
    grouping = group_files(
        glances,
        [_family(item, data) for item in data.items],
        progress=progress,
        cancelled=cancelled,
    )
    facts = tuple(glance.facts for glance in glances)
    by_film = replace(data, items=with_films(data.items, grouping.films))
    found = Audit(by_film, facts, grouping, (), (), "")
    drawn = _of_set(found, drawn_anew(by_film, share=validation_share, seed=seed))
    hashes = (fact.byte_hash for fact in drawn.facts)
    mark = fingerprint(data.root, zip(drawn.data.items, hashes, strict=True))
    return replace(drawn, fingerprint=mark)


def with_repairs(audit: Audit, repairs: Sequence[Repair]) -> Audit:
    """An audit of the repaired set, without reading a file again.

    Args:
        audit: Of the set as it was found.
        repairs: All repairs, in order.

    Returns:
        The audit with the repaired set, its films and its findings; ``audit`` itself without
        repairs. The fingerprint stays that of the set as it was found.

    Raises:
        DataError: For a repair that does not fit the set.
    """
    if not repairs:
        return audit
    return _of_set(audit, apply_repairs(audit.data, repairs, audit.related))


def _of_set(audit: Audit, data: DataSet) -> Audit:
    """What was read, told of a set with some of its items and other films, labels or splits."""
    numbers = {item.path: number for number, item in enumerate(audit.data.items)}
    old = [numbers[item.path] for item in data.items]
    facts = tuple(audit.facts[number] for number in old)
    grouping = _regrouped(audit, data, old)
    found = shortcuts(data.items, facts)
    findings = find(data, facts, grouping, found)
    return replace(
        audit, data=data, facts=facts, grouping=grouping, shortcuts=found, findings=findings
    )


def _regrouped(audit: Audit, data: DataSet, old: Sequence[int]) -> Grouping:
    """The grouping by the names of films that repairs left."""
    films: dict[str, list[int]] = {}
    for number, item in enumerate(data.items):
        films.setdefault(item.film, []).append(number)
    place = {film: at for at, film in enumerate(films)}
    related = tuple(
        tuple(sorted(place[film] for film in tied if film in place)) for tied in audit.related
    )
    new = {number: at for at, number in enumerate(old)}
    parted = tuple(
        tuple(tuple(new[n] for n in part if n in new) for part in parts)
        for parts in audit.grouping.parted
    )
    parted = tuple(tuple(part for part in parts if part) for parts in parted)
    return Grouping(
        tuple(tuple(film) for film in films.values()),
        audit.grouping.joins,
        tuple(parts for parts in parted if len(parts) > 1),
        tuple(tied for tied in related if len(tied) > 1),
    )


def _family(item: Item, data: DataSet) -> tuple[Split | None, str]:
    """What a file's name says: in folders of their own, "train/1" and "val/1" are two films."""
    return None if data.seeded_split else item.split, item.film
