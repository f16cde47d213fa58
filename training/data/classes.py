"""Which of two folder names is the positive class ("fractured"), however it is spelled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from training.data.dataset import DataError


def _word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_NEGATIONS = _word_set(
    "not non no none without un nicht kein keine ohne pas sans sin senza nao sem"
)
_NEGATIVE = _word_set(
    "normal normals negative neg intact healthy unbroken undamaged uninjured unfractured "
    "unremarkable nonfractured nonfracture notfractured nofracture nofx notbroken nonbroken "
    "control controls ok fine good clear clean false absent gesund unauffaellig sain sano 0"
)
_POSITIVE = _word_set(
    "frac fx broken break breaks positive pos abnormal abnormality pathologic pathological "
    "pathology injured injury true yes present gebrochen bruch 1"
)
# "hairline fractures", "fracturas": word stems that say the same in any ending.
_POSITIVE_STEM = re.compile(r"^(?:fractur|fraktur|frattur|fratur)")
_FREE = re.compile(r"\bfree$")


@dataclass(frozen=True)
class ClassNames:
    """The two classes of a set.

    Args:
        negative: Name of class 0, as found.
        positive: Name of class 1, as found.
        labels: Label by folder name, all spellings found.
        warnings: Whole sentences about what had to be guessed.
    """

    negative: str
    positive: str
    labels: Mapping[str, int]
    warnings: tuple[str, ...] = ()

    @property
    def class_names(self) -> tuple[str, str]:
        """Names by label: (negative, positive)."""
        return self.negative, self.positive


def known_label(name: str) -> int | None:
    """What a folder's name says: 1 fractured, 0 not fractured, None where it says neither."""
    words = _words(name)
    negated = any(word in _NEGATIONS for word in words) or _FREE.search(" ".join(words))
    positive = any(word in _POSITIVE or _POSITIVE_STEM.match(word) for word in words)
    negative = any(word in _NEGATIVE for word in words)
    if negated:
        # "not normal" is a finding; a bare "no" or "none" is none.
        return 1 if negative and not positive else 0
    if positive and negative:
        return None
    if positive or negative:
        return int(positive)
    return None


def choose_classes(names: Iterable[str], positive: str | None = None) -> ClassNames:
    """Tell the two classes apart.

    Args:
        names: Names of all class folders of all splits, in order; one class may come in several
            spellings ("not fractured" in train, "Not_Fractured" in val).
        positive: The name that the user calls positive, in any spelling, or None.

    Returns:
        The classes.

    Raises:
        DataError: For other than two classes, or a ``positive`` that is none of them.
    """
    spellings: dict[str, list[str]] = {}
    for name in names:
        spellings.setdefault(_key(name), []).append(name)
    groups = _merged(list(spellings.values()))
    if len(groups) != 2:
        raise _not_two([group[0] for group in groups])
    first, second = sorted(groups, key=lambda group: _key(group[0]))
    warnings: tuple[str, ...] = ()
    if positive is not None:
        label_of_first = _asked_for(positive, first, second)
    else:
        labels = known_label(first[0]), known_label(second[0])
        label_of_first = 1 if labels in ((1, 0), (1, None), (None, 0)) else 0
        if labels in ((None, None), (0, 0), (1, 1)):
            warnings = (
                f'The names "{first[0]}" and "{second[0]}" do not say which films are fractured: '
                f'"{second[0]}" is taken as the positive class. '
                "Choose the other one as positive if that is wrong.",
            )
    negatives, positives = (second, first) if label_of_first else (first, second)
    labels_by_name = dict.fromkeys(negatives, 0) | dict.fromkeys(positives, 1)
    return ClassNames(negatives[0], positives[0], labels_by_name, warnings)


def are_one_class(names: Iterable[str]) -> bool:
    """True where all names are one, in whatever spelling."""
    return len({_key(name) for name in names}) == 1


def are_opposites(names: Iterable[str]) -> bool:
    """True where the names say, between them, both "fractured" and "not fractured"."""
    return {0, 1} <= {known_label(name) for name in names}


def _words(name: str) -> list[str]:
    spaced = re.sub(r"([a-z])([A-Z])", r"\1 \2", name)
    plain = spaced.casefold().replace("ã", "a").replace("é", "e").replace("ä", "ae")
    words = re.findall(r"[^\W_]+", plain)
    # "0_normal", "01 fractured": a leading number only orders the folders.
    return words[1:] if len(words) > 1 and words[0].isdigit() else words


def _key(name: str) -> str:
    return "".join(_words(name))


def _merged(groups: list[list[str]]) -> list[list[str]]:
    """Join spellings that differ by word ("normal" and "not fractured") where all are known."""
    if len(groups) <= 2:
        return groups
    by_label: dict[int | None, list[str]] = {}
    for group in groups:
        by_label.setdefault(known_label(group[0]), []).extend(group)
    return groups if None in by_label else list(by_label.values())


def _asked_for(positive: str, first: list[str], second: list[str]) -> int:
    """The label of ``first``, given the name that the user calls positive."""
    for group, label in ((first, 1), (second, 0)):
        if _key(positive) in {_key(name) for name in group}:
            return label
    raise DataError(
        f'The positive class was to be "{positive}", '
        f'but the classes in this folder are "{first[0]}" and "{second[0]}".',
        "Choose one of these as positive.",
    )


def _not_two(names: list[str]) -> DataError:
    advice = (
        'Sort the films into two folders, for instance "fractured" and "not fractured", '
        "and choose the folder that holds these two."
    )
    shown = ", ".join(f'"{name}"' for name in names[:5]) + (", ..." if len(names) > 5 else "")
    return DataError(f"There are {len(names)} classes ({shown}), where two are needed.", advice)
