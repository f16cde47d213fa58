"""Choosing films by the viewer's own dialog."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from viewer_fakes import make_model, show_tab, wait_for, write_film

from xray_desktop.settings import Settings
from xray_desktop.viewer_tab.engine import Engine
from xray_desktop.viewer_tab.tab import ViewerTab


def test_that_a_chosen_film_opens_and_its_folder_is_offered_next_time(
    qtbot: QtBot, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[QFileDialog] = []
    monkeypatch.setattr(QFileDialog, "open", lambda dialog: asked.append(dialog))
    film = write_film(tmp_path / "films" / "a.png", 90)
    tab = show_tab(qtbot, ViewerTab(settings, engine=Engine(load_predictor=make_model())))
    tab._tools.open_films.trigger()
    asked[-1].filesSelected.emit([str(film)])
    wait_for(qtbot, lambda: tab.state.film is not None and not tab.is_busy())
    assert tab.state.films == (film,)
    assert settings.film_folder == film.parent
    tab._tools.open_folder.trigger()
    assert Path(asked[-1].directory().absolutePath()) == film.parent
