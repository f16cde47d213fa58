"""Folders and what is remembered."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from xray_desktop import paths
from xray_desktop.settings import Settings, keep_no_dialog_history


def test_that_everything_lies_below_the_chosen_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "Röntgen 放射線"
    monkeypatch.setenv(paths.HOME_VARIABLE, str(home))
    assert paths.user_data() == home
    for folder in (
        paths.runs_folder(),
        paths.sample_set_folder(),
        paths.log_folder(),
        paths.settings_file(),
    ):
        assert folder.is_relative_to(home)
    # Asking makes nothing.
    assert not home.exists()


def test_that_without_a_chosen_home_the_system_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(paths.HOME_VARIABLE)
    assert paths.user_data().is_absolute()
    assert "x-ray-desktop" in paths.user_data().parts[-1]


def test_that_values_survive_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "Ordner mit Umlaut ä" / "settings.ini"
    folder = tmp_path / "Hände, links"
    folder.mkdir()
    first = Settings(file)
    first.data_folder = folder
    first.network = "notebook"
    first.put_geometry("window/geometry", QByteArray(b"\x00\x01geometry\xff"))
    first.put("training/epochs", 7)
    first.put("training/rate", 1e-3)
    first.put("viewer/heat", True)
    first.save()
    again = Settings(file)
    assert again.data_folder == folder
    assert again.network == "notebook"
    assert again.geometry("window/geometry") == QByteArray(b"\x00\x01geometry\xff")
    assert again.integer("training/epochs", 1) == 7
    assert again.number("training/rate", 0.0) == 1e-3
    assert again.flag("viewer/heat", False)


def test_that_a_folder_that_is_gone_is_not_offered(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "s.ini")
    settings.film_folder = tmp_path / "gone"
    assert settings.film_folder is None
    settings.film_folder = Path("/" + "x" * 5000)
    assert settings.film_folder is None


def test_that_a_damaged_file_gives_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "s.ini"
    file.write_text("[training]\nepochs=many\nrate=fast\n[viewer]\nheat=maybe\n[window\n\x00")
    settings = Settings(file)
    assert settings.integer("training/epochs", 20) == 20
    assert settings.number("training/rate", 0.5) == 0.5
    assert settings.flag("viewer/heat", True) is True
    assert settings.flag("viewer/heat", False) is False
    assert settings.geometry("window/geometry") is None


def test_that_a_file_that_cannot_be_written_costs_nothing_but_the_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    settings = Settings(tmp_path / "file" / "settings.ini")
    settings.put("training/epochs", 7)
    settings.save()
    assert settings.integer("training/epochs", 20) == 7
    assert (tmp_path / "file").read_text() == "in the way"


def test_that_a_folder_of_films_is_written_down_only_where_that_is_allowed(tmp_path: Path) -> None:
    folder = tmp_path / "DOE_JOHN"
    folder.mkdir()
    settings = Settings(tmp_path / "s.ini")
    settings.film_folder = folder
    settings.save()
    assert settings.film_folder == folder
    assert Settings(tmp_path / "s.ini").film_folder is None
    settings.keeps_film_folder = True
    settings.save()
    assert Settings(tmp_path / "s.ini").film_folder == folder
    settings.keeps_film_folder = False
    settings.save()
    assert "DOE" not in (tmp_path / "s.ini").read_text(encoding="utf-8")


def test_that_qts_own_dialog_writes_no_folder_down(qtbot: QtBot, tmp_path: Path) -> None:
    native, user = QSettings.Format.NativeFormat, QSettings.Scope.UserScope
    (tmp_path / "DOE_JOHN").mkdir()
    written = []
    for keep in (
        lambda: QSettings.setPath(native, user, str(tmp_path / "conf")),
        keep_no_dialog_history,
    ):
        keep()
        dialog = QFileDialog(None, "Open", str(tmp_path / "DOE_JOHN"))
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.show()
        dialog.close()
        with qtbot.waitSignal(dialog.destroyed):
            dialog.deleteLater()
        file = tmp_path / "conf" / "QtProject.conf"
        written.append(file.is_file() and "DOE_JOHN" in file.read_text(encoding="utf-8"))
        shutil.rmtree(tmp_path / "conf", ignore_errors=True)
    # Qt does so where it is let.
    assert written == [True, False]
