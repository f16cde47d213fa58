"""The commands with a model of more than two classes."""

from __future__ import annotations

import csv
import functools
import json
from pathlib import Path

import keras
import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from tests.audit.wrists import save, wrist
from tests.builders.three_classes import SQUARES, squares
from tests.cli.test_cli_films import draw_film
from tests.fit.crossval_fakes import FakeTrain
from tests.fit.fit_builders import make_films
from tests.models.model_builders import make_card, tolerate_keras
from tests.report.report_builders import make_many_run
from training.cli import main
from training.commands import crossval as command
from training.commands.train import _rows
from training.fit.crossval import cross_validate
from training.fit.run_folder import read_run
from training.models.model_file import save_model

pytestmark = tolerate_keras

Captured = pytest.CaptureFixture[str]
CLASSES = ("bright", "dark", "middle")


def model_of_greys() -> keras.Model:
    """Says "dark" below a grey of some 75, "bright" above some 175, else "middle"."""
    film = keras.Input((64, 64, 1))
    x = keras.layers.Conv2D(1, 1, name="conv")(film)
    x = keras.layers.GlobalAveragePooling2D()(x)
    network = keras.Model(film, keras.layers.Dense(3, activation="softmax", name="score")(x))
    network.get_layer("conv").set_weights([np.ones((1, 1, 1, 1)) / 255.0, np.zeros(1)])
    slopes = np.array([[20.0, -20.0, 0.0]])
    network.get_layer("score").set_weights([slopes, np.array([-13.7, 5.9, 0.0])])
    return network


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "best.keras"
    save_model(model_of_greys(), make_card(64, classes=CLASSES), path)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three films a class; one "middle" film is so bright that it is called "bright"."""
    greys = {"bright": (220, 230, 240), "dark": (20, 30, 40), "middle": (120, 130, 225)}
    for name, values in greys.items():
        for number, grey in enumerate(values):
            draw_film(tmp_path / "films" / name / f"film{number}.png", grey)
    return tmp_path / "films"


def call(capsys: Captured, *words: object) -> tuple[int, str, str]:
    code = main([str(word) for word in words])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_that_evaluate_measures_every_class(
    capsys: Captured, model: Path, folder: Path, tmp_path: Path
) -> None:
    table = tmp_path / "scores.csv"
    code, out, _ = call(capsys, "evaluate", model, folder, "--scores", table)
    assert code == 0
    assert "88.9 %" in out
    assert "no threshold" in out
    lines = [line.split() for line in out.splitlines()]
    assert ['"middle"', "1", "0", "2", "66.7", "%"] in lines
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    called = [max(range(3), key=lambda c: float(row[f"score_{CLASSES[c]}"])) for row in rows]
    code, out, _ = call(capsys, "evaluate", model, folder, "--json")
    measured = json.loads(out)["measurement"]["by_file"]
    labels = [int(row["label"]) for row in rows]
    assert measured["confusion"] == confusion_matrix(labels, called).tolist()
    assert json.loads(out)["classes"] == list(CLASSES)


def test_that_evaluate_refuses_other_classes(
    capsys: Captured, model: Path, folder: Path, tmp_path: Path
) -> None:
    code, _, err = call(capsys, "evaluate", model, make_films(tmp_path / "two", 3, 2))
    assert code == 1
    assert 'the model tells "bright", "dark", "middle"' in err
    (folder / "dark").rename(folder / "black")
    code, _, err = call(capsys, "evaluate", model, folder)
    assert code == 1
    assert '"black", "bright", "middle"' in err


def test_that_predict_names_the_class_and_tells_all_scores(
    capsys: Captured, model: Path, folder: Path, tmp_path: Path
) -> None:
    target, maps = tmp_path / "scores.csv", tmp_path / "maps"
    code, out, _ = call(
        capsys, "predict", model, folder / "dark", "--csv", target, "--heat-maps", maps
    )
    assert code == 0
    assert out.count("dark") >= 3
    assert "of the class that leads among 3" in out
    assert "from 0" not in out
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["word"] for row in rows] == ["dark"] * 3
    assert all(float(row["score_dark"]) > 0.5 for row in rows)
    assert len(list(maps.iterdir())) == 3
    code, out, _ = call(capsys, "predict", model, folder / "bright", "--json")
    film = json.loads(out)["films"][0]
    assert film["word"] == "bright"
    assert sum(film["scores"].values()) == pytest.approx(1.0, abs=1e-5)
    assert "threshold" not in film
    code, _, err = call(capsys, "predict", model, folder / "dark", "--map", "against")
    assert code == 1
    assert "more than two classes" in err


@pytest.mark.parametrize(
    "words",
    [("calibrate", "--temperature"), ("calibrate", "--threshold", "0.4"), ("calibrate",)],
)
def test_that_there_is_nothing_to_calibrate(
    capsys: Captured, model: Path, words: tuple[str, ...]
) -> None:
    code, _, err = call(capsys, words[0], model, *words[1:])
    assert code == 1
    assert "3 classes apart" in err


def test_that_locate_says_why_it_measures_nothing(
    capsys: Captured, model: Path, folder: Path
) -> None:
    code, _, err = call(capsys, "locate", model, folder)
    assert code == 1
    assert "which of them an outline speaks of" in err


def test_that_audit_counts_every_class(
    capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XRAY_DESKTOP_HOME", str(tmp_path / "home"))
    for label, name in enumerate(CLASSES):
        for number in range(3):
            save(tmp_path / "films" / name / f"{number}.png", wrist(20 * label + number))
    code, out, err = call(capsys, "audit", tmp_path / "films", "--json")
    assert code == 0, err
    found = json.loads(out)
    assert found["classes"] == list(CLASSES)
    counts = {(each["split"], each["class"]): each["files"] for each in found["counts"]}
    assert sum(counts.values()) == 9
    assert {name for _, name in counts} == set(CLASSES)


def test_that_crossval_prints_the_classes(
    capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    squares(tmp_path / "films", train=6, validation=4)
    fake = functools.partial(cross_validate, train=FakeTrain())
    monkeypatch.setattr(command, "load_cross_validate", lambda: fake)
    words = ("--folds", "2", "--runs", tmp_path / "runs", "--size", "64", "--epochs", "2")
    code, out, _ = call(capsys, "crossval", tmp_path / "films", *words)
    assert code == 0
    for name in SQUARES:
        assert f'"{name}"' in out
    assert "mean found of a class" in out
    code, out, _ = call(capsys, "crossval", tmp_path / "films", *words, "--json")
    figures = json.loads(out)["figures"][0]
    assert len(figures["pooled"]["by_film"]["by_class"]) == 3


def test_that_a_runs_table_names_every_class(tmp_path: Path) -> None:
    run = read_run(make_many_run(tmp_path))
    models = [model for model in (run.best, run.final) if model is not None]
    words = {row[0]: row[1] for row in _rows(models, run.classes or ())}
    told = words["validation, right of each class"]
    assert told == ", ".join(f"75.0 % {name}" for name in SQUARES)
