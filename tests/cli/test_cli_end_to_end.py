"""The whole command line as a person's script runs it: real processes, real training."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

TINY = ["--size", "64", "--width", "0.125", "--epochs", "2", "--batch-size", "16"]


def call(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "training", *(str(argument) for argument in arguments)]
    return subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=600
    )


@pytest.mark.slow
def test_that_films_are_made_trained_on_measured_and_scored(tmp_path: Path) -> None:
    films = tmp_path / "films"
    made = call("demo-data", films, "--films", 48, "--size", 64, "--seed", 3, "--json")
    assert (made.returncode, made.stderr) == (0, "")
    assert json.loads(made.stdout)["num_validation"] == 12

    options = [*TINY, "--precision", "float32", "--json"]
    trained = call("train", films, "--runs", tmp_path / "runs", *options)
    assert trained.returncode == 0, trained.stderr
    run = json.loads(trained.stdout)
    assert run["synthetic"] is True
    assert len(run["history"]) == 2
    # What TensorFlow and its libraries say of themselves stays out of the way.
    assert "oneDNN" not in trained.stderr
    assert "InitializeLog" not in trained.stderr
    assert "epoch 2: train" in trained.stderr

    best, _ = run["models"]
    measured = call("evaluate", best["path"], films, "--json")
    assert measured.returncode == 0, measured.stderr
    figures = json.loads(measured.stdout)["figures"]
    # The same films through another way of reading give the same figures.
    for name in ("num_files", "num_films", "accuracy", "true_positives", "false_positives"):
        assert figures[name] == best["validation"][name], name
    assert figures["loss"] == pytest.approx(best["validation"]["loss"], abs=1e-4)

    (films / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    target, maps = tmp_path / "scores.csv", tmp_path / "maps"
    places = [films / "validation", films / "broken.png"]
    scored = call("predict", best["path"], *places, "--csv", target, "--heat-maps", maps)
    assert scored.returncode == 3
    assert "synthetic films only" in scored.stdout
    # Too few films to know what is unlike them.
    note, error = scored.stderr.splitlines()
    assert note.startswith("note: this model cannot tell films unlike")
    assert error.startswith("error: broken.png")
    with target.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 13
    assert sum(bool(row["error"]) for row in rows) == 1
    assert len(list(maps.iterdir())) == 12


@pytest.mark.slow
def test_that_a_folder_that_cannot_be_trained_on_is_one_line(tmp_path: Path) -> None:
    done = call("train", tmp_path, "--runs", tmp_path / "runs")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines()[-1].startswith("error: ")
    assert "Traceback" not in done.stderr
