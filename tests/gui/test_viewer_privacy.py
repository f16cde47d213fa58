"""No patient's name, number or folder gets into logs, crash files or settings, whatever happens."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QMenu
from pytestqt.qtbot import QtBot
from viewer_fakes import make_model, open_films, part, show_tab, wait_for

from tests.builders.films import bone_picture, dicom_dataset
from training.films.film import Film
from training.films.reader import read_film
from xray_desktop import logs
from xray_desktop.errors import BugReporter
from xray_desktop.settings import Settings
from xray_desktop.viewer_tab.engine import Engine
from xray_desktop.viewer_tab.sharing.report_dialog import ReportWish
from xray_desktop.viewer_tab.tab import ViewerTab

NAME = "Zimmermann"
SECRETS = ("Zimmerma", "PAT-447711", "19580317", "1.2.276.0.99")


@pytest.fixture
def log_folder(tmp_path: Path) -> Iterator[Path]:
    """Everything is logged, down to the last word that a library has to say."""
    folder = tmp_path / "logs"
    handler = logs.start_logging(folder)
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.DEBUG)
    yield folder
    root.setLevel(level)
    logging.captureWarnings(False)
    root.removeHandler(handler)
    handler.close()


def film(path: Path, **elements: str) -> Path:
    known = {
        "PatientName": "Zimmermann",
        "PatientID": "PAT-447711",
        "PatientBirthDate": "19580317",
        "StudyInstanceUID": "1.2.276.0.99.2",
        "SeriesInstanceUID": "1.2.276.0.99.3",
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    dataset = dicom_dataset(bone_picture(200, 150), **(known | elements))
    dataset.save_as(path, enforce_file_format=True)
    return path


def buggy(path: Path) -> Film:
    """A bug in reading, of the kind that quotes what it met."""
    if path.name.startswith("bug"):
        # A traceback quotes this line; what is not to be found must not stand in it.
        raise RuntimeError(f"cannot make sense of {path} of '{NAME}'")
    return read_film(path)


def told(folder: Path) -> str:
    return "\n".join(
        file.read_text(encoding="utf-8", errors="replace") for file in sorted(folder.iterdir())
    )


def share(tab: ViewerTab, qtbot: QtBot, target: Path) -> None:
    """Every entry of the Share menu once, into a folder or into none."""
    sharing = tab._sharing
    sharing._note_film()
    sharing.make_report(ReportWish(is_list=False, heat_map=True))
    wait_for(qtbot, lambda: not tab.is_busy())
    for write, name in (
        (sharing.save_pdf, "Zimmermann.pdf"),
        (sharing.save_result, "Zimmermann result.dcm"),
        (sharing.save_copy, "copy of Zimmermann.dcm"),
        (sharing.save_scores, "Zimmermann.csv"),
    ):
        write(str(target / name))
        wait_for(qtbot, lambda: not tab.is_busy())
    sharing.save_copies(str(target))
    wait_for(qtbot, lambda: not tab.is_busy())


def test_that_opening_failing_and_sharing_leave_no_trace_of_the_patient(
    qtbot: QtBot,
    tmp_path: Path,
    log_folder: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(QFileDialog, "open", lambda _dialog: None)
    folder = tmp_path / "Zimmermann PAT-447711"
    good = film(folder / "Zimmermann.dcm")
    # A date that pydicom dislikes and quotes, a file cut short, and one that meets a bug.
    odd = film(folder / "Zimmermann odd.dcm", StudyDate="20240229")
    odd.write_bytes(odd.read_bytes().replace(b"20240229", b"Zimmerma"))
    cut = folder / "Zimmermann cut.dcm"
    cut.write_bytes(good.read_bytes()[:-2000])
    bug = film(folder / "bug Zimmermann.dcm")
    settings = Settings(tmp_path / "settings.ini")
    engine = Engine(read_film=buggy, load_predictor=make_model())
    tab = show_tab(qtbot, ViewerTab(settings, engine=engine))
    tab._chooser._on_files_selected([str(good), str(odd), str(cut), str(bug)])
    wait_for(qtbot, lambda: not tab.is_busy())
    tab.choose_model(Path("best.keras"))
    wait_for(qtbot, lambda: not tab.is_busy())
    for row in (1, 2, 3, 0):
        tab._ask_for(row)
        wait_for(qtbot, lambda: not tab.is_busy())
    (tmp_path / "out").mkdir()
    share(tab, qtbot, tmp_path / "out")
    assert (tmp_path / "out" / "Zimmermann result.dcm").exists()
    share(tab, qtbot, tmp_path / "gone")
    good.unlink()
    share(tab, qtbot, tmp_path / "out")
    tab._verdicts._on_blind_asked(True)
    reporter = BugReporter(log_folder)
    reporter.report(RuntimeError(f"in {folder}: '{NAME}'"))
    settings.save()
    assert reporter.dialog is not None
    reporter.dialog.close()
    text = told(log_folder)
    assert "uncaught" in text
    assert "job of films failed" in text
    assert list(log_folder.glob("crash-*.txt"))
    everything = text + settings.file.read_text(encoding="utf-8")
    assert [secret for secret in SECRETS if secret in everything] == []
    assert "PAT-447711" not in "".join(str(path) for path in log_folder.iterdir())
    assert caplog.records


def test_that_the_folder_of_films_is_kept_where_the_user_says_so(
    qtbot: QtBot, tmp_path: Path
) -> None:
    settings = Settings(tmp_path / "settings.ini")
    tab = show_tab(qtbot, ViewerTab(settings, engine=Engine(load_predictor=make_model())))
    entry = tab._tools.entries["keep_folder"]
    assert entry in part(tab, QMenu, "moreMenu").actions()
    assert not entry.isChecked()
    one = film(tmp_path / "films" / "one.dcm")
    tab._chooser._on_files_selected([str(one)])
    wait_for(qtbot, lambda: not tab.is_busy())
    settings.save()
    assert str(one.parent) not in settings.file.read_text(encoding="utf-8")
    entry.trigger()
    settings.save()
    assert str(one.parent) in settings.file.read_text(encoding="utf-8")
    open_films(qtbot, tab, one)
    assert entry.isChecked()
    entry.trigger()
    settings.save()
    assert str(one.parent) not in settings.file.read_text(encoding="utf-8")
