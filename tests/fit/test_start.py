"""A transfer run that begins from another model than the starter model."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fit_builders import failed, finished, make_films, run, runs_of, tiny_config
from test_transfer import TRANSFER, starter_weights, transfer_config, weights_by_layer

from tests.models.model_builders import make_card, make_compact_like, tolerate_keras
from training.errors import UserError
from training.films.preprocessing import Preprocessing
from training.fit.config import TrainConfig
from training.fit.control import RunControl
from training.fit.crossval import cross_validate
from training.fit.crossval_wording import known_in_folds
from training.fit.events import RunFailed
from training.fit.networks import build_network
from training.fit.run_folder import start_words
from training.fit.start import check_start, read_start
from training.fit.study_settings import parse_settings
from training.fit.transfer import give_start_weights
from training.models.card import ModelCard
from training.models.card_file import read_card
from training.models.card_writing import rewrite_card
from training.models.kept_films import KeptFilms, learnt_from, read_kept_films
from training.models.model_file import load_model, save_model
from training.models.start_origin import StartOrigin
from training.models.starter import STARTER

pytestmark = tolerate_keras


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def start_card(kind: str) -> ModelCard:
    return make_card(64, network="transfer", kind=kind, run_id="2026-11-01_transfer")


@pytest.fixture(scope="module")
def plain_start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A transfer model that differs from the starter model in its last backbone part."""
    model = build_network(TRANSFER, 64, seed=0)
    give_start_weights(model)
    layer = model.get_layer("top_conv")
    layer.set_weights([weight * 1.01 for weight in layer.get_weights()])
    path = tmp_path_factory.mktemp("start") / "start.keras"
    save_model(model, start_card("starter"), path)
    return path


def make_start(
    plain: Path, path: Path, learnt: frozenset[bytes] = frozenset(), kind: str = "starter"
) -> Path:
    shutil.copy(plain, path)
    rewrite_card(path, start_card(kind), KeptFilms(None, learnt).to_json())
    return path


def start_config(root: Path, start: Path, **changes: object) -> TrainConfig:
    return transfer_config(root, start=start, epochs=1, **changes)


def test_that_a_start_is_kept_in_the_settings_of_a_run(tmp_path: Path) -> None:
    config = start_config(tmp_path, tmp_path / "start.keras")
    assert TrainConfig.from_json(config.to_json()) == config
    older = config.to_json()
    del older["start"]
    assert TrainConfig.from_json(older) == replace(config, start=None)


def test_that_only_transfer_begins_from_a_model(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="transfer"):
        tiny_config(tmp_path, start=STARTER).check()
    transfer_config(tmp_path, start=STARTER).check()


def test_that_what_is_no_transfer_model_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    make_films(tmp_path / "films", 2, 2)
    other = tmp_path / "compact.keras"
    save_model(make_compact_like(), make_card(), other)
    broken = tmp_path / "broken.keras"
    broken.write_bytes(other.read_bytes()[:500])
    for start, words in (
        (other, "another network than transfer (compact)"),
        (broken, "only a part"),
        (tmp_path / "nowhere.keras", "is not there"),
    ):
        config = start_config(tmp_path, start)
        with pytest.raises(UserError):
            check_start(config)
        events = run(config)
        assert words in failed(events).what
        # Neither a phase nor a run's folder: nothing was begun.
        assert len(events) == 1
        assert not runs_of(tmp_path)


def test_that_a_cross_validation_refuses_a_bad_start_too(tmp_path: Path) -> None:
    make_films(tmp_path / "films", 4, 2)
    events: list[object] = []
    config = start_config(tmp_path, tmp_path / "nowhere.keras")
    cross_validate(config, 2, events.append, RunControl())
    assert [type(event) for event in events] == [RunFailed]
    assert not runs_of(tmp_path)


def test_that_a_study_refuses_a_bad_start_before_its_first_variant(tmp_path: Path) -> None:
    values: dict[str, Any] = {
        "base": {"network": {"name": "transfer"}},
        "variant": [{"name": "starter"}, {"name": "other", "start": "nowhere.keras"}],
    }
    with pytest.raises(UserError, match=r"Variant “other”: .*is not there"):
        parse_settings(values, tmp_path, tmp_path)
    values["variant"][1]["start"] = str(STARTER)
    assert parse_settings(values, tmp_path, tmp_path).variants[1].config.start == STARTER


def test_that_a_model_that_keeps_no_list_of_its_films_is_told(
    plain_start: Path, tmp_path: Path
) -> None:
    bare = read_start(start_config(tmp_path, make_start(plain_start, tmp_path / "bare.keras")))
    assert bare is not None
    assert not bare.origin.lists_films
    assert "keeps no list" in bare.origin.warning
    assert not bare.learnt
    # A run of a version before lists can only have begun from the starter model.
    of_run = read_start(
        start_config(tmp_path, make_start(plain_start, tmp_path / "run.keras", kind="final"))
    )
    assert of_run is not None
    assert of_run.origin.warning
    assert of_run.learnt == read_kept_films(STARTER).learnt
    assert of_run.origin.name == "the final model of run 2026-11-01_transfer"
    plain = read_start(transfer_config(tmp_path))
    assert plain is not None
    assert plain.origin.words.startswith(f"the starter model (SHA-256 {digest(STARTER)[:12]}")
    assert not plain.origin.warning
    assert read_start(tiny_config(tmp_path)) is None


@pytest.mark.slow
def test_that_a_run_begins_from_the_chosen_model_and_says_so(
    plain_start: Path, tmp_path: Path
) -> None:
    make_films(tmp_path / "films", 8, 4)
    known = tmp_path / "films" / "val" / "fractured" / "val 1.png"
    other = learnt_from([hashlib.sha256(b"a film of another set").hexdigest()])
    start = make_start(plain_start, tmp_path / "start.keras", learnt_from([digest(known)]) | other)
    done = finished(run(start_config(tmp_path, start))).run
    assert done.best is not None
    model, card = load_model(done.best.path)
    theirs, ours = weights_by_layer(load_model(start)[0]), weights_by_layer(model)
    np.testing.assert_array_equal(ours["top_conv"][0], theirs["top_conv"][0])
    assert not np.array_equal(ours["top_conv"][0], starter_weights()["top_conv"][0])
    assert card.start is not None
    assert (card.start.name, card.start.sha256) == ("start.keras", digest(start))
    assert done.start == card.start
    assert done.config.start == start
    assert (card.known_to_start, done.known_to_start) == (1, 1)
    assert start_words(done).startswith("1 of the 8 validation files are among those that start")
    # What the next run must know: the films of the start, and this run's.
    train = [digest(path) for path in (tmp_path / "films" / "train").rglob("*.png")]
    learnt = read_kept_films(done.best.path).learnt
    assert learnt == learnt_from([*train, digest(known)]) | other


@pytest.mark.slow
def test_that_tested_films_that_the_start_knows_are_told_of_the_folds(
    plain_start: Path, tmp_path: Path
) -> None:
    make_films(tmp_path / "films", 8, 4)
    files = sorted((tmp_path / "films").rglob("*.png"))
    start = make_start(
        plain_start, tmp_path / "start.keras", learnt_from(digest(path) for path in files[:5])
    )
    config = start_config(tmp_path, start, preprocessing=Preprocessing(64, stretch=True))
    events: list[object] = []
    cross_validate(config, 2, events.append, RunControl())
    result = events[-1].result  # type: ignore[attr-defined]
    assert known_in_folds(result.runs).startswith("5 of the 24 files tested")
    assert all(read_card(run.best.path).start.name == "start.keras" for run in result.runs)
    unlisted = StartOrigin("bare.keras", "0", lists_films=False)
    runs = [replace(run, known_tested=0, start=unlisted) for run in result.runs]
    assert "keeps no list" in known_in_folds(runs)
    assert known_in_folds([None, replace(runs[0], start=None)]) == ""
