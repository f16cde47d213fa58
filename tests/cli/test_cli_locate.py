"""``locate`` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.models.model_builders import make_card, make_compact_like, tolerate_keras
from training.cli import main
from training.models.model_file import save_model

pytestmark = tolerate_keras


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.keras"
    save_model(make_compact_like(), make_card(), path)
    return path


def make_films(folder: Path) -> None:
    folder.mkdir()
    for number in range(3):
        picture = np.random.default_rng(number).integers(0, 256, (40, 60), np.uint8)
        Image.fromarray(picture).save(folder / f"film {number}.png")


def test_that_hits_are_counted_and_bad_lines_told(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    films = tmp_path / "films"
    make_films(films)
    # Over all of the film: whatever points at it hits.
    (films / "outlines.csv").write_text(
        "file,x,y,width,height\nfilm 0.png,0,0,1,1\nfilm 1.png,0,0,1,1\nfilm 2.png,0,0,1,x\n"
    )
    assert main(["locate", str(model), str(films), "--json"]) == 0
    told = capsys.readouterr()
    result = json.loads(told.out)
    assert result["files"] == 2
    assert set(result["hits"]) == {"Grad-CAM", "centre"}
    assert result["hits"]["centre"]["inside"] == 1.0
    assert 'outlines.csv, line 4: "x" is no number' in told.err


def test_that_a_folder_without_outlines_is_told(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_films(tmp_path / "films")
    assert main(["locate", str(model), str(tmp_path / "films")]) == 1
    assert "outlines.csv" in capsys.readouterr().err
