"""The transfer network: its backbone, its start weights, its stored features, its runs."""

from __future__ import annotations

import csv
import functools
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from fit_builders import finished, make_films, of_type, run, runs_of, tiny_config

from training.errors import UserError
from training.films.preprocessing import Preprocessing
from training.films.reader import read_grey
from training.fit.config import BACKBONE_PARTS, NetworkConfig, TrainConfig
from training.fit.control import RunControl
from training.fit.events import Event, Phase, PhaseChanged, RunCancelled
from training.fit.mobilenet import backbone
from training.fit.networks import build_network
from training.fit.transfer import choose_trained, give_start_weights
from training.models.card_file import read_card
from training.models.model_file import load_model, save_model
from training.models.predictor import Predictor
from training.models.starter import STARTER

TRANSFER = NetworkConfig(name="transfer")
# Every stride halves an odd side of this size, where Keras' own MobileNetV2 pads both sides too.
ODD_SIDE = 97


def transfer_config(root: Path, **changes: object) -> TrainConfig:
    plain = tiny_config(
        root,
        network=TRANSFER,
        preprocessing=Preprocessing(size=64, stretch=True),
        epochs=8,
        batch_size=8,
    )
    return replace(plain, **changes)


def weights_by_layer(model: keras.Model) -> dict[str, list[np.ndarray]]:
    return {layer.name: layer.get_weights() for layer in model.layers if layer.weights}


@functools.cache
def starter_weights() -> dict[str, list[np.ndarray]]:
    """Read once; nobody changes them."""
    return weights_by_layer(load_model(STARTER)[0])


def _like(weight: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Values that keep the deviation of what flows through about 1, so rounding stays rounding."""
    if weight.ndim == 1:
        return random.uniform(0.8, 1.2, weight.shape)
    look = weight.shape[-1] == 1
    num_inputs = np.prod(weight.shape[:2]) * (1 if look else weight.shape[2])
    return random.normal(0, np.sqrt(2.0 / num_inputs), weight.shape)


def test_that_the_backbone_computes_what_keras_mobilenet_v2_computes() -> None:
    theirs = keras.applications.MobileNetV2(
        include_top=False, weights=None, input_shape=(ODD_SIDE, ODD_SIDE, 3)
    )
    for layer in theirs.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.epsilon = 1e-5
    random = np.random.default_rng(0)
    table = [_like(weight, random) for weight in theirs.get_weights()]
    theirs.set_weights(table)
    inputs = keras.Input((ODD_SIDE, ODD_SIDE, 1))
    ours = keras.Model(inputs, backbone(inputs, "float32")[0])
    # The same grey in three colours is one grey under the sum of the kernels.
    ours.set_weights([table[0].sum(axis=2, keepdims=True), *table[1:]])
    film = random.normal(size=(2, ODD_SIDE, ODD_SIDE, 1)).astype(np.float32)
    expected = theirs(np.repeat(film, 3, axis=3), training=False)
    np.testing.assert_allclose(ours(film, training=False), expected, atol=1e-3)
    assert float(np.std(expected)) > 0.1


def test_that_any_input_size_takes_the_starter_models_weights() -> None:
    card = read_card(STARTER)
    model = build_network(TRANSFER, 96, seed=5)
    give_start_weights(model)
    theirs, ours = starter_weights(), weights_by_layer(model)
    assert theirs.keys() == ours.keys()
    for name, values in theirs.items():
        for a, b in zip(values, ours[name], strict=True):
            # It knew fewer features.
            np.testing.assert_array_equal(a, b[: len(a)] if name == "score" else b)
    assert card.preprocessing == Preprocessing(320, keep_aspect=True, stretch=True)


def test_that_a_start_with_fewer_features_says_the_same_of_a_film() -> None:
    starter, card = load_model(STARTER)
    model = build_network(TRANSFER, card.preprocessing.size, seed=5)
    give_start_weights(model)
    theirs, ours = (each.get_layer("score").kernel.shape[0] for each in (starter, model))
    assert ours > theirs
    shape = (3, *model.input_shape[1:])
    films = np.random.default_rng(0).uniform(0, 255, shape).astype(np.float32)
    np.testing.assert_allclose(
        model(films, training=False), starter(films, training=False), atol=1e-6
    )


@pytest.mark.parametrize(
    ("classes", "is_taken"),
    [
        (("not fractured", "fractured"), True),
        (("intact", "Broken_elbow"), True),
        (("fractured", "not fractured"), False),
        (("no implant", "implant"), False),
        (("a", "b", "c"), False),
    ],
)
def test_that_the_starts_score_is_taken_for_the_same_classes_only(
    classes: tuple[str, ...], is_taken: bool
) -> None:
    model = build_network(TRANSFER, 96, seed=5, num_classes=len(classes))
    fresh = model.get_layer("score").get_weights()
    give_start_weights(model, classes=classes)
    kernel, bias = model.get_layer("score").get_weights()
    (theirs, _), backbone = starter_weights()["score"], starter_weights()["top_conv"]
    if is_taken:
        np.testing.assert_array_equal(kernel[: len(theirs)], theirs)
    else:
        np.testing.assert_array_equal(kernel, fresh[0])
        np.testing.assert_array_equal(bias, fresh[1])
    np.testing.assert_array_equal(model.get_layer("top_conv").get_weights()[0], backbone[0])


def test_that_another_network_is_no_start(tmp_path: Path) -> None:
    card = read_card(STARTER)
    other = build_network(NetworkConfig(width=0.125), 320, seed=0)
    save_model(other, card, tmp_path / "other.keras")
    with pytest.raises(UserError, match="another network"):
        give_start_weights(build_network(TRANSFER, 64, seed=0), tmp_path / "other.keras")


@pytest.mark.parametrize(("num_parts", "first"), [(0, "score"), (1, "top_conv"), (3, "block16")])
def test_that_only_the_chosen_parts_learn(num_parts: int, first: str) -> None:
    model = build_network(TRANSFER, 64, seed=0)
    choose_trained(model, num_parts)
    learning = [layer.name for layer in model.layers if layer.trainable and layer.weights]
    assert learning[0].startswith(first)
    assert "score" in learning
    assert not any("norm" in name for name in learning)


def test_that_there_are_as_many_parts_as_can_be_chosen() -> None:
    model = build_network(TRANSFER, 64, seed=0)
    choose_trained(model, BACKBONE_PARTS)
    assert model.get_layer("stem_conv").trainable
    with pytest.raises(UserError, match="parts"):
        replace(TRANSFER, trained_parts=BACKBONE_PARTS + 1).check()


@pytest.mark.slow
def test_that_a_run_learns_on_stored_features_and_saves_whole_networks(tmp_path: Path) -> None:
    make_films(tmp_path / "films")
    events = run(transfer_config(tmp_path))
    done = finished(events).run
    phases = list(dict.fromkeys(e.phase for e in of_type(events, PhaseChanged)))
    # No outlines, so nothing to learn from them.
    assert phases == [phase for phase in Phase if phase is not Phase.SITE]
    told = [e for e in of_type(events, PhaseChanged) if e.phase is Phase.FEATURES and e.done]
    # 36 films as they are, and the 24 to train on once more, changed.
    assert (told[-1].done, told[-1].total) == (60, 60)
    starter = starter_weights()
    for result in (done.best, done.final):
        assert result is not None
        saved = weights_by_layer(load_model(result.path)[0])
        for name, values in starter.items():
            same = all(np.array_equal(a, b) for a, b in zip(values, saved[name], strict=True))
            assert same == (name != "score"), name
    # Bright squares against none are told apart after some epochs on any features.
    assert done.final is not None
    assert done.final.train.auc > 0.9
    # The table of scores comes from stored features; the model file is asked with films.
    with (done.folder / "scores.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == "final"]
    predictor = Predictor(done.final.path)
    for row in rows[::7]:
        film = read_grey(tmp_path / "films" / row["path"])
        assert predictor.predict(film).score == pytest.approx(float(row["score"]), abs=1e-4)


@pytest.mark.slow
def test_that_parts_of_the_backbone_learn_on_films(tmp_path: Path) -> None:
    make_films(tmp_path / "films", 8, 4)
    config = transfer_config(tmp_path, network=replace(TRANSFER, trained_parts=2), epochs=1)
    done = finished(run(config)).run
    assert done.final is not None
    starter = starter_weights()
    saved = weights_by_layer(load_model(done.final.path)[0])
    changed = {
        name
        for name, values in starter.items()
        if not all(np.array_equal(a, b) for a, b in zip(values, saved[name], strict=True))
    }
    assert "top_conv" in changed
    assert "block17_look_conv" in changed
    assert not any(name.startswith(("stem", "block01", "block16")) for name in changed)
    assert not any("norm" in name for name in changed)


@pytest.mark.slow
def test_that_computing_features_can_be_cancelled(tmp_path: Path) -> None:
    make_films(tmp_path / "films", 8, 4)

    def cancel(event: Event, control: RunControl) -> None:
        if isinstance(event, PhaseChanged) and event.phase is Phase.FEATURES:
            control.cancel.set()

    events = run(transfer_config(tmp_path), cancel)
    assert isinstance(events[-1], RunCancelled)
    assert not runs_of(tmp_path)
