"""The named variants: what they say is what they show."""

from __future__ import annotations

import numpy as np
import pytest

from training.augmentation.config import NONE, NOTEBOOK, STRONG, AugmentationConfig
from training.augmentation.variants import make_variants


def film() -> np.ndarray:
    rows, columns = np.mgrid[0:64, 0:64]
    return ((rows * 3 + columns) % 256).astype(np.uint8)


@pytest.mark.parametrize("count", [1, 3, 12, 20])
def test_that_as_many_variants_come_as_asked_for(count: int) -> None:
    variants = make_variants(film(), STRONG, count=count)
    assert len(variants) == count
    for variant in variants:
        assert variant.picture.shape == (64, 64)
        assert variant.picture.dtype == np.uint8
        assert variant.score is None
    assert len({variant.name for variant in variants}) == count


def test_that_single_changes_come_first_and_mixed_ones_after_them() -> None:
    names = [variant.name for variant in make_variants(film(), NOTEBOOK, count=12)]
    mixed = [name.startswith("mixed") for name in names]
    assert mixed == sorted(mixed)
    assert not mixed[0]
    assert mixed[-1]
    assert all("," not in name for name in names if not name.startswith("mixed"))


def test_that_the_mirrored_variant_is_the_mirror_image() -> None:
    shown = {v.name: v.picture for v in make_variants(film(), NOTEBOOK)}
    np.testing.assert_array_equal(shown["mirrored"], film()[:, ::-1])


def test_that_a_shift_moves_the_way_its_name_says() -> None:
    config = AugmentationConfig(width_shift=0.125, height_shift=0.25)
    shown = {v.name: v.picture for v in make_variants(film(), config, count=6)}
    np.testing.assert_array_equal(shown["shifted 12 % left"][:, :56], film()[:, 8:])
    np.testing.assert_array_equal(shown["shifted 25 % up"][:48], film()[16:])
    np.testing.assert_array_equal(shown["shifted 12 % right"][:, 8:], film()[:, :56])
    np.testing.assert_array_equal(shown["shifted 25 % down"][16:], film()[:48])


def test_that_a_zoom_magnifies_by_the_number_in_its_name() -> None:
    square = np.zeros((64, 64), np.uint8)
    square[22:42, 22:42] = 255
    shown = {
        v.name: v.picture for v in make_variants(square, AugmentationConfig(zoom=0.25), count=6)
    }
    for name, factor in (("zoomed 1.25 x", 1.25), ("zoomed 0.8 x", 0.8)):
        side = np.sqrt(np.sum(shown[name]) / 255.0)
        assert side == pytest.approx(20 * factor, rel=0.03)


def test_that_only_changes_which_are_on_are_shown() -> None:
    names = [v.name for v in make_variants(film(), AugmentationConfig(rotation=20.0), count=8)]
    assert names[:2] == ["rotated +20°", "rotated -20°"]
    for name in names[2:]:
        assert "rotated" in name
        for word in ("sheared", "zoomed", "height", "width", "mirrored", "shifted", "tilted"):
            assert word not in name


def test_that_no_augmentation_has_no_variants() -> None:
    assert make_variants(film(), NONE) == ()


def test_that_the_seed_changes_the_mixed_variants_only() -> None:
    first, other = make_variants(film(), NOTEBOOK, seed=1), make_variants(film(), NOTEBOOK, seed=2)
    for a, b in zip(first, other, strict=True):
        assert np.array_equal(a.picture, b.picture) != a.name.startswith("mixed")


def test_that_single_variants_lie_within_what_training_draws() -> None:
    # A zoom of 1 / 0.8 = 1.25 and 1 / 1.2 = 0.83 are the ends; both names must lie between.
    names = [v.name for v in make_variants(film(), NOTEBOOK, count=20)]
    factors = [float(n.split()[1]) for n in names if n.startswith("zoomed")]
    assert factors
    assert all(1 / 1.2 - 0.01 <= factor <= 1 / 0.8 for factor in factors)
