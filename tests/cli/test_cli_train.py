from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from training.augmentation.config import NOTEBOOK, STRONG
from training.cli import build_parser, main
from training.commands import train as command
from training.commands.train_options import to_config
from training.evaluation.figures import Figures, Interval
from training.films.preprocessing import Preprocessing
from training.fit.config import NetworkConfig, TrainConfig
from training.fit.control import RunControl
from training.fit.events import (
    BatchEnded,
    DataReady,
    EpochEnded,
    Event,
    Phase,
    PhaseChanged,
    RunCancelled,
    RunFailed,
    RunFinished,
    RunStarted,
)
from training.fit.run_folder import ModelResult, Run, RunStatus

Report = Callable[[Event], None]


def figures(accuracy: float, loss: float, films: int = 13) -> Figures:
    return Figures(
        num_files=600,
        num_films=films,
        loss=loss,
        accuracy=accuracy,
        sensitivity=0.9,
        specificity=None,
        auc=0.81,
        film_accuracy=8 / 13,
        film_accuracy_interval=Interval(0.355, 0.823),
        constant_guess=0.6,
        true_positives=1,
        false_positives=2,
        true_negatives=3,
        false_negatives=4,
        threshold=0.5,
    )


def epoch(number: int, is_best: bool) -> EpochEnded:
    return EpochEnded(number, 0.5, 0.75, 0.6, 0.7, 0.8, 1e-3, 12.0 * number, is_best)


def finished(config: TrainConfig, status: RunStatus = RunStatus.FINISHED, **changes: Any) -> Run:
    folder = config.runs / "the run"
    best = ModelResult("best", folder / "best.keras", 15, figures(0.989, 0.03), figures(0.778, 0.9))
    final = ModelResult(
        "final", folder / "final.keras", 20, figures(0.996, 0.01), figures(0.742, float("inf"))
    )
    return Run(
        folder=folder,
        config=config,
        status=status,
        started="2026-11-23T14:02:00+00:00",
        history=(epoch(1, True), epoch(2, False)),
        best=best,
        final=final,
        classes=("not fractured", "fractured"),
        constant_guess=0.6,
        **changes,
    )


def full_run(config: TrainConfig, report: Report, control: RunControl) -> None:
    report(RunStarted("the run", config.runs / "the run"))
    report(PhaseChanged(Phase.READING, 0, 100))
    report(PhaseChanged(Phase.READING, 100, 100))
    report(DataReady(1215, 600, 0.6, "fractured", 3))
    for number in (1, 2):
        report(PhaseChanged(Phase.TRAINING))
        report(BatchEnded(number, 1, 2, 0.69, 0.5, 148.0))
        report(PhaseChanged(Phase.VALIDATING))
        report(epoch(number, number == 1))
    report(PhaseChanged(Phase.SAVING))
    report(RunFinished(finished(config)))


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[command.Train], None]:
    """Put a fake in the place of the real training."""
    return lambda fake: monkeypatch.setattr(command, "_load_train", lambda: fake)


def parse(*arguments: str) -> TrainConfig:
    return to_config(build_parser().parse_args(["train", "films", *arguments]))


def test_that_the_published_table_is_printed_with_films_and_intervals(
    use: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    use(full_run)
    assert main(["train", "films", "--runs", str(tmp_path)]) == 0
    out, err = capsys.readouterr()
    table = [line.split("  ") for line in out.splitlines()]
    cells = {row[0]: [cell.strip() for cell in row[1:] if cell.strip()] for row in table}
    assert cells["train accuracy"] == ["98.9 %", "99.6 %"]
    assert cells["validation accuracy"] == ["77.8 %", "74.2 %"]
    assert cells["validation loss"] == ["0.900", "-"]
    assert cells["validation by film, 95 %"] == ["61.5 % (35.5 to 82.3), 13 films"] * 2
    assert "best (epoch 15)" in out
    assert "final (epoch 20)" in out
    assert "constant guess on validation: 60.0 %" in out
    assert str(tmp_path / "the run") in out
    assert "not for diagnosis" in out
    assert "1,215 films to train on, 600 to validate on, 3 left out" in err
    assert 'always guessing "fractured" is right for 60.0 %' in err
    assert "epoch 1: train 75.0 %, loss 0.500; validation 70.0 %, loss 0.600" in err
    assert err.count("best so far") == 1


def test_that_a_file_as_standard_error_gets_plain_lines_only(
    use: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    use(full_run)
    main(["train", "films"])
    err = capsys.readouterr().err
    assert "\r" not in err
    assert err.splitlines().count("reading films") == 1
    assert "films/s" not in err


def test_that_json_is_one_strict_document(use: Any, capsys: pytest.CaptureFixture[str]) -> None:
    def refuse(text: str) -> None:
        raise AssertionError(f"{text} is no JSON")

    use(full_run)
    assert main(["train", "films", "--runs", "runs", "--json"]) == 0
    values = json.loads(capsys.readouterr().out, parse_constant=refuse)
    assert values["status"] == "finished"
    assert values["constant_guess"] == 0.6
    best, final = values["models"]
    assert (best["kind"], best["epoch"], best["validation"]["accuracy"]) == ("best", 15, 0.778)
    assert best["path"] == str(Path("runs/the run/best.keras"))
    assert final["validation"]["loss"] is None
    assert final["validation"]["film_accuracy_interval"] == {"low": 0.355, "high": 0.823}
    assert [entry["epoch"] for entry in values["history"]] == [1, 2]


def test_that_a_failed_run_says_why_and_what_is_kept(
    use: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    use(
        lambda config, report, control: report(
            RunFailed("The disk\nis full.", "Free some space.", kept="best.keras is kept.")
        )
    )
    assert main(["train", "films", "--json"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == ["best.keras is kept.", "error: The disk is full. Free some space."]


def test_that_a_bug_shows_its_traceback(use: Any, capsys: pytest.CaptureFixture[str]) -> None:
    use(lambda config, report, control: report(RunFailed("A bug.", details="Traceback: here")))
    assert main(["train", "films"]) == 1
    assert "Traceback: here" in capsys.readouterr().err


def test_that_an_unusable_setting_fails_before_tensorflow_is_loaded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "_load_train", lambda: pytest.fail("loaded"))
    assert main(["train", "films", "--epochs", "0"]) == 1
    assert capsys.readouterr().err == "error: At least one epoch is needed.\n"


def test_that_ctrl_c_stops_and_keeps_and_is_then_given_back(
    use: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped_run(config: TrainConfig, report: Report, control: RunControl) -> None:
        signal.raise_signal(signal.SIGINT)
        assert control.stop.is_set()
        assert not control.cancel.is_set()
        report(RunFinished(finished(config, RunStatus.STOPPED)))

    before = signal.getsignal(signal.SIGINT)
    use(stopped_run)
    assert main(["train", "films"]) == 0
    assert signal.getsignal(signal.SIGINT) is before
    out, err = capsys.readouterr()
    assert "Stopped early and kept." in out
    assert "Ctrl-C again discards" in err


def test_that_a_second_ctrl_c_cancels(use: Any, capsys: pytest.CaptureFixture[str]) -> None:
    def cancelled_run(config: TrainConfig, report: Report, control: RunControl) -> None:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        assert control.cancel.is_set()
        report(RunCancelled())

    use(cancelled_run)
    assert main(["train", "films"]) == 130
    out, err = capsys.readouterr()
    assert out == ""
    assert "discarded" in err


def test_that_a_model_of_synthetic_films_says_so(
    use: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    use(
        lambda config, report, control: report(
            RunFinished(finished(config, RunStatus.FINISHED, synthetic=True))
        )
    )
    main(["train", "films"])
    assert "synthetic films only" in capsys.readouterr().out


def test_that_no_option_gives_the_plain_settings() -> None:
    assert parse() == TrainConfig(data=Path("films"), runs=Path("runs"))


def test_that_the_notebook_preset_gives_the_published_settings() -> None:
    config = parse("--preset", "notebook")
    assert config.network == NetworkConfig(name="notebook")
    assert config.augmentation == NOTEBOOK
    assert config.preprocessing == Preprocessing(size=224, keep_aspect=False)
    assert (config.batch_size, config.epochs, config.learning_rate) == (64, 20, 1e-3)


def test_that_options_change_only_what_they_name() -> None:
    config = parse("--preset", "notebook", "--epochs", "3", "--l2", "0.01", "--size", "128")
    assert config.network == NetworkConfig(name="notebook", l2=0.01)
    assert config.preprocessing == Preprocessing(size=128, keep_aspect=False)
    assert config.augmentation.name == "notebook"
    assert config.epochs == 3


def test_that_a_changed_range_makes_the_augmentation_custom() -> None:
    config = parse("--rotation", "5", "--no-flip")
    assert config.augmentation.name == "custom"
    assert (config.augmentation.rotation, config.augmentation.horizontal_flip) == (5.0, False)
    assert config.augmentation.tilt == STRONG.tilt


@pytest.mark.parametrize(
    ("arguments", "name", "value"),
    [
        (["--runs", "elsewhere"], "runs", Path("elsewhere")),
        (["--positive", "broken"], "positive", "broken"),
        (["--validation-share", "0.3"], "validation_share", 0.3),
        (["--batch-size", "8"], "batch_size", 8),
        (["--learning-rate", "0.01"], "learning_rate", 0.01),
        (["--monitor", "val_loss"], "monitor", "val_loss"),
        (["--no-lower-rate"], "lower_rate_on_plateau", False),
        (["--plateau-patience", "2"], "plateau_patience", 2),
        (["--early-stopping", "4"], "early_stopping_patience", 4),
        (["--class-weights"], "class_weights", True),
        (["--threshold", "0.3"], "threshold", 0.3),
        (["--precision", "float32"], "precision", "float32"),
        (["--cache-share", "0.1"], "cache_share", 0.1),
        (["--seed", "7"], "seed", 7),
        (["--preset", "transfer", "--start", "a.keras"], "start", Path("a.keras")),
    ],
)
def test_that_every_setting_of_a_run_has_an_option(
    arguments: list[str], name: str, value: Any
) -> None:
    assert getattr(parse(*arguments), name) == value
    assert getattr(parse(), name) != value
