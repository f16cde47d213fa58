"""Every kind of grey DICOM film against the standard's own formulas, computed in ``standard``."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.pixels import pixel_array
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from tests.builders.films import dicom_dataset, lut_item
from tests.films.standard import display, inside, modality
from training.films.film import Film, FilmError
from training.films.pixel_shape import in_true_shape
from training.films.reader import read_film, read_grey

BUNDLED = Path(pydicom.__file__).parent / "data"
SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "dicom"
REAL = [*sorted((SHARED / "films").glob("*.dcm")), *sorted((SHARED / "odd").glob("*.dcm"))]
# A film that takes longer stops whoever reads a list.
SLOW_S = 5.0


def assert_as_the_standard_says(film: Film, dataset: Dataset, stored: npt.NDArray[Any]) -> None:
    """Compare a film's values, grey and network input with the formulas."""
    units = modality(dataset, stored)
    close = 1e-6 * max(1.0, float(np.abs(units).max()))
    assert np.abs(film.pixels - units).max() <= close
    expected = display(dataset, stored)
    shown = film.display()
    seen = np.rint(shown * np.float32(255.0)).astype(np.uint8)
    if expected is None or np.ptp(expected) == 0.0:
        # No window, or one that shows nothing: percentiles of what is no padding.
        counted = units[inside(dataset, stored)]
        limits = np.percentile(counted, (0.5, 99.5)) if counted.size else film.window.limits
        within = 0.02 * max(1.0, float(np.ptp(counted))) if counted.size else 1.0
        assert film.window.limits == pytest.approx(tuple(limits), abs=within)
    else:
        assert np.abs(shown - expected).max() < 2e-5
        assert np.abs(seen - expected * 255.0).max() <= 0.5 + 0.006
    if film.scale is not None and film.scale.row_mm != film.scale.column_mm:
        # Networks see it with square pixels: "test_films_pixel_shape".
        seen = in_true_shape(seen, film.scale.row_mm / film.scale.column_mm)
    assert np.array_equal(film.grey(), seen)


# Made films ------------------------------------------------------------------------------------

BITS = (8, 10, 12, 14, 16)
VOI: dict[str, Callable[[float, float], dict[str, Any]]] = {
    "LINEAR": lambda low, high: _window(low, high, "LINEAR"),
    "LINEAR_EXACT": lambda low, high: _window(low, high, "LINEAR_EXACT"),
    "SIGMOID": lambda low, high: _window(low, high, "SIGMOID"),
    "table": lambda low, high: _table(low, high),
}


def _window(low: float, high: float, function: str) -> dict[str, Any]:
    width = max(2.0, round((high - low) * 0.6))
    center = round(low + (high - low) * 0.45)
    return {"WindowCenter": center, "WindowWidth": width, "VOILUTFunction": function}


def _table(low: float, high: float) -> dict[str, Any]:
    first = round(low + (high - low) * 0.2)
    count = min(4000, round((high - low) * 0.5))
    entries = [round(4095 * (i / (count - 1)) ** 1.5) for i in range(count)]
    return {"VOILUTSequence": [lut_item(first, entries, 12)]}


def _stored(bits: int, signed: bool) -> npt.NDArray[Any]:
    """Values over the whole range of ``bits``, its ends with them: (24, 30)."""
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    values = np.random.default_rng(bits).integers(low, high, (24, 30), endpoint=True)
    values[0, :3] = low, high, (low + high) // 2
    size = 8 if bits == 8 else 16
    return values.astype(f"{'i' if signed else 'u'}{size // 8}")


@pytest.mark.parametrize("voi", VOI)
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("signed", [False, True], ids=["unsigned", "signed"])
@pytest.mark.parametrize("bits", BITS)
def test_that_a_made_film_is_shown_as_the_standard_says(tmp_path, bits, signed, photometric, voi):
    stored = _stored(bits, signed)
    for slope, intercept, padded in itertools.product((1, 0.5), (0, -100), (False, True)):
        low, high = (float(end) * slope + intercept for end in (stored.min(), stored.max()))
        elements = VOI[voi](low, high)
        if slope != 1 or intercept:
            elements |= {"RescaleSlope": slope, "RescaleIntercept": intercept}
        if voi == "table" and low < 0:
            # The table's first value is signed wherever the values are.
            elements["VOILUTSequence"][0]["LUTDescriptor"].VR = "SS"
        if padded:
            elements["PixelPaddingValue"] = int(stored[0, 0])
        dataset = dicom_dataset(stored, bits_stored=bits, photometric=photometric, **elements)
        path = tmp_path / "film.dcm"
        dataset.save_as(path, enforce_file_format=True)
        film = read_film(path)
        assert_as_the_standard_says(film, dataset, stored)
        assert np.array_equal(read_grey(path), film.grey())


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("signed", [False, True], ids=["unsigned", "signed"])
@pytest.mark.parametrize("bits", BITS)
def test_that_padding_is_left_out_of_the_window_of_a_film_that_names_none(
    tmp_path, bits, signed, photometric
):
    stored = _stored(bits, signed)
    stored[:8] = stored.max()
    dataset = dicom_dataset(
        stored, bits_stored=bits, photometric=photometric, PixelPaddingValue=int(stored.max())
    )
    dataset.save_as(tmp_path / "film.dcm", enforce_file_format=True)
    assert_as_the_standard_says(read_film(tmp_path / "film.dcm"), dataset, stored)


# Ways to store the same values -----------------------------------------------------------------


def _by_gdcm(source: Path, target: Path, syntax: UID) -> None:
    """Compress a film with GDCM."""
    gdcm = pytest.importorskip("gdcm")
    reader = gdcm.ImageReader()
    reader.SetFileName(str(source))
    assert reader.Read()
    change = gdcm.ImageChangeTransferSyntax()
    change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(str(syntax))))
    change.SetInput(reader.GetImage())
    if not change.Change():
        pytest.skip("this GDCM cannot compress so")
    writer = gdcm.ImageWriter()
    writer.SetFileName(str(target))
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    assert writer.Write()


@pytest.mark.parametrize("signed", [False, True], ids=["unsigned", "signed"])
@pytest.mark.parametrize("bits", BITS)
@pytest.mark.parametrize(
    "syntax",
    [
        ImplicitVRLittleEndian,
        ExplicitVRLittleEndian,
        ExplicitVRBigEndian,
        DeflatedExplicitVRLittleEndian,
        RLELossless,
        JPEGLosslessSV1,
        JPEGLSLossless,
        JPEG2000Lossless,
    ],
    ids=lambda syntax: syntax.keyword,
)
def test_that_every_lossless_way_to_store_a_film_gives_its_values(tmp_path, syntax, bits, signed):
    stored = _stored(bits, signed)
    plain = syntax if not syntax.is_compressed or syntax.is_deflated else ExplicitVRLittleEndian
    dataset = dicom_dataset(
        stored,
        bits_stored=bits,
        syntax=plain,
        **_window(int(stored.min()), int(stored.max()), "LINEAR"),
    )
    path = tmp_path / "film.dcm"
    if syntax == RLELossless:
        dataset.compress(RLELossless, encoding_plugin="pydicom")
    dataset.save_as(path, enforce_file_format=True)
    if syntax.is_compressed and not syntax.is_deflated and syntax != RLELossless:
        _by_gdcm(path, tmp_path / "packed.dcm", syntax)
        path = tmp_path / "packed.dcm"
        assert pydicom.dcmread(path).file_meta.TransferSyntaxUID == syntax
    assert_as_the_standard_says(read_film(path), dataset, stored)


# Old and careless files ------------------------------------------------------------------------

STORED = _stored(12, signed=False)
WINDOW = _window(0, 4095, "LINEAR")


@pytest.mark.parametrize(
    "missing",
    [
        "PixelRepresentation",
        "SamplesPerPixel",
        "PhotometricInterpretation",
        "BitsAllocated",
        "BitsStored",
        "HighBit",
    ],
)
def test_that_a_missing_element_is_assumed_and_told(tmp_path, missing):
    dataset = dicom_dataset(STORED, bits_stored=12, **WINDOW)
    whole = dicom_dataset(STORED, bits_stored=12, **WINDOW)
    delattr(dataset, missing)
    dataset.save_as(tmp_path / "film.dcm", enforce_file_format=True)
    film = read_film(tmp_path / "film.dcm")
    assert_as_the_standard_says(film, whole, STORED)
    assert any("does not tell" in note for note in film.notes) == (missing != "HighBit")


@pytest.mark.parametrize("signed", [False, True])
def test_that_values_in_the_upper_bits_of_their_words_are_read(tmp_path, signed):
    stored = _stored(12, signed)
    # PS3.5 8.1.1: High Bit says where; the bits below hold something else.
    word = (stored << 4) | np.array(5, stored.dtype)
    dataset = dicom_dataset(word, bits_stored=12, **_window(0, 2000, "LINEAR"))
    dataset.HighBit = 15
    dataset.save_as(tmp_path / "film.dcm", enforce_file_format=True)
    assert_as_the_standard_says(read_film(tmp_path / "film.dcm"), dataset, stored)


@pytest.mark.parametrize("signed", [False, True])
def test_that_bits_above_the_stored_ones_do_not_count(tmp_path, signed):
    stored = _stored(12, signed)
    word = (stored.astype(np.uint16) & 0x0FFF) | np.uint16(0x5000)
    dataset = dicom_dataset(word, bits_stored=12, **_window(0, 2000, "LINEAR"))
    dataset.PixelRepresentation = int(signed)
    dataset.save_as(tmp_path / "film.dcm", enforce_file_format=True)
    assert_as_the_standard_says(read_film(tmp_path / "film.dcm"), dataset, stored)


@pytest.mark.parametrize(
    "syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian]
)
@pytest.mark.parametrize("headless", [False, True])
def test_that_a_film_that_does_not_say_how_it_is_stored_is_read(tmp_path, syntax, headless):
    if syntax == ExplicitVRBigEndian and not headless:
        pytest.skip("pydicom looks for the byte order only where there is no preamble")
    dataset = dicom_dataset(STORED, bits_stored=12, syntax=syntax, **WINDOW)
    dataset.save_as(tmp_path / "film.dcm", enforce_file_format=True)
    content = (tmp_path / "film.dcm").read_bytes()
    order = "big" if syntax == ExplicitVRBigEndian else "little"
    first = b"".join(number.to_bytes(2, order) for number in (0x0008, 0x0016))
    body = content[content.index(first, 300) :]
    meta = b"" if headless else b"\0" * 128 + b"DICM" + b"\x02\0\x12\0UI\x04\x001.2\0"
    (tmp_path / "film.dcm").write_bytes(meta + body)
    assert_as_the_standard_says(read_film(tmp_path / "film.dcm"), dataset, STORED)


# Files of others -------------------------------------------------------------------------------


def _others() -> list[Path]:
    """What pydicom brings along; those that it would download are not there."""
    return sorted(path for path in BUNDLED.rglob("*") if path.is_file() and path.suffix != ".py")


# These break rules of DICOM, of which pydicom warns the test as well.
@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")
@pytest.mark.parametrize("path", [*_others(), *REAL], ids=lambda path: path.name)
def test_that_any_file_is_a_film_as_the_standard_says_or_refused_in_words(path):
    # Of the processor: this machine may have other work.
    start = time.process_time()
    refused = None
    try:
        film = read_film(path)
    except FilmError as error:
        refused = error
    finally:
        assert time.process_time() - start < SLOW_S
    if refused is not None:
        assert refused.reason
        assert path.name in str(refused)
        return
    dataset = pydicom.dcmread(path)
    if not str(dataset.PhotometricInterpretation).startswith("MONOCHROME"):
        assert any("grey" in note for note in film.notes)
        return
    stored = pixel_array(dataset, index=0)
    assert_as_the_standard_says(film, dataset, stored)


NO_PICTURE = (
    "rt(plan|struct)|report|SR|waveform|priv_SQ|nested|UN_seq|empty_charset|no_?meta|meta_missing"
)


def test_that_of_the_bundled_test_files_only_these_are_no_films():
    refused = set()
    for path in (BUNDLED / "test_files").glob("*.dcm"):
        try:
            read_film(path)
        except FilmError as error:
            if "holds no picture" not in error.reason:
                refused.add(path.stem)
            else:
                assert re.search(NO_PICTURE, path.name, re.IGNORECASE)
    assert refused == {
        # Begins with a stray character; a stream of 65,536 tiles; cut short; broken VRs.
        "no_meta",
        "JPEG2000-embedded-sequence-delimiter",
        "MR_truncated",
        "badVR",
    }
