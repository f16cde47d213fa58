"""Exported models: the same answers from other runtimes, whole folders or nothing."""

from __future__ import annotations

import dataclasses
import functools
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import onnxruntime
import pytest
import tensorflow as tf

from tests.models.model_builders import (
    make_card,
    make_compact_like,
    make_notebook_like,
    tolerate_keras,
    with_random_weights,
)
from training.errors import UserError
from training.evaluation.calibration import Calibration
from training.evaluation.operating_points import OperatingPoint, OperatingPoints
from training.films.preprocessing import Preprocessing
from training.fit.config import NetworkConfig
from training.fit.networks import build_network
from training.models import export, export_formats
from training.models.export import export_model
from training.models.export_formats import ExportFormat
from training.models.export_parity import Pair, compare
from training.models.export_preprocessing import as_input
from training.models.model_file import save_model
from training.models.predictor import Predictor

pytestmark = tolerate_keras

# Odd sizes: taller than two widths, a line, one pixel, larger than six inputs, halves at the edge.
SHAPES = ((47, 33), (32, 32), (71, 29), (1, 40), (1, 1), (211, 403), (640, 300), (97, 500))


def noise(shape: tuple[int, int], seed: int = 0) -> Any:
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def films(shapes: tuple[tuple[int, int], ...] = SHAPES) -> list[tuple[str, Any]]:
    return [(f"film {number}", noise(shape, number)) for number, shape in enumerate(shapes)]


@pytest.mark.parametrize("size", [32, 45])
@pytest.mark.parametrize("keep_aspect", [True, False])
def test_that_the_operations_give_what_pillow_gives(size: int, keep_aspect: bool) -> None:
    preprocessing = Preprocessing(size, keep_aspect)
    spec = tf.TensorSpec((1, None, None, 1), tf.uint8)
    operations = tf.function(
        lambda film: as_input(film, preprocessing), input_signature=[spec], autograph=False
    )
    for seed, shape in enumerate((*SHAPES, (1000, 731), (333, 999), (450, 1001))):
        film = noise(shape, seed)
        square, place = operations(film[None, :, :, None])
        expected = preprocessing.apply(film)
        difference = np.abs(square.numpy()[0, :, :, 0] - expected)
        # A sum of thousandths near one half may round otherwise in Pillow's doubles.
        assert difference.max() <= 1, shape
        assert np.mean(difference > 0) < 0.002, shape
        assert tuple(place.numpy()) == dataclasses.astuple(preprocessing.placement(*shape))


def test_that_the_stretch_is_numpys_percentiles() -> None:
    preprocessing = Preprocessing(40, keep_aspect=True, stretch=True)
    for shape, low, high in (((40, 40), 60, 140), ((40, 17), 0, 255), ((33, 40), 100, 103)):
        film = np.random.default_rng(1).integers(low, high, shape, np.uint8)
        square, _ = as_input(tf.constant(film[None, :, :, None]), preprocessing)
        difference = np.abs(square.numpy()[0, :, :, 0] - preprocessing.apply(film))
        # One level that falls on a half exactly may go to either side.
        assert difference.max() <= 1, shape
        assert np.mean(difference > 0) < 0.03, shape
    flat = np.full((40, 20), 90, np.uint8)
    square, _ = as_input(tf.constant(flat[None, :, :, None]), preprocessing)
    assert set(np.unique(square)) == {0, 90}


def test_that_an_export_that_says_nothing_is_refused() -> None:
    pairs = [Pair("a", 2, 2, 0.4, 0.4), Pair("b", 2, 2, 0.4, float("nan"))]
    parity = compare(pairs, make_card(), model="m", kind="ONNX", runtime="r", films="f")
    assert not parity.is_kept


def test_that_decisions_count_by_threshold_and_bands() -> None:
    points = OperatingPoints(OperatingPoint(0.3), OperatingPoint(0.6))
    card = make_card(threshold=0.4, points=points)
    pairs = [
        Pair("the same", 2, 2, 0.41, 0.42),
        Pair("over the threshold", 2, 2, 0.399, 0.401),
        Pair("out of the unsure band", 2, 2, 0.599, 0.601),
    ]
    parity = compare(pairs, card, model="m", kind="ONNX", runtime="r", films="f")
    assert parity.num_changed_decisions == 2
    assert parity.largest_difference == pytest.approx(0.01)


def test_that_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_formats.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match="pip install onnx onnxruntime tf2onnx"):
        export_formats.check_packages(ExportFormat.ONNX)
    export_formats.check_packages(ExportFormat.LITERT)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """The file of a network as ``make`` gives it, written once; nobody changes it."""

    @functools.cache
    def file_of(make: Callable[[], keras.Model], stretch: bool) -> Path:
        model = make()
        size = model.input_shape[1]
        preprocessing = Preprocessing(size, keep_aspect=True, stretch=stretch)
        card: dict[str, Any] = {"preprocessing": preprocessing, "calibration": CALIBRATION}
        if model.output_shape[1] == 3:
            card = {"classes": THREE}
        return saved(tmp_path_factory.mktemp("network"), model, **card)

    return file_of


@pytest.fixture(scope="module")
def predictors() -> Callable[[Path], Predictor]:
    """The predictor of a shared file, made once."""
    return functools.cache(Predictor)


def saved(folder: Path, model: keras.Model, **card: Any) -> Path:
    path = folder / "best.keras"
    save_model(model, make_card(model.input_shape[1], **card), path)
    return path


def with_small_scores(model: keras.Model) -> keras.Model:
    """Random weights, small in the last layer, or noise of noise would make the score 0 or 1."""
    score = with_random_weights(model).get_layer("score")
    score.set_weights([0.01 * score.get_weights()[0], score.get_weights()[1]])
    return model


def transfer_like() -> keras.Model:
    return with_small_scores(build_network(NetworkConfig(name="transfer"), 64, seed=3))


def transfer_of_three() -> keras.Model:
    network = NetworkConfig(name="transfer")
    return with_small_scores(build_network(network, 64, seed=2, num_classes=3))


def compact_of_three() -> keras.Model:
    return with_small_scores(
        build_network(NetworkConfig(name="compact"), 64, seed=2, num_classes=3)
    )


def notebook_small() -> keras.Model:
    return build_network(NetworkConfig(name="notebook", width=0.1, num_blocks=2), 48, seed=1)


def compact() -> keras.Model:
    return build_network(NetworkConfig(name="compact"), 48, seed=2)


CALIBRATION = Calibration(temperature=1.7)
THREE = ("none", "hairline", "displaced")


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(ExportFormat))
@pytest.mark.parametrize("make", [notebook_small, compact, transfer_like])
def test_that_every_network_says_the_same_in_every_format(
    tmp_path: Path, shared: Callable[..., Path], kind: ExportFormat, make: Any
) -> None:
    path = shared(make, stretch=make is transfer_like)
    target = tmp_path / "deep" / "export"
    parity = export_model(path, target, kind, films(), origin="noise")
    assert parity.num_films == len(SHAPES)
    assert parity.largest_difference < 1e-3
    assert (parity.largest_site_difference is not None) == (make is transfer_like)
    assert json.loads((target / "parity.json").read_text("utf-8"))["num_changed_decisions"] == 0
    assert json.loads((target / "card.json").read_text("utf-8"))["classes"] == list(
        make_card().classes
    )
    words = (target / "README.txt").read_text("utf-8")
    assert "uint8, (1, height, width, 1)" in words
    assert sorted(entry.name for entry in target.parent.iterdir()) == ["export"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(ExportFormat))
@pytest.mark.parametrize("make", [compact_of_three, transfer_of_three])
def test_that_all_scores_of_three_classes_are_compared(
    tmp_path: Path,
    shared: Callable[..., Path],
    predictors: Callable[[Path], Predictor],
    kind: ExportFormat,
    make: Any,
) -> None:
    path = shared(make, stretch=False)
    parity = export_model(path, tmp_path / "out", kind, films(), origin="noise")
    assert parity.num_changed_decisions == 0
    assert parity.largest_site_difference is None
    predictor = predictors(path)
    for (_, film), pair in zip(films(), parity.pairs, strict=True):
        assert pair.programs == pytest.approx(predictor.predict(film).scores, abs=1e-6)
        assert pair.exports == pytest.approx(pair.programs, abs=1e-3)
        assert sum(pair.exports) == pytest.approx(1.0, abs=1e-5)
        assert pair.program == max(pair.programs)
    words = (tmp_path / "out" / "README.txt").read_text("utf-8")
    assert '"none", "hairline", "displaced"' in words
    assert "There is no threshold" in words
    assert 'float(answer["score"]' not in words
    assert "threshold" not in json.loads((tmp_path / "out" / "card.json").read_text("utf-8"))


def test_that_a_changed_class_is_a_changed_decision() -> None:
    card = make_card(64, classes=("a", "b", "c"))
    pairs = [
        Pair("same", 1, 1, 0.5, 0.49, programs=(0.5, 0.3, 0.2), exports=(0.49, 0.31, 0.2)),
        Pair("other", 1, 1, 0.41, 0.39, programs=(0.41, 0.4, 0.19), exports=(0.39, 0.41, 0.2)),
    ]
    parity = compare(pairs, card, model="m", kind="k", runtime="r", films="f")
    assert parity.num_changed_decisions == 1
    assert parity.largest_difference == pytest.approx(0.02)


@pytest.mark.slow
def test_that_the_certificate_is_true(tmp_path: Path) -> None:
    path = saved(tmp_path, make_compact_like(), calibration=CALIBRATION)
    parity = export_model(path, tmp_path / "out", ExportFormat.ONNX, films(), origin="noise")
    session = onnxruntime.InferenceSession(tmp_path / "out" / "model.onnx")
    predictor = Predictor(path)
    for (name, film), pair in zip(films(), parity.pairs, strict=True):
        (score,) = session.run(["score"], {"film": film[None, :, :, None]})
        assert (pair.film, pair.height, pair.width) == (name, *film.shape)
        assert pair.export == pytest.approx(score[0])
        assert pair.program == pytest.approx(predictor.predict(film).score)


@pytest.mark.slow
def test_that_a_file_of_other_weights_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path, make_notebook_like())
    write = export.write_model

    def tampered(network: Any, kind: ExportFormat, target: Path) -> None:
        other = make_notebook_like()
        other.set_weights([0.9 * weights for weights in other.get_weights()])
        write(export.ExportedNetwork(other, make_card()), kind, target)

    monkeypatch.setattr(export, "write_model", tampered)
    with pytest.raises(UserError, match="says something else"):
        export_model(path, tmp_path / "out", ExportFormat.SAVED_MODEL, films(), origin="noise")
    assert [entry.name for entry in tmp_path.iterdir()] == ["best.keras"]


def test_that_a_full_folder_is_left_alone(tmp_path: Path) -> None:
    path = saved(tmp_path, make_compact_like())
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(UserError, match="not empty"):
        export_model(path, tmp_path / "out", ExportFormat.ONNX, films(), origin="noise")
    assert (tmp_path / "out" / "mine.txt").read_text() == "mine"


@pytest.mark.skipif(os.name == "nt", reason="folders have no write bit there")
def test_that_a_folder_without_leave_to_write_is_told(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        # The superuser may write everywhere; a file where a folder must be stops even that.
        (tmp_path / "locked").write_text("")
    else:
        (tmp_path / "locked").mkdir(mode=0o500)
    path = saved(tmp_path, make_compact_like())
    with pytest.raises(UserError, match="could not be saved"):
        export_model(path, tmp_path / "locked" / "out", ExportFormat.ONNX, films(), origin="noise")


@pytest.mark.slow
def test_that_an_export_without_any_film_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path, make_compact_like())
    with pytest.raises(UserError, match="no film"):
        export_model(path, tmp_path / "out", ExportFormat.SAVED_MODEL, [], origin="none")
    assert not (tmp_path / "out").exists()
