"""Runs and cross-validations of more than two classes: read back, reported, compared."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from sklearn.metrics import confusion_matrix

from tests.builders.three_classes import SQUARES, squares
from tests.fit.crossval_fakes import FakeTrain
from tests.fit.fit_builders import tiny_config
from tests.report.report_builders import make_many_crossval, make_many_run
from training.data.dataset import Split
from training.errors import UserError
from training.evaluation.many_classes import ManyMeasurement
from training.fit import crossval_folder
from training.fit.choosing import set_calibration, set_points, validation_scores
from training.fit.control import RunControl
from training.fit.crossval_folder import OUT_OF_FOLD, read_crossval
from training.fit.run_folder import read_run, read_scores
from training.fit.study import run_study
from training.fit.study_events import StudyFinished
from training.fit.study_settings import Study, Variant
from training.fit.study_wording import study_rows
from training.report.contents import make_document
from training.report.document import Drawings, Table, Text
from training.report.html import to_html
from training.report.make import write_report
from training.report.many_sections import many_misread
from training.report.pdf import to_pdf
from training.report.subject import read_subject


def test_that_a_report_of_three_classes_tells_what_there_is(tmp_path: Path) -> None:
    subject = read_subject(make_many_run(tmp_path))
    assert subject.is_many
    document = make_document(subject, pictures=True)
    titles = [section.title for section in document.sections]
    assert titles == [
        "Figures",
        "Films",
        "Curves",
        "Misread films",
        "Training",
        "Settings",
        "Model card",
    ]
    (drawings,) = (b for b in document.sections[2].blocks if isinstance(b, Drawings))
    assert len(drawings.drawings) == 3
    words = to_html(document)
    for name in SQUARES:
        assert name in words
    assert "no threshold" in words
    assert "positive:" not in words
    assert "checklists of this program are worded for two classes" in words
    assert to_pdf(document).startswith(b"%PDF")


def test_that_the_confusion_is_that_of_the_scores(tmp_path: Path) -> None:
    folder = make_many_run(tmp_path)
    subject = read_subject(folder)
    files = read_scores(read_run(folder), "best", Split.VALIDATION)
    called = [max(range(3), key=lambda c: file.scores[c]) for file in files]
    wanted = confusion_matrix([file.label for file in files], called)
    part = subject.many[0]
    assert part.name == "best model on validation"
    assert [list(row) for row in part.measured.by_file.confusion] == wanted.tolist()
    section = make_document(subject).sections[0]
    tables = [block for block in section.blocks if isinstance(block, Table)]
    table = next(each for each in tables if "by film" in (each.title or "") and each.rows)
    assert [int(cell) for cell in table.rows[0][1:4]] == wanted[0].tolist()
    misread = many_misread(part)
    assert sorted((film.label, film.called) for film in misread) == [(0, 1), (1, 2), (2, 0)]
    assert all(film.score > film.own_score for film in misread)


def test_that_figures_kept_in_the_folder_are_taken_where_they_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from training.report import subject as module

    folder = make_many_run(tmp_path)
    plain = read_subject(folder).many[0].measured
    run = read_run(folder)
    (folder / "figures.json").write_text(
        json.dumps({"best": {"validation": plain.to_json()}}), encoding="utf-8"
    )
    versions = {"versions": {"program": module.read_kept.__globals__["training"].__version__}}
    (folder / "versions.json").write_text(json.dumps(versions), encoding="utf-8")
    calls = []

    def measured(sample: object) -> ManyMeasurement:
        calls.append(sample)
        return plain

    monkeypatch.setattr(module, "measure_many_sample", measured)
    assert module.read_subject(folder).many[0].measured == plain
    # Of the other parts there are none.
    assert len(calls) == 3
    assert run.is_many


def test_that_a_cross_validation_pools_three_classes(tmp_path: Path) -> None:
    folder = make_many_crossval(tmp_path)
    crossval = read_crossval(folder)
    pooled = crossval.figures[0].pooled
    assert isinstance(pooled, ManyMeasurement)
    # All films of train and validation, each once.
    assert pooled.by_film.count == 30
    assert set(crossval.figures[0].by_fold) == {"accuracy", "balanced_accuracy", "auc"}
    with (folder / OUT_OF_FOLD).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 60
    for row in rows:
        assert sum(float(row[f"score_{name}"]) for name in SQUARES) == pytest.approx(1.0)
    titles = [section.title for section in make_document(read_subject(folder)).sections]
    assert "Fold by fold" in titles


def test_that_an_older_program_refuses_the_pooled_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_many_crossval(tmp_path)
    monkeypatch.setattr(crossval_folder, "CROSSVAL_FORMAT", 1)
    with pytest.raises(UserError, match="written by a newer version"):
        read_crossval(folder)


def test_that_nothing_of_a_threshold_can_be_chosen(tmp_path: Path) -> None:
    model = make_many_run(tmp_path) / "best.keras"
    for choose in (
        lambda: validation_scores(model),
        lambda: set_calibration(model, on=True),
        lambda: set_points(model, None),
    ):
        with pytest.raises(UserError, match="3 classes apart"):
            choose()


def test_that_a_study_of_three_classes_compares_accuracies(tmp_path: Path) -> None:
    squares(tmp_path / "films", train=6, validation=4)
    config = tiny_config(tmp_path)
    study = Study((Variant("plain", config), Variant("other", config)), 2, "all")
    ends: list[object] = []
    run_study(study, ends.append, RunControl(), train=FakeTrain())
    assert isinstance(ends[-1], StudyFinished), ends[-1]
    rows = study_rows(ends[-1].result.rows)
    assert len({len(row) for row in rows}) == 1
    assert ends[-1].result.rows[1].against_first is not None
    assert ends[-1].result.rows[1].against_first.auc is None
    target = tmp_path / "study.html"
    write_report(ends[-1].result.folder, target)
    assert "two squares" in target.read_text(encoding="utf-8")


def test_that_words_tell_of_no_positive_class(tmp_path: Path) -> None:
    document = make_document(read_subject(make_many_run(tmp_path)))
    texts = [
        block.words
        for section in document.sections
        for block in section.blocks
        if isinstance(block, Text)
    ]
    assert not any("positive" in text for text in texts)
