"""Reads the DICOM header of a film that is to be shared, with everything in it. pydicom."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pydicom.misc
from pydicom import dcmread
from pydicom.dataset import Dataset

from training.films.dicom_mending import complete_syntax
from training.films.film import FilmError
from training.films.quiet import collected_warnings, hush
from training.films.reader import read_content
from training.films.sniff import SNIFF_BYTES, is_headless_dicom

# Every warning of pydicom goes through this module's ``warnings``, and may quote a patient's name.
hush(pydicom.misc, loggers=("pydicom",))


def read_dicom_source(path: Path) -> Dataset:
    """A DICOM film's whole data set, pixels undecoded.

    Args:
        path: The film.

    Raises:
        FilmError: It cannot be read, or is no DICOM film.
    """
    content, kind = read_content(path)
    if kind != "DICOM":
        raise FilmError(path, "it is no DICOM film", "This works for DICOM films only.")
    return parse_dicom(path, content)


def parse_dicom(path: Path, content: bytes) -> Dataset:
    """The same from a file that has been read.

    Args:
        path: For messages.
        content: The whole file.

    Raises:
        FilmError: Its header is damaged.
    """
    with collected_warnings():
        try:
            # Never for other bytes: see ``films.dicom``.
            dataset = dcmread(BytesIO(content), force=is_headless_dicom(content[:SNIFF_BYTES]))
            complete_syntax(dataset)
        except Exception as error:  # A damaged header makes pydicom raise nearly anything.
            raise FilmError(path, "its DICOM header is damaged") from error
    return dataset
