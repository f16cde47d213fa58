"""Kinds of DICOM pictures beside plain grey ones, each against numbers worked out by hand."""

from __future__ import annotations

import imagecodecs
import numpy as np
import numpy.typing as npt
import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    JPEG2000,
    UID,
    EncapsulatedPDFStorage,
    ExplicitVRBigEndian,
    HTJ2KLossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLSNearLossless,
)

from tests.builders.films import bone_picture, dicom_dataset, lut_item
from tests.films.standard import display, modality
from training.films.film import Film, FilmError
from training.films.reader import read_film

BONE = bone_picture()
DEEP = BONE.astype(np.uint16) * 16
RGB = np.dstack([BONE, BONE[::-1], BONE[:, ::-1]])


def film_of(dataset: Dataset, folder) -> Film:
    dataset.save_as(folder / "film.dcm", enforce_file_format=True)
    return read_film(folder / "film.dcm")


def packed(pixels: npt.NDArray, syntax: UID, stream: bytes, **options) -> Dataset:
    dataset = dicom_dataset(pixels, **options)
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.PixelData = encapsulate([stream])
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    return dataset


def luma(colour: npt.NDArray) -> npt.NDArray[np.float64]:
    """ITU-R BT.601, in whole numbers."""
    return np.rint(colour.astype(np.float64) @ (0.299, 0.587, 0.114))


@pytest.mark.parametrize("planar", [0, 1])
def test_that_colour_by_pixel_and_by_plane_is_its_luma(tmp_path, planar):
    dataset = dicom_dataset(RGB, photometric="RGB")
    dataset.PlanarConfiguration = planar
    if planar:
        dataset.PixelData = RGB.transpose(2, 0, 1).tobytes()
    film = film_of(dataset, tmp_path)
    assert np.abs(film.pixels - luma(RGB)).max() <= 1.0
    assert "colour turned to grey" in film.notes


def test_that_luma_and_chroma_give_the_luma(tmp_path):
    # PS3.3 C.7.6.3.1.2: Y is the first sample.
    ycc = np.dstack([BONE, np.full_like(BONE, 140), np.full_like(BONE, 110)])
    film = film_of(dicom_dataset(ycc, photometric="YBR_FULL"), tmp_path)
    inside = (BONE > 30) & (BONE < 220)
    assert np.abs(film.pixels - BONE)[inside].max() <= 1.0


@pytest.mark.parametrize("bits", [8, 16])
def test_that_a_palette_is_looked_up(tmp_path, bits):
    dataset = dicom_dataset(BONE, photometric="PALETTE COLOR")
    tables = {}
    for number, colour in enumerate(("Red", "Green", "Blue")):
        entries = (np.arange(256) * (3 - number) // 3).astype(np.uint8)
        tables[colour] = entries
        wide = entries.astype("<u2") * (257 if bits == 16 else 1)
        setattr(dataset, f"{colour}PaletteColorLookupTableDescriptor", [256, 0, bits])
        data = wide.astype("<u2" if bits == 16 else "u1").tobytes()
        setattr(dataset, f"{colour}PaletteColorLookupTableData", data)
    film = film_of(dataset, tmp_path)
    colour = np.dstack([tables[name][BONE] for name in ("Red", "Green", "Blue")])
    most = 65535.0 if bits == 16 else 255.0
    shown = film.pixels / most * 255.0 if film.pixels.max() > 255.0 else film.pixels
    assert np.abs(shown - luma(colour)).max() <= 1.0


@pytest.mark.parametrize("photometric", ["RGB", "YBR_FULL_422"])
def test_that_a_colour_jpeg_is_its_luma(tmp_path, photometric):
    stream = imagecodecs.jpeg8_encode(
        RGB, level=98, colorspace="RGB", outcolorspace="RGB" if photometric == "RGB" else "YCBCR"
    )
    film = film_of(packed(RGB, JPEGBaseline8Bit, stream, photometric=photometric), tmp_path)
    assert np.abs(film.pixels - luma(RGB)).mean() < 3.0


def test_that_a_signed_modality_table_is_looked_up(tmp_path):
    stored = (DEEP.astype(np.int32) - 2000).astype(np.int16)
    entries = [(value * 7) % 4096 for value in range(3000)]
    dataset = dicom_dataset(
        stored,
        ModalityLUTSequence=[lut_item(-1500, entries, 12)],
        WindowCenter=2000,
        WindowWidth=3000,
    )
    film = film_of(dataset, tmp_path)
    units = modality(dataset, stored)
    assert np.array_equal(film.pixels, units.astype(np.float32))
    assert np.abs(film.display() - display(dataset, stored)).max() < 2e-5


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("packed_in_words", [False, True])
def test_that_display_tables_of_8_and_16_bits_are_followed(tmp_path, bits, packed_in_words):
    entries = [round((2**bits - 1) * (i / 255) ** 2) for i in range(256)]
    item = lut_item(0, entries, bits)
    if packed_in_words:
        kind = "<u1" if bits == 8 else "<u2"
        item.add_new("LUTData", "OW", np.array(entries, kind).tobytes())
    film = film_of(dicom_dataset(BONE, VOILUTSequence=[item]), tmp_path)
    expected = np.array(entries)[BONE] / (2**bits - 1)
    assert np.abs(film.display() - expected).max() < 1e-6


def test_that_all_windows_and_tables_are_offered_with_their_names(tmp_path):
    items = [lut_item(0, list(range(256)), 8, name) for name in ("BONE", "SOFT")]
    film = film_of(
        dicom_dataset(
            BONE,
            VOILUTSequence=items,
            WindowCenter=[40, 80],
            WindowWidth=[20, 30],
            WindowCenterWidthExplanation=["narrow", "wide"],
        ),
        tmp_path,
    )
    assert [window.name for window in film.windows] == ["BONE", "SOFT", "narrow", "wide"]


@pytest.mark.parametrize("slope", ["0.0123", "2.5e-4", "-1"])
def test_that_a_fractional_or_negative_slope_is_kept(tmp_path, slope):
    film = film_of(dicom_dataset(DEEP, RescaleSlope=slope, RescaleIntercept="-0.5"), tmp_path)
    expected = DEEP * float(slope) - 0.5
    assert np.abs(film.pixels - expected).max() <= 1e-6 * np.abs(expected).max()


@pytest.mark.parametrize(
    ("photometric", "shape", "told"),
    [
        ("MONOCHROME1", "INVERSE", False),
        ("MONOCHROME2", "IDENTITY", False),
        ("MONOCHROME2", "INVERSE", True),
        ("MONOCHROME1", "IDENTITY", True),
    ],
)
def test_that_polarity_is_turned_once_and_a_contradiction_told(tmp_path, photometric, shape, told):
    dataset = dicom_dataset(BONE, photometric=photometric, PresentationLUTShape=shape)
    film = film_of(dataset, tmp_path)
    assert film.inverted == (photometric == "MONOCHROME1")
    assert any("contradicts itself" in note for note in film.notes) == told


def test_that_signed_lossy_jpeg_2000_keeps_its_sign(tmp_path):
    stored = (DEEP.astype(np.int32) - 2000).astype(np.int16)
    stream = imagecodecs.jpeg2k_encode(
        stored, level=90, codecformat="J2K", bitspersample=16, reversible=False
    )
    film = film_of(packed(stored, JPEG2000, stream), tmp_path)
    assert film.pixels.min() < -1000
    assert np.abs(film.pixels - stored).max() < 40


@pytest.mark.parametrize("near", [1, 4])
def test_that_near_lossless_jpeg_ls_stays_within_its_bound(tmp_path, near):
    stream = imagecodecs.jpegls_encode(DEEP, level=near)
    film = film_of(packed(DEEP, JPEGLSNearLossless, stream), tmp_path)
    assert 0 < np.abs(film.pixels - DEEP).max() <= near


def test_that_high_throughput_jpeg_2000_is_read(tmp_path):
    stream = imagecodecs.htj2k_encode(DEEP, reversible=True)
    film = film_of(packed(DEEP, HTJ2KLossless, stream), tmp_path)
    assert np.array_equal(film.pixels, DEEP)


def test_that_lossy_values_beyond_the_stored_bits_do_not_wrap(tmp_path):
    stripes = np.zeros((40, 32), np.uint16)
    stripes[:, ::2] = 1023
    stream = imagecodecs.jpeg8_encode(stripes, level=40, bitspersample=12)
    film = film_of(packed(stripes, JPEGExtended12Bit, stream, bits_stored=10), tmp_path)
    assert film.pixels[:, ::2].min() > 500
    assert film.pixels.max() == 1023


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (1, 7)])
@pytest.mark.parametrize("syntax", [None, ExplicitVRBigEndian])
def test_that_odd_sizes_are_read(tmp_path, shape, syntax):
    pixels = np.arange(shape[0] * shape[1], dtype=np.uint8).reshape(shape)
    options = {} if syntax is None else {"syntax": syntax}
    assert np.array_equal(film_of(dicom_dataset(pixels, **options), tmp_path).pixels, pixels)


def test_that_a_document_says_what_it_is(tmp_path):
    dataset = dicom_dataset(BONE)
    del dataset.PixelData
    dataset.SOPClassUID = EncapsulatedPDFStorage
    dataset.EncapsulatedDocument = b"%PDF-1.7"
    with pytest.raises(FilmError, match=r"Encapsulated PDF Storage\) that holds no picture"):
        film_of(dataset, tmp_path)
