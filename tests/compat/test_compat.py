"""Files of each released format open in this version; those of a newer one are refused in words.

``samples/1`` was written by version 0.1.0 as it stood before formats were numbered. A published
sample is never changed: a new format gets a folder of its own.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray

from training import __version__
from training.data.dataset import Split
from training.errors import UserError
from training.fit.crossval_folder import read_crossval
from training.fit.run_folder import RunStatus, list_runs, read_run, read_scores
from training.fit.study_folder import read_study
from training.models.card_file import read_card
from xray_desktop.review.store import VerdictStore
from xray_desktop.review.verdicts import Mark, Opinion
from xray_desktop.settings import Settings
from xray_desktop.state.measure_store import MeasureStore
from xray_desktop.state.measurements import Kind

SAMPLES = Path(__file__).parent / "samples"
FORMATS = sorted(path.name for path in SAMPLES.iterdir())
FILM = "ab" * 32

pytestmark = pytest.mark.parametrize("number", FORMATS)


@pytest.fixture
def sample(number: str, tmp_path: Path) -> Path:
    """A copy of one format's files, as a user's folder would hold them."""
    return Path(shutil.copytree(SAMPLES / number, tmp_path / "kept by a reader ä"))


@pytest.fixture
def verdicts(sample: Path) -> Path:
    file = sample / "verdicts.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript((sample / "verdicts.sql").read_text(encoding="utf-8"))
    return file


def model_file(folder: Path, metadata: str) -> Path:
    file = folder / "best.keras"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("metadata.json", metadata)
        archive.writestr("config.json", "{}")
        archive.writestr("model.weights.h5", b"")
    return file


def change(file: Path, **values: object) -> None:
    kept = json.loads(file.read_text(encoding="utf-8")) | values
    file.write_text(json.dumps(kept), encoding="utf-8")


def test_that_settings_open(sample: Path) -> None:
    settings = Settings(sample / "settings.ini")
    assert settings.refusal == ""
    assert settings.network == "notebook"
    assert settings.integer("training/epochs", 1) == 7
    assert settings.text("training/folder") == "/films/Hände, links"
    assert settings.geometry("window/geometry") == QByteArray(b"\x00\x01geometry\xff")


def test_that_newer_settings_are_left_alone_and_say_who_wrote_them(sample: Path) -> None:
    file = sample / "settings.ini"
    with file.open("a", encoding="utf-8") as ini:
        ini.write("\n[program]\nformat=2\nversion=9.1.0\n")
    before = file.read_bytes()
    settings = Settings(file)
    assert "newer version of this program (9.1.0)" in settings.refusal
    assert settings.network == "compact"
    assert settings.geometry("window/geometry") is None
    settings.network = "transfer"
    settings.put_geometry("window/geometry", QByteArray(b"x"))
    settings.save()
    assert file.read_bytes() == before


def test_that_verdicts_open_and_can_be_added_to(verdicts: Path) -> None:
    store = VerdictStore(verdicts)
    assert store.prepare() == ""
    first, second = store.history()
    assert (first.opinion, first.mark) == (Opinion.FRACTURE, Mark(10.5, 20.25, 30.0, 4.0))
    assert first.note == 'distal radius, "torus"; siehe Ulna ü'
    assert first.answer is not None
    assert first.answer.score == 0.31
    assert second.opinion is Opinion.UNSURE
    store.add(first)
    assert len(store.history()) == 2


def test_that_newer_verdicts_are_left_alone_and_say_who_wrote_them(verdicts: Path) -> None:
    VerdictStore(verdicts).prepare()
    with closing(sqlite3.connect(verdicts)) as connection:
        assert connection.execute("SELECT version FROM program").fetchall() == [(__version__,)]
        connection.execute("UPDATE program SET version = '9.1.0'")
        connection.execute("PRAGMA user_version = 99")
        connection.commit()
    with pytest.raises(UserError, match=r"newer version of this program \(9\.1\.0\)"):
        VerdictStore(verdicts).prepare()
    assert len(VerdictStore(verdicts).history()) == 2


def test_that_measurements_open(sample: Path) -> None:
    shutil.copy(sample / "measurements.json", sample / f"{FILM}.json")
    sheet, remark = MeasureStore(sample).load(FILM)
    assert remark == ""
    assert [one.kind for one in sheet.drawn] == [Kind.LENGTH, Kind.TEXT]
    assert sheet.drawn[0].points == ((1.0, 2.0), (31.0, 42.0))
    assert sheet.drawn[1].text == "Ulna ü"
    assert sheet.calibration is not None
    assert sheet.calibration.row_mm == 0.2


def test_that_newer_measurements_say_who_wrote_them(sample: Path) -> None:
    file = Path(shutil.copy(sample / "measurements.json", sample / f"{FILM}.json"))
    change(file, version=99, program="9.1.0")
    with pytest.raises(UserError, match=r"newer version of this program \(9\.1\.0\)"):
        MeasureStore(sample).load(FILM)


def test_that_a_run_folder_opens(sample: Path) -> None:
    run = read_run(sample / "run")
    assert (run.status, run.classes) == (RunStatus.FINISHED, ("not fractured", "fractured"))
    assert (len(run.history), run.config.epochs, run.config.network.name) == (2, 2, "compact")
    assert run.best is not None
    assert run.best.validation.num_files == 8
    assert len(read_scores(run, "best", Split.VALIDATION)) == 8
    assert list_runs(sample) == (run,)


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("status.json", read_run),
        ("crossval.json", read_crossval),
        ("study.json", read_study),
    ],
)
def test_that_newer_folders_say_who_wrote_them(
    sample: Path, name: str, read: Callable[[Path], object]
) -> None:
    folder = sample / "run"
    if not (folder / name).is_file():
        (folder / name).write_text("{}", encoding="utf-8")
    change(folder / name, format=99, program="9.1.0")
    with pytest.raises(UserError, match=r"newer version of this program \(9\.1\.0\)"):
        read(folder)


def test_that_a_model_file_opens_and_a_newer_one_says_who_wrote_it(sample: Path) -> None:
    text = (sample / "model-metadata.json").read_text(encoding="utf-8")
    card = read_card(model_file(sample, text))
    assert card.classes == ("not fractured", "fractured")
    assert (card.synthetic, card.preprocessing.size) == (True, 64)
    values = json.loads(text)
    values["xray_card"] |= {"card_version": 99, "program_version": "9.1.0"}
    with pytest.raises(UserError, match=r"newer version of this program \(9\.1\.0\)"):
        read_card(model_file(sample, json.dumps(values)))
