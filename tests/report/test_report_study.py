"""The report of a study, as a document, as HTML and as PDF."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader
from scipy.stats import binomtest

from tests.fit.crossval_fakes import FakeTrain, score_of
from tests.report.report_builders import films_and_config
from training.cli import main
from training.data.dataset import Item
from training.errors import UserError
from training.fit.config import TrainConfig
from training.fit.control import RunControl
from training.fit.study import run_study
from training.fit.study_events import StudyEvent, StudyFinished
from training.fit.study_folder import read_study
from training.fit.study_settings import Study, Variant
from training.report.document import Document, Drawings, Section, Table, Text
from training.report.make import write_report
from training.report.study_contents import make_study_document


def worse(item: Item, config: TrainConfig) -> float:
    """Larger kernels turn every score round."""
    score = score_of(item)
    return round(1.0 - score, 3) if config.network.kernel_size == 5 else score


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    plain = films_and_config(tmp_path_factory.mktemp("study"))
    larger = replace(plain, network=replace(plain.network, kernel_size=5), epochs=3)
    events: list[StudyEvent] = []
    made = Study((Variant("plain", plain), Variant("5 × 5 kernels", larger)), folds=3)
    run_study(made, events.append, RunControl(), train=FakeTrain(score=worse))
    assert isinstance(events[-1], StudyFinished)
    return events[-1].result.folder


@pytest.fixture(scope="module")
def document(study: Path) -> Document:
    return make_study_document(read_study(study))


def section(document: Document, title: str) -> Section:
    return next(each for each in document.sections if each.title.startswith(title))


def tables(section: Section) -> list[Table]:
    return [block for block in section.blocks if isinstance(block, Table)]


def test_that_variants_are_compared_with_intervals_and_paired_tests(
    document: Document, study: Path
) -> None:
    compared = section(document, "Comparison")
    table, tests = tables(compared)
    assert [row[0] for row in table.rows] == ["plain", "5 × 5 kernels"]
    assert all("(" in row[1] and " to " in row[1] for row in table.rows)
    row = read_study(study).rows[1]
    assert row.against_first is not None
    accuracy = row.against_first.accuracy
    assert tests.rows[0][2:4] == (f"{accuracy.only_first}", f"{accuracy.only_second}")
    # McNemar's exact test is a binomial test of the films that only one reads right.
    total = accuracy.only_first + accuracy.only_second
    expected = binomtest(accuracy.only_first, total).pvalue
    assert tests.rows[0][4] == ("< 0.001" if expected < 0.001 else f"{expected:.3f}")
    drawings = next(block for block in compared.blocks if isinstance(block, Drawings))
    assert len(drawings.drawings) == 2
    assert any(isinstance(block, Text) and "too good" in block.words for block in compared.blocks)


def test_that_settings_are_parted_into_shared_and_own(document: Document) -> None:
    own, shared = tables(section(document, "Settings"))
    assert {row[1] for row in own.rows} == {"Network", "Epochs, batch"}
    assert [row[0] for row in own.rows if row[0]] == ["plain", "5 × 5 kernels"]
    names = {row[0] for row in shared.rows}
    assert "Input" in names
    assert not names & {"Network", "Epochs, batch"}


def test_that_each_variant_has_its_figures_and_folds(document: Document) -> None:
    titles = [each.title for each in document.sections]
    assert titles[-2:] == ["Variant 1: plain", "Variant 2: 5 × 5 kernels"]
    for each in document.sections[-2:]:
        heads = [table.head for table in tables(each)]
        assert any("fold 3" in head for head in heads)
        assert any("accuracy" in row for table in tables(each) for row in table.rows)


@pytest.mark.parametrize("ending", [".html", ".pdf"])
def test_that_the_report_is_written(ending: str, study: Path, tmp_path: Path) -> None:
    target = tmp_path / f"report{ending}"
    write_report(study, target)
    if ending == ".html":
        text = target.read_text(encoding="utf-8")
        assert "5 × 5 kernels" in text
        assert "https://" not in text
        assert "<link" not in text
    else:
        text = "\n".join(page.extract_text() for page in PdfReader(target).pages)
        assert "5 × 5 kernels" in text
    assert "Paired tests" in text
    assert study.parent.as_posix() not in text


def test_that_the_command_takes_a_study(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "study.html"
    assert main(["report", str(study), "--out", str(target), "--prevalence", "0.1"]) == 0
    assert "10 %" in target.read_text(encoding="utf-8")


def test_that_an_unfinished_study_is_refused(study: Path) -> None:
    state = dataclasses.replace(read_study(study), rows=())
    with pytest.raises(UserError, match="not finished"):
        make_study_document(state)
