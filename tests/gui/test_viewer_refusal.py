"""Pictures that are no films, films unlike the known ones, maps to choose from, known and near films."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from viewer_fakes import (
    FakeModel,
    card_of,
    open_films,
    part,
    show_tab,
    wait_for,
    write_film,
)

from training.films.film import GreyPixels
from training.fit.config import TrainConfig
from training.fit.run_writer import RunWriter
from training.models.nearest_films import NearFilm
from training.models.prediction import HeatMap, MapKind, Prediction, Refusal
from training.models.site_rate import SiteRate
from xray_desktop.settings import Settings
from xray_desktop.viewer_tab.answer.reading import LEARNT, NEAR_STARTER, UNLIKE
from xray_desktop.viewer_tab.engine import Engine
from xray_desktop.viewer_tab.sharing.gathering import entry_of
from xray_desktop.viewer_tab.sharing.listing import listed_films
from xray_desktop.viewer_tab.tab import ViewerTab

GOOD = SiteRate(101, 0.71, 0.62, 0.79, 0.53)
POOR = SiteRate(101, 0.60, 0.50, 0.70, 0.53)


class Doubter(FakeModel):
    """Refuses films brighter than half; three maps with their hot place in another corner."""

    near: tuple[NearFilm, ...] = ()

    def predict(self, grey: GreyPixels, *, heat_map: bool = False) -> Prediction:
        told = super().predict(grey, heat_map=heat_map)
        refusal = Refusal() if grey.mean() > 128 else None
        maps = {}
        if heat_map:
            for name, place in (("heat_map", (0, 0)), ("against", (6, 6)), ("site", (3, 3))):
                values = np.zeros((7, 7), np.float32)
                values[place] = 1.0
                maps[name] = HeatMap(values, False)
        return replace(told, refusal=refusal, near=self.near, **maps)

    def has_learnt(self, film: Path) -> bool:
        return "known" in film.name


def make_tab(qtbot: QtBot, settings: Settings | None = None, **model: Any) -> ViewerTab:
    doubter = type("Doubter", (Doubter,), {"asked": [], **model})
    return show_tab(qtbot, ViewerTab(settings, engine=Engine(load_predictor=doubter)))


def settle(qtbot: QtBot, tab: ViewerTab) -> None:
    wait_for(qtbot, lambda: not tab.is_busy())


def ask(qtbot: QtBot, tab: ViewerTab, *films: Path, model: Path = Path("best.keras")) -> None:
    open_films(qtbot, tab, *films)
    tab.choose_model(model)
    settle(qtbot, tab)


def text(tab: ViewerTab, name: str) -> str:
    return str(part(tab, QLabel, name).text())


def all_text(tab: ViewerTab) -> str:
    panel = part(tab, QWidget, "predictionPanel")
    return "\n".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())


def colour_picture(path: Path) -> Path:
    random = np.random.default_rng(0)
    Image.fromarray(random.integers(0, 256, (80, 60, 3), np.uint8)).save(path)
    return path


def test_that_a_colour_picture_gets_no_answer(qtbot: QtBot, tmp_path: Path) -> None:
    tab = make_tab(qtbot)
    ask(qtbot, tab, colour_picture(tmp_path / "photo.png"))
    assert text(tab, "predictionWord") == "No answer"
    assert "This picture does not look like a radiograph (colour)." in all_text(tab)
    assert text(tab, "predictionScore") == ""
    assert not part(tab, QPushButton, "unlikeButton").isVisible()
    assert not part(tab, QCheckBox, "heatMapBox").isEnabled()


def test_that_an_unlike_film_is_scored_all_the_same_if_the_reader_wants(
    qtbot: QtBot, tmp_path: Path
) -> None:
    tab = make_tab(qtbot)
    films = [write_film(tmp_path / f"{name}.png", 204) for name in "ab"]
    ask(qtbot, tab, *films)
    assert text(tab, "predictionWord") == "No answer"
    button = part(tab, QPushButton, "unlikeButton")
    button.click()
    settle(qtbot, tab)
    assert (text(tab, "predictionWord"), text(tab, "predictionScore")) == ("fractured", "0.80")
    assert UNLIKE in all_text(tab)
    assert not button.isVisible()
    # Wanted of one film, not of the next.
    tab._on_step(1)
    settle(qtbot, tab)
    assert text(tab, "predictionWord") == "No answer"


def test_that_a_refused_film_leaves_no_answer_beside_the_verdict(
    qtbot: QtBot, tmp_path: Path
) -> None:
    tab = make_tab(qtbot)
    ask(qtbot, tab, write_film(tmp_path / "a.png", 204))
    assert tab._verdicts._answer() is None
    part(tab, QPushButton, "unlikeButton").click()
    settle(qtbot, tab)
    assert tab._verdicts._answer() is not None


def test_that_table_and_report_say_why_a_film_has_no_answer(qtbot: QtBot, tmp_path: Path) -> None:
    tab = make_tab(qtbot)
    films = [write_film(tmp_path / "a.png", 51), write_film(tmp_path / "b.png", 204)]
    ask(qtbot, tab, *films)
    part(tab, QPushButton, "scoreAllButton").click()
    wait_for(qtbot, lambda: not tab.state.work.is_running)
    settle(qtbot, tab)
    tab._sharing.save_scores(str(tmp_path / "scores.csv"))
    settle(qtbot, tab)
    with (tmp_path / "scores.csv").open(encoding="utf-8", newline="") as file:
        read, refused = csv.DictReader(file)
    assert (read["score"], read["refused"]) == ("0.200000", "")
    assert (refused["score"], refused["error"]) == ("", "")
    assert refused["refused"] == Refusal().words
    room = tab._sharing._room()
    reports = [entry_of(room, listed) for listed in listed_films(tab.state)]
    assert reports[0].model is not None
    assert (reports[1].model, reports[1].refused) == (None, Refusal().words)


def test_that_the_work_list_says_which_films_have_no_answer(qtbot: QtBot, tmp_path: Path) -> None:
    tab = make_tab(qtbot)
    films = [write_film(tmp_path / "a.png", 51), write_film(tmp_path / "b.png", 204)]
    films.append(colour_picture(tmp_path / "c.png"))
    ask(qtbot, tab, *films)
    button = part(tab, QPushButton, "scoreAllButton")
    button.click()
    wait_for(qtbot, lambda: not tab.state.work.is_running)
    settle(qtbot, tab)
    assert button.text() == "All scored"
    assert list(tab.state.work.answers) == films[:1]
    tips = [tab._list.film_model.index(row).data(Qt.ItemDataRole.ToolTipRole) for row in range(3)]
    assert "Model: no fracture, 0.20" in tips[0]
    assert "No answer: unlike the films that this model learnt from." in tips[1]
    assert "(colour)" in tips[2]


@pytest.mark.parametrize(("rate", "is_offered"), [(GOOD, True), (POOR, False), (None, False)])
def test_that_a_site_is_offered_only_with_a_rate_above_the_centre_guess(
    qtbot: QtBot, tmp_path: Path, rate: SiteRate | None, is_offered: bool
) -> None:
    tab = make_tab(qtbot, card=card_of(site=rate))
    tab.state.map_wanted = MapKind.SITE
    ask(qtbot, tab, write_film(tmp_path / "a.png", 51))
    box = part(tab, QComboBox, "mapBox")
    names = [box.itemText(row) for row in range(box.count())]
    assert ("Likely site" in names) is is_offered
    assert box.currentText() == ("Likely site" if is_offered else "Where it looked")


def test_that_the_chosen_map_is_drawn_told_and_remembered(qtbot: QtBot, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.ini")
    card = card_of(site=GOOD, threshold=0.1)
    tab = make_tab(qtbot, settings, card=card)
    ask(qtbot, tab, write_film(tmp_path / "a.png", 51))
    box = part(tab, QComboBox, "mapBox")
    part(tab, QCheckBox, "heatMapBox").click()
    settle(qtbot, tab)
    for name, kind in (
        ("What spoke against", MapKind.AGAINST),
        ("Likely site", MapKind.SITE),
    ):
        row = box.findText(name)
        box.setCurrentIndex(row)
        box.activated.emit(row)
        settle(qtbot, tab)
        heat = tab._view._heat
        assert heat is not None
        image = heat._image
        # The hot place of each map lies in a corner of its own.
        hot = {MapKind.AGAINST: (440, 440), MapKind.SITE: (224, 224)}[kind]
        assert image.pixelColor(*hot).alpha() == 255
        assert image.pixelColor(8, 8).alpha() == 0
    assert "71 of 100 held-out films (95 %: 62 to 79); guessing the centre: 53." in all_text(tab)
    again = make_tab(qtbot, Settings(tmp_path / "settings.ini"), card=card)
    assert again.state.map_wanted is MapKind.SITE


def test_that_no_site_is_drawn_on_a_film_called_negative(qtbot: QtBot, tmp_path: Path) -> None:
    tab = make_tab(qtbot, card=card_of(site=GOOD))
    tab.state.map_wanted = MapKind.SITE
    ask(qtbot, tab, write_film(tmp_path / "a.png", 51))
    part(tab, QCheckBox, "heatMapBox").click()
    settle(qtbot, tab)
    assert tab._view._heat is None
    assert 'The model says "not fractured": it shows no site.' in all_text(tab)


def test_that_a_film_the_model_learnt_from_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    tab = make_tab(qtbot, card=card_of(kind="starter"))
    films = [write_film(tmp_path / name, 51) for name in ("known.png", "new.png")]
    ask(qtbot, tab, *films)
    assert LEARNT in all_text(tab)
    assert NEAR_STARTER in all_text(tab)
    tab._on_step(1)
    settle(qtbot, tab)
    assert LEARNT not in all_text(tab)


def test_that_the_nearest_training_films_are_shown_while_their_folder_is_there(
    qtbot: QtBot, tmp_path: Path
) -> None:
    data, runs = tmp_path / "set", tmp_path / "runs"
    near = tuple(NearFilm(f"{number}.png", number % 2, float(number)) for number in range(4))
    for film in near:
        write_film(data / film.name, 90)
    writer = RunWriter(TrainConfig(data=data, runs=runs))
    writer.close()
    tab = make_tab(qtbot, near=near)
    film = write_film(tmp_path / "a.png", 51)
    ask(qtbot, tab, film, model=writer.folder / "best.keras")
    strip = part(tab, QWidget, "nearFilms")
    words = [label.text() for label in strip.findChildren(QLabel) if label.isVisible()]
    assert [word for word in words if word.startswith(("▲", "○"))] == ["○", "▲"] * 2
    assert "Training films that look most like it (▲ fractured, ○ not fractured)" in words
    tips = {label.toolTip() for label in strip.findChildren(QLabel)}
    assert "1.png: fractured" in tips
    (data / "2.png").unlink()
    ask(qtbot, tab, film, model=writer.folder / "best.keras")
    assert not strip.isVisible()
