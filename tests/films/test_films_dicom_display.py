"""How DICOM films are shown, against formulas written out from the standard."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import (
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
)

from tests.builders.films import bone_picture, lut_item, write_dicom
from training.films.film import VoiFunction, Window
from training.films.reader import read_film, read_grey

BONE = bone_picture().astype(np.uint16) * 16
RAMP = np.arange(4096, dtype=np.uint16).reshape(64, 64)


def _linear(x: float, center: float, width: float) -> float:
    """PS3.3 C.11.2.1.2.1, word for word, for an output of 0 to 1."""
    if x <= center - 0.5 - (width - 1) / 2:
        return 0.0
    if x > center - 0.5 + (width - 1) / 2:
        return 1.0
    return (x - (center - 0.5)) / (width - 1) + 0.5


def _linear_exact(x: float, center: float, width: float) -> float:
    """PS3.3 C.11.2.1.3.2."""
    if x <= center - width / 2:
        return 0.0
    if x > center + width / 2:
        return 1.0
    return (x - center) / width + 0.5


def _sigmoid(x: float, center: float, width: float) -> float:
    """PS3.3 C.11.2.1.3.1."""
    return 1.0 / (1.0 + math.exp(-4.0 * (x - center) / width))


FORMULAS = {"LINEAR": _linear, "LINEAR_EXACT": _linear_exact, "SIGMOID": _sigmoid}


@pytest.mark.parametrize("function", FORMULAS)
@pytest.mark.parametrize(("center", "width"), [(2048, 4096), (1000.5, 301), (40, 1), (0, 2)])
def test_that_windows_follow_the_standard(tmp_path, function, center, width):
    path = write_dicom(
        tmp_path / "film.dcm",
        RAMP,
        bits_stored=12,
        WindowCenter=center,
        WindowWidth=width,
        VOILUTFunction=function,
    )
    film = read_film(path)
    formula = FORMULAS[function]
    expected = np.array([[formula(float(x), center, width) for x in row] for row in RAMP])
    assert film.windows[0].function is VoiFunction(function)
    assert np.abs(film.display(film.windows[0]) - expected).max() < 1e-5


@pytest.mark.parametrize("function", list(VoiFunction))
def test_that_a_window_maps_a_single_value_too(function):
    window = Window(100.0, 50.0, function)
    assert float(window.apply(np.float32(110.0))) == pytest.approx(
        FORMULAS[function](110.0, 100.0, 50.0), abs=1e-6
    )


def test_that_applying_a_window_leaves_the_values_alone():
    values = np.linspace(0, 100, 50, dtype=np.float32)
    kept = values.copy()
    for function in VoiFunction:
        Window(50, 20, function).apply(values)
    Window.along(10, np.linspace(0, 1, 50, dtype=np.float32)).apply(values)
    assert np.array_equal(values, kept)


def test_that_monochrome1_is_inverted_after_the_window(tmp_path):
    path = write_dicom(
        tmp_path / "film.dcm",
        RAMP,
        bits_stored=12,
        photometric="MONOCHROME1",
        WindowCenter=1024,
        WindowWidth=2048,
    )
    film = read_film(path)
    expected = np.array([[1 - _linear(float(x), 1024, 2048) for x in row] for row in RAMP])
    assert film.inverted
    assert np.array_equal(film.pixels, RAMP)
    assert np.abs(film.display() - expected).max() < 1e-5
    assert np.array_equal(film.grey(), np.rint(film.display() * 255))
    assert np.array_equal(read_grey(path), film.grey())


def test_that_slope_and_intercept_come_before_the_window(tmp_path):
    path = write_dicom(
        tmp_path / "film.dcm",
        RAMP,
        bits_stored=12,
        RescaleSlope="0.5",
        RescaleIntercept="-100",
        WindowCenter=400,
        WindowWidth=1000,
    )
    film = read_film(path)
    assert np.array_equal(film.pixels, RAMP * 0.5 - 100)
    expected = np.array([[_linear(x * 0.5 - 100, 400, 1000) for x in row] for row in RAMP])
    assert np.abs(film.display() - expected).max() < 1e-5


def test_that_a_modality_table_clamps_at_both_ends(tmp_path):
    item = lut_item(10, [100, 300, 200, 900], 16)
    item.ModalityLUTType = "US"
    stored = np.array([[0, 9, 10], [11, 12, 13], [14, 4000, 10]], np.uint16)
    film = read_film(
        write_dicom(tmp_path / "film.dcm", stored, bits_stored=12, ModalityLUTSequence=[item])
    )
    assert film.pixels.tolist() == [[100, 100, 100], [300, 200, 900], [900, 900, 100]]


def test_that_a_voi_table_is_followed_and_keeps_the_units(tmp_path):
    entries = [int(4095 * (i / 255) ** 2) for i in range(256)]
    path = write_dicom(
        tmp_path / "film.dcm",
        RAMP,
        bits_stored=12,
        VOILUTSequence=[lut_item(1000, entries, 12, "BONE"), lut_item(0, entries, 12)],
        WindowCenter=2000,
        WindowWidth=100,
        WindowCenterWidthExplanation="SOFT",
    )
    film = read_film(path)
    # PS3.3 C.11.2.1.1: below the first value mapped its entry, above the last the last one.
    expected = np.array(entries)[np.clip(RAMP.astype(int) - 1000, 0, 255)] / 4095
    assert np.array_equal(film.pixels, RAMP)
    assert np.abs(film.display() - expected).max() < 1e-6
    assert [window.name for window in film.windows] == ["BONE", "", "SOFT"]
    assert film.window is film.windows[0]
    assert film.window.limits == (1000, 1255)


def test_that_a_table_is_stretched_by_the_window_tools():
    levels = np.array([0.0, 0.1, 0.9, 1.0], np.float32)
    window = replace(Window.along(10, levels), center=100.0, width=60.0)
    shown = window.apply(np.array([0, 70, 90, 110, 130, 999], np.float32))
    assert shown.tolist() == pytest.approx([0.0, 0.0, 0.1, 0.9, 1.0, 1.0])


def test_that_a_table_may_begin_below_zero(tmp_path):
    signed = np.arange(-8, 8, dtype=np.int16).reshape(4, 4)
    item = lut_item(-4, [0, 10, 20, 30, 40, 50, 60, 70, 80, 255], 8)
    film = read_film(write_dicom(tmp_path / "film.dcm", signed, VOILUTSequence=[item]))
    expected = np.array([0, 10, 20, 30, 40, 50, 60, 70, 80, 255])[np.clip(signed + 4, 0, 9)]
    assert np.array_equal(film.grey(), expected)


@pytest.mark.parametrize("little_endian", [True, False])
def test_that_8_bit_table_entries_packed_into_words_are_unpacked(tmp_path, little_endian):
    entries = [*range(0, 256, 16), 255, 255]
    words = [low | high << 8 for low, high in zip(entries[::2], entries[1::2], strict=True)]
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [len(entries), 0, 8])
    item.add_new("LUTData", "US", words)
    syntax = ExplicitVRLittleEndian if little_endian else ExplicitVRBigEndian
    stored = np.arange(18, dtype=np.uint16).reshape(3, 6)
    film = read_film(
        write_dicom(tmp_path / "film.dcm", stored, syntax=syntax, VOILUTSequence=[item])
    )
    assert film.grey().ravel().tolist() == entries


def test_that_a_table_of_65536_entries_counts_as_zero(tmp_path):
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [0, 0, 16])
    item.add_new("LUTData", "OW", np.arange(65536)[::-1].astype("<u2").tobytes())
    stored = np.array([[0, 65535], [1, 32768]], np.uint16)
    film = read_film(write_dicom(tmp_path / "film.dcm", stored, VOILUTSequence=[item]))
    assert np.abs(film.display() - (65535 - stored.astype(float)) / 65535).max() < 1e-6


def test_that_a_table_that_lies_about_its_bits_is_shown_bright_with_a_note(tmp_path):
    item = lut_item(0, list(range(0, 4096, 16)), 16)
    film = read_film(write_dicom(tmp_path / "film.dcm", RAMP % 256, VOILUTSequence=[item]))
    assert film.display().max() > 0.99
    assert any("says 16 bits and uses 12" in note for note in film.notes)


def test_that_a_damaged_table_gives_way_to_the_window(tmp_path):
    item = lut_item(0, [1, 2, 3, 4], 12)
    item.LUTDescriptor = [400, 0, 12]
    film = read_film(
        write_dicom(
            tmp_path / "film.dcm",
            RAMP,
            bits_stored=12,
            VOILUTSequence=[item],
            WindowCenter=100,
            WindowWidth=50,
        )
    )
    assert film.window == Window(100, 50)
    assert "a display table is damaged and was left out" in film.notes


def test_that_several_windows_are_kept_with_their_names(tmp_path):
    film = read_film(
        write_dicom(
            tmp_path / "film.dcm",
            RAMP,
            bits_stored=12,
            WindowCenter=[2000, 600],
            WindowWidth=[4000, 300],
            WindowCenterWidthExplanation=["BONE", "SKIN"],
        )
    )
    assert film.windows == (Window(2000, 4000, name="BONE"), Window(600, 300, name="SKIN"))
    assert film.window == film.windows[0]


@pytest.mark.parametrize(
    "elements",
    [
        {},
        {"WindowCenter": 100, "WindowWidth": 0},
        {"WindowCenter": 100, "WindowWidth": -5},
        {"WindowCenter": None, "WindowWidth": None},
        {"WindowCenter": 60_000, "WindowWidth": 100},
    ],
)
def test_that_without_a_usable_window_the_percentiles_are_shown(tmp_path, elements):
    film = read_film(write_dicom(tmp_path / "film.dcm", RAMP, bits_stored=12, **elements))
    assert film.window.limits == pytest.approx(tuple(np.percentile(RAMP, (0.5, 99.5))), abs=0.01)
    assert any("percentiles" in note for note in film.notes)
    grey = film.grey()
    assert grey.min() == 0
    assert grey.max() == 255
    assert 100 < grey.mean() < 155


@pytest.mark.parametrize(("value", "limit"), [(0, None), (4095, 4090), (4090, 4095)])
def test_that_padding_does_not_count_for_the_percentiles(tmp_path, value, limit):
    stored = np.full((100, 100), value, np.uint16)
    bone = np.random.default_rng(0).integers(1500, 2500, (60, 60), np.uint16)
    stored[20:80, 20:80] = bone
    film = read_film(
        write_dicom(
            tmp_path / "film.dcm",
            stored,
            bits_stored=12,
            PixelPaddingValue=value,
            PixelPaddingRangeLimit=limit,
            RescaleSlope=2,
            RescaleIntercept=-1000,
        )
    )
    expected = np.percentile(bone, (0.5, 99.5)) * 2 - 1000
    assert film.window.limits == pytest.approx(tuple(expected), abs=1)


def test_that_a_film_of_one_value_opens(tmp_path):
    film = read_film(write_dicom(tmp_path / "flat.dcm", np.full((9, 9), 7, np.uint16)))
    assert film.window.width > 0
    assert film.grey().shape == (9, 9)
