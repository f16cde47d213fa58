"""The classes that folder names stand for; of two, which is positive ("fractured"), however spelled."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
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
# More than two classes are sorted kinds of films. Folders of this kind hold one patient, one
# examination or one day each, and more than this many are no classes that films can be had for.
MAX_CLASSES = 20
HOW_TO_SORT = (
    "Sort the films into one folder per class, for instance "
    '"fractured" and "not fractured", and choose the folder that holds these.'
)
_SERIAL = re.compile(
    r"^(?:patient|pat|subject|case|person|study|studie|series|serie|visit|exam|examination|accession|"
    r"session|scan|film|image|img|batch|part|page|dicom|dcm|folder|dir|new folder)? ?\d*$"
)
# Years, dates and identifiers; grades ("0" to "4") are short.
_LONG_NUMBER = re.compile(r"^(?:\d{4,}|\d+(?: \d+){2,})$")


@dataclass(frozen=True)
class ClassNames:
    """The classes of a set.

    Args:
        class_names: Names by label, as found: (negative, positive), or more than two.
        labels: Label by folder name, all spellings found.
        warnings: Whole sentences about what had to be guessed.
    """

    class_names: tuple[str, ...]
    labels: Mapping[str, int]
    warnings: tuple[str, ...] = ()

    @property
    def negative(self) -> str:
        """Name of class 0."""
        return self.class_names[0]

    @property
    def positive(self) -> str:
        """Name of class 1."""
        return self.class_names[1]


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


def same_classes(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether two models tell the same classes apart, in the same order.

    Spellings do not matter, nor do words of two classes that say which one is fractured: "intact"
    and "broken" are "not fractured" and "fractured".

    Args:
        first: Class names of one, by label.
        second: Of the other.
    """
    if len(first) != len(second):
        return False
    kinds = [
        (known_label(one), known_label(other)) for one, other in zip(first, second, strict=True)
    ]
    if len(first) == 2 and kinds == [(0, 0), (1, 1)]:
        return True
    return [_key(name) for name in first] == [_key(name) for name in second]


def choose_classes(
    names: Iterable[str],
    positive: str | None = None,
    beside: Iterable[Collection[str]] = (),
) -> ClassNames:
    """Tell the classes apart.

    Two classes are negative and positive, by their names. More keep the natural order of their
    names ("grade 2" before "grade 10"), and none of them is positive.

    Args:
        names: Names of all class folders of all splits, in order; one class may come in several
            spellings ("not fractured" in train, "Not_Fractured" in val).
        positive: The name that the user calls positive, in any spelling, or None; of more than two
            classes it is left aside.
        beside: Names of folders that lie in one folder: these are never two names of one class,
            though "normal" in one part and "not fractured" in another are.

    Returns:
        The classes.

    Raises:
        DataError: For fewer than two classes, for more than ``MAX_CLASSES``, for folders that are
            plainly patients or days and no classes, or a ``positive`` that is none of two classes.
    """
    spellings: dict[str, list[str]] = {}
    for name in names:
        spellings.setdefault(_key(name), []).append(name)
    groups = list(spellings.values())
    if not any(_has_kinds(folders) for folders in beside):
        groups = _merged(groups)
    if len(groups) < 2:
        raise _too_few([group[0] for group in groups])
    if len(groups) > 2:
        return _many_classes(groups, positive)
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
    return ClassNames((negatives[0], positives[0]), labels_by_name, warnings)


def _many_classes(groups: list[list[str]], positive: str | None) -> ClassNames:
    """More than two classes, in the natural order of their names."""
    names = [group[0] for group in groups]
    if len(groups) > MAX_CLASSES:
        raise _no_classes(names, f"more than {MAX_CLASSES} cannot be learnt")
    if all(_is_serial(name) for name in names):
        raise _no_classes(names, "by their names they are patients, examinations or days")
    ordered = sorted(groups, key=lambda group: (_natural(group[0]), group[0]))
    class_names = tuple(group[0] for group in ordered)
    warnings = [
        f"The folder has {len(groups)} classes: {_listed(class_names)}. A model learns to tell all "
        "of them apart and has no threshold. If one of these folders is no class, take it out."
    ]
    if positive is not None:
        warnings.append(
            f'Of more than two classes none is positive: "{positive}" is learnt like the others.'
        )
    labels = {name: label for label, group in enumerate(ordered) for name in group}
    return ClassNames(class_names, labels, tuple(warnings))


def _is_serial(name: str) -> bool:
    """True for a folder's name that only counts: "patient 017", "2024-05-13", "1.2.840.10008"."""
    words = " ".join(re.findall(r"[^\W\d_]+|\d+", name.casefold()))
    if _LONG_NUMBER.match(words):
        return True
    return not words.replace(" ", "").isdigit() and bool(_SERIAL.match(words))


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Sorts numbers in names by their value."""
    parts = re.findall(r"\d+|\D+", name.casefold())
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]


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


def _has_kinds(folders: Collection[str]) -> bool:
    """True where folders of one place tell kinds of one answer: "hairline fracture", "displaced fracture"."""
    keys = {_key(name): known_label(name) for name in folders}
    return len(set(keys.values())) < len(keys)


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


def _too_few(names: list[str]) -> DataError:
    return DataError(
        f"There is only one class ({_listed(names)}), where two or more are needed.", HOW_TO_SORT
    )


def _no_classes(names: list[str], why: str) -> DataError:
    return DataError(
        f"There are {len(names)} folders ({_listed(names)}) where classes were expected: {why}.",
        HOW_TO_SORT,
    )


def _listed(names: Sequence[str], most: int = 5) -> str:
    shown = ", ".join(f'"{name}"' for name in names[:most])
    return shown + (", ..." if len(names) > most else "")
