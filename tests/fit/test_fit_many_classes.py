"""Training on more than two classes, from the folder to the run folder, with real Keras."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.builders.three_classes import CLASSES as REGIONS
from tests.builders.three_classes import SQUARES, squares, three_classes
from tests.fit.fit_builders import failed, finished, of_type, run, tiny_config
from training.data.dataset import Split
from training.fit.config import NetworkConfig
from training.fit.events import DataReady, EpochEnded
from training.fit.run_folder import STATUS, Run, read_run, read_scores
from training.models.card_file import read_card
from training.models.model_file import load_model
from training.models.predictor import Predictor

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("three")
    squares(root / "films")
    return root


@pytest.fixture(scope="module")
def trained(root: Path) -> tuple[Run, list[object]]:
    config = tiny_config(
        root,
        network=NetworkConfig(width=0.5, num_blocks=3),
        epochs=12,
        batch_size=4,
        learning_rate=0.003,
        class_weights=True,
    )
    events = run(config)
    return finished(events).run, events


def test_that_a_run_tells_three_classes_apart(trained: tuple[Run, list[object]]) -> None:
    made, events = trained
    assert made.classes == SQUARES
    assert made.best is not None
    figures = made.best.validation
    assert [each.total for each in figures.by_class] == [8, 8, 8]
    assert sum(each.right for each in figures.by_class) == round(figures.accuracy * 24)
    # A third is chance.
    assert figures.accuracy > 0.8
    assert figures.constant_guess == pytest.approx(1 / 3)
    assert figures.sensitivity is None
    (ready,) = of_type(events, DataReady)  # type: ignore[arg-type]
    assert ready.constant_guess == pytest.approx(1 / 3)
    assert len(of_type(events, EpochEnded)) == 12  # type: ignore[arg-type]
    assert max(line.val_auc for line in made.history) > 0.9


def test_that_a_temperature_for_three_classes_is_refused(root: Path) -> None:
    end = failed(run(tiny_config(root, runs=root / "none", calibrate=True)))
    assert end.what.startswith("Scores of 3 classes cannot be calibrated")
    assert not list((root / "none").iterdir())


def test_that_the_figures_are_those_of_the_history(trained: tuple[Run, list[object]]) -> None:
    made, _ = trained
    assert made.final is not None
    last = made.history[-1]
    assert made.final.validation.loss == pytest.approx(last.val_loss, rel=1e-3)
    assert made.final.validation.accuracy == pytest.approx(last.val_accuracy)


def test_that_every_file_has_a_score_a_class(trained: tuple[Run, list[object]]) -> None:
    made, _ = trained
    scores = read_scores(made, "best", Split.VALIDATION)
    assert len(scores) == 24
    for file in scores:
        assert len(file.scores) == 3
        assert sum(file.scores) == pytest.approx(1.0, abs=1e-4)
        assert file.score == max(file.scores)
        assert file.path.parent.name == SQUARES[file.label]
    with (made.folder / "scores.csv").open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    assert [name for name in header if name.startswith("score")] == [
        f"score_{name}" for name in SQUARES
    ]


def test_that_the_model_file_says_what_its_scores_mean(trained: tuple[Run, list[object]]) -> None:
    made, _ = trained
    assert made.best is not None
    model, card = load_model(made.best.path)
    assert card.classes == SQUARES
    assert card.card_version == 2
    assert "threshold" not in card.to_json()
    assert card.to_json()["card_version"] == 2
    assert model.output_shape == (None, 3)
    plain = keras.saving.load_model(made.best.path, compile=False)
    films = np.random.default_rng(0).integers(0, 255, (4, 64, 64, 1)).astype(np.float32)
    np.testing.assert_allclose(plain(films), model(films), atol=1e-6)
    np.testing.assert_allclose(np.sum(model(films), axis=1), 1.0, atol=1e-5)


def test_that_an_older_program_refuses_run_and_model(
    trained: tuple[Run, list[object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, _ = trained
    assert made.best is not None
    # As the version before had it.
    monkeypatch.setattr("training.models.card_file.CARD_VERSION", 1)
    with pytest.raises(Exception, match="made by a newer version of this program"):
        read_card(made.best.path)
    assert json.loads((made.folder / STATUS).read_text())["format"] == 2
    monkeypatch.setattr("training.fit.run_folder.RUN_FORMAT", 1)
    with pytest.raises(Exception, match="written by a newer version"):
        read_run(made.folder)


def test_that_the_predictor_gives_the_scores_of_the_run(
    trained: tuple[Run, list[object]],
) -> None:
    from training.films.reader import read_grey

    made, _ = trained
    assert made.best is not None
    predictor = Predictor(made.best.path)
    for file in read_scores(made, "best", Split.VALIDATION)[::7]:
        told = predictor.predict(read_grey(file.path), heat_map=True)
        assert told.scores == pytest.approx(file.scores, abs=1e-4)
        assert told.score == max(told.scores)
        assert told.word == SQUARES[int(np.argmax(file.scores))]
        assert told.heat_map is not None
        assert told.against is None
        assert told.site is None


@pytest.mark.parametrize("name", ["notebook", "transfer"])
def test_that_all_networks_train_on_three_classes(root: Path, name: str) -> None:
    network = NetworkConfig(name=name)
    if name == "notebook":
        network = NetworkConfig(name=name, width=0.125, num_blocks=3)
    made = finished(run(tiny_config(root, network=network, epochs=2))).run
    assert made.best is not None
    assert len(made.best.validation.by_class) == 3
    assert read_card(made.best.path).site is None


def test_that_some_of_the_backbone_can_learn_too(root: Path) -> None:
    network = NetworkConfig(name="transfer", trained_parts=2)
    made = finished(run(tiny_config(root, network=network, epochs=1))).run
    assert made.best is not None
    assert made.best.validation.is_many


def test_that_a_folder_of_two_other_names_trains_as_ever(root: Path, tmp_path: Path) -> None:
    films = three_classes(tmp_path / "films", train=6, validation=3, classes=REGIONS[:2])
    made = finished(run(tiny_config(root, data=films, runs=tmp_path / "runs", epochs=1))).run
    assert made.classes == REGIONS[:2]
    assert made.best is not None
    card = read_card(made.best.path)
    assert (card.card_version, card.threshold) == (1, 0.5)
    assert not made.best.validation.is_many
    assert json.loads((made.folder / STATUS).read_text())["format"] == 1
