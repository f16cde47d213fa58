"""A model of more than two classes in the viewer: its answer, variants, list, and what is left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QToolButton
from pytestqt.qtbot import QtBot
from viewer_fakes import (
    FakeModel,
    card_of,
    make_model,
    open_films,
    part,
    show_tab,
    wait_for,
    write_film,
)

from tests.builders.films import bone_picture, dicom_dataset
from training.augmentation.config import AugmentationConfig
from training.errors import UserError
from training.films.film import GreyPixels
from training.models.prediction import HeatMap, MapKind, Prediction, Variant
from training.sharing.facts import ModelSaid
from training.sharing.score_table import as_values, stated_row, to_csv
from xray_desktop.review.verdicts import Opinion
from xray_desktop.state.verdict_state import answer_as_stored
from xray_desktop.state.viewer_models import answer_of, facts_of, map_words
from xray_desktop.viewer_tab.answer.class_bars import ClassBars
from xray_desktop.viewer_tab.answer.score_bar import ScoreBar
from xray_desktop.viewer_tab.answer.variants_strip import VariantCard
from xray_desktop.viewer_tab.engine import Engine
from xray_desktop.viewer_tab.listing.film_list_model import ANSWER_ROLE
from xray_desktop.viewer_tab.tab import ViewerTab

CLASSES = ("none", "hairline", "displaced")
CARD = card_of(classes=CLASSES)


class ThreeClasses(FakeModel):
    """Dark films are "none", bright ones "displaced"; every third variant is called "hairline"."""

    card = CARD

    def predict(self, grey: GreyPixels, *, heat_map: bool = False) -> Prediction:
        bright = float(grey.mean()) > 127
        scores = (0.1, 0.2, 0.7) if bright else (0.6, 0.3, 0.1)
        found = HeatMap(self.heat, not self.heat.any()) if heat_map else None
        return Prediction(max(scores), self.card, found, scores=scores)

    def variants(
        self, grey: GreyPixels, config: AugmentationConfig, *, count: int = 12, seed: int = 0
    ) -> tuple[Variant, ...]:
        named = self.predict(grey).label
        picture = self.card.preprocessing.apply(grey)
        return tuple(
            Variant(f"{number}", picture, 0.5 + number / 100, 1 if number % 3 == 2 else named)
            for number in range(count)
        )


class Bench:
    def __init__(self, qtbot: QtBot, folder: Path, **model: Any) -> None:
        heat = np.zeros((7, 7), np.float32)
        heat[3, 3] = 1.0
        self.qtbot = qtbot
        kind = type("Three", (ThreeClasses,), {"asked": [], "heat": heat, **model})
        self.tab = show_tab(qtbot, ViewerTab(engine=Engine(load_predictor=kind)))
        self.dark = write_film(folder / "none" / "dark.png", 51)
        self.bright = write_film(folder / "none" / "bright.png", 204)
        open_films(qtbot, self.tab, self.dark, self.bright)
        self.tab.choose_model(Path("best.keras"))
        self.settle()

    def settle(self) -> None:
        wait_for(self.qtbot, lambda: not self.tab.is_busy())

    def press(self, key: Qt.Key) -> None:
        self.tab._view.setFocus()
        QTest.keyClick(self.tab._view, key)
        self.settle()

    @property
    def bars(self) -> ClassBars:
        return part(self.tab, ClassBars, "classBars")


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Bench:
    return Bench(qtbot, tmp_path)


def test_that_the_leading_class_is_named_and_all_have_bars(bench: Bench) -> None:
    assert part(bench.tab, QLabel, "predictionWord").text() == "none"
    assert bench.bars.isVisible()
    assert bench.bars.rows == (("none", 0.6), ("hairline", 0.3), ("displaced", 0.1))
    assert "none 0.60, hairline 0.30" in bench.bars.accessibleName()
    bench.press(Qt.Key.Key_Down)
    assert part(bench.tab, QLabel, "predictionWord").text() == "displaced"
    assert bench.bars.rows[0] == ("displaced", 0.7)
    assert not part(bench.tab, QLabel, "predictionScore").isVisible()
    assert not bench.tab.findChildren(ScoreBar)[0].isVisible()


def test_that_a_model_of_two_classes_puts_the_bars_away(qtbot: QtBot, tmp_path: Path) -> None:
    def load(path: Path) -> FakeModel:
        kind = make_model() if path.stem == "two" else type("Three", (ThreeClasses,), {"asked": []})
        return kind(path)

    tab = show_tab(qtbot, ViewerTab(engine=Engine(load_predictor=load)))
    open_films(qtbot, tab, write_film(tmp_path / "a.png", 51))
    for name in ("three", "two"):
        tab.choose_model(Path(f"{name}.keras"))
        wait_for(qtbot, lambda: not tab.is_busy())
        assert part(tab, ClassBars, "classBars").isVisible() == (name == "three")
        assert part(tab, QLabel, "predictionScore").isVisible() == (name == "two")
        assert part(tab, QComboBox, "mapBox").isVisible() == (name == "two")


def test_that_the_heat_map_is_of_the_leading_class_and_there_is_no_other(bench: Bench) -> None:
    assert bench.tab.state.maps == (MapKind.FOR,)
    assert not part(bench.tab, QComboBox, "mapBox").isVisible()
    part(bench.tab, QCheckBox, "heatMapBox").click()
    bench.settle()
    told = bench.tab.state.told
    assert told is not None
    assert told.heat_map is not None
    assert map_words(told, MapKind.FOR) == (
        'where the network looked for "none", not where anything is'
    )
    assert told.map_of(MapKind.AGAINST) is None
    assert told.map_of(MapKind.SITE) is None


def test_that_a_film_in_another_class_folder_is_remarked(bench: Bench) -> None:
    bench.press(Qt.Key.Key_Down)
    remarks = bench.tab._reading._remarks()
    assert remarks == ('Its folder says "none": one of the two is wrong.',)


def test_that_variants_say_where_another_class_leads(bench: Bench) -> None:
    part(bench.tab, QToolButton, "variantsButton").click()
    bench.settle()
    cards = bench.tab.findChildren(VariantCard)
    texts = [card.text().split("\n")[0] for card in cards]
    assert texts[0] == "0.50"
    assert texts[2].startswith("0.52 ≠")
    assert cards[2].accessibleName().endswith("called hairline")
    spoken = [label.text() for label in bench.tab.findChildren(QLabel) if "spread" in label.text()]
    assert spoken == [
        'Score of "none": spread 0.50 to 0.61, median 0.56; 4 of 12 are called another class'
    ]
    assert "4 of 12 variants of this film are called another class." in (
        bench.tab._reading._remarks()
    )


def test_that_the_list_names_the_class(bench: Bench) -> None:
    bench.tab._work._on_scoring_asked(True)
    wait_for(bench.qtbot, lambda: not bench.tab.state.work.is_running)
    model = bench.tab._list.film_model
    said = [model.index(row).data(ANSWER_ROLE) for row in range(2)]
    assert [answer.word for answer in said] == ["none", "displaced"]
    assert all(answer.opinion is None for answer in said)
    assert "Model: displaced, 0.70" in model.index(1).data(Qt.ItemDataRole.ToolTipRole)
    bench.tab._list.grab()


def test_that_a_verdict_is_kept_without_the_models_answer(bench: Bench) -> None:
    bench.press(Qt.Key.Key_F)
    current = bench.tab.state.verdicts.current
    assert current is not None
    assert current.opinion is Opinion.FRACTURE
    assert current.answer is None


def test_that_the_card_is_told_in_words() -> None:
    facts = dict(facts_of(CARD))
    assert facts["Says"] == "none, hairline or displaced"
    said = Prediction(0.7, CARD, scores=(0.1, 0.2, 0.7))
    assert answer_of(said).word == "displaced"
    assert (answer_of(said).icon, answer_of(said).band) == ("", None)


def test_that_tables_have_a_column_a_class() -> None:
    said = Prediction(0.7, CARD, scores=(0.1, 0.2, 0.7))
    row = stated_row(ModelSaid.of(said, "m"), "a.png", Path("best.keras"))
    head, line = to_csv(CARD, [row]).decode().splitlines()
    assert head.split(",")[:5] == [
        "path",
        "score_none",
        "score_hairline",
        "score_displaced",
        "word",
    ]
    assert "threshold" not in head
    assert line.startswith("a.png,0.100000,0.200000,0.700000,displaced")
    film = as_values(CARD, [row])["films"][0]
    assert film["scores"] == {"none": 0.1, "hairline": 0.2, "displaced": 0.7}
    assert "threshold" not in film
    kept = answer_as_stored(said, Path("best.keras"))
    assert kept.scores == (0.1, 0.2, 0.7)
    assert ModelSaid.of(said, "m").opinion == ""


def test_that_no_dicom_result_is_made_of_three_classes() -> None:
    from training.films.film import Film, Window
    from training.sharing.dicom_results import dicom_results

    said = Prediction(0.7, CARD, scores=(0.1, 0.2, 0.7))
    film = Film(Path("a.dcm"), np.zeros((8, 8), np.float32), Window(0.5, 1.0))
    with pytest.raises(UserError, match="tells 3 apart"):
        dicom_results(film, said, ModelSaid.of(said, "m"), None)


def test_that_none_is_offered_either(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "a.dcm"
    known = {"StudyInstanceUID": "1.2.276.0.99.2", "SeriesInstanceUID": "1.2.276.0.99.3"}
    dicom_dataset(bone_picture(200, 150), **known).save_as(path, enforce_file_format=True)
    open_films(bench.qtbot, bench.tab, path)
    bench.settle()
    entries = bench.tab._tools.entries
    assert entries["share_film"].isEnabled()
    assert not entries["share_result"].isEnabled()


def test_that_the_list_can_be_filtered_by_class(bench: Bench) -> None:
    bench.tab._work._on_scoring_asked(True)
    wait_for(bench.qtbot, lambda: not bench.tab.state.work.is_running)
    panel = bench.tab._work._bar.panel
    names = [panel.says.itemText(row) for row in range(panel.says.count())]
    assert names == ["Anything", *CLASSES]
    assert panel.disputed.isHidden()
    panel.says.setCurrentIndex(3)
    panel.says.activated.emit(3)
    bench.settle()
    # The film in sight stays whatever is asked for.
    assert bench.tab.state.work.filter.says == "displaced"
    bench.press(Qt.Key.Key_Down)
    bench.tab._work.filter_anew()
    assert bench.tab.state.films == (bench.bright,)
