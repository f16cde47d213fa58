"""The basic confidentiality profile of DICOM PS3.15 (Table E.1-1) on one data set, all levels of it.

The table and its actions come from dicom-anonymizer. It works on the top level only and keeps
some dates; here every item of every sequence goes through the table, and what is to be removed
is removed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from dicomanonymizer import simpledicomanonymizer as table
from pydicom.datadict import dictionary_has_tag
from pydicom.dataset import Dataset

_EDITION = "dicomfields_2026c"
# Where one must stand. The library's year 1 is no date to other programs.
_NO_TIME = {"DA": "19000101", "DT": "19000101000000", "TM": "000000"}

Action = Callable[[Dataset, tuple[int, int]], None]


def apply_profile(dataset: Dataset) -> None:
    """Remove, empty or replace everything that the profile names; private elements go, too.

    UIDs are replaced by random ones, the same by the same as long as the program runs.

    Args:
        dataset: Changed in place; without its file meta information.
    """
    dataset.remove_private_tags()
    _apply(dataset)


def _apply(dataset: Dataset) -> None:
    for tag in list(dataset.keys()):
        # Nobody can say what an element that the standard does not know holds.
        if tag.element == 0 or not dictionary_has_tag(tag):
            del dataset[tag]
    table.anonymize_dataset(dataset, base_rules_gen=_rules)
    for element in dataset:
        if element.VR == "SQ":
            for item in element.value:
                _apply(item)


def is_named(group: int, element: int) -> bool:
    """True where the profile says something about an element."""
    if (group, element) in _rules():
        return True
    return any(
        len(tag) > 2 and group & tag[2] == tag[0] & tag[2] and element & tag[3] == tag[1] & tag[3]
        for tag in _rules()
    )


@cache
def _kept_rules() -> dict[tuple[int, ...], Action]:
    actions = table.initialize_actions(_EDITION)
    ours = {
        table.delete: _delete,
        table.empty: _empty,
        table.delete_or_empty: _empty,
        table.replace: _replace,
        table.delete_or_replace: _delete_or_replace,
        table.delete_or_empty_or_replace: _delete_or_replace,
        table.empty_or_replace: _empty_or_replace,
        table.replace_UID: _replace_uid,
        table.delete_or_empty_or_replace_UID: _replace_uid,
    }
    return {
        tag: _sure(ours.get(action, action))
        for tag, action in actions.items()
        # The file meta information is made anew.
        if tag[0] != 0x0002
    }


def _rules() -> dict[tuple[int, ...], Action]:
    # A copy: the library adds to it.
    return dict(_kept_rules())


def _delete(dataset: Dataset, tag: tuple[int, int]) -> None:
    if tag in dataset:
        del dataset[tag]


def _empty(dataset: Dataset, tag: tuple[int, int]) -> None:
    if tag not in dataset:
        return
    if _is_time(dataset, tag):
        dataset[tag].value = ""
    elif dataset[tag].VR == "SQ":
        dataset[tag].value = []
    else:
        table.empty(dataset, tag)


def _replace(dataset: Dataset, tag: tuple[int, int]) -> None:
    if _is_time(dataset, tag):
        dataset[tag].value = _NO_TIME[dataset[tag].VR]
    else:
        table.replace(dataset, tag)


def _delete_or_replace(dataset: Dataset, tag: tuple[int, int]) -> None:
    if _is_time(dataset, tag):
        del dataset[tag]
    else:
        table.replace(dataset, tag)


def _empty_or_replace(dataset: Dataset, tag: tuple[int, int]) -> None:
    if _is_time(dataset, tag):
        dataset[tag].value = ""
    else:
        table.replace(dataset, tag)


def _is_time(dataset: Dataset, tag: tuple[int, int]) -> bool:
    return tag in dataset and dataset[tag].VR in _NO_TIME


def _replace_uid(dataset: Dataset, tag: tuple[int, int]) -> None:
    # The items of a sequence of references get their own turn.
    if tag in dataset and dataset[tag].VR == "UI" and dataset[tag].value:
        table.replace_UID(dataset, tag)


def _sure(action: Action) -> Action:
    def act(dataset: Dataset, tag: tuple[int, int]) -> None:
        try:
            action(dataset, tag)
        except (NotImplementedError, TypeError, ValueError, KeyError):
            # A kind of value that the library cannot replace, or one that is malformed.
            _delete(dataset, tag)

    return act


def identity_removed(method: str) -> dict[str, Any]:
    """The elements that say what was done (PS3.15 E.1.1), by keyword.

    Args:
        method: Who did it, in words.
    """
    code = Dataset()
    code.CodeValue = "113100"
    code.CodingSchemeDesignator = "DCM"
    code.CodeMeaning = "Basic Application Confidentiality Profile"
    return {
        "PatientIdentityRemoved": "YES",
        "DeidentificationMethod": method,
        "DeidentificationMethodCodeSequence": [code],
        "LongitudinalTemporalInformationModified": "REMOVED",
    }
