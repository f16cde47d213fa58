"""What makes a build fail, and what the standalone program is not given."""

from __future__ import annotations

import importlib.machinery
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

PACKAGING = Path(__file__).resolve().parents[1] / "packaging"


def load(name: str) -> ModuleType:
    loader = importlib.machinery.SourceFileLoader(
        f"packaging_{name}", str(PACKAGING / f"{name}.py")
    )
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


LIBRARY = "9 WARNING: Library not found: could not resolve '{}', dependency of '/x/{}.so'.\n"


@pytest.mark.parametrize("library", ["libxcb-cursor.so.0", "libxkbcommon-x11.so.0", "libEGL.so.1"])
def test_that_a_missing_library_of_the_screen_fails_the_build(library: str) -> None:
    said = LIBRARY.format(library, "libqxcb")
    assert load("build").fatal_warnings(said, "") == [f"missing library: {library}"]


def test_that_a_missing_library_of_a_plugin_left_out_does_not(tmp_path: Path) -> None:
    said = LIBRARY.format("libgtk-3.so.0", "libqgtk3")
    assert load("build").fatal_warnings(said, "") == []
    assert not load("contents").is_wanted("PySide6/Qt/plugins/platformthemes/libqgtk3.so")


def test_that_a_module_that_we_import_and_is_missing_fails_the_build() -> None:
    report = (
        "missing module named pwd - imported by training.data (delayed)\n"
        "missing module named 'pydicom.pixels' - imported by training.films.dicom (delayed)\n"
        "missing module named 'keras.src.torch' - imported by keras (optional)\n"
        "missing module named xray_desktop.tour - imported by xray_desktop.app (delayed)\n"
    )
    assert load("build").fatal_warnings("", report) == [
        "missing module: pydicom.pixels",
        "missing module: xray_desktop.tour",
    ]


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ("tensorflow/libtensorflow_cc.so.2", True),
        ("tensorflow/include/tensorflow/core/public/session.h", False),
        ("tensorflow\\include\\Eigen\\Core", False),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platforms/libqoffscreen.so", True),
        ("PySide6/Qt/plugins/platforms/libqeglfs.so", False),
        ("PySide6/Qt/lib/libQt6Widgets.so.6", True),
        ("PySide6/Qt/lib/libQt6Quick.so.6", False),
        ("resources/icons/app.svg", True),
    ],
)
def test_that_the_program_is_given_only_what_it_opens(place: str, wanted: bool) -> None:
    assert load("contents").is_wanted(place) is wanted
