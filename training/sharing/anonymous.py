"""Anonymous copies of films: DICOM after the basic profile of PS3.15, pictures without metadata.

The original is only read. Pixels are never looked at for text, so every copy comes with a warning.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from pydicom import dcmwrite
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import DigitalXRayImageStorageForPresentation, generate_uid

from training import __version__
from training.errors import UserError
from training.films.film import FilmError
from training.films.quiet import collected_warnings
from training.films.reader import read_content
from training.sharing.identifying import identifying_values
from training.sharing.plain_picture import plain_picture
from training.sharing.profile import apply_profile, identity_removed
from training.sharing.source import parse_dicom
from training.sharing.writing import write_new

BURNED_IN = "The file itself says that text is burned into this film. Look before you give it away."
MAY_BE_BURNED_IN = "Text that is burned into the film stays. Look before you give it away."
_INSTEAD = "No copy was made. Save a picture of the film instead."


@dataclass(frozen=True)
class AnonymousCopy:
    """A copy, not yet written.

    Args:
        content: The whole file.
        ending: For its name: ".dcm", ".png" ...
        says_burned_in: The file says that there is text in the picture.
    """

    content: bytes = field(repr=False)
    ending: str
    says_burned_in: bool = False

    @property
    def warning(self) -> str:
        """What whoever gives the copy away must know."""
        return BURNED_IN if self.says_burned_in else MAY_BE_BURNED_IN


class Pseudonyms:
    """New numbers for patients, in the order met: films of one patient stay together."""

    def __init__(self) -> None:
        # Two exports must not be matched by "patient 1".
        self._export = secrets.token_hex(3).upper()
        self._known: dict[str, str] = {}

    def of(self, patient: str) -> str:
        """The new number of a Patient ID; films without one get one each."""
        key = patient or f"\0{len(self._known)}"
        return self._known.setdefault(key, f"ANON-{self._export}-{len(self._known) + 1:04}")


def anonymous_copy(path: Path, names: Pseudonyms | None = None) -> AnonymousCopy:
    """Make a copy that does not tell whose film it is.

    Args:
        path: The film.
        names: Of this export; made anew where left out.

    Raises:
        UserError: It cannot be read, or not be made anonymous for certain.
    """
    content, kind = read_content(path)
    if kind != "DICOM":
        return AnonymousCopy(*plain_picture(path, content, kind))
    return _dicom(path, parse_dicom(path, content), names or Pseudonyms())


def _dicom(path: Path, dataset: Dataset, names: Pseudonyms) -> AnonymousCopy:
    if "PixelData" not in dataset:
        raise FilmError(path, "it holds no picture")
    try:
        with collected_warnings():
            found = identifying_values(dataset)
            number = names.of(str(dataset.get("PatientID") or "").strip())
            says_burned_in = str(dataset.get("BurnedInAnnotation") or "").upper() == "YES"
            apply_profile(dataset)
            found.scrub(dataset)
            dataset.PatientName = f"Anonymous^{number}"
            dataset.PatientID = number
            method = f"X-ray Desktop {__version__}, PS3.15 basic profile"
            for keyword, value in identity_removed(method).items():
                setattr(dataset, keyword, value)
            content = _written(dataset)
    except Exception as error:  # A damaged header makes pydicom raise nearly anything.
        raise UserError(
            f"{path.name} cannot be made anonymous: its DICOM header is damaged.", _INSTEAD
        ) from error
    if found.remains_in(content):
        raise UserError(
            f"{path.name} cannot be made anonymous: what tells whose it is stands in an "
            "unexpected place.",
            _INSTEAD,
        )
    return AnonymousCopy(content, ".dcm", says_burned_in)


def _written(dataset: Dataset) -> bytes:
    """As a file with a preamble of zeros and new file meta information."""
    if not dataset.get("SOPInstanceUID"):
        dataset.SOPInstanceUID = generate_uid(None)
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = dataset.file_meta.TransferSyntaxUID
    meta.MediaStorageSOPClassUID = (
        dataset.get("SOPClassUID") or DigitalXRayImageStorageForPresentation
    )
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.file_meta = meta
    dataset.preamble = b"\0" * 128
    target = BytesIO()
    dcmwrite(target, dataset, enforce_file_format=True)
    return target.getvalue()


@dataclass(frozen=True)
class CopiesMade:
    """What came of a list.

    Args:
        num_written: Copies.
        refused: (film, why) of those that could not be copied.
        num_burned_in: Copies whose file says that there is text in the picture.
        was_stopped: The user stopped it; what was written stays.
    """

    num_written: int
    refused: tuple[tuple[Path, str], ...] = ()
    num_burned_in: int = 0
    was_stopped: bool = False


def write_copies(
    films: Sequence[Path],
    folder: Path,
    *,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> CopiesMade:
    """Copies of many films with new, neutral names; nothing that lies in the folder is touched.

    Args:
        films: In the order in which they are numbered.
        folder: Must be there.
        progress: Called with (films done, films).
        cancelled: Asked between films.

    Raises:
        UserError: The disk refuses; what was written before stays.
    """
    names = Pseudonyms()
    refused: list[tuple[Path, str]] = []
    written = burned = 0
    digits = max(4, len(str(len(films))))
    taken = {path.stem for path in folder.glob("film-*")}
    number = 0
    for count, film in enumerate(films):
        if cancelled():
            return CopiesMade(written, tuple(refused), burned, was_stopped=True)
        progress(count, len(films))
        try:
            copy = anonymous_copy(film, names)
        except UserError as error:
            refused.append((film, str(error)))
            continue
        number += 1
        while (name := f"film-{number:0{digits}}") in taken:
            number += 1
        write_new(folder / f"{name}{copy.ending}", copy.content)
        written += 1
        burned += copy.says_burned_in
    progress(len(films), len(films))
    return CopiesMade(written, tuple(refused), burned)
