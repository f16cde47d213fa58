"""What the tab says of outlines: counts of the films, hits of the run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from training_fakes import child, listed, run_of

from training.data.dataset import DataSet, Item, Split
from training.data.outlines import FilmOutlines, Outline, OutlineSet
from training.evaluation.figures import wilson
from training.evaluation.pointing import Hits
from training.fit.config import TrainConfig
from xray_desktop.training_tab.data_panel import counts_line
from xray_desktop.training_tab.tab import TrainingTab


def test_that_films_with_outlines_are_counted() -> None:
    items = tuple(Item(Path(f"{n}.png"), n % 2, Split.TRAIN, f"{n}") for n in range(4))
    data = DataSet(Path(), ("without", "with"), items)
    assert counts_line(data) == "4 train"
    box = Outline.of_box(0.1, 0.1, 0.2, 0.2)
    films = (FilmOutlines(items[0].path, (box,)), FilmOutlines(items[1].path, ()))
    assert counts_line(replace(data, outlines=OutlineSet(films))) == "4 train · outlines: 1 film"


def test_that_the_hits_of_a_run_stand_below_its_table(
    qtbot: QtBot, tab: TrainingTab, tmp_path: Path
) -> None:
    hits = Hits(101, 0.36, wilson(36, 101), 0.71, wilson(72, 101))
    centre = replace(hits, near=0.53, near_interval=wilson(54, 101))
    plain = run_of(TrainConfig(data=tmp_path, runs=tmp_path), tmp_path / "run")
    run = replace(plain, site={"site": hits, "centre": centre})
    listed(tab, run)
    tab.runs_panel.run_picked.emit(run.run_id)
    label = child(tab, QLabel, "siteLabel")
    assert "outlined fracture in 71 % (62 to 79) of 101 films" in label.text()
    assert not label.isHidden()
    listed(tab, plain)
    tab.runs_panel.run_picked.emit(plain.run_id)
    assert label.isHidden()
