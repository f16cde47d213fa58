"""Text on the film: sides through every turn, patient and technique, levels, hidden identity."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot
from viewer_desk import VALUES, Desk
from viewer_fakes import card_of, grab, make_model, open_films, show_tab, wait_for

from training.films.film import Film, Spacing, Window
from training.films.stated import Sides, Stated
from training.models.prediction import HeatMap, MapKind, Prediction
from xray_desktop.settings import Settings
from xray_desktop.state.film_text import (
    NO_TEXT,
    SideLetters,
    TextLevel,
    film_text,
    side_letters,
)
from xray_desktop.state.viewer_geometry import Geometry, Orientation
from xray_desktop.state.viewer_picture import Look, Picture
from xray_desktop.state.viewer_pixels import indexed
from xray_desktop.viewer_tab.engine import Engine
from xray_desktop.viewer_tab.film import film_notes
from xray_desktop.viewer_tab.measure import notes_layer
from xray_desktop.viewer_tab.tab import ViewerTab

SECRET = "Zweistein"
STATED = Stated(
    patient_name=f"{SECRET}, Eva",
    patient_id=f"{SECRET}-12",
    sex="female",
    age="45 years",
    birth_date="1981-01-02",
    study_date="2026-11-25",
    study_time="14:25",
    body_part="hand",
    view="PA",
    laterality="Right",
    sides=Sides("L", "F"),
    voltage_kv=60.0,
    exposure_mas=2.5,
    distance_mm=1150.0,
)


# By hand from PS3.3 C.7.6.1.1.1 for a film stored as L\F (a chest as readers hang it): the patient's
# right is at the left, the head on top. Read around: left, top, right, bottom.
@pytest.mark.parametrize(
    ("quarter_turns", "mirrored", "around"),
    [
        (0, False, "RHLF"),
        (1, False, "FRHL"),
        (2, False, "LFRH"),
        (3, False, "HLFR"),
        (0, True, "LHRF"),
        (1, True, "FLHR"),
        (2, True, "RFLH"),
        (3, True, "HRFL"),
    ],
)
def test_that_letters_follow_every_turn(quarter_turns: int, mirrored: bool, around: str) -> None:
    letters = side_letters(Sides("L", "F"), Orientation(quarter_turns, mirrored))
    assert letters == SideLetters(*around)


@pytest.mark.parametrize("quarter_turns", range(4))
@pytest.mark.parametrize("mirrored", [False, True])
def test_that_letters_go_where_the_films_own_sides_go(quarter_turns: int, mirrored: bool) -> None:
    orientation = Orientation(quarter_turns, mirrored)
    letters = side_letters(Sides("AL", "F"), orientation)
    stored = {"PR": (0.0, 20.0), "H": (30.0, 0.0), "AL": (60.0, 20.0), "F": (30.0, 40.0)}
    place = orientation.affine(60.0, 40.0)
    across, down = (40.0, 60.0) if orientation.swaps_sides else (60.0, 40.0)
    middle_of = {
        letters.left: (0.0, down / 2.0),
        letters.top: (across / 2.0, 0.0),
        letters.right: (across, down / 2.0),
        letters.bottom: (across / 2.0, down),
    }
    for letter, at in stored.items():
        assert place.apply(*at) == pytest.approx(middle_of[letter])


def test_that_all_is_told_in_short_lines() -> None:
    text = film_text(STATED, TextLevel.ALL, hide_identity=False)
    assert text.patient == (f"{SECRET}, Eva", f"{SECRET}-12", "female, 45 years")
    assert text.study == ("2026-11-25 14:25", "hand PA")
    assert text.laterality == "Right"
    assert text.technique == ("60 kV, 2.5 mAs", "detector at 115 cm")


def test_that_what_is_not_said_leaves_no_line() -> None:
    assert film_text(Stated(), TextLevel.ALL, hide_identity=False) == NO_TEXT
    assert film_text(None, TextLevel.ALL, hide_identity=False) == NO_TEXT
    some = Stated(sex="male", birth_date="1981-01-02", view_meaning="lateral", current_ma=200.0)
    text = film_text(some, TextLevel.ALL, hide_identity=False)
    assert (text.patient, text.study) == (("male, born 1981-01-02",), ("lateral",))
    assert text.technique == ("200 mA",)


def test_that_hidden_identity_leaves_what_is_technical() -> None:
    coded = replace(STATED, view="", view_meaning=SECRET)
    for known in (STATED, coded):
        text = film_text(known, TextLevel.ALL, hide_identity=True)
        assert text.patient == ()
        assert text.study == (f"hand {known.view}".strip(),)
        assert (text.laterality, text.sides) == ("Right", STATED.sides)
        assert text.technique == ("60 kV, 2.5 mAs", "detector at 115 cm")
        assert not any(one in repr(text) for one in (SECRET, "1981", "2026", "45", "female"))


def test_that_little_leaves_the_sides_and_none_nothing() -> None:
    text = film_text(STATED, TextLevel.LITTLE, hide_identity=False)
    assert text == replace(NO_TEXT, laterality="Right", sides=STATED.sides)
    assert film_text(STATED, TextLevel.NONE, hide_identity=False) == NO_TEXT
    round_once = [TextLevel.ALL.following, TextLevel.LITTLE.following, TextLevel.NONE.following]
    assert round_once == [TextLevel.LITTLE, TextLevel.NONE, TextLevel.ALL]


# What is drawn -------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(900, 560), (420, 530), (320, 240)])
@pytest.mark.parametrize("has_map", [False, True])
def test_that_nothing_written_lies_over_anything_else(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], has_map: bool
) -> None:
    boxes: list[QRectF] = []
    drawn: list[str] = []

    def keep(_painter: QPainter, rect: QRectF, _flags: object, text: str, *_: object) -> None:
        boxes.append(rect)
        drawn.append(text)

    monkeypatch.setattr(notes_layer, "_shadowed", keep)
    long = replace(STATED, patient_name="An extremely long family name, And given ones")
    heat = HeatMap(np.ones((7, 7), np.float32), False) if has_map else None
    told = Prediction(0.83, card_of(), heat)
    text = film_text(long, TextLevel.ALL, hide_identity=False)
    spacing = Spacing(0.2, 0.2, "at detector")
    window = Window(1500.0, 1000.0)
    film = indexed(VALUES)
    lines = ("a long name of a file in the list.dcm", "1 / 10,000")
    picture = Picture(film, window, spacing=spacing, lines=lines, size="160 x 120 px", text=text)
    look = Look(window, True, Orientation(1, True), 1.5)
    geometry = Geometry(160, 120, *size, orientation=look.orientation).fitted()
    image = QImage(*size, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    view = QRectF(0.0, 0.0, *(float(side) for side in size))
    clear = film_notes.answer_boxes(painter, view, picture, told, MapKind.FOR)
    film_notes.draw_corners(painter, view, picture, look, geometry, clear)
    painter.end()
    assert {"F", "H", "L", "R"} <= set(drawn)
    taken = [*boxes, *clear]
    if size[1] >= 500:
        for number, one in enumerate(taken):
            assert view.contains(one)
            over = [other for other in taken[number + 1 :] if one.intersects(other)]
            assert not over, (one, over, drawn)
    for box in clear:
        assert not any(box.intersects(one) for one in boxes)


def test_that_the_answers_boxes_are_where_it_is_drawn(qtbot: QtBot) -> None:
    told = Prediction(0.83, card_of(), HeatMap(np.ones((7, 7), np.float32), False))
    picture = Picture(indexed(VALUES), Window(1500.0, 1000.0))
    view = QRectF(0.0, 0.0, 700.0, 400.0)
    image = QImage(700, 400, QImage.Format.Format_RGB32)
    image.fill(QColor("#ff00ff"))
    painter = QPainter(image)
    film_notes.draw_answer(painter, view, picture, told, MapKind.FOR)
    boxes = film_notes.answer_boxes(painter, view, picture, told, MapKind.FOR)
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(400, 700, 4)
    touched = (rows[:, :, :3] != (255, 0, 255)).any(axis=2)
    inside = np.zeros_like(touched)
    for box in boxes:
        # Half the width of the rim lies outside.
        across = slice(int(box.left()) - 1, int(box.right()) + 2)
        inside[int(box.top()) - 1 : int(box.bottom()) + 2, across] = True
    assert len(boxes) == 2
    assert touched.any()
    assert not (touched & ~inside).any()
    assert touched[inside].mean() > 0.9


# In the tab ----------------------------------------------------------------------------------


def desk_of(qtbot: QtBot, folder: Path, settings: Settings | None = None) -> ViewerTab:
    for name in ("a.dcm", "b.dcm"):
        (folder / name).write_bytes(name.encode())

    def read(path: Path) -> Film:
        # The film in sight and the one beside it say different things.
        is_first = path.name == "a.dcm"
        stated = STATED if is_first else replace(STATED, patient_name="Other", laterality="Left")
        return Film(path, VALUES, Window(1500.0, 1000.0), bits=12, stated=stated)

    engine = Engine(
        read_film=read,
        read_grey=lambda path: read(path).grey(),
        sniff=lambda _path: "DICOM",
        load_predictor=make_model(),
    )
    tab = show_tab(qtbot, ViewerTab(settings, engine=engine))
    open_films(qtbot, tab, folder / "a.dcm", folder / "b.dcm")
    return tab


@pytest.fixture
def tab(qtbot: QtBot, tmp_path: Path) -> ViewerTab:
    return desk_of(qtbot, tmp_path)


@pytest.fixture
def letters_drawn(monkeypatch: pytest.MonkeyPatch) -> list[SideLetters]:
    drawn: list[SideLetters] = []
    monkeypatch.setattr(
        notes_layer, "draw_letters", lambda _painter, _view, letters, _clear: drawn.append(letters)
    )
    return drawn


@pytest.mark.parametrize(
    ("tools", "around"),
    [
        ([], "RHLF"),
        (["mirror"], "LHRF"),
        (["flip"], "RFLH"),
        (["rotate"], "FRHL"),
        (["rotate_left"], "HLFR"),
        (["rotate", "mirror"], "HRFL"),
        (["rotate", "rotate", "flip"], "LHRF"),
        (["mirror", "rotate"], "FLHR"),
        (["rotate", "reset"], "RHLF"),
    ],
)
def test_that_letters_follow_the_tools_in_view_and_saved_picture(
    tab: ViewerTab, letters_drawn: list[SideLetters], tools: list[str], around: str
) -> None:
    for name in tools:
        tab._tools.entries[name].trigger()
    letters_drawn.clear()
    grab(tab._view)
    tab._saving.picture(with_marks=True)
    assert letters_drawn == [SideLetters(*around)] * 2
    picture = tab.state.picture()
    assert picture is not None
    assert picture.text.laterality == "Right"


def test_that_the_film_beside_has_its_own(
    qtbot: QtBot, tab: ViewerTab, letters_drawn: list[SideLetters]
) -> None:
    tab._tools.entries["compare"].trigger()
    wait_for(qtbot, lambda: not tab.is_busy())
    tab._tools.entries["mirror"].trigger()
    letters_drawn.clear()
    tab._saving.picture(with_marks=True)
    assert letters_drawn == [SideLetters(*"LHRF"), SideLetters(*"RHLF")]
    beside = tab.state.picture_beside()
    assert beside is not None
    assert beside.text.patient[0] == "Other"
    assert beside.text.laterality == "Left"


def test_that_less_is_drawn_step_by_step_and_remembered(qtbot: QtBot, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.ini")
    (tmp_path / "films").mkdir()
    tab = desk_of(qtbot, tmp_path / "films", settings)
    views = [grab(tab._view)]
    for level in (TextLevel.LITTLE, TextLevel.NONE):
        tab._tools.entries["film_text"].trigger()
        assert tab.state.text_level is level
        assert tab._bar.message == f"Text on the film: {level.value}."
        views.append(grab(tab._view))
    drawn = [int((one != views[-1]).any(axis=2).sum()) for one in views]
    assert drawn[0] > drawn[1] > drawn[2] == 0
    settings.save()
    assert Settings(settings.file).text("viewer/film_text") == "none"
    assert SECRET not in settings.file.read_text("utf-8")
    again = show_tab(qtbot, ViewerTab(Settings(settings.file)))
    assert again.state.text_level is TextLevel.NONE


def test_that_a_mirrored_film_says_so_whatever_is_wanted(tab: ViewerTab) -> None:
    for _ in range(2):
        tab._tools.entries["film_text"].trigger()
    assert tab.state.text_level is TextLevel.NONE
    plain = tab._saving.picture(with_marks=True)
    for _ in range(2):
        tab._tools.entries["mirror"].trigger()
    assert tab._saving.picture(with_marks=True) == plain
    warned: list[tuple[str, ...]] = []
    real = notes_layer.draw_corner

    def keep(*given: object, **options: object) -> QRectF:
        warned.append(given[3])  # type: ignore[arg-type]
        return real(*given, **options)  # type: ignore[arg-type]

    tab._tools.entries["mirror"].trigger()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(notes_layer, "draw_corner", keep)
        grab(tab._view)
    assert [lines for lines in warned if lines] == [("mirrored",)]


def test_that_hidden_identity_takes_the_name_out_of_both_views(
    qtbot: QtBot, tab: ViewerTab
) -> None:
    tab._tools.entries["compare"].trigger()
    wait_for(qtbot, lambda: not tab.is_busy())
    named = tab._saving.picture(with_marks=True)
    tab._tools.entries["identity"].trigger()
    pictures = (tab.state.picture(), tab.state.picture_beside())
    assert [one.text.patient for one in pictures if one] == [(), ()]
    assert tab._saving.picture(with_marks=True) != named
    tab._tools.entries["identity"].trigger()
    assert tab._saving.picture(with_marks=True) == named


def test_that_pictures_without_a_header_say_nothing_more(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, tmp_path)
    picture = desk.tab.state.picture()
    assert picture is not None
    assert picture.text == NO_TEXT


def test_that_key_and_menu_change_it(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, tmp_path)
    desk.press(Qt.Key.Key_G)
    assert desk.tab.state.text_level is TextLevel.LITTLE
    assert desk.tab._tools.entries["film_text"] in desk.tab._tools.more_menu.actions()
