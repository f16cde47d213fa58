"""Studies: settings read from TOML, the same folds for all, ends, going on, the table."""

from __future__ import annotations

import json
import tomllib
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tests.fit.crossval_fakes import FakeTrain, score_of
from tests.fit.fit_builders import make_films, tiny_config
from training.augmentation.config import NOTEBOOK
from training.data.dataset import Item
from training.data.scan import scan_folder
from training.errors import UserError
from training.evaluation.comparison import compare_models, holm
from training.evaluation.samples import make_sample
from training.fit.config import TrainConfig
from training.fit.control import RunControl
from training.fit.crossval_events import FoldFinished, FoldStarted
from training.fit.events import Event, RunFailed
from training.fit.study import run_study
from training.fit.study_events import (
    StudyEvent,
    StudyFinished,
    StudyStopped,
    VariantFinished,
    VariantStarted,
)
from training.fit.study_folder import StudyState, read_study
from training.fit.study_settings import Study, Variant, parse_settings, read_settings

EXAMPLE = """
folds = 3
pool = "all"

[base]
epochs = 2
network.name = "compact"

[[variant]]
name = "plain"

[[variant]]
name = "larger kernels"
network.kernel_size = 5

[[variant]]
name = "less"
augmentation = "notebook"
network.l2 = 0.001
network.num_blocks = 4
"""


def shifted(item: Item, config: TrainConfig) -> float:
    """Larger kernels read worse: some films' scores are turned round."""
    score = score_of(item)
    turned = zlib.crc32(item.film.encode()) % 3 == 0
    return round(1.0 - score, 3) if config.network.kernel_size == 5 and turned else score


@pytest.fixture
def study(tmp_path: Path) -> Study:
    make_films(tmp_path / "films", num_train=8, num_validation=4)
    plain = tiny_config(tmp_path)
    larger = replace(plain, network=replace(plain.network, kernel_size=5))
    return Study((Variant("plain", plain), Variant("larger kernels", larger)), folds=3)


def run(
    study: Study,
    train: FakeTrain | None,
    on_event: Callable[[StudyEvent, RunControl], None] = lambda event, control: None,
    **options: Any,
) -> list[StudyEvent]:
    events: list[StudyEvent] = []
    control = RunControl()

    def report(event: StudyEvent) -> None:
        events.append(event)
        on_event(event, control)

    run_study(study, report, control, train=train, **options)
    ends = [e for e in events if isinstance(e, (StudyFinished, StudyStopped, RunFailed))]
    assert ends == [events[-1]]
    return events


def result_of(events: list[StudyEvent]) -> StudyState:
    end = events[-1]
    assert isinstance(end, StudyFinished), end
    return end.result


def test_that_variants_differ_from_the_base_by_what_they_name(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(EXAMPLE, encoding="utf-8")
    study = read_settings(path, tmp_path / "films", tmp_path / "runs")
    plain, larger, less = (variant.config for variant in study.variants)
    assert (study.folds, study.pool, plain.epochs) == (3, "all", 2)
    assert larger == replace(plain, network=replace(plain.network, kernel_size=5))
    assert less.augmentation == NOTEBOOK
    assert (less.network.l2, less.network.num_blocks) == (0.001, 4)
    assert plain.data == tmp_path / "films"


def test_that_one_range_of_an_augmentation_can_be_changed(tmp_path: Path) -> None:
    text = EXAMPLE.replace("network.kernel_size = 5", "augmentation.rotation = 45")
    changed = parse_settings(tomllib.loads(text), tmp_path, tmp_path).variants[1].config
    assert (changed.augmentation.rotation, changed.augmentation.name) == (45, "custom")
    assert changed.augmentation.zoom == 0.2


@pytest.mark.parametrize(
    ("old", "new", "answer"),
    [
        ("network.kernel_size = 5", "network.kernels = 5", "no setting “kernels”"),
        ("network.kernel_size = 5", "network.kernel_size = 4", "must be odd"),
        ("network.kernel_size = 5", 'network.kernel_size = "5"', "larger kernels"),
        ("network.kernel_size = 5", "network = 5", "takes a table"),
        ("network.kernel_size = 5", "seed = 7", "same folds"),
        ("network.kernel_size = 5", 'augmentation = "wild"', "one of strong"),
        ('name = "larger kernels"', 'name = "plain"', "Two variants are called"),
        ('name = "larger kernels"', "", "has no name"),
        ("folds = 3", "folds = 1", "two folds"),
        ("folds = 3", "fold = 3", "no setting “fold”"),
        ("folds = 3", "folds = three", "not as it should be"),
        ("epochs = 2", 'epochs = 2\ndata = "elsewhere"', "no setting “data”"),
    ],
)
def test_that_settings_that_cannot_be_used_are_named(
    tmp_path: Path, old: str, new: str, answer: str
) -> None:
    path = tmp_path / "study.toml"
    assert old in EXAMPLE
    path.write_text(EXAMPLE.replace(old, new), encoding="utf-8")
    with pytest.raises(UserError) as caught:
        read_settings(path, tmp_path, tmp_path)
    assert answer in str(caught.value)


def test_that_a_missing_or_short_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        read_settings(tmp_path / "none.toml", tmp_path, tmp_path)
    with pytest.raises(UserError, match="two variants"):
        parse_settings({"variant": [{"name": "alone"}]}, tmp_path, tmp_path)


def test_that_the_guide_example_can_be_read(tmp_path: Path) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "user-guide.md").read_text(encoding="utf-8")
    text = guide.split("```toml\n", 1)[1].split("```", 1)[0]
    assert len(parse_settings(tomllib.loads(text), tmp_path, tmp_path).variants) >= 4


def test_that_every_variant_is_tested_on_the_same_films_of_each_fold(study: Study) -> None:
    train = FakeTrain(score=shifted)
    events = run(study, train)
    assert train.folds == [1, 2, 3, 1, 2, 3]
    result = result_of(events)
    assert [e.name for e in events if isinstance(e, VariantStarted)] == ["plain", "larger kernels"]
    first, second = result.results
    assert first is not None
    assert second is not None
    for one, other in zip(first.runs, second.runs, strict=True):
        assert one is not None
        assert other is not None
        tested = [
            {
                line.split(",")[2]
                for line in (each.folder / "scores.csv").read_text().splitlines()
                if line.startswith("test")
            }
            for each in (one, other)
        ]
        assert tested[0] == tested[1]


def test_that_the_table_compares_by_film_with_the_first(study: Study) -> None:
    result = result_of(run(study, FakeTrain(score=shifted)))
    items = scan_folder(study.variants[0].config.data).items
    truth = [item.label for item in items]
    scores = [
        np.array([shifted(item, variant.config) for item in items]) for variant in study.variants
    ]
    first, second = result.rows
    assert first.against_first is None
    for row, values in zip(result.rows, scores, strict=True):
        assert row.pooled.by_film.auc.value == pytest.approx(roc_auc_score(truth, values))
    names = [item.film for item in items]
    expected = compare_models(*(make_sample(truth, values, names) for values in scores))
    assert second.against_first is not None
    assert second.against_first.accuracy == expected.accuracy
    assert second.against_first.auc is not None
    assert expected.auc is not None
    assert second.auc_p == pytest.approx(expected.auc.p_value)
    written = json.loads((result.folder / "comparison.json").read_text())
    assert [row["name"] for row in written] == ["plain", "larger kernels"]
    assert read_study(result.folder).rows == result.rows


def test_that_a_stopped_study_goes_on_where_it_was(study: Study) -> None:
    def stop(event: StudyEvent, control: RunControl) -> None:
        if isinstance(event, FoldStarted) and event.number == 2:
            control.stop.set()

    first = FakeTrain(score=shifted)
    end = run(study, first, stop)[-1]
    assert isinstance(end, StudyStopped)
    assert (first.folds, end.num_finished, end.count) == ([1, 2], 0, 2)
    second = FakeTrain(score=shifted)
    events = run(study, second, folder=end.folder)
    assert second.folds == [3, 1, 2, 3]
    assert [e.is_earlier for e in events if isinstance(e, FoldFinished)][:3] == [True, True, False]
    whole = result_of(run(study, FakeTrain(score=shifted)))
    assert result_of(events).rows == whole.rows
    third = FakeTrain()
    again = run(study, third, folder=end.folder)
    assert third.folds == []
    assert [e.is_earlier for e in again if isinstance(e, VariantFinished)] == [True, True]


def test_that_a_failed_variant_is_named(study: Study) -> None:
    def fail(config: TrainConfig) -> Event | None:
        return RunFailed("The disk is full.") if config.network.kernel_size == 5 else None

    end = run(study, FakeTrain(fail))[-1]
    assert isinstance(end, RunFailed)
    assert end.what == "Variant “larger kernels”: The disk is full."
    assert "Finished folds are kept" in end.kept


def test_that_other_settings_do_not_go_on_with_it(study: Study, tmp_path: Path) -> None:
    result = result_of(run(study, FakeTrain()))
    end = run(replace(study, folds=4), FakeTrain(), folder=result.folder)[-1]
    assert isinstance(end, RunFailed)
    assert "other settings" in end.what
    end = run(study, FakeTrain(), folder=tmp_path)[-1]
    assert isinstance(end, RunFailed)
    assert "cannot be read as a study" in end.what


def test_that_another_version_does_not_go_on_with_it(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(config: TrainConfig) -> Event | None:
        return RunFailed("The disk is full.") if config.network.kernel_size == 5 else None

    whole = result_of(run(study, FakeTrain()))
    assert isinstance(run(study, FakeTrain(fail))[-1], RunFailed)
    (begun,) = {each.parent for each in study.variants[0].config.runs.glob("*/study.json")} - {
        whole.folder
    }
    monkeypatch.setattr("training.formats.__version__", "99.0")
    end = run(study, FakeTrain(), folder=begun)[-1]
    assert isinstance(end, RunFailed)
    assert "This is 99.0" in end.what
    assert result_of(run(study, FakeTrain(), folder=whole.folder)).rows == whole.rows


def test_that_precision_is_chosen_once_for_all(study: Study) -> None:
    left = tuple(
        replace(each, config=replace(each.config, precision="auto")) for each in study.variants
    )
    train = FakeTrain()
    result_of(run(replace(study, variants=left), train))
    # The stand-in says it chose float32.
    assert [config.precision for config in train.configs] == ["auto", *["float32"] * 5]


def test_that_p_values_are_allowed_for_their_number() -> None:
    # Worked by hand: 4 x 0.005, 3 x 0.01, 2 x 0.03, then no less than before.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([0.9, 0.8]) == (1.0, 1.0)
    assert holm([]) == ()


@pytest.mark.slow
def test_that_real_networks_are_compared(study: Study) -> None:
    result = result_of(run(replace(study, folds=2), None))
    assert [row.pooled.by_film.count for row in result.rows] == [24, 24]
    assert result.rows[1].against_first is not None
    assert result.rows[1].against_first.num_films == 24
