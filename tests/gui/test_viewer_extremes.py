"""Films whose headers or values are impossible: drawn all the same, without a warning."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.builders.films import bone_picture, dicom_dataset
from training.films.reader import read_film, read_grey
from xray_desktop.state.window_presets import preset_names, preset_window
from xray_desktop.viewer_tab.engine import load_film

BONE = bone_picture().astype(np.uint16) * 16
# Replaced in the written file, for pydicom would not write such numbers.
PLACES = {
    "RescaleSlope": "111111",
    "RescaleIntercept": "222222",
    "WindowCenter": "333333",
    "WindowWidth": "444444",
}


def drawn(path: Path) -> None:
    """Read, window and draw a film in every way that the viewer offers."""
    loaded = load_film(read_film, path)
    film = loaded.film
    assert np.isfinite(film.pixels).all()
    assert np.isfinite(film.display()).all()
    assert read_grey(path).shape == film.pixels.shape
    windows = [preset_window(loaded, index) for index in range(len(preset_names(film)))]
    for window in windows:
        assert loaded.pixels.grey_table(window, False, 1.4).size == 2**16


@pytest.mark.parametrize(
    "numbers",
    [
        *({"RescaleSlope": number} for number in ("1e30", "1e300", "-1e99", "1e-40", "nan", "inf")),
        *({"RescaleIntercept": number} for number in ("1e38", "-1e300")),
        {"WindowCenter": "0", "WindowWidth": "1e300"},
        {"WindowCenter": "0", "WindowWidth": "1e-300"},
        {"WindowCenter": "-1e300", "WindowWidth": "1e300"},
        {"WindowCenter": "1e30", "WindowWidth": "1e-30"},
    ],
    ids=str,
)
@pytest.mark.parametrize("function", ["LINEAR", "SIGMOID"])
def test_that_impossible_numbers_of_the_header_are_left_out(
    tmp_path: Path, numbers: dict[str, str], function: str
) -> None:
    known = {name: PLACES[name] for name in numbers}
    dataset = dicom_dataset(BONE, bits_stored=12, VOILUTFunction=function, **known)
    path = tmp_path / "film.dcm"
    dataset.save_as(path, enforce_file_format=True)
    content = path.read_bytes()
    for name, number in numbers.items():
        content = content.replace(PLACES[name].encode(), number.encode().ljust(6))
    path.write_bytes(content)
    drawn(path)


@pytest.mark.parametrize(
    "values",
    [[3e38, -3e38, 0.0], [np.inf, 1.0, 2.0], [np.nan] * 3, [1e-45, 0.0, 1e-44], [1e29, -1e29, 0]],
    ids=str,
)
def test_that_floating_values_of_any_size_are_drawn(tmp_path: Path, values: list[float]) -> None:
    dataset = dicom_dataset(BONE)
    pixels = np.resize(np.array(values, np.float32), BONE.shape)
    dataset.FloatPixelData, dataset.BitsAllocated = pixels.astype("<f4").tobytes(), 32
    del dataset.PixelData, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation
    dataset.save_as(tmp_path / "film.dcm", enforce_file_format=True)
    drawn(tmp_path / "film.dcm")
