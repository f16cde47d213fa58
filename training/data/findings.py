"""What a user should know about a set of films before training on it: the scan's warnings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from training.data.dataset import DataSet, Split
from training.evaluation.figures import FEW_FILMS

# From here on a constant guess looks like skill: 60 % right without looking at a film.
_IMBALANCED = 0.6
# Fewer films than this share of the files: the set is smaller than it looks.
_FEW_FILMS_PER_FILE = 0.7


def findings(data: DataSet, formats: Mapping[Path, str]) -> tuple[str, ...]:
    """Whole sentences about a set, the gravest first.

    Args:
        data: The set.
        formats: File format by path, of every item.

    Returns:
        Sentences; empty for a set without fault.
    """
    return tuple(
        sentence
        for sentence in (
            _films_in_both(data),
            _few_validation_films(data),
            _one_class_in_validation(data),
            _copies(data),
            _imbalance(data),
            _formats_tell(data, formats),
            _left_out(data),
            _bad_outlines(data),
        )
        if sentence
    )


def _films_in_both(data: DataSet) -> str:
    known = {item.film for item in data.of(Split.TRAIN)}
    checked = [item for item in data.of(Split.VALIDATION) if item.film in known]
    if not checked:
        return ""
    films = sorted({item.film for item in checked})
    shown = ", ".join(f'"{film}"' for film in films[:3]) + (", ..." if len(films) > 3 else "")
    return (
        f"{_count(len(checked), 'validation file')} of {data.count(Split.VALIDATION):,} "
        f"{'shows' if len(checked) == 1 else 'show'} "
        f"{'a film' if len(films) == 1 else 'films'} that training knows too, "
        f"by {'its name' if len(films) == 1 else 'their names'} ({shown}): "
        "the validation figures will look better than they are."
    )


def _few_validation_films(data: DataSet) -> str:
    num_films = data.num_films(Split.VALIDATION)
    if num_films >= FEW_FILMS:
        return ""
    num_files = data.count(Split.VALIDATION)
    behind = f", though there are {num_files:,} files" if num_files >= 2 * num_films else ""
    return (
        f"The validation figures rest on only {_count(num_films, 'film')}{behind}: "
        "they will be rough. Read them with their interval."
    )


def _one_class_in_validation(data: DataSet) -> str:
    counts = [data.count(Split.VALIDATION, label) for label in range(data.num_classes)]
    if all(counts):
        return ""
    if data.num_classes > 2:
        missing = [
            f'"{name}"' for name, num in zip(data.class_names, counts, strict=True) if not num
        ]
        return (
            f"No validation film is {' or '.join(missing)}: "
            "validation cannot tell whether the model knows them."
        )
    return (
        f'All validation films are "{data.class_names[counts.index(max(counts))]}": '
        "they cannot tell whether the model knows the difference."
    )


def _copies(data: DataSet) -> str:
    num_files, num_films = data.count(), data.num_films()
    if num_films > _FEW_FILMS_PER_FILE * num_files:
        return ""
    return (
        f"Only {_count(num_films, 'different film')} "
        f"{'stands' if num_films == 1 else 'stand'} behind {num_files:,} files, by their names; "
        "the others are copies or rotated variants. (Names may mislead both ways.)"
    )


def _imbalance(data: DataSet) -> str:
    counts = [data.count(Split.TRAIN, label) for label in range(data.num_classes)]
    # As against the rarest class: of two classes, the share of both.
    if max(counts) < _IMBALANCED * (max(counts) + min(counts)):
        return ""
    share, common = max(counts) / max(1, sum(counts)), counts.index(max(counts))
    if data.num_classes > 2:
        rare = counts.index(min(counts))
        return (
            f"The classes are uneven: training has {_count(counts[common], 'file')} "
            f'"{data.class_names[common]}" and {counts[rare]:,} "{data.class_names[rare]}". '
            f"Always naming the commonest one is right in {share:.0%} of them, so look at what is "
            "found of each class, not at accuracy alone."
        )
    return (
        f"The classes are uneven: training has {_count(counts[common], 'file')} "
        f'"{data.class_names[common]}" and {counts[1 - common]:,} '
        f'"{data.class_names[1 - common]}". Always naming the commoner one is right in '
        f"{share:.0%} of them, so look at sensitivity and specificity, not at accuracy alone."
    )


def _formats_tell(data: DataSet, formats: Mapping[Path, str]) -> str:
    by_label: list[set[str]] = [set() for _ in data.class_names]
    for item in data.of(Split.TRAIN):
        by_label[item.label].add(formats[item.path])
    if data.num_classes > 2:
        return _formats_of_one_tell(data, by_label)
    if not all(by_label) or by_label[0] & by_label[1]:
        return ""
    kinds = [" or ".join(sorted(kind)) for kind in by_label]
    return (
        f'All "{data.negative}" films are {kinds[0]} files and all "{data.positive}" films are '
        f"{kinds[1]} files: a model may tell them apart by that instead of by the bone."
    )


def _formats_of_one_tell(data: DataSet, by_label: list[set[str]]) -> str:
    """The first of many classes whose files are of a format that no other class has."""
    for label, kinds in enumerate(by_label):
        others = set().union(*(each for at, each in enumerate(by_label) if at != label))
        if kinds and others and not kinds & others:
            return (
                f'All "{data.class_names[label]}" films are {" or ".join(sorted(kinds))} files, and '
                "no film of another class is: a model may tell them by that instead of by the bone."
            )
    return ""


def _left_out(data: DataSet) -> str:
    if not data.skipped:
        return ""
    first = data.skipped[0]
    reasons = Counter(skipped.reason for skipped in data.skipped)
    number = _count(len(data.skipped), "file")
    were = "was" if len(data.skipped) == 1 else "were"
    if len(reasons) == 1:
        return f'{number} {were} left out, for instance "{first.path.name}": {first.reason}.'
    shown = "; ".join(f"{count:,} times {reason}" for reason, count in reasons.most_common(3))
    return f'{number} {were} left out, for instance "{first.path.name}" ({shown}).'


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _bad_outlines(data: DataSet) -> str:
    problems = data.outlines.problems
    if not problems:
        return ""
    lines = "line of outlines was" if len(problems) == 1 else "lines of outlines were"
    return f"{len(problems):,} {lines} left out; the first is in {problems[0]}."
