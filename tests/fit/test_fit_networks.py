"""The networks layer by layer, against the published notebook's summary."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from training.errors import UserError
from training.fit.config import NetworkConfig
from training.fit.networks import build_network

# (kind, output shape without the batch, parameters), from the published notebook's summary and
# the closed forms: conv k*k*in*out + out, batch norm 4*channels, dense in*out + out.
NOTEBOOK = [
    ("InputLayer", (224, 224, 1), 0),
    ("Rescaling", (224, 224, 1), 0),
    ("Conv2D", (222, 222, 32), 9 * 1 * 32 + 32),
    ("BatchNormalization", (222, 222, 32), 4 * 32),
    ("MaxPooling2D", (111, 111, 32), 0),
    ("Conv2D", (109, 109, 64), 9 * 32 * 64 + 64),
    ("BatchNormalization", (109, 109, 64), 4 * 64),
    ("MaxPooling2D", (54, 54, 64), 0),
    ("Conv2D", (52, 52, 128), 9 * 64 * 128 + 128),
    ("BatchNormalization", (52, 52, 128), 4 * 128),
    ("MaxPooling2D", (26, 26, 128), 0),
    ("Conv2D", (24, 24, 256), 9 * 128 * 256 + 256),
    ("BatchNormalization", (24, 24, 256), 4 * 256),
    ("MaxPooling2D", (12, 12, 256), 0),
    ("Conv2D", (12, 12, 512), 9 * 256 * 512 + 512),
    ("Conv2D", (12, 12, 512), 9 * 512 * 512 + 512),
    ("BatchNormalization", (12, 12, 512), 4 * 512),
    ("MaxPooling2D", (6, 6, 512), 0),
    ("Conv2D", (6, 6, 512), 9 * 512 * 512 + 512),
    ("Conv2D", (6, 6, 512), 9 * 512 * 512 + 512),
    ("BatchNormalization", (6, 6, 512), 4 * 512),
    ("MaxPooling2D", (3, 3, 512), 0),
    ("Flatten", (4608,), 0),
    ("Dense", (512,), 4608 * 512 + 512),
    ("BatchNormalization", (512,), 4 * 512),
    ("Dense", (256,), 512 * 256 + 256),
    ("Dropout", (256,), 0),
    ("BatchNormalization", (256,), 4 * 256),
    ("Dense", (128,), 256 * 128 + 128),
    ("Dropout", (128,), 0),
    ("Dense", (1,), 128 + 1),
]


def weights(model: keras.Model) -> list[np.ndarray]:
    return [np.asarray(value) for value in model.get_weights()]


def test_that_the_notebook_network_has_every_published_layer() -> None:
    model = build_network(NetworkConfig(name="notebook"), 224, seed=0)
    layers = [
        (type(layer).__name__, tuple(layer.output.shape[1:]), layer.count_params())
        for layer in model.layers
    ]
    assert layers == NOTEBOOK
    assert model.count_params() == 11_180_673


def test_that_the_notebook_network_has_the_published_activations_padding_and_dropout() -> None:
    model = build_network(NetworkConfig(name="notebook"), 224, seed=0)
    convolutions = [layer for layer in model.layers if type(layer).__name__ == "Conv2D"]
    assert [layer.padding for layer in convolutions] == ["valid"] * 4 + ["same"] * 4
    assert {layer.activation.__name__ for layer in convolutions} == {"relu"}
    assert {layer.kernel_size for layer in convolutions} == {(3, 3)}
    dense = [layer for layer in model.layers if type(layer).__name__ == "Dense"]
    assert [layer.activation.__name__ for layer in dense] == ["relu"] * 3 + ["sigmoid"]
    assert [layer.rate for layer in model.layers if type(layer).__name__ == "Dropout"] == [0.5, 0.5]
    assert model.get_layer("rescaling").scale == pytest.approx(1 / 255)


@pytest.mark.parametrize("name", ["notebook", "compact"])
def test_that_seeds_decide_the_weights(name: str) -> None:
    config = NetworkConfig(name=name, width=0.125)
    first, again, other = (weights(build_network(config, 128, seed=s)) for s in (1, 1, 2))
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a, b)
    kernels = [(a, b) for a, b in zip(first, other, strict=True) if a.ndim > 1]
    assert all(not np.array_equal(a, b) for a, b in kernels)


def test_that_building_leaves_the_seeds_and_policy_of_the_process_alone() -> None:
    np.random.seed(4)
    before = np.random.get_state()[1].copy()
    build_network(NetworkConfig(width=0.125), 64, seed=1, dtype="mixed_bfloat16")
    np.testing.assert_array_equal(before, np.random.get_state()[1])
    assert keras.config.dtype_policy().name == "float32"


@pytest.mark.parametrize("name", ["notebook", "compact"])
def test_that_mixed_precision_keeps_weights_and_scores_in_float32(name: str) -> None:
    config = NetworkConfig(name=name, width=0.125)
    model = build_network(config, 128, seed=0, dtype="mixed_bfloat16")
    assert {variable.dtype for variable in model.weights} == {"float32"}
    films = np.random.default_rng(0).integers(0, 256, (2, 128, 128, 1)).astype(np.float32)
    scores = model(films)
    assert scores.dtype == "float32"
    plain = build_network(config, 128, seed=0)
    np.testing.assert_allclose(scores, plain(films), atol=0.03)


@pytest.mark.parametrize("name", ["notebook", "compact"])
def test_that_options_change_what_they_name(name: str) -> None:
    plain = NetworkConfig(name=name, width=0.25)
    changed = NetworkConfig(
        name=name, width=0.25, kernel_size=5, l1=0.01, l2=0.02, dropout=0.3, num_blocks=3
    )
    before, after = (build_network(config, 224, seed=0) for config in (plain, changed))
    blocks = {layer.name.split("_")[0] for layer in after.layers if layer.name.startswith("block")}
    assert blocks == {"block1", "block2", "block3"}
    assert after.get_layer("block1_conv1" if name == "notebook" else "block1_conv").kernel_size == (
        5,
        5,
    )
    assert {layer.rate for layer in after.layers if "Dropout" in type(layer).__name__} == {0.3}
    penalised = [layer for layer in after.layers if getattr(layer, "kernel_regularizer", None)]
    assert len(penalised) == sum("kernel" in v.path for v in after.trainable_variables)
    assert float(penalised[0].kernel_regularizer.l1) == pytest.approx(0.01)
    assert float(penalised[0].kernel_regularizer.l2) == pytest.approx(0.02)
    assert not before.losses
    assert after.losses


@pytest.mark.parametrize("name", ["notebook", "compact"])
def test_that_width_scales_the_filters(name: str) -> None:
    half, full = (
        build_network(NetworkConfig(name=name, width=width), 224, seed=0) for width in (0.5, 1.0)
    )
    pairs = [
        (a.filters, b.filters)
        for a, b in zip(half.layers, full.layers, strict=True)
        if type(a).__name__ == "Conv2D"
    ]
    assert pairs
    assert all(2 * a == b for a, b in pairs)


def test_that_too_many_blocks_for_the_films_are_refused_in_words() -> None:
    with pytest.raises(UserError, match="too small"):
        build_network(NetworkConfig(name="notebook", num_blocks=7), 64, seed=0)


@pytest.mark.slow
@pytest.mark.parametrize("size", [64, 96])
def test_that_the_depth_rule_is_that_of_keras_itself(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = NetworkConfig.check_size
    monkeypatch.setattr(NetworkConfig, "check_size", lambda *_: None)
    answers = set()
    for num_blocks in (None, 3, 7):
        for kernel_size in (1, 3, 7):
            network = NetworkConfig(
                name="notebook", num_blocks=num_blocks, kernel_size=kernel_size, width=0.125
            )
            try:
                rule(network, size)
                allowed = True
            except UserError:
                allowed = False
            try:
                build_network(network, size, seed=0)
                built = True
            except ValueError:
                built = False
            assert allowed is built, (num_blocks, kernel_size)
            answers.add(built)
    assert answers == {True, False}


def test_that_the_compact_network_takes_any_number_of_blocks_and_the_smallest_films() -> None:
    for num_blocks in (1, 8):
        config = NetworkConfig(width=0.125, num_blocks=num_blocks)
        assert build_network(config, 64, seed=0).output.shape == (None, 1)


def test_that_the_compact_network_is_small_and_keeps_places_for_a_heat_map() -> None:
    model = build_network(NetworkConfig(name="compact"), 224, seed=0)
    assert model.count_params() < 1_000_000
    last = [layer for layer in model.layers if type(layer).__name__ == "Conv2D"][-1]
    assert last.output.shape[1] >= 14
