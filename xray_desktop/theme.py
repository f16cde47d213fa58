"""Colours, sizes, the style sheet and the icons: the only place that knows how things look.

Dark neutral grey all over, because a bright frame dazzles beside a film, and one accent. Told
apart by red-green blind readers too: fracture is orange, no fracture is blue, and neither is
ever shown without its word and its shape. ``tests/gui/test_shell_theme.py`` computes the
contrast of each pair that is used for text (WCAG 2.2, 1.4.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from string import Template

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractSpinBox, QApplication

from xray_desktop import paths

# Greys, darkest first.
FILM = "#000000"
FIELD = "#17181a"
WINDOW = "#1f2022"
PANEL = "#26282a"
RAISED = "#303336"
HOVER = "#383b3f"
BORDER = "#3a3d41"
EDGE = "#73787e"  # outline of a control: 3:1 on WINDOW and PANEL
TEXT_DISABLED = "#9a9ea4"
TEXT_MUTED = "#b4b8bd"
TEXT = "#e8eaec"

# The one accent, and what lies on it.
ACCENT = "#4fbfae"
ACCENT_HOVER = "#6bd0c0"
ON_ACCENT = "#0d1614"
SELECTED = "#264b46"
PROGRESS = "#256b60"

# What the model says. Always with the word and the icon "fracture", "no-fracture", "unsure".
FRACTURE = "#ff9d3c"
NO_FRACTURE = "#6cb4ff"
UNSURE = "#c9cdd2"
PLANES = "#7ee0ff"  # what a film's file draws over it
MEASURE = "#ffe27a"  # what the reader draws: on bone and on black
ON_VERDICT = "#101214"

# How things went. Always with the word and the icon "warning", "error", "check".
WARNING = "#f2cb5c"
ERROR = "#ff8f85"
SUCCESS = ACCENT

# Curves. Training is dashed and validation solid besides, so that a grey print tells them.
CURVE_TRAIN = "#b9a2ff"
CURVE_VALIDATION = "#4fbfae"
CURVE_GUESS = "#a4a8ad"
CURVE_BEST = "#f2cb5c"
CURVE_GRID = "#4a4d51"
CURVE_OTHERS = ("#6cb4ff", "#ff9d3c", "#e58fc0", "#c9d36a")
"""Runs laid over the shown one, in order."""

# Spacing in steps of 4 px.
SPACE_1, SPACE_2, SPACE_3, SPACE_4, SPACE_6 = 4, 8, 12, 16, 24

# Logical pixels: Qt scales them with the screen.
FONT_SMALL_PX = 12
FONT_PX = 13
FONT_TITLE_PX = 15
FONT_FIGURE_PX = 26
ICON_PX = 20

_ICON_SIZES_PX = (16, 20, 24, 40, 48)
"""Drawn sizes: the menu's, the buttons' and theirs at 200 %."""


VERDICTS = {"fracture": FRACTURE, "no-fracture": NO_FRACTURE, "unsure": UNSURE}
"""The colour of each sign."""


def apply(application: QApplication) -> None:
    """Give the application its palette, font and style sheet."""
    application.setStyle("Fusion")
    application.setPalette(palette())
    font = QFont(application.font())
    font.setPixelSize(FONT_PX)
    application.setFont(font)
    application.setStyleSheet(style_sheet())


def palette() -> QPalette:
    """The colours for what the style sheet does not reach (pyqtgraph, file dialogs)."""
    roles = {
        QPalette.ColorRole.Window: WINDOW,
        QPalette.ColorRole.WindowText: TEXT,
        QPalette.ColorRole.Base: FIELD,
        QPalette.ColorRole.AlternateBase: PANEL,
        QPalette.ColorRole.Text: TEXT,
        QPalette.ColorRole.PlaceholderText: TEXT_DISABLED,
        QPalette.ColorRole.Button: RAISED,
        QPalette.ColorRole.ButtonText: TEXT,
        QPalette.ColorRole.BrightText: TEXT,
        QPalette.ColorRole.ToolTipBase: RAISED,
        QPalette.ColorRole.ToolTipText: TEXT,
        QPalette.ColorRole.Highlight: SELECTED,
        QPalette.ColorRole.HighlightedText: TEXT,
        QPalette.ColorRole.Link: ACCENT,
        QPalette.ColorRole.LinkVisited: ACCENT,
        QPalette.ColorRole.Accent: ACCENT,
        QPalette.ColorRole.Light: HOVER,
        QPalette.ColorRole.Midlight: RAISED,
        QPalette.ColorRole.Mid: BORDER,
        QPalette.ColorRole.Dark: FIELD,
        QPalette.ColorRole.Shadow: FILM,
    }
    colours = QPalette()
    for role, colour in roles.items():
        colours.setColor(role, QColor(colour))
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
    ):
        colours.setColor(QPalette.ColorGroup.Disabled, role, QColor(TEXT_DISABLED))
    return colours


def style_sheet() -> str:
    """``resources/style.qss`` with this module's colours and sizes filled in."""
    names: dict[str, str | int] = {
        name: value
        for name, value in globals().items()
        if name.isupper() and not name.startswith("_") and isinstance(value, (str, int))
    }
    icons = icons_folder()
    images = {
        "ARROW_DOWN": _url(icons / "qss-arrow-down.svg"),
        "ARROW_UP": _url(icons / "qss-arrow-up.svg"),
        "TICK": _url(icons / "qss-tick.svg"),
        "DOT": _url(icons / "qss-dot.svg"),
    }
    spaces = {"S1": SPACE_1, "S2": SPACE_2, "S3": SPACE_3, "S4": SPACE_4}
    values: Mapping[str, str | int] = names | images | spaces
    text = (paths.resources_folder() / "style.qss").read_text(encoding="utf-8")
    return Template(text).substitute(values)


def _url(path: Path) -> str:
    # Quoted, because the program may lie in a folder with spaces or brackets.
    return '"' + path.as_posix().replace('"', '\\"') + '"'


def icons_folder() -> Path:
    """Where the SVG files lie."""
    return paths.resources_folder() / "icons"


def icon_names() -> tuple[str, ...]:
    """All names that ``icon`` knows."""
    return tuple(
        sorted(
            path.stem
            for path in icons_folder().glob("*.svg")
            if not path.stem.startswith(("qss-", "app"))
        )
    )


@lru_cache(maxsize=256)
def icon(name: str, colour: str = TEXT) -> QIcon:
    """One of our line icons in one colour, and a paler one for disabled controls.

    Args:
        name: File name in ``resources/icons`` without ``.svg``.
        colour: "#rrggbb".

    Raises:
        FileNotFoundError: No icon has this name.
    """
    drawn = QIcon()
    for mode, shade in ((QIcon.Mode.Normal, colour), (QIcon.Mode.Disabled, "#73787e")):
        for size in _ICON_SIZES_PX:
            drawn.addPixmap(pixmap(name, size, shade, ratio=1.0), mode)
    return drawn


def pixmap(name: str, size: int, colour: str = TEXT, ratio: float | None = None) -> QPixmap:
    """An icon as a picture, for labels.

    Args:
        name: As for ``icon``.
        size: Side in logical pixels.
        colour: "#rrggbb".
        ratio: Device pixels per logical pixel; the screen's where left out.
    """
    if ratio is None:
        application = QGuiApplication.instance()
        ratio = application.devicePixelRatio() if isinstance(application, QGuiApplication) else 1.0
    # All that can raise comes before the painter: one that outlives its pixmap crashes Qt.
    renderer = QSvgRenderer(QByteArray(_svg(name).replace("currentColor", colour).encode()))
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter, QRectF(picture.rect()))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


@lru_cache(maxsize=128)
def _svg(name: str) -> str:
    return (icons_folder() / f"{name}.svg").read_text(encoding="utf-8")


def app_icon() -> QIcon:
    """The program's own icon, in colour."""
    return QIcon(str(icons_folder() / "app.svg"))


def indent(box: QAbstractSpinBox) -> None:
    """Start a number where a choice's words start: style sheets do not reach the line inside."""
    box.lineEdit().setTextMargins(6, 0, 0, 0)
