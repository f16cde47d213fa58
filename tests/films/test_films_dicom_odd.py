"""Odd and broken DICOM files: read with a note or refused in words, never leaking a value."""

from __future__ import annotations

import logging
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.uid import (
    MPEG2MPML,
    ComprehensiveSRStorage,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGLSLossless,
    RLELossless,
)

from tests.builders.films import bone_picture, dicom_dataset, write_dicom
from training.films.film import FilmError
from training.films.reader import read_film, sniff

BUNDLED = Path(pydicom.__file__).parent / "data" / "test_files"
BONE = bone_picture().astype(np.uint16) * 16


def _reason(path: Path) -> str:
    with pytest.raises(FilmError) as caught:
        read_film(path)
    assert path.name in caught.value.what
    assert "Nobody" not in str(caught.value)
    return caught.value.reason


def test_that_a_dicom_file_with_a_tiff_header_in_its_preamble_is_dicom(tmp_path):
    path = write_dicom(tmp_path / "both.tif", BONE, bits_stored=12)
    path.write_bytes(b"II*\x00\x08\x00\x00\x00" + path.read_bytes()[8:])
    assert sniff(path) == "DICOM"
    assert np.array_equal(read_film(path).pixels, BONE)


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian])
def test_that_a_data_set_without_preamble_is_read_with_a_note(tmp_path, syntax):
    path = write_dicom(tmp_path / "headless", BONE, bits_stored=12, syntax=syntax)
    content = path.read_bytes()
    path.write_bytes(content[content.index(b"\x08\x00\x16\x00") :])
    assert sniff(path) == "DICOM"
    film = read_film(path)
    assert np.array_equal(film.pixels, BONE)
    assert "the file lacks its DICOM preamble" in film.notes


def test_that_an_object_without_a_picture_says_what_it_is(tmp_path):
    dataset = dicom_dataset(BONE)
    del dataset.PixelData, dataset.Rows
    dataset.SOPClassUID = ComprehensiveSRStorage
    dataset.save_as(tmp_path / "report.dcm", enforce_file_format=True)
    assert _reason(tmp_path / "report.dcm") == (
        "it is a DICOM file (Comprehensive SR Storage) that holds no picture"
    )


@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
def test_that_a_truncated_film_is_refused(tmp_path, share):
    path = write_dicom(tmp_path / "cut.dcm", BONE, bits_stored=12)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert _reason(path)


def test_that_an_unsupported_compression_is_named(tmp_path):
    dataset = dicom_dataset(BONE)
    path = tmp_path / "film.dcm"
    dataset.save_as(path, enforce_file_format=True)
    old, new = (str(uid).encode() for uid in (ExplicitVRLittleEndian, MPEG2MPML))
    content = path.read_bytes()
    start = content.index(old + b"\0")
    # The element grows: its own length and the group's length with it.
    padded = new + b"\0" * (len(new) % 2)
    group = content.index(b"UL\x04\x00") + 4
    length = int.from_bytes(content[group : group + 4], "little") + len(padded) - len(old) - 1
    content = (
        content[:group]
        + length.to_bytes(4, "little")
        + content[group + 4 : start - 2]
        + len(padded).to_bytes(2, "little")
        + padded
        + content[start + len(old) + 1 :]
    )
    path.write_bytes(content)
    assert "MPEG2 Main Profile / Main Level, is not supported" in _reason(path)


def test_that_a_missing_decoder_package_is_named(tmp_path, monkeypatch):
    from pydicom.pixels.decoders import JPEGLSLosslessDecoder

    dataset = dicom_dataset(BONE, bits_stored=12)
    dataset.compress(RLELossless)
    dataset.file_meta.TransferSyntaxUID = JPEGLSLossless
    dataset.save_as(tmp_path / "film.dcm", enforce_file_format=True)
    monkeypatch.setattr(JPEGLSLosslessDecoder, "_available", {})
    monkeypatch.setattr(JPEGLSLosslessDecoder, "_unavailable", {"imagecodecs": ("imagecodecs",)})
    reason = _reason(tmp_path / "film.dcm")
    assert "JPEG-LS Lossless" in reason
    assert "imagecodecs" in reason


@pytest.mark.parametrize(("rows", "columns"), [(60_000, 60_000), (0, 10)])
def test_that_an_absurd_size_is_refused_before_it_is_decoded(tmp_path, rows, columns):
    path = write_dicom(tmp_path / "film.dcm", BONE, Rows=rows, Columns=columns)
    assert "too large" in _reason(path) or "pixels" in _reason(path)


def _with_bad_values(path: Path) -> Path:
    """A readable film whose header breaks the rules where a patient's data stand."""
    write_dicom(path, BONE, bits_stored=12, InstanceNumber=12345)
    path.write_bytes(path.read_bytes().replace(b"12345 ", b"Nemo70"))
    return path


def test_that_broken_rules_become_a_note_without_the_patient(tmp_path, caplog):
    path = _with_bad_values(tmp_path / "film.dcm")
    with warnings.catch_warnings(), caplog.at_level(logging.DEBUG):
        warnings.simplefilter("error")
        film = read_film(path)
    assert any("breaks the rules of DICOM in" in note for note in film.notes)
    assert not any("Nemo" in note for note in film.notes)
    assert "Nemo" not in caplog.text
    assert "Nobody" not in caplog.text


def test_that_warnings_stay_with_the_thread_that_reads(tmp_path):
    bad = _with_bad_values(tmp_path / "bad.dcm")
    good = write_dicom(tmp_path / "good.dcm", BONE, bits_stored=12)
    filters = list(warnings.filters)
    with ThreadPoolExecutor(4) as pool:
        films = list(pool.map(read_film, [bad, good] * 40))
    assert all(film.notes[-1].startswith("the file breaks") for film in films[::2])
    assert all(film.notes == films[1].notes for film in films[1::2])
    assert warnings.filters == filters


def test_that_pydicom_still_warns_others():
    import pydicom.misc

    with pytest.warns(UserWarning, match="from elsewhere"):
        pydicom.misc.warn_and_log("from elsewhere")


def test_that_decoders_print_nothing_about_an_odd_film(capfd):
    # C libraries print past Python: of 12-bit JPEG, and of a stream that is damaged.
    film = read_film(BUNDLED / "JPGExtended.dcm")
    with pytest.raises(FilmError):
        read_film(BUNDLED / "JPEG2000-embedded-sequence-delimiter.dcm")
    assert film.bits == 12
    assert capfd.readouterr() == ("", "")
