"""``evaluate`` with all figures, ``crossval`` and ``calibrate`` as a person calls them."""

from __future__ import annotations

import functools
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from sklearn.metrics import accuracy_score, precision_score

from tests.cli.test_cli_films import draw_film, make_brightness_model, score_at
from tests.fit.crossval_fakes import FakeTrain
from tests.fit.fit_builders import make_films
from tests.models.model_builders import make_card, tolerate_keras
from training.cli import main
from training.commands import crossval as command
from training.commands import study as study_command
from training.evaluation.baselines import BrightnessGuess
from training.evaluation.calibration import Calibration
from training.fit.crossval import cross_validate
from training.models.card_file import read_card
from training.models.card_writing import rewrite_card
from training.models.model_file import save_model

pytestmark = tolerate_keras

Captured = pytest.CaptureFixture[str]
TINY = ["--size", "64", "--epochs", "2"]


@pytest.fixture(scope="module")
def made_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "best.keras"
    # Brightness alone: fractured from a mean grey of 110 on.
    guess = BrightnessGuess(0.1, -11.0, 30)
    save_model(make_brightness_model(), make_card(threshold=0.5, brightness=guess), path)
    return path


@pytest.fixture
def model(made_model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made_model, tmp_path / "best.keras"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two films of each class, three files each; the model's 0.5 is at a grey of 100."""
    root = tmp_path / "films"
    greys = {"fractured/a": 150, "fractured/b": 105, "not fractured/a": 40, "not fractured/b": 120}
    for name, grey in greys.items():
        for copy in range(3):
            draw_film(root / f"{name}-rotated{copy + 1}.png", grey + copy)
    return root


def call(capsys: Captured, *words: object) -> tuple[int, str, str]:
    code = main([str(word) for word in words])
    out, err = capsys.readouterr()
    return code, out, err


def test_that_evaluate_tells_regions_where_names_do(
    model: Path, folder: Path, capsys: Captured
) -> None:
    _, out, _ = call(capsys, "evaluate", model, folder, "--split", "all")
    assert "body region" not in out
    for copy in range(3):
        draw_film(folder / "fractured" / f"wrist 1-rotated{copy + 1}.png", 150 + copy)
    _, out, _ = call(capsys, "evaluate", model, folder, "--split", "all", "--json")
    regions = json.loads(out)["regions"]
    assert [(one["name"], one["num_films"], one["num_files"]) for one in regions] == [
        ("wrist", 1, 3),
        ("not recorded", 4, 12),
    ]
    _, out, _ = call(capsys, "evaluate", model, folder, "--split", "all")
    assert "body region" in out
    assert "Groups of fewer than 30 films say little." in out


def test_that_evaluate_gives_every_figure_by_file_and_by_film(
    model: Path, folder: Path, capsys: Captured
) -> None:
    code, out, _ = call(capsys, "evaluate", model, folder, "--split", "all", "--json")
    assert code == 0
    found = json.loads(out)["measurement"]
    assert (found["by_file"]["count"], found["by_film"]["count"]) == (12, 4)
    truth, called = [1, 1, 0, 0], [1, 1, 0, 1]
    film = found["by_film"]
    assert film["accuracy"]["value"] == accuracy_score(truth, called)
    assert film["ppv"]["value"] == pytest.approx(precision_score(truth, called))
    assert film["constant_guess"] == 0.5
    # Grey 105 is below the guess's 110, and 120 above it.
    assert film["brightness_guess"] == 0.5
    assert film["accuracy"]["interval"]["low"] < 0.35


def test_that_evaluate_tells_people_both_guesses_and_few_films(
    model: Path, folder: Path, capsys: Captured
) -> None:
    _, out, _ = call(capsys, "evaluate", model, folder, "--split", "all")
    assert "ONLY 4 FILMS" in out
    assert "75.0 % (30.1 to 95.4)" in out
    assert "constant guess" in out
    assert "guess by brightness alone" in out
    assert "95 % interval" in out


def test_that_the_prevalence_changes_what_a_positive_is_worth(
    model: Path, folder: Path, capsys: Captured
) -> None:
    words = ("evaluate", model, folder, "--split", "all", "--json", "--prevalence")
    ppv = []
    for prevalence in ("0.5", "0.01"):
        _, out, _ = call(capsys, *words, prevalence)
        film = json.loads(out)["measurement"]["by_film"]
        assert film["prevalence"] == float(prevalence)
        ppv.append(film["ppv"]["value"])
    # Sensitivity 1, specificity 1/2, by Bayes' rule.
    assert ppv == pytest.approx([0.5 / 0.75, 0.01 / (0.01 + 0.99 * 0.5)])
    for nonsense in ("0", "1", "5"):
        code, _, err = call(capsys, *words, nonsense)
        assert code == 1
        assert "between 0 and 1" in err


def test_that_calibrated_scores_are_the_ones_that_are_measured_and_told(
    model: Path, folder: Path, capsys: Captured
) -> None:
    card = read_card(model)
    _, out, _ = call(capsys, "evaluate", model, folder, "--split", "all", "--json")
    plain = json.loads(out)["measurement"]["by_file"]
    rewrite_card(model, make_card(threshold=0.5, calibration=Calibration(4.0)))
    _, out, _ = call(capsys, "evaluate", model, folder, "--split", "all", "--json")
    scaled = json.loads(out)["measurement"]["by_file"]
    assert scaled["accuracy"] == plain["accuracy"]
    assert scaled["auc"] == plain["auc"]
    assert scaled["brier"] != plain["brier"]
    _, out, _ = call(capsys, "predict", model, folder / "fractured" / "a-rotated1.png", "--json")
    film = json.loads(out)["films"][0]
    raw = score_at(150)
    odds = (raw / (1 - raw)) ** 0.25
    assert film["score"] == pytest.approx(odds / (1 + odds), abs=1e-4)
    assert film["band"] == "positive"
    assert card.calibration is None


def test_that_a_model_without_the_guess_by_brightness_says_so(
    model: Path, folder: Path, capsys: Captured
) -> None:
    rewrite_card(model, make_card(threshold=0.5))
    _, out, _ = call(capsys, "evaluate", model, folder, "--split", "all")
    assert "older version" in out
    assert "guess by brightness alone" not in out


# ------------------------------------------------------------ crossval, calibrate


@pytest.fixture
def films(tmp_path: Path) -> Path:
    return make_films(tmp_path / "films", num_train=20, num_validation=8)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeTrain:
    train = FakeTrain()
    ours = functools.partial(cross_validate, train=train)
    monkeypatch.setattr(command, "load_cross_validate", lambda: ours)
    return train


def crossval(capsys: Captured, films: Path, *words: object) -> Any:
    runs = films.parent / "runs"
    code, out, err = call(capsys, "crossval", films, "--runs", runs, *TINY, *words, "--json")
    assert code == 0, err
    return json.loads(out)


def test_that_crossval_pools_all_films_and_tells_each_fold(
    films: Path, fake: FakeTrain, capsys: Captured
) -> None:
    found = crossval(capsys, films, "--folds", "4")
    assert fake.folds == [1, 2, 3, 4]
    assert found["figures"][0]["pooled"]["by_film"]["count"] == 56
    assert [run["fold"] for run in found["runs"]] == [1, 2, 3, 4]
    only_train = crossval(capsys, films, "--folds", "4", "--pool", "train")
    assert only_train["figures"][0]["pooled"]["by_film"]["count"] == 40


def test_that_crossval_goes_on_and_tells_people_a_table(
    films: Path, fake: FakeTrain, capsys: Captured
) -> None:
    folder = crossval(capsys, films, "--folds", "3")["folder"]
    code, out, err = call(
        capsys, "crossval", films, *TINY, "--runs", films, "--folds", "3", "--resume", folder
    )
    assert code == 0
    assert fake.folds == [1, 2, 3]
    assert "finished earlier" in err
    assert "spread (sd)" in out
    assert "guess by brightness alone" in out
    code, _, err = call(capsys, "crossval", films, "--folds", "3", "--resume", folder)
    assert code == 1
    assert "other settings" in err


def test_that_crossval_states_ppv_at_a_prevalence(
    films: Path, fake: FakeTrain, capsys: Captured
) -> None:
    found = crossval(capsys, films, "--folds", "3", "--prevalence", "0.02")
    assert found["figures"][0]["pooled"]["by_film"]["prevalence"] == 0.02
    code, _, err = call(capsys, "crossval", films, "--prevalence", "2")
    assert code == 1
    assert "between 0 and 1" in err


def test_that_a_study_compares_and_goes_on(
    films: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured, tmp_path: Path
) -> None:
    train = FakeTrain()
    monkeypatch.setattr(study_command, "load_train", lambda: train)
    settings = tmp_path / "study.toml"
    settings.write_text(
        "folds = 3\n[base]\npreprocessing.size = 64\nepochs = 2\n"
        '[[variant]]\nname = "plain"\n[[variant]]\nname = "L2"\nnetwork.l2 = 0.01\n'
    )
    words = ("study", films, "--settings", settings, "--runs", tmp_path / "runs")
    code, out, err = call(capsys, *words)
    assert code == 0
    assert "variant 2 of 2: L2" in err
    assert "+0.000" in out
    assert train.folds == [1, 2, 3, 1, 2, 3]
    folder = next((tmp_path / "runs").iterdir())
    code, out, err = call(capsys, *words, "--resume", folder, "--json")
    assert code == 0
    assert "finished earlier" in err
    assert [row["name"] for row in json.loads(out)["rows"]] == ["plain", "L2"]
    assert len(train.folds) == 6


def test_that_bad_settings_are_refused_before_tensorflow_is_loaded(
    films: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured, tmp_path: Path
) -> None:
    monkeypatch.setattr(study_command, "load_train", lambda: pytest.fail("loaded"))
    settings = tmp_path / "study.toml"
    settings.write_text("fold = 3")
    code, _, err = call(capsys, "study", films, "--settings", settings)
    assert code == 1
    assert "no setting" in err


def test_that_impossible_folds_are_refused_before_tensorflow_is_loaded(
    films: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr(command, "load_cross_validate", lambda: pytest.fail("loaded"))
    code, _, err = call(capsys, "crossval", films, "--folds", "1")
    assert code == 1
    assert "two folds" in err


@pytest.fixture
def run_model(films: Path, fake: FakeTrain, capsys: Captured) -> Path:
    found = crossval(capsys, films, "--folds", "2")
    return Path(found["runs"][0]["folder"]) / "best.keras"


def test_that_calibrate_keeps_a_temperature_and_three_bands_in_the_file(
    run_model: Path, capsys: Captured
) -> None:
    words = ("--temperature", "--sensitivity", "0.95", "--specificity", "0.95")
    code, out, _ = call(capsys, "calibrate", run_model, *words)
    assert code == 0
    assert "unsure" in out
    assert "by construction" in out
    card = read_card(run_model)
    assert card.is_calibrated
    assert card.points is not None
    assert card.points.high is not None
    assert card.points.low.threshold <= card.threshold <= card.points.high.threshold
    assert card.points.low.sensitivity is not None
    assert card.points.low.sensitivity >= 0.95

    code, out, _ = call(capsys, "calibrate", run_model, "--no-temperature", "--no-points", "--json")
    assert code == 0
    after = read_card(run_model)
    assert after.points is None
    assert after.calibration is not None
    assert not after.is_calibrated
    assert json.loads(out)["calibration"]["temperature"] == card.calibration.temperature


def test_that_thresholds_by_value_make_bands_too(run_model: Path, capsys: Captured) -> None:
    code, _, _ = call(capsys, "calibrate", run_model, "--threshold", "0.7", "--threshold", "0.3")
    assert code == 0
    points = read_card(run_model).points
    assert points is not None
    assert points.high is not None
    assert (points.low.threshold, points.high.threshold) == (0.3, 0.7)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["--threshold", "0.5", "--sensitivity", "0.9"], "either by"),
        (["--no-points", "--threshold", "0.5"], "not both"),
        (["--threshold", "1.5"], "no threshold of 1.5"),
        (["--sensitivity", "95"], "no sensitivity of 95"),
        (["--threshold", "0.1", "--threshold", "0.2", "--threshold", "0.3"], "two thresholds"),
    ],
)
def test_that_wishes_that_cannot_be_met_are_refused_and_change_nothing(
    run_model: Path, words: list[str], answer: str, capsys: Captured
) -> None:
    before = run_model.read_bytes()
    code, _, err = call(capsys, "calibrate", run_model, *words)
    assert code == 1
    assert answer in err
    assert run_model.read_bytes() == before


def test_that_a_model_outside_its_run_cannot_be_calibrated_anew(
    model: Path, capsys: Captured
) -> None:
    code, _, err = call(capsys, "calibrate", model, "--temperature")
    assert code == 1
    assert "not a run" in err or "cannot be read as a run" in err
