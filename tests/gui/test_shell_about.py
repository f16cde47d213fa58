"""What the program says of itself and its machine, and of a start that fails."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QMessageBox, QPlainTextEdit
from pytestqt.qtbot import QtBot
from shell_fakes import FakeTrainingTab, FakeViewerTab

from training import __version__
from xray_desktop import __main__ as entry
from xray_desktop import about, app, build_info, device, paths, processor, starting
from xray_desktop.main_window import MainWindow
from xray_desktop.settings import Settings
from xray_desktop.system_libraries import missing_library

CPUINFO = "processor\t: 0\nflags\t\t: fpu avx2 fma avx512f amx_bf16 sse\nbugs\t\t: none\n"


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Resources as a build leaves them."""
    shutil.copytree(paths.resources_folder() / "icons", tmp_path / "icons")
    monkeypatch.setattr(paths, "resources_folder", lambda: tmp_path)
    build = {"commit": "1a2b3c4d5e", "date": "2026-11-25"}
    (tmp_path / "build.json").write_text(json.dumps(build), encoding="utf-8")
    (tmp_path / "licences.txt").write_text("X-ray Desktop: MIT\n", encoding="utf-8")
    return tmp_path


def test_that_a_checkout_says_that_it_runs_from_source() -> None:
    assert build_info.title() == f"X-ray Desktop {__version__} (from source)"
    assert build_info.licences_text() is None


def test_that_a_build_says_which_one_it_is(packaged: Path) -> None:
    assert build_info.title() == f"X-ray Desktop {__version__} (build 1a2b3c4d5e of 2026-11-25)"
    (packaged / "build.json").write_text("[]", encoding="utf-8")
    assert build_info.build_info() is None


def test_that_version_names_parts_machine_device_and_notice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert app.main(["--version"]) == 0
    said = capsys.readouterr().out
    for words in (
        "TensorFlow 2.",
        "Keras 3.",
        "Qt 6.",
        "pydicom 3.",
        "Runs on the",
        "Not a medical",
    ):
        assert words in said


def test_that_licences_are_printed_where_there_are_any(
    packaged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(["--licences"]) == 0
    assert capsys.readouterr().out == "X-ray Desktop: MIT\n"
    (packaged / "licences.txt").unlink()
    assert app.main(["--licences"]) == 1
    assert "From source" in capsys.readouterr().err


def test_that_the_about_box_shows_the_licences_of_a_build(packaged: Path, qtbot: QtBot) -> None:
    dialog = about.AboutDialog()
    qtbot.addWidget(dialog)
    assert "1a2b3c4d5e" in dialog.findChildren(QLabel)[1].text()
    buttons = dialog.findChild(QDialogButtonBox)
    [button] = [b for b in buttons.buttons() if b.objectName() == "licencesButton"]
    button.click()
    shown = dialog.findChild(about.LicencesDialog)
    assert shown.findChild(QPlainTextEdit).toPlainText() == "X-ray Desktop: MIT\n"
    shown.close()


def test_that_processor_features_are_read_by_whole_words() -> None:
    found = processor.features_of_cpuinfo(CPUINFO)
    assert found == ("AVX2", "FMA", "AVX-512", "AMX bf16")
    arm = processor.features_of_cpuinfo("Features\t: fp asimd bf16\n")
    assert arm == ("Neon", "Neon bf16")
    assert processor.features_of_cpuinfo("") == ()


def test_that_windows_and_macs_are_told_plainly_why_there_is_no_gpu(tmp_path: Path) -> None:
    assert "its last was 2.10" in device.device_reason("win32")
    assert "Macs" in device.device_reason("darwin")
    assert "No driver" in device.device_reason("linux", tmp_path / "none")


def test_that_a_driver_without_its_libraries_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = tmp_path / "version"
    driver.touch()
    monkeypatch.setattr(device, "_is_installed", lambda _package: False)
    assert "pip install tensorflow[and-cuda]" in device.device_reason("linux", driver)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert "processors only" in device.device_reason("linux", driver)


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ("libEGL.so.1: cannot open shared object file: No such file", "install libegl1 libgl1"),
        ("libfoo.so.9: cannot open shared object file: No such file", "libfoo.so.9, libGL.so.1"),
        ("DLL load failed while importing QtGui: not found", "Visual C++"),
        ("No module named 'PySide6'", ""),
    ],
)
def test_that_a_missing_library_is_told_with_its_package(problem: str, words: str) -> None:
    said = missing_library(problem, found=lambda name: name != "libGL.so.1")
    assert words in said
    assert bool(said) is bool(words)


def test_that_a_start_without_a_library_ends_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # A module that cannot be had: what a library that is not there gives at its import.
    monkeypatch.setitem(sys.modules, "xray_desktop.app", None)
    with pytest.raises(ImportError):
        entry.main()
    monkeypatch.setattr(entry, "missing_library", lambda _text: "It is missing.")
    assert entry.main() == 1
    assert capsys.readouterr().err == "It is missing.\n"


def test_that_a_screen_out_of_reach_is_not_taken_for_a_missing_library() -> None:
    cursor = "From 6.5.0, xcb-cursor0 or libxcb-cursor0 is needed to load the plugin."
    assert "apt-get install libxcb-cursor0" in starting.why_no_window([cursor])
    said = starting.why_no_window(["could not connect to display :77", cursor, cursor])
    assert "can be reached" in said
    assert said.count("6.5.0") == 1


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="screens of this kind are Linux'")
def test_that_a_screen_out_of_reach_ends_in_words_and_not_in_a_crash() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "xray_desktop"],
        env={"PATH": "", "DISPLAY": ":797", "QT_QPA_PLATFORM": "xcb"},
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 1
    assert "cannot open a window" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_that_settings_of_a_newer_version_are_told_of(qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "settings.ini"
    file.write_text("[program]\nformat=2\nversion=9.1.0\n", encoding="utf-8")
    window = MainWindow(
        Settings(file), make_training_tab=FakeTrainingTab, make_viewer_tab=FakeViewerTab
    )
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.tabs_ready):
        window.show()
    qtbot.waitUntil(lambda: window.findChild(QMessageBox, "notice") is not None)
    box = window.findChild(QMessageBox, "notice")
    assert "9.1.0" in box.text()
    with qtbot.waitSignal(box.destroyed):
        box.close()
    with qtbot.waitSignal(window.closed):
        window.close()


def test_that_a_model_file_opens_as_the_model_and_not_as_a_film(
    window: MainWindow, tmp_path: Path
) -> None:
    model, film = tmp_path / "best.KERAS", tmp_path / "film.dcm"
    window.open_paths([film, model])
    assert ("choose_model", model) in window.viewer_tab.calls
    assert ("open_paths", [film]) in window.viewer_tab.calls
