"""What the data check says, in words and figures, with the files to look at.

Called by ``check``. Numbers of films here rest on what the files show, not on their names alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from training.audit.facts import FileFacts
from training.audit.grouping import Grouping
from training.audit.shortcuts import Shortcut
from training.data.dataset import DataSet, Item, Split
from training.evaluation.figures import FEW_FILMS

# From here on a property is worth a sentence; below, chance makes as much in small sets.
TELLING = 0.7
_IMBALANCED = 0.6


class Kind(StrEnum):
    """What a finding is about."""

    CONFLICT = "both labels"
    LEAK = "leak"
    RELATED = "one patient in two splits"
    FEW = "few films"
    COPIES = "copies"
    SHORTCUT = "shortcut"
    BALANCE = "class balance"
    UNREADABLE = "unreadable"
    NAMES = "one name, several films"
    SIZES = "sizes and modes"


@dataclass(frozen=True)
class Finding:
    """One thing to know about a set.

    Args:
        kind: What it is about.
        words: Whole sentences.
        films: The files to show side by side: one tuple a film, or whatever belongs together.
        figures: What was measured, by name.
    """

    kind: Kind
    words: str
    films: tuple[tuple[Path, ...], ...] = ()
    figures: tuple[tuple[str, float], ...] = ()

    @property
    def is_serious(self) -> bool:
        """True where figures measured on the set are worth less for it."""
        return self.kind in (Kind.CONFLICT, Kind.LEAK, Kind.RELATED, Kind.FEW)


def find(
    data: DataSet,
    facts: Sequence[FileFacts],
    grouping: Grouping,
    shortcuts: Sequence[Shortcut],
) -> tuple[Finding, ...]:
    """Put everything that was measured into words.

    Args:
        data: The set, its items named by the films they show.
        facts: Of each item.
        grouping: The films by numbers of items.
        shortcuts: As measured.

    Returns:
        Findings, the gravest first.
    """
    films = [[data.items[number] for number in film] for film in grouping.films]
    found = [
        _conflicts(data, films),
        *_leaks(data, films),
        *_related(data, films, grouping),
        _few(data),
        _films_behind_files(data),
        *(_shortcut(data, shortcut) for shortcut in shortcuts),
        _balance(data),
        _unreadable(facts),
        _names(data, grouping),
        _sizes(facts),
    ]
    return tuple(finding for finding in found if finding is not None)


def _conflicts(data: DataSet, films: Sequence[Sequence[Item]]) -> Finding | None:
    mixed = [film for film in films if len({item.label for item in film}) > 1]
    if not mixed:
        return None
    number = len(mixed)
    lie = f"{_count(number, 'film')} {_verb(number, 'lies', 'lie')} under"
    words = (
        f'{lie} both labels, "{data.negative}" and "{data.positive}": one of them is wrong, '
        "whichever the network learns."
    )
    if data.num_classes > 2:
        words = f"{lie} more than one label: at most one of them is right."
    return Finding(
        Kind.CONFLICT,
        words,
        _paths(mixed),
        (("films", number), ("files", sum(map(len, mixed)))),
    )


def _leaks(data: DataSet, films: Sequence[Sequence[Item]]) -> list[Finding]:
    found = []
    pairs = (
        (Split.TRAIN, Split.VALIDATION),
        (Split.TRAIN, Split.TEST),
        (Split.VALIDATION, Split.TEST),
    )
    for known, measured in pairs:
        shared = [film for film in films if {known, measured} <= {item.split for item in film}]
        if not shared:
            continue
        files = sum(item.split is measured for film in shared for item in film)
        total, num_films = data.count(measured), data.num_films(measured)
        words = (
            f"{_count(files, f'{measured} file')} of {total:,} ({files / total:.0%}) "
            f"{_verb(files, 'shows', 'show')} a film that {known} has too "
            f"({len(shared):,} of its {_count(num_films, 'film')}): "
            f"figures on {measured} will look better than they are."
        )
        figures = (
            ("files", files),
            ("of files", total),
            ("films", len(shared)),
            ("of films", num_films),
        )
        found.append(Finding(Kind.LEAK, words, _paths(shared), figures))
    return found


def _related(data: DataSet, films: Sequence[Sequence[Item]], grouping: Grouping) -> list[Finding]:
    crossing = [
        [item for film in tied for item in films[film]]
        for tied in grouping.related
        if len({item.split for film in tied for item in films[film]}) > 1
    ]
    if not crossing:
        return []
    number = len(crossing)
    return [
        Finding(
            Kind.RELATED,
            f"{_count(number, 'patient or study')} (by DICOM identifiers) "
            f"{_verb(number, 'has', 'have')} films in more than one split: what a network learns "
            "of a patient in one it finds again in the other.",
            _paths(crossing),
            (("patients or studies", number), ("films", data.num_films())),
        )
    ]


def _few(data: DataSet) -> Finding | None:
    poor = [
        split for split in (Split.VALIDATION, Split.TEST) if 0 < data.num_films(split) < FEW_FILMS
    ]
    if not poor:
        return None
    words = " ".join(
        f"Figures on {split} will rest on only {_count(data.num_films(split), 'film')} "
        f"({_count(data.count(split), 'file')}): read them with their interval."
        for split in poor
    )
    return Finding(
        Kind.FEW, words, (), tuple((f"{split} films", data.num_films(split)) for split in poor)
    )


def _films_behind_files(data: DataSet) -> Finding | None:
    num_files, num_films = data.count(), data.num_films()
    if num_files == num_films:
        return None
    by_film = defaultdict(list)
    for item in data.items:
        by_film[item.film].append(item)
    several = sorted((film for film in by_film.values() if len(film) > 1), key=len, reverse=True)
    stand = _verb(num_films, "stands", "stand")
    return Finding(
        Kind.COPIES,
        f"Only {_count(num_films, 'different film')} {stand} behind {num_files:,} files; the "
        "others are copies, turned or otherwise changed.",
        _paths(several),
        (("files", num_files), ("films", num_films)),
    )


def _shortcut(data: DataSet, shortcut: Shortcut) -> Finding | None:
    # Over a handful of films chance reaches any figure.
    by_film = shortcut.film_strength if shortcut.num_films >= FEW_FILMS else 0.0
    if max(shortcut.strength, by_film) < TELLING:
        return None
    is_higher, named = shortcut.auc > 0.5, data.class_names[shortcut.label]
    what = "the classes apart"
    if data.num_classes > 2:
        what = f'"{named}" from the other classes'
        order = f" ({'higher' if is_higher else 'lower'} in it)"
    else:
        order = f' (higher in "{named if is_higher else data.negative}")'
    if shortcut.name in ("colour mode", "file format"):
        order = ""
    return Finding(
        Kind.SHORTCUT,
        f"The {shortcut.name} alone tells {what} in {shortcut.split}{order}: AUC "
        f"{shortcut.strength:.2f} by file, {shortcut.film_strength:.2f} by film "
        f"({_count(shortcut.num_films, 'film')}). A network may learn that instead of the bone.",
        (),
        (("auc", shortcut.auc), ("film auc", shortcut.film_auc), ("films", shortcut.num_films)),
    )


def _balance(data: DataSet) -> Finding | None:
    counts = [data.count(Split.TRAIN, label) for label in range(data.num_classes)]
    # As against the rarest class: of two classes, the share of both.
    if max(counts) < _IMBALANCED * max(1, max(counts) + min(counts)):
        return None
    share, common = max(counts) / max(1, sum(counts)), counts.index(max(counts))
    return Finding(
        Kind.BALANCE,
        f"The classes are uneven: {share:.0%} of the training files are "
        f'"{data.class_names[common]}", so always saying so is right that often.',
        (),
        tuple(zip(data.class_names, counts, strict=True)),
    )


def _unreadable(facts: Sequence[FileFacts]) -> Finding | None:
    bad = [fact for fact in facts if fact.error is not None]
    if not bad:
        return None
    return Finding(
        Kind.UNREADABLE,
        f"{_count(len(bad), 'file')} cannot be read, for instance "
        f'"{bad[0].path.name}": {bad[0].error}.',
        tuple((fact.path,) for fact in bad),
        (("files", len(bad)),),
    )


def _names(data: DataSet, grouping: Grouping) -> Finding | None:
    if not grouping.parted:
        return None
    number = len(grouping.parted)
    return Finding(
        Kind.NAMES,
        f"{_count(number, 'file name')} {_verb(number, 'stands', 'stand')} for several different "
        "films, by their pictures; each counts as its own film.",
        tuple(tuple(data.items[part[0]].path for part in parts) for parts in grouping.parted),
        (("names", number), ("films", sum(map(len, grouping.parted)))),
    )


def _sizes(facts: Sequence[FileFacts]) -> Finding | None:
    read = [fact for fact in facts if fact.error is None]
    sizes = Counter((fact.width, fact.height) for fact in read)
    modes = Counter((fact.format, fact.mode) for fact in read)
    if len(sizes) < 2 and len(modes) < 2:
        return None
    size = ", ".join(f"{w} x {h} ({n:,})" for (w, h), n in sizes.most_common(3))
    mode = ", ".join(f"{kind} {how} ({n:,})" for (kind, how), n in modes.most_common(4))
    rest = ", ..." if len(sizes) > 3 else ""
    return Finding(
        Kind.SIZES,
        f"{_count(len(sizes), 'size')} ({size}{rest}) and {_count(len(modes), 'way')} of storing "
        f"({mode}).",
        (),
        (("sizes", len(sizes)), ("modes", len(modes))),
    )


def _paths(films: Sequence[Sequence[Item]]) -> tuple[tuple[Path, ...], ...]:
    return tuple(tuple(item.path for item in film) for film in films)


def _count(number: int, noun: str) -> str:
    if noun.endswith("study"):
        return f"{number:,} {noun if number == 1 else 'patients or studies'}"
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _verb(number: int, one: str, many: str) -> str:
    return one if number == 1 else many
