"""The augmentation op against Keras' own affine transform, SciPy and geometry."""

from __future__ import annotations

import math

import numpy as np
import pytest
import tensorflow as tf
from keras.src.legacy.preprocessing.image import apply_affine_transform
from scipy import ndimage

from training.augmentation.config import NONE, NOTEBOOK, PRESETS, STRONG, AugmentationConfig
from training.augmentation.transforms import (
    CAMERA_DISTANCE,
    Changes,
    augment,
    draw,
    matrices,
)
from training.augmentation.warp import warp

# Grey steps of 255: places are computed in float32 here and in float64 there, and neighbouring pixels
# of the test picture may differ by all of its range.
TOLERANCE = 0.01
HEIGHT, WIDTH = 90, 110
SIDE = 100


def picture(height: int = HEIGHT, width: int = WIDTH) -> np.ndarray:
    noise = np.random.default_rng(3).uniform(0, 255, (height, width))
    return ndimage.gaussian_filter(noise, 1.5).astype(np.float32) * 3 % 255


def changes(num: int = 1, **values: float) -> Changes:
    plain = dict.fromkeys(Changes._fields, 0.0) | {"row_step": 1.0, "column_step": 1.0}
    return Changes(**{k: tf.fill([num], np.float32(v)) for k, v in (plain | values).items()})


def warped(image: np.ndarray, fill: str = "nearest", **values: float) -> np.ndarray:
    made = warp(image[None, ..., None], matrices(changes(**values), *image.shape), fill)
    return np.asarray(made)[0, ..., 0]


CASES: list[tuple[dict[str, float], dict[str, float]]] = [
    ({"rotation": 12.0}, {"theta": 12.0}),
    ({"rotation": -15.0}, {"theta": -15.0}),
    ({"shear": 9.0}, {"shear": 9.0}),
    ({"shift_left": 0.1}, {"tx": 0.1 * SIDE}),
    ({"shift_up": -0.07}, {"ty": -0.07 * SIDE}),
    ({"column_step": 0.8, "row_step": 1.2}, {"zx": 0.8, "zy": 1.2}),
    (
        {"rotation": -13, "shear": 4, "column_step": 1.1, "row_step": 0.9}
        | {"shift_left": 0.06, "shift_up": -0.04},
        {"theta": -13, "shear": 4, "zx": 1.1, "zy": 0.9, "tx": 0.06 * SIDE, "ty": -0.04 * SIDE},
    ),
]


@pytest.mark.filterwarnings("ignore:.*scipy.ndimage.interpolation.*:DeprecationWarning")
@pytest.mark.parametrize("fill", ["nearest", "reflect"])
@pytest.mark.parametrize(("ours", "theirs"), CASES)
def test_that_each_change_equals_what_keras_generator_does(
    ours: dict[str, float], theirs: dict[str, float], fill: str
) -> None:
    # Keras centres by (rows, columns) although its matrix counts (columns, rows): right only for
    # squares, which is all that it is ever given.
    image = picture(SIDE, SIDE)
    expected = apply_affine_transform(
        image[..., None].copy(),
        row_axis=0,
        col_axis=1,
        channel_axis=2,
        order=1,
        fill_mode=fill,
        **theirs,
    )[..., 0]
    assert np.max(np.abs(warped(image, fill, **ours) - expected)) < TOLERANCE
    assert np.max(np.abs(image - expected)) > 20.0


@pytest.mark.parametrize("fill", ["nearest", "reflect", "constant"])
@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_that_the_warp_equals_what_tensorflows_own_op_does(fill: str, kind: type) -> None:
    # Far outside the picture too, where each fill mode shows its hand.
    wild = AugmentationConfig(
        rotation=180.0, shear=20.0, zoom=0.6, width_shift=1.5, height_shift=1.5, tilt=30.0
    )
    images = np.stack([picture().astype(kind)] * 40)[..., None]
    pulls = matrices(draw(wild, 40, tf.constant([0, 7])), HEIGHT, WIDTH)
    expected = tf.raw_ops.ImageProjectiveTransformV3(
        images=tf.cast(images, tf.float32),
        transforms=pulls,
        output_shape=[HEIGHT, WIDTH],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode=fill.upper(),
    )
    made = warp(images, pulls, fill)
    assert made.dtype == tf.float32
    # Places are float32 in both: an edge of 255 greys magnifies the last digit, more so far outside.
    assert float(np.quantile(np.abs(made - expected), 0.999)) < 2 * TOLERANCE
    assert float(np.max(np.abs(made - expected))) < 1.0


def test_that_constant_fill_is_black_outside_and_keras_inside() -> None:
    image = picture(100, 100)
    made = warped(image, "constant", shift_left=0.2)
    assert np.all(made[:, -19:] == 0.0)
    np.testing.assert_allclose(made[:, :80], image[:, 20:], atol=TOLERANCE)


def test_that_mirroring_reverses_the_columns_exactly() -> None:
    image = picture()
    np.testing.assert_allclose(warped(image, mirror=1.0), image[:, ::-1], atol=TOLERANCE)


def test_that_the_mirror_image_is_taken_after_all_other_changes_as_keras_does() -> None:
    image = picture()
    values = {"rotation": 11.0, "shift_left": 0.05, "shear": 3.0}
    both = warped(image, mirror=1.0, **values)
    np.testing.assert_allclose(both, warped(image, **values)[:, ::-1], atol=TOLERANCE)


def test_that_a_positive_rotation_turns_anticlockwise() -> None:
    image = np.zeros((101, 101), np.float32)
    image[48:53, 88:93] = 255.0  # to the right of the centre
    row, column = np.unravel_index(np.argmax(warped(image, rotation=90.0)), image.shape)
    assert row < 15
    assert 45 < column < 55


@pytest.mark.parametrize(("axis", "name"), [(0, "tilt_rows"), (1, "tilt_columns")])
def test_that_a_tilt_projects_points_as_a_pinhole_camera_does(axis: int, name: str) -> None:
    side, angle = 201, math.radians(20.0)
    distance = CAMERA_DISTANCE * side
    for offset in (-60, 60):
        image = np.zeros((side, side), np.float32)
        place = [100, 100]
        place[axis] += offset
        image[place[0] - 2 : place[0] + 3, place[1] - 2 : place[1] + 3] = 255.0
        made = warped(image, "constant", **{name: 20.0})
        found = ndimage.center_of_mass(made)[axis] - 100
        # A point at (offset, depth 0) turned by the angle, seen from the distance. Which side comes
        # nearer is a convention; the far one must look smaller by exactly this.
        depth = math.sin(angle) * offset * (1 if axis == 0 else -1)
        expected = math.cos(angle) * offset / (1.0 + depth / distance)
        assert found == pytest.approx(expected, abs=0.15)


def test_that_no_change_gives_the_picture_back() -> None:
    image = picture()
    np.testing.assert_allclose(warped(image), image, atol=TOLERANCE)


def test_that_draws_fill_their_ranges_evenly_and_only_theirs() -> None:
    drawn = draw(STRONG, 4000, (7, 1))
    ranges = {
        "rotation": STRONG.rotation, "shear": STRONG.shear, "shift_up": STRONG.height_shift,
        "shift_left": STRONG.width_shift, "tilt_rows": STRONG.tilt, "tilt_columns": STRONG.tilt,
        "row_step": STRONG.zoom, "column_step": STRONG.zoom,
    }  # fmt: skip
    for name, reach in ranges.items():
        middle = 1.0 if name.endswith("step") else 0.0
        low, high = middle - reach, middle + reach
        values = np.asarray(getattr(drawn, name))
        assert low <= values.min() < low + 0.02 * (high - low)
        assert high >= values.max() > high - 0.02 * (high - low)
        assert np.quantile(values, 0.25) == pytest.approx(
            low + (high - low) / 4, abs=(high - low) / 25
        )
    assert np.mean(drawn.mirror) == pytest.approx(0.5, abs=0.04)
    table = np.stack([np.asarray(values) for values in drawn])
    correlations = np.corrcoef(table) - np.eye(len(table))
    assert np.max(np.abs(correlations)) < 0.08


def test_that_changes_which_are_off_are_never_drawn() -> None:
    drawn = draw(AugmentationConfig(rotation=10.0), 200, (0, 0))
    assert np.ptp(np.asarray(drawn.rotation)) > 10
    for name in set(Changes._fields) - {"rotation"}:
        expected = 1.0 if name.endswith("step") else 0.0
        np.testing.assert_array_equal(np.asarray(getattr(drawn, name)), expected)


def test_that_the_same_seed_gives_the_same_pictures_and_another_seed_others() -> None:
    batch = np.repeat(picture(64, 64)[None, ..., None], 4, axis=0)
    first, again, other = (
        np.asarray(augment(batch, NOTEBOOK, seed)) for seed in ((1, 2), (1, 2), (1, 3))
    )
    np.testing.assert_array_equal(first, again)
    assert np.max(np.abs(first - other)) > 20
    assert np.max(np.abs(first[0] - first[1])) > 20


def test_that_augmentation_off_leaves_every_grey_value() -> None:
    batch = np.arange(2 * 64 * 64, dtype=np.uint8).reshape(2, 64, 64, 1)
    made = np.asarray(augment(batch, NONE, (0, 0)))
    assert made.dtype == np.float32
    np.testing.assert_array_equal(made, batch)


@pytest.mark.parametrize("config", PRESETS.values(), ids=PRESETS.keys())
def test_that_augmented_grey_stays_within_range_and_shape(config: AugmentationConfig) -> None:
    batch = np.random.default_rng(0).integers(0, 256, (3, 64, 64, 1)).astype(np.uint8)
    made = np.asarray(augment(batch, config, (5, 6)))
    assert made.shape == batch.shape
    assert made.min() >= 0.0
    assert made.max() <= 255.0


def test_that_augmentation_is_traced_without_autograph() -> None:
    # A frozen program carries no source files, which AutoGraph would have to read.
    compiled = tf.function(lambda x, seed: augment(x, STRONG, seed), autograph=False)
    made = compiled(np.zeros((2, 64, 64, 1), np.uint8), tf.constant([1, 2]))
    assert made.shape == (2, 64, 64, 1)
