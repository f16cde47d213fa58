"""Runs that fail: told in words, with advice, and nothing lost."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from fit_builders import (
    failed,
    finished,
    make_films,
    run,
    runs_of,
    tiny_config,
)

from training.fit import evaluate, fitting, results, run_writer
from training.fit.control import RunControl
from training.fit.events import (
    DataReady,
    Event,
    Phase,
    PhaseChanged,
    RunStarted,
)
from training.fit.run_folder import RunStatus, list_runs
from training.fit.train import train
from training.models.model_file import load_model

REPOSITORY = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


def test_that_a_loss_that_runs_away_is_told_with_advice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_films(tmp_path / "films")

    original = fitting.training_batches

    def batches_with_nan(*args: Any, **settings: Any) -> tf.data.Dataset:
        def spoil(number: tf.Tensor, batch: tuple[tf.Tensor, ...]) -> tuple[tf.Tensor, ...]:
            return tf.where(number >= 3, np.float32(np.nan), batch[0]), batch[1], batch[2]

        return original(*args, **settings).enumerate().map(spoil)

    monkeypatch.setattr(fitting, "training_batches", batches_with_nan)
    end = failed(run(tiny_config(tmp_path)))
    assert "epoch 2" in end.what
    assert "lower learning rate" in end.advice
    assert not end.details
    # What the first epoch reached is not lost.
    (left,) = list_runs(tmp_path / "runs")
    assert left.status is RunStatus.FAILED
    assert (left.folder / "best.keras").is_file()
    assert "best.keras" in end.kept


def test_that_a_full_disk_while_saving_keeps_and_names_what_was_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_films(tmp_path / "films")
    real = results.write_copy

    def save(model: keras.Model, card: Any, *where: Any) -> None:
        if card.kind == "best":
            raise OSError(errno.ENOSPC, "No space left on device")
        real(model, card, *where)

    monkeypatch.setattr(results, "write_copy", save)
    end = failed(run(tiny_config(tmp_path)))
    assert "disk is full" in end.what
    assert "final.keras" in end.kept
    assert not end.details
    (left,) = list_runs(tmp_path / "runs")
    assert left.status is RunStatus.FAILED
    assert left.failure == end.what
    load_model(left.folder / "final.keras")


def test_that_a_full_disk_while_writing_the_checkpoint_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_films(tmp_path / "films")

    def save_weights(self: keras.Model, *args: Any, **settings: Any) -> None:
        # As HDF5 puts it: no errno, only words.
        raise OSError("Can't write data (file write failed: errno = 28, error message = '')")

    monkeypatch.setattr(keras.Model, "save_weights", save_weights)
    end = failed(run(tiny_config(tmp_path)))
    assert "disk is full" in end.what


def test_that_a_model_that_reads_back_differently_is_not_passed_off_as_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_films(tmp_path / "films")
    real = evaluate.load_model

    def load(path: Path) -> tuple[keras.Model, Any]:
        model, card = real(path)
        model.set_weights([value + 0.01 for value in model.get_weights()])
        return model, card

    monkeypatch.setattr(evaluate, "load_model", load)
    assert "other scores" in failed(run(tiny_config(tmp_path))).what


def test_that_a_file_that_its_figures_spoilt_is_not_passed_off_as_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_films(tmp_path / "films")
    real = results.rewrite_card

    def rewrite(path: Path, *rest: Any) -> None:
        real(path, *rest)
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)

    monkeypatch.setattr(results, "rewrite_card", rewrite)
    end = failed(run(tiny_config(tmp_path, epochs=1)))
    assert "best.keras is damaged" in end.what
    (left,) = list_runs(tmp_path / "runs")
    assert left.status is RunStatus.FAILED


def test_that_too_little_memory_is_told_with_advice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_films(tmp_path / "films")

    def fit(*args: Any, **settings: Any) -> None:
        raise tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor")

    monkeypatch.setattr(keras.Model, "fit", fit)
    end = failed(run(tiny_config(tmp_path)))
    assert "memory" in end.what
    assert "smaller batch" in end.advice
    assert runs_of(tmp_path) == []


def test_that_a_folder_that_vanishes_while_it_is_read_ends_the_run_in_words(tmp_path: Path) -> None:
    make_films(tmp_path / "films", 30, 10)

    def vanish(event: Event, control: RunControl) -> None:
        if isinstance(event, PhaseChanged) and event.phase is Phase.READING:
            shutil.rmtree(tmp_path / "films", ignore_errors=True)

    end = failed(run(tiny_config(tmp_path), vanish))
    assert "is gone" in end.what
    assert "connect it again" in end.advice
    assert runs_of(tmp_path) == []


def test_that_a_folder_that_vanishes_after_reading_does_not_matter(tmp_path: Path) -> None:
    make_films(tmp_path / "films")

    def vanish(event: Event, control: RunControl) -> None:
        if isinstance(event, DataReady):
            shutil.rmtree(tmp_path / "films")

    assert finished(run(tiny_config(tmp_path, epochs=1), vanish)).run.best


def test_that_a_class_none_of_whose_films_can_be_read_ends_the_run_in_words(tmp_path: Path) -> None:
    make_films(tmp_path / "films")
    for path in (tmp_path / "films" / "train" / "fractured").iterdir():
        path.write_bytes(path.read_bytes()[:60])
    end = failed(run(tiny_config(tmp_path)))
    assert "fractured" in end.what
    assert "can be read" in end.what
    assert runs_of(tmp_path) == []


def test_that_an_empty_folder_ends_the_run_in_words(tmp_path: Path) -> None:
    (tmp_path / "films").mkdir()
    end = failed(run(tiny_config(tmp_path)))
    assert end.what
    assert not end.details
    assert runs_of(tmp_path) == []


def test_that_a_setting_that_cannot_be_used_is_told_before_anything_is_made(tmp_path: Path) -> None:
    end = failed(run(tiny_config(tmp_path, epochs=0)))
    assert "epoch" in end.what
    assert runs_of(tmp_path) == []


def test_that_runs_which_cannot_be_kept_are_told_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_films(tmp_path / "films")
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    end = failed(run(tiny_config(tmp_path, runs=tmp_path / "file")))
    assert "not a folder" in end.what

    def refuse(self: Path, *args: Any, **settings: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(run_writer.Path, "mkdir", refuse)
    end = failed(run(tiny_config(tmp_path)))
    assert "Permission denied" in end.what
    assert "may write" in end.advice


def test_that_a_report_that_raises_ends_the_run_and_not_the_thread(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    make_films(tmp_path / "films")

    def report(event: Event) -> None:
        if not isinstance(event, (RunStarted, PhaseChanged)):
            raise RuntimeError("a bug of the caller")  # noqa: TRY004 - any error

    train(tiny_config(tmp_path), report, RunControl())
    assert "could not be reported" in caplog.text
