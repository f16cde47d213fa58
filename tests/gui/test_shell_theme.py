"""Contrast, colour blindness, icons and the style sheet."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from PySide6.QtGui import QColor, QIcon, QImage
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from xray_desktop import theme

GROUNDS = ("FIELD", "WINDOW", "PANEL", "RAISED")
TEXTS = (
    "TEXT", "TEXT_MUTED", "TEXT_DISABLED", "ACCENT", "FRACTURE", "NO_FRACTURE", "UNSURE",
    "WARNING", "ERROR", "CURVE_TRAIN", "CURVE_VALIDATION", "CURVE_GUESS", "CURVE_BEST",
)  # fmt: skip
PAIRS = [
    *((text, ground) for text in TEXTS for ground in GROUNDS),
    *((text, "FILM") for text in TEXTS),
    ("TEXT", "HOVER"),
    ("TEXT", "SELECTED"),
    ("TEXT", "PROGRESS"),
    ("ON_ACCENT", "ACCENT"),
    ("ON_ACCENT", "ACCENT_HOVER"),
    ("ON_VERDICT", "FRACTURE"),
    ("ON_VERDICT", "NO_FRACTURE"),
    ("ON_VERDICT", "UNSURE"),
]


def linear(colour: str) -> list[float]:
    """Linear light of red, green and blue (IEC 61966-2-1)."""
    values = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values]


def contrast(first: str, second: str) -> float:
    """WCAG 2.2 contrast ratio."""
    lights = sorted(
        sum(w * v for w, v in zip((0.2126, 0.7152, 0.0722), linear(c), strict=True))
        for c in (first, second)
    )
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def test_that_the_contrast_formula_agrees_with_the_standard() -> None:
    # WCAG's own ends, and the well-known darkest grey that passes on white.
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_that_text_can_be_read_on_its_ground(text: str, ground: str) -> None:
    assert contrast(getattr(theme, text), getattr(theme, ground)) >= 4.5


@pytest.mark.parametrize("ground", GROUNDS[:3])
def test_that_outlines_and_focus_can_be_seen(ground: str) -> None:
    # WCAG 1.4.11: 3:1 for what identifies a control.
    assert contrast(theme.EDGE, getattr(theme, ground)) >= 3
    assert contrast(theme.ACCENT, getattr(theme, ground)) >= 3


# Linear RGB as a dichromat sees it (Vienot, Brettel and Mollon 1999).
DICHROMATS = {
    "protanope": ((0.11238, 0.88762, 0), (0.11238, 0.88762, 0), (0.00401, -0.00401, 1)),
    "deuteranope": ((0.29275, 0.70725, 0), (0.29275, 0.70725, 0), (-0.02234, 0.02234, 1)),
}


@pytest.mark.parametrize("kind", DICHROMATS)
@pytest.mark.parametrize(
    ("first", "second"), [("FRACTURE", "NO_FRACTURE"), ("CURVE_TRAIN", "CURVE_VALIDATION")]
)
def test_that_a_red_green_blind_reader_tells_them_apart(kind: str, first: str, second: str) -> None:
    def seen(colour: str) -> list[float]:
        values = linear(colour)
        mixed = [sum(a * v for a, v in zip(row, values, strict=True)) for row in DICHROMATS[kind]]
        return [max(0.0, value) ** (1 / 2.4) for value in mixed]

    a, b = seen(getattr(theme, first)), seen(getattr(theme, second))
    assert max(abs(x - y) for x, y in zip(a, b, strict=True)) > 0.2


def test_that_greys_are_neutral() -> None:
    for name in ("FILM", "FIELD", "WINDOW", "PANEL", "RAISED", "HOVER", "BORDER", "EDGE"):
        red, green, blue = (int(getattr(theme, name)[i : i + 2], 16) for i in (1, 3, 5))
        assert max(red, green, blue) - min(red, green, blue) <= 12, name


def test_that_the_style_sheet_names_only_known_colours_and_existing_pictures(qapp: object) -> None:
    sheet = theme.style_sheet()
    assert "${" not in sheet
    known = {
        value
        for name, value in vars(theme).items()
        if name.isupper() and isinstance(value, str) and value.startswith("#")
    }
    assert set(re.findall(r"#[0-9a-f]{6}", sheet)) <= known
    pictures = re.findall(r'url\("([^"]+)"\)', sheet)
    assert pictures
    assert all(not QImage(picture).isNull() for picture in pictures)


@pytest.mark.parametrize("name", theme.icon_names())
def test_that_an_icon_draws_in_the_colour_asked_for(qapp: object, name: str) -> None:
    drawn = theme.pixmap(name, 32, "#ff0000", ratio=2.0)
    assert drawn.width() == 64
    image = drawn.toImage().convertToFormat(QImage.Format.Format_ARGB32)
    opaque = [
        QColor.fromRgba(image.pixel(x, y))
        for y in range(image.height())
        for x in range(image.width())
        if QColor.fromRgba(image.pixel(x, y)).alpha() > 200
    ]
    # Thin lines: something is drawn, and not the whole square.
    assert 60 < len(opaque) < 0.7 * 64 * 64
    assert all(c.red() > 240 and c.green() < 15 and c.blue() < 15 for c in opaque)
    ET.fromstring((theme.icons_folder() / f"{name}.svg").read_text(encoding="utf-8"))


def test_that_a_disabled_icon_is_paler(qapp: object) -> None:
    icon = theme.icon("train")

    def brightest(mode: QIcon.Mode) -> int:
        image = icon.pixmap(24, 24, mode).toImage()
        return max(image.pixelColor(x, y).value() for x in range(24) for y in range(24))

    assert brightest(QIcon.Mode.Disabled) < brightest(QIcon.Mode.Normal) - 60


def test_that_an_unknown_icon_is_an_error(qapp: object) -> None:
    with pytest.raises(FileNotFoundError):
        theme.icon("no such icon")


def test_that_focus_changes_what_is_seen(qtbot: QtBot) -> None:
    panel = QWidget()
    qtbot.addWidget(panel)
    layout = QVBoxLayout(panel)
    first, second = QPushButton("Train"), QPushButton("Train")
    layout.addWidget(first)
    layout.addWidget(second)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.activateWindow()
    first.setFocus()
    qtbot.waitUntil(first.hasFocus)
    accent = QColor(theme.ACCENT)

    def num_accent(button: QPushButton) -> int:
        image = button.grab().toImage()
        return sum(
            image.pixelColor(x, y) == accent
            for x in range(image.width())
            for y in range(image.height())
        )

    assert num_accent(first) > 2 * first.height()
    assert num_accent(second) == 0


def test_that_words_are_drawn_with_a_font_that_has_them(qtbot: QtBot) -> None:
    # A missing font draws nothing, or the same box for each letter.
    label_a, label_b = QLabel("WWW"), QLabel("iii")
    for label in (label_a, label_b):
        qtbot.addWidget(label)
        assert label.font().pixelSize() == theme.FONT_PX
    assert label_a.sizeHint().width() > label_b.sizeHint().width() + 10
    assert isinstance(QApplication.instance(), QApplication)
