"""Reads a DICOMDIR, the table of contents of a disc (PS3.3 annex F, PS3.10 clause 8).

Called by ``film_lists`` only. Patients' names stand in it; none of them is handed on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from pydicom import dcmread
from pydicom.dataset import Dataset

import training.films.dicom  # noqa: F401 - routes pydicom's warnings to where they are collected
from training.films.dicom_header import items, number, words
from training.films.film import FilmError
from training.films.film_lists import FilmList
from training.films.quiet import collected_warnings

_STORAGE = "1.2.840.10008.5.1.4.1.1."
# Computed and digital radiography, mammography and teeth among it; angiography and fluoroscopy;
# secondary captures, as scanned films often are.
_RADIOGRAPHS = tuple(_STORAGE + kind for kind in ("1", "12.1", "12.2", "7"))
_MODALITIES = ("CR", "DX", "DR", "RG", "MG", "IO", "PX", "RF", "XA")
_FIRST = "OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity"
_NEXT = "OffsetOfTheNextDirectoryRecord"
_LOWER = "OffsetOfReferencedLowerLevelDirectoryEntity"

Key = tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class _Image:
    """One image of the directory.

    Args:
        parts: Its path below the directory's folder, part by part.
        key: Sorts it within its patient.
        is_radiograph: What it is, as far as the directory tells.
    """

    parts: tuple[str, ...]
    key: Key
    is_radiograph: bool


def read_dicomdir(path: Path) -> FilmList:
    """The radiographs that a DICOMDIR names; where it names none, all its images.

    Args:
        path: The DICOMDIR; what it names lies below its folder.

    Returns:
        Patients as the directory has them, studies by date, series and images by number.

    Raises:
        FilmError: It is damaged or names no image.
    """
    try:
        with collected_warnings():
            dataset = dcmread(BytesIO(path.read_bytes()))
            records = items(dataset, "DirectoryRecordSequence")
            found = list(_images(dataset, records)) or list(_flat(records))
    except Exception as error:  # A damaged directory makes pydicom raise nearly anything.
        raise FilmError(path, "this table of contents of a disc is damaged") from error
    if not found:
        raise FilmError(path, "this table of contents of a disc names no pictures")
    wanted = [image for image in found if image.is_radiograph] or found
    films, missing = [], []
    disc = _Disc(path.parent)
    for image in wanted:
        place = disc.find(image.parts)
        if place is None:
            missing.append("/".join(image.parts))
        else:
            films.append(place)
    num_others = sum(1 for record in records if _kind(record) not in _LEVELS) - len(wanted)
    return FilmList(tuple(dict.fromkeys(films)), tuple(missing), max(num_others, 0))


_LEVELS = ("PATIENT", "STUDY", "SERIES")


def _images(dataset: Dataset, records: list[Dataset]) -> Iterator[_Image]:
    """Walk the tree that the records' offsets make."""
    by_place = {int(record.seq_item_tell): record for record in records}
    root = int(number((dataset,), _FIRST) or 0)
    for patient in _siblings(by_place, root, set()):
        below = list(_below(by_place, patient, (), "", set()))
        yield from sorted(below, key=lambda image: image.key)


def _below(
    by_place: dict[int, Dataset], record: Dataset, key: Key, modality: str, seen: set[int]
) -> Iterator[_Image]:
    """The images in a record and below it, however deep."""
    key = (*key, _rank(record))
    modality = _word(record, "Modality") or modality
    image = _image(record, key, modality)
    if image is not None:
        yield image
    for lower in _siblings(by_place, int(number((record,), _LOWER) or 0), seen):
        yield from _below(by_place, lower, key, modality, seen)


def _siblings(by_place: dict[int, Dataset], first: int, seen: set[int]) -> Iterator[Dataset]:
    """The records that follow each other from an offset on; none of them twice."""
    place = first
    while (record := by_place.get(place)) is not None and place not in seen:
        seen.add(place)
        yield record
        place = int(number((record,), _NEXT) or 0)


def _flat(records: list[Dataset]) -> Iterator[_Image]:
    """The images in the order in which they stand, where the offsets lead nowhere."""
    modality = ""
    for record in records:
        modality = _word(record, "Modality") or modality
        image = _image(record, (), modality)
        if image is not None:
            yield image


def _image(record: Dataset, key: Key, modality: str) -> _Image | None:
    parts = tuple(words((record,), "ReferencedFileID"))
    if _kind(record) != "IMAGE" or not parts:
        return None
    uid = _word(record, "ReferencedSOPClassUIDInFile")
    is_one = any(uid == kind or uid.startswith(f"{kind}.") for kind in _RADIOGRAPHS)
    return _Image(parts, key, is_one or (not uid and modality in _MODALITIES))


def _rank(record: Dataset) -> tuple[float, str]:
    """Studies by date and time, series and images by number; others as they stand."""
    kind = _kind(record)
    if kind == "STUDY":
        return 0.0, _word(record, "StudyDate") + _word(record, "StudyTime")
    keyword = {"SERIES": "SeriesNumber", "IMAGE": "InstanceNumber"}.get(kind)
    return (number((record,), keyword) or 0.0 if keyword else 0.0), ""


def _kind(record: Dataset) -> str:
    return _word(record, "DirectoryRecordType").upper()


def _word(record: Dataset, keyword: str) -> str:
    return "".join(words((record,), keyword)[:1])


class _Disc:
    """Finds files by the names of a DICOMDIR, which systems show in small letters or with ";1".

    Args:
        root: The folder of the DICOMDIR.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._names: dict[Path, dict[str, str]] = {}

    def find(self, parts: tuple[str, ...]) -> Path | None:
        """A file below the root, or None; never one outside it."""
        place = self._root
        for part in parts:
            if part in ("", ".", "..") or "/" in part or "\\" in part or "\0" in part:
                return None
            name = part if (place / part).exists() else self._listed(place).get(_plain(part))
            if name is None:
                return None
            place /= name
        return place if place.is_file() else None

    def _listed(self, folder: Path) -> dict[str, str]:
        if folder not in self._names:
            try:
                names = [path.name for path in folder.iterdir()]
            except OSError:
                names = []
            self._names[folder] = {_plain(name): name for name in names}
        return self._names[folder]


def _plain(name: str) -> str:
    return name.casefold().partition(";")[0].rstrip(".")
