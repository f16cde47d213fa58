"""Real runs of a tiny network: their events, their folder, their models."""

from __future__ import annotations

import csv
import json
import random
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from fit_builders import (
    CLASSES,
    finished,
    make_films,
    of_type,
    run,
    tiny_config,
)
from sklearn.metrics import accuracy_score, log_loss

from training.augmentation.config import NONE
from training.data.dataset import Split
from training.errors import UserError
from training.fit.config import NetworkConfig, TrainConfig
from training.fit.events import (
    BatchEnded,
    DataReady,
    EpochEnded,
    Event,
    Phase,
    PhaseChanged,
    RunStarted,
)
from training.fit.run_folder import Run, RunStatus, list_runs, read_run, read_scores
from training.models.model_file import load_model

REPOSITORY = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def finished_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, list[Event]]:
    root = tmp_path_factory.mktemp("finished")
    make_films(root / "films")
    broken = root / "films" / "train" / "fractured" / "broken.png"
    broken.write_bytes((broken.parent / "train 0.png").read_bytes()[:60])
    events = run(tiny_config(root, epochs=3, class_weights=True))
    return finished(events).run, events


def test_that_the_phases_come_in_their_order(finished_run: tuple[Run, list[Event]]) -> None:
    _, events = finished_run
    assert isinstance(events[0], RunStarted)
    first_seen = list(dict.fromkeys(e.phase for e in of_type(events, PhaseChanged)))
    assert first_seen == [phase for phase in Phase if phase not in (Phase.FEATURES, Phase.SITE)]


def test_that_the_data_are_counted_with_the_constant_guess(
    finished_run: tuple[Run, list[Event]],
) -> None:
    _, events = finished_run
    assert of_type(events, DataReady) == [DataReady(24, 12, 0.5, "not fractured", 1)]


def test_that_each_step_is_told_with_the_figures_of_its_batch_alone(
    finished_run: tuple[Run, list[Event]],
) -> None:
    _, events = finished_run
    steps, epochs = of_type(events, BatchEnded), of_type(events, EpochEnded)
    assert [(e.epoch, e.step, e.steps) for e in steps] == [
        (epoch, step, 3) for epoch in (1, 2, 3) for step in (1, 2, 3)
    ]
    for line in epochs:
        mine = [e for e in steps if e.epoch == line.epoch]
        # Eight films each, so eighths; their mean is the epoch's figure.
        assert all(abs(e.accuracy * 8 - round(e.accuracy * 8)) < 1e-4 for e in mine)
        assert np.mean([e.accuracy for e in mine]) == pytest.approx(line.accuracy, abs=1e-5)
        assert np.mean([e.loss for e in mine]) == pytest.approx(line.loss, rel=1e-4)
    assert all(e.films_per_second > 0 for e in steps[1:])


def test_that_the_run_reads_back_as_it_was_told(finished_run: tuple[Run, list[Event]]) -> None:
    told, events = finished_run
    read = read_run(told.folder)
    assert read == told
    assert read.status is RunStatus.FINISHED
    assert read.classes == ("not fractured", "fractured")
    assert read.constant_guess == 0.5
    assert read.precision == "float32"
    for line, event in zip(read.history, of_type(events, EpochEnded), strict=True):
        assert asdict(line) == pytest.approx(asdict(event))
    assert list_runs(told.folder.parent) == (told,)


def test_that_the_folder_holds_what_a_reader_without_the_program_needs(
    finished_run: tuple[Run, list[Event]],
) -> None:
    folder = finished_run[0].folder
    names = {path.name for path in folder.iterdir()}
    assert names == {
        "config.json", "status.json", "versions.json", "history.csv", "tensorboard",
        "best.keras", "final.keras", "evaluation.json", "figures.json", "scores.csv",
        "skipped.csv",
    }  # fmt: skip
    versions = json.loads((folder / "versions.json").read_text())
    assert versions["versions"]["keras"] == keras.__version__
    assert len(versions["data_fingerprint"]) == 64
    assert versions["seed"] == 0
    with (folder / "skipped.csv").open(encoding="utf-8", newline="") as file:
        skipped = list(csv.DictReader(file))
    assert [Path(row["path"]).name for row in skipped] == ["broken.png"]


def test_that_tensorboard_finds_the_history(finished_run: tuple[Run, list[Event]]) -> None:
    done = finished_run[0]
    found: dict[str, list[tuple[int, float]]] = {}
    for path in (done.folder / "tensorboard").iterdir():
        for record in tf.data.TFRecordDataset(str(path)):
            event = tf.compat.v1.Event.FromString(record.numpy())
            for value in event.summary.value:
                assert value.metadata.plugin_data.plugin_name == "scalars"
                number = float(tf.make_ndarray(value.tensor))
                found.setdefault(value.tag, []).append((event.step, number))
    assert len(found) == 6
    for name in ("loss", "val_loss", "val_accuracy", "val_auc", "learning_rate"):
        expected = [(line.epoch, getattr(line, name)) for line in done.history]
        np.testing.assert_allclose(found[f"epoch/{name}"], expected, rtol=1e-6)


@pytest.mark.parametrize("kind", ["best", "final"])
@pytest.mark.parametrize("split", [Split.TRAIN, Split.VALIDATION])
def test_that_figures_and_scores_are_those_of_the_saved_model(
    finished_run: tuple[Run, list[Event]], kind: str, split: Split
) -> None:
    from PIL import Image

    done = finished_run[0]
    result = getattr(done, kind)
    model, card = load_model(result.path)
    assert (card.kind, card.run_id, card.classes) == (kind, done.run_id, done.classes)
    assert (card.num_train_files, card.num_train_films) == (24, 24)
    assert card.figures["accuracy"] == result.validation.accuracy
    rows = read_scores(done, kind, split)
    assert len(rows) == (24 if split is Split.TRAIN else 12)
    films = np.stack([np.asarray(Image.open(row.path)) for row in rows])[..., np.newaxis]
    scores = np.asarray(model(films.astype(np.float32)))[:, 0]
    np.testing.assert_allclose([row.score for row in rows], scores, atol=2e-6)
    labels = [int(row.path.parent.name == "fractured") for row in rows]
    assert [row.label for row in rows] == labels
    figures = result.train if split is Split.TRAIN else result.validation
    assert figures.accuracy == accuracy_score(labels, scores >= 0.5)
    assert figures.loss == pytest.approx(log_loss(labels, scores.astype(float)), rel=1e-4)


def test_that_the_best_model_is_of_the_best_epoch(finished_run: tuple[Run, list[Event]]) -> None:
    done = finished_run[0]
    assert done.best
    assert done.final
    accuracies = [line.val_accuracy for line in done.history]
    assert done.best.epoch == 1 + int(np.argmax(accuracies))
    assert done.best.validation.accuracy == pytest.approx(max(accuracies))
    assert done.final.epoch == 3
    assert done.final.validation.accuracy == pytest.approx(accuracies[-1])
    assert done.final.validation.loss == pytest.approx(done.history[-1].val_loss, rel=1e-4)


def test_that_the_same_seed_gives_the_same_history(tmp_path: Path) -> None:
    make_films(tmp_path / "films")
    histories = []
    for seed in (3, 3, 4):
        random.seed(1)
        state = random.getstate()
        done = finished(run(tiny_config(tmp_path, seed=seed))).run
        assert random.getstate() == state
        histories.append([replace(line, seconds=0.0) for line in done.history])
    assert histories[0] == histories[1]
    assert histories[0] != histories[2]


def test_that_a_run_trained_in_bfloat16_is_saved_and_measured_in_float32(tmp_path: Path) -> None:
    make_films(tmp_path / "films")
    done = finished(run(tiny_config(tmp_path, precision="mixed_bfloat16"))).run
    assert done.precision == "mixed_bfloat16"
    assert done.best
    model, _ = load_model(done.best.path)
    assert {layer.compute_dtype for layer in model.layers} == {"float32"}
    assert keras.config.dtype_policy().name == "float32"


def test_that_penalties_and_weights_do_not_count_as_loss(tmp_path: Path) -> None:
    make_films(tmp_path / "films")
    network = NetworkConfig(width=0.125, num_blocks=3, l2=0.5)
    done = finished(run(tiny_config(tmp_path, network=network, epochs=1))).run
    assert done.final
    # The penalty alone would be above 5.
    assert done.history[0].val_loss == pytest.approx(done.final.validation.loss, rel=1e-4)
    assert done.history[0].val_loss < 1.5


def test_that_early_stopping_ends_a_run_that_gains_nothing(tmp_path: Path) -> None:
    make_films(tmp_path / "films")
    settings = {"epochs": 30, "early_stopping_patience": 2, "learning_rate": 1e-7}
    done = finished(run(tiny_config(tmp_path, augmentation=NONE, **settings))).run
    assert done.status is RunStatus.FINISHED
    assert 3 <= len(done.history) < 30


def test_that_the_rate_falls_to_a_tenth_on_a_plateau_unless_that_is_off(tmp_path: Path) -> None:
    make_films(tmp_path / "films")
    # A rate too small to gain Keras' least difference of 1e-4 is a plateau from the start.
    config = tiny_config(tmp_path, epochs=3, plateau_patience=1, learning_rate=1e-9)
    falls, stays = (
        [line.learning_rate for line in finished(run(each)).run.history]
        for each in (config, replace(config, lower_rate_on_plateau=False))
    )
    assert falls[-1] <= 1.01e-10
    assert stays == pytest.approx([1e-9] * 3)


@pytest.mark.parametrize("monitor", ["val_loss", "val_auc"])
def test_that_the_chosen_figure_decides_the_best_epoch(tmp_path: Path, monitor: str) -> None:
    make_films(tmp_path / "films")
    done = finished(run(tiny_config(tmp_path, epochs=4, monitor=monitor))).run
    values = [getattr(line, monitor) for line in done.history]
    expected = np.argmin(values) if monitor == "val_loss" else np.argmax(values)
    assert done.best
    assert done.best.epoch == 1 + int(expected)


def test_that_real_films_train(tmp_path: Path, shared_data: Path) -> None:
    for split, name in ((s, c) for s in ("train", "val") for c in CLASSES):
        target = tmp_path / "films" / split / name
        target.mkdir(parents=True)
        for path in sorted((shared_data / "vuppala" / split / name).iterdir())[:12]:
            shutil.copy(path, target)
    done = finished(run(tiny_config(tmp_path, epochs=1))).run
    assert done.final
    assert done.final.train.num_files == 24


def test_that_a_folder_without_splits_is_split_and_trained(tmp_path: Path) -> None:
    make_films(tmp_path / "all", 20, 1)
    shutil.move(tmp_path / "all" / "train", tmp_path / "films")
    (ready,) = of_type(run(tiny_config(tmp_path, epochs=1)), DataReady)
    assert ready.num_train + ready.num_validation == 40
    assert 4 <= ready.num_validation <= 12


def test_that_a_config_survives_its_json(tmp_path: Path) -> None:
    config = tiny_config(tmp_path, class_weights=True)
    assert TrainConfig.from_json(json.loads(json.dumps(config.to_json()))) == config


def test_that_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError):
        read_run(tmp_path)
    (tmp_path / "config.json").write_text("[]")
    (tmp_path / "status.json").write_text("{}")
    with pytest.raises(UserError, match="damaged"):
        read_run(tmp_path)
    assert list_runs(tmp_path.parent / "nowhere") == ()


def test_that_a_test_part_is_measured_and_chooses_nothing(tmp_path: Path) -> None:
    films = make_films(tmp_path / "films")
    for name in CLASSES:
        (films / "test" / name).mkdir(parents=True)
        for number in range(3):
            source = films / "val" / name / f"val {number}.png"
            source.rename(films / "test" / name / f"test {number}.png")
    events = run(tiny_config(tmp_path))
    result = finished(events).run
    ready = of_type(events, DataReady)[0]
    assert (ready.num_train, ready.num_validation) == (24, 6)
    for model in (result.best, result.final):
        assert model is not None
        assert model.test is not None
        assert (model.validation.num_films, model.test.num_films) == (6, 6)
    scores = read_scores(result, "best", Split.TEST)
    assert {score.path.name[:4] for score in scores} == {"test"}
    figures = json.loads((result.folder / "figures.json").read_text())
    assert figures["best"]["test"]["by_film"]["count"] == 6
    # Without it the same run comes out: the test part is only looked at.
    shutil.rmtree(films / "test")
    again = finished(run(tiny_config(tmp_path))).run
    assert [e.val_loss for e in again.history] == [e.val_loss for e in result.history]
