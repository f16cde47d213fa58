"""``evaluate`` and ``predict`` with a real small model on films that the test draws."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from PIL import Image

from tests.models.model_builders import SIZE, make_card, tolerate_keras
from training import __version__
from training.cli import main
from training.commands.predict import find_films
from training.errors import UserError
from training.models.model_file import save_model
from training.sharing.score_table import COLUMNS

pytestmark = tolerate_keras


def make_brightness_model() -> keras.Model:
    """Scores a film by its mean grey alone: 0.5 at 100, so every score is known beforehand."""
    film = keras.Input((SIZE, SIZE, 1))
    x = keras.layers.Conv2D(1, 1, use_bias=False, name="same")(film)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dense(1, activation="sigmoid", name="score")(x)
    model = keras.Model(film, x)
    model.get_layer("same").set_weights([np.ones((1, 1, 1, 1), np.float32)])
    model.get_layer("score").set_weights(
        [np.array([[0.05]], np.float32), np.array([-5.0], np.float32)]
    )
    return model


def score_at(grey: int) -> float:
    return float(1.0 / (1.0 + np.exp(5.0 - 0.05 * grey)))


def draw_film(path: Path, grey: int, size: tuple[int, int] = (40, 40)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.full(size[::-1], grey, np.uint8)
    # A picture of one grey alone is refused as blank; the mean stays.
    step = min(9, grey, 255 - grey)
    pixels[0], pixels[-1] = grey + step, grey - step
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture(scope="module")
def made_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "best.keras"
    card = make_card(threshold=0.5, run_id="run 1", program_version="0.1.0")
    save_model(make_brightness_model(), card, path)
    return path


@pytest.fixture
def model(made_model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made_model, tmp_path / "best.keras"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Validation: films of 120, 180 and 60 are fractured, 40 and 80 are not."""
    root = tmp_path / "films"
    films = {
        "val/fractured": (120, 180, 60),
        "val/not fractured": (40, 80),
        "train/fractured": (200, 210, 220),
        "train/not fractured": (10, 20, 30),
    }
    for name, greys in films.items():
        for grey in greys:
            draw_film(root / name / f"film {grey}.png", grey)
    return root


Captured = pytest.CaptureFixture[str]


def json_of(capsys: Captured) -> Any:
    return json.loads(capsys.readouterr().out)


# ---------------------------------------------------------------- evaluate


def test_that_evaluate_counts_the_validation_films(
    model: Path, folder: Path, capsys: Captured
) -> None:
    assert main(["evaluate", str(model), str(folder), "--json"]) == 0
    values = json_of(capsys)
    found = values["figures"]
    assert values["split"] == "validation"
    assert (found["num_files"], found["num_films"]) == (5, 5)
    # Known beforehand: 60 is missed, all others are right.
    assert (found["true_positives"], found["false_negatives"]) == (2, 1)
    assert (found["true_negatives"], found["false_positives"]) == (2, 0)
    assert found["accuracy"] == pytest.approx(0.8)
    right = [score_at(120), score_at(180), score_at(60), 1 - score_at(40), 1 - score_at(80)]
    assert found["loss"] == pytest.approx(-np.mean(np.log(right)), rel=1e-4)


def test_that_evaluate_writes_each_films_score(
    model: Path, folder: Path, tmp_path: Path, capsys: Captured
) -> None:
    target = tmp_path / "scores.csv"
    assert main(["evaluate", str(model), str(folder), "--scores", str(target)]) == 0
    with target.open(newline="", encoding="utf-8") as file:
        rows = {Path(row["path"]).name: row for row in csv.DictReader(file)}
    assert len(rows) == 5
    assert float(rows["film 180.png"]["score"]) == pytest.approx(score_at(180), abs=1e-5)
    assert (rows["film 180.png"]["label"], rows["film 40.png"]["label"]) == ("1", "0")
    out = capsys.readouterr().out
    assert "by file (5)" in out
    assert "80.0 % (37.6 to 96.4)" in out
    assert "95 % interval" in out


@pytest.mark.parametrize(("split", "files"), [("train", 6), ("all", 11)])
def test_that_evaluate_measures_the_part_that_is_asked_for(
    model: Path, folder: Path, split: str, files: int, capsys: Captured
) -> None:
    assert main(["evaluate", str(model), str(folder), "--split", split, "--json"]) == 0
    assert json_of(capsys)["figures"]["num_files"] == files


def test_that_evaluate_names_the_parts_there_are(
    model: Path, folder: Path, capsys: Captured
) -> None:
    assert main(["evaluate", str(model), str(folder), "--split", "test"]) == 1
    err = capsys.readouterr().err
    assert "It has: train, validation." in err


def test_that_a_film_that_cannot_be_read_is_reported_and_the_rest_measured(
    model: Path, folder: Path, capsys: Captured
) -> None:
    broken = folder / "val" / "fractured" / "film 120.png"
    broken.write_bytes(broken.read_bytes()[:60])
    assert main(["evaluate", str(model), str(folder), "--json"]) == 3
    out, err = capsys.readouterr()
    values = json.loads(out)
    assert values["figures"]["num_files"] == 4
    assert [Path(entry["path"]).name for entry in values["refused"]] == ["film 120.png"]
    assert "film 120.png" in err.splitlines()[-1]


def test_that_other_class_names_are_explained_and_can_be_matched(
    model: Path, tmp_path: Path, capsys: Captured
) -> None:
    root = tmp_path / "other"
    for grey in (120, 180):
        draw_film(root / "val" / "broken" / f"{grey}.png", grey)
        draw_film(root / "train" / "broken" / f"t{grey}.png", grey)
        draw_film(root / "val" / "normal" / f"n{grey}.png", grey - 90)
        draw_film(root / "train" / "normal" / f"m{grey}.png", grey - 90)
    assert main(["evaluate", str(model), str(root)]) == 1
    err = capsys.readouterr().err
    assert 'the model tells "fractured" from "not fractured"' in err
    assert '--positive "broken"' in err
    assert main(["evaluate", str(model), str(root), "--positive", "broken", "--json"]) == 0
    assert json_of(capsys)["figures"]["sensitivity"] == 1.0


def test_that_a_folder_without_parts_is_measured_whole_with_a_warning(
    model: Path, tmp_path: Path, capsys: Captured
) -> None:
    root = tmp_path / "flat"
    for grey in range(10, 100, 10):
        draw_film(root / "not fractured" / f"{grey}.png", grey)
        draw_film(root / "fractured" / f"{grey}.png", grey + 100)
    assert main(["evaluate", str(model), str(root), "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["figures"]["num_files"] == 18
    assert "figures are too good" in err


# ---------------------------------------------------------------- predict


def test_that_predict_scores_files_and_folders(
    model: Path, folder: Path, tmp_path: Path, capsys: Captured
) -> None:
    single = draw_film(tmp_path / "Größe 手.bmp", 150, (30, 90))
    assert main(["predict", str(model), str(single), str(folder / "val"), "--json"]) == 0
    values = json_of(capsys)
    rows = {Path(row["path"]).name: row for row in values["films"]}
    assert len(rows) == 6
    row = rows["film 60.png"]
    assert tuple(row) == COLUMNS
    assert row["score"] == pytest.approx(score_at(60), abs=1e-5)
    assert (row["word"], row["threshold"], row["refused"]) == ("not fractured", 0.5, "")
    assert (row["model"], row["version"], row["program"]) == ("run 1/best", "0.1.0", __version__)
    # Black beside it: a third of the square is film.
    padded = rows[single.name]
    assert padded["score"] == pytest.approx(score_at(150 * 11 / 32), abs=0.02)
    assert values["classes"] == ["not fractured", "fractured"]


def test_that_unreadable_films_are_rows_too_and_do_not_stop_the_others(
    model: Path, tmp_path: Path, capsys: Captured
) -> None:
    root = tmp_path / "mixed"
    draw_film(root / "a.png", 180)
    draw_film(root / "b.png", 180)
    truncated = root / "b.png"
    truncated.write_bytes(truncated.read_bytes()[:70])
    (root / "c.jpg").write_bytes(b"")
    (root / "d.jpg").write_text("only text")
    (root / "notes.txt").write_text("not meant as a film")
    gone = tmp_path / "gone.png"
    target = tmp_path / "scores.csv"
    assert main(["predict", str(model), str(root), str(gone), "--csv", str(target)]) == 3
    with target.open(newline="", encoding="utf-8") as file:
        rows = {Path(row["path"]).name: row for row in csv.DictReader(file)}
    assert set(rows) == {"a.png", "b.png", "c.jpg", "d.jpg", "gone.png"}
    assert float(rows["a.png"]["score"]) == pytest.approx(score_at(180), abs=1e-5)
    for name in ("b.png", "c.jpg", "d.jpg", "gone.png"):
        assert rows[name]["score"] == rows[name]["word"] == ""
        assert name in rows[name]["error"]
    out, err = capsys.readouterr()
    assert "1 other files" in err
    assert len([line for line in err.splitlines() if line.startswith("error: ")]) == 4
    assert out.count("not read") == 4


def test_that_more_films_than_a_batch_come_out_in_order(
    model: Path, tmp_path: Path, capsys: Captured
) -> None:
    paths = [draw_film(tmp_path / "many" / f"{n:03}.png", 20 + 2 * n) for n in range(70)]
    assert main(["predict", str(model), str(tmp_path / "many"), "--json"]) == 0
    rows = json_of(capsys)["films"]
    assert [row["path"] for row in rows] == [str(path) for path in paths]
    expected = [score_at(20 + 2 * n) for n in range(70)]
    np.testing.assert_allclose([row["score"] for row in rows], expected, atol=1e-5)


def test_that_heat_maps_are_saved_beside_nothing_else(model: Path, tmp_path: Path) -> None:
    films = [
        draw_film(tmp_path / part / "film.png", grey) for part, grey in (("a", 90), ("b", 180))
    ]
    before = {path: path.read_bytes() for path in films}
    maps = tmp_path / "maps" / "new"
    arguments = ["predict", str(model), str(tmp_path / "a"), str(tmp_path / "b")]
    assert main([*arguments, "--heat-maps", str(maps)]) == 0
    assert sorted(path.name for path in maps.iterdir()) == [
        "film.png (2).heat.png",
        "film.png.heat.png",
    ]
    assert {path: path.read_bytes() for path in films} == before
    with Image.open(maps / "film.png.heat.png") as picture:
        assert picture.mode == "RGB"
        # The film, enlarged to a legible size, and a caption below.
        assert picture.width == 480
        assert picture.height > 480


def test_that_a_scores_file_that_cannot_be_written_fails_before_the_work(
    model: Path, folder: Path, tmp_path: Path, capsys: Captured
) -> None:
    target = tmp_path / "gone" / "scores.csv"
    assert main(["predict", str(model), str(folder), "--csv", str(target)]) == 1
    assert "is not there" in capsys.readouterr().err


def test_that_nothing_to_score_is_an_error(model: Path, tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["predict", str(model), str(tmp_path / "empty")]) == 1
    assert "no film" in capsys.readouterr().err


def test_that_a_film_named_twice_is_scored_once(folder: Path) -> None:
    film = folder / "val" / "fractured" / "film 60.png"
    films, refused = find_films([film, film.parent, film])
    assert films.count(film) == 1
    assert len(films) == 3
    assert refused == {}


def test_that_a_folder_of_texts_holds_no_film(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("text")
    with pytest.raises(UserError, match="no film"):
        find_films([tmp_path])


def test_that_predict_gives_no_answer_to_what_is_no_film_and_says_why(
    model: Path, tmp_path: Path, capsys: Captured
) -> None:
    film = draw_film(tmp_path / "films" / "a.png", 140)
    colours = np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)
    Image.fromarray(colours).save(tmp_path / "films" / "photo.png")
    Image.new("L", (40, 40), 90).save(tmp_path / "films" / "white.png")
    table = tmp_path / "scores.csv"
    arguments = ["predict", str(model), str(film.parent), "--csv", str(table)]
    assert main(arguments) == 0
    with table.open(encoding="utf-8", newline="") as file:
        rows = {Path(row["path"]).name: row for row in csv.DictReader(file)}
    assert float(rows["a.png"]["score"]) == pytest.approx(score_at(140), abs=0.01)
    assert rows["a.png"]["refused"] == ""
    for name, reason in (("photo.png", "(colour)"), ("white.png", "(blank)")):
        row = rows[name]
        assert (row["score"], row["word"], row["band"], row["error"]) == ("", "", "", "")
        assert row["refused"].startswith("No answer: ")
        assert reason in row["refused"]
    said = capsys.readouterr()
    assert "no answer" in said.out
    assert "cannot tell films unlike" in said.err


def test_that_predict_refuses_a_site_that_nobody_measured(
    model: Path, tmp_path: Path, capsys: Captured
) -> None:
    film = draw_film(tmp_path / "a.png", 140)
    maps = str(tmp_path / "maps")
    arguments = ["predict", str(model), str(film), "--heat-maps", maps, "--map", "site"]
    assert main(arguments) == 1
    assert "does not know where a fracture lies" in capsys.readouterr().err
    assert main([*arguments[:-1], "against"]) == 0
    assert len(list((tmp_path / "maps").iterdir())) == 1
