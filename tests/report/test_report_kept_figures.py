"""Figures that a folder holds are taken where they fit its scores, and made anew where they do not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.report.report_builders import make_crossval, make_run
from training.evaluation.measurement import Measurement, measure_fully
from training.report import subject as module
from training.report.subject import read_subject


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = make_run(tmp_path)
    # As a real run leaves it; the stand-in writes no figures.
    parts = read_subject(folder).parts
    figures: dict[str, dict[str, object]] = {}
    for part in parts:
        figures.setdefault(part.kind, {})[part.split.value] = part.measured.to_json()
    (folder / "figures.json").write_text(json.dumps(figures), encoding="utf-8")
    program = {"versions": {"program": module_version()}}
    (folder / "versions.json").write_text(json.dumps(program), encoding="utf-8")
    return folder


def module_version() -> str:
    import training

    return training.__version__


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The thresholds of everything that was measured."""
    calls: list[float] = []

    def counted(*args: object, **named: object) -> Measurement:
        calls.append(float(args[3]))  # type: ignore[arg-type]
        return measure_fully(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "measure_fully", counted)
    return calls


def test_that_figures_that_are_there_are_taken(run: Path, measured: list[float]) -> None:
    known = json.loads((run / "figures.json").read_text(encoding="utf-8"))
    subject = read_subject(run)
    assert not measured
    for part in subject.parts:
        assert part.measured == Measurement.from_json(known[part.kind][part.split.value])
    read_subject(run, prevalence=0.2)
    assert len(measured) == len(subject.parts)


def _other_version(run: Path) -> None:
    (run / "versions.json").write_text('{"versions": {"program": "0.0.1"}}', encoding="utf-8")


def _other_score(run: Path) -> None:
    path = run / "scores.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines[1:], start=1):
        cells = line.split(",")
        cells[5] = "0.5"
        lines[number] = ",".join(cells)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _other_threshold(run: Path) -> None:
    path = run / "config.json"
    values = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(values | {"threshold": 0.31}), encoding="utf-8")


def _damaged(run: Path) -> None:
    (run / "figures.json").write_text('{"best": {"validation": {"threshold": 0.5}}}', "utf-8")


@pytest.mark.parametrize("change", [_other_version, _other_score, _other_threshold, _damaged])
def test_that_figures_of_other_scores_are_made_anew(
    change: Callable[[Path], None], run: Path, measured: list[float]
) -> None:
    change(run)
    subject = read_subject(run)
    assert len(measured) == len(subject.parts)


def test_that_a_cross_validation_is_not_measured_again(
    tmp_path: Path, measured: list[float]
) -> None:
    subject = read_subject(make_crossval(tmp_path))
    assert not measured
    assert subject.crossval is not None
    assert [part.measured for part in subject.parts] == [
        each.pooled for each in subject.crossval.figures
    ]
