"""``export`` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.models.model_builders import make_card, make_compact_like, tolerate_keras
from training.cli import main
from training.fit.export_films import MAX_FILMS, films_to_compare
from training.models.model_file import save_model

pytestmark = tolerate_keras


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.keras"
    save_model(make_compact_like(), make_card(), path)
    return path


@pytest.mark.slow
def test_that_named_films_are_compared(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    films = tmp_path / "films"
    films.mkdir()
    for number, shape in enumerate(((40, 31), (64, 90))):
        picture = np.random.default_rng(number).integers(0, 256, shape, np.uint8)
        Image.fromarray(picture).save(films / f"{number}.png")
    (films / "notes.txt").write_text("no film")
    out = tmp_path / "out"
    code = main(
        ["export", str(model), str(out), "--format", "savedmodel", "--json", "--films", str(films)]
    )
    assert code == 0
    certificate = json.loads(capsys.readouterr().out)
    assert certificate["num_films"] == 2
    assert [pair["film"] for pair in certificate["pairs"]] == ["films/0.png", "films/1.png"]
    assert (out / "model" / "saved_model.pb").is_file()


def test_that_a_missing_model_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(tmp_path / "none.keras"), str(tmp_path / "out")]) == 1
    assert "not there" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_that_drawn_films_stand_in_where_no_run_is_at_hand(tmp_path: Path) -> None:
    films = films_to_compare(tmp_path / "best.keras")
    drawn = list(films)
    assert len(drawn) == len(films)
    assert len({film.shape for _, film in drawn}) > 1


def test_that_many_films_are_thinned_out_evenly(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number:04}.png" for number in range(1000)]
    chosen = films_to_compare(tmp_path / "best.keras", paths).paths
    assert len(chosen) == MAX_FILMS
    assert chosen[0] == paths[0]
    assert len({path.name[:2] for path in chosen}) == 10
