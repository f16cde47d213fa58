"""What a run keeps of its training films, and what it may say of a site that it has from its start."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fit_builders import tiny_config

from tests.models.model_builders import tolerate_keras, with_random_weights
from training.data.dataset import Item, Split
from training.films.preprocessing import Preprocessing
from training.fit.config import NetworkConfig, TrainConfig
from training.fit.known_films import sum_up
from training.fit.networks import build_network
from training.fit.preparing import RunData
from training.fit.reading import MemoryStore, ReadFilms
from training.fit.results import Results
from training.models.card_file import read_card
from training.models.kept_films import KeptFilms, learnt_from, read_kept_films
from training.models.starter import STARTER

pytestmark = tolerate_keras

SIZE = 32


def run_data(num_films: int, root: Path, copies: int = 2) -> RunData:
    """Soft random films, each as several files; every fifth film validates."""
    random = np.random.default_rng(0)
    store = MemoryStore(num_films * copies, SIZE)
    items = []
    for film in range(num_films):
        coarse = random.integers(40, 200, (4, 4), np.uint8)
        for copy in range(copies):
            store.append(np.kron(coarse, np.ones((8, 8), np.uint8)) + np.uint8(copy))
            split = Split.VALIDATION if film % 5 == 0 else Split.TRAIN
            items.append(Item(root / f"{film}-{copy}.png", film % 2, split, str(film)))
    digests = tuple(hashlib.sha256(item.path.name.encode()).hexdigest() for item in items)
    shapes = np.full((len(items), 2), SIZE, np.int32)
    films = ReadFilms(
        tuple(items), store, (), "", np.zeros(len(items), np.float32), digests, shapes
    )
    dataset: Any = None
    return RunData(dataset, films)


def model_of(name: str) -> Any:
    return with_random_weights(build_network(NetworkConfig(name=name), SIZE, seed=0))


def test_that_a_run_keeps_how_its_training_films_look_and_where_they_lie(tmp_path: Path) -> None:
    data = run_data(90, tmp_path)
    statistics, nearest = sum_up(model_of("compact"), data, tmp_path, lambda: None)
    assert statistics is not None
    assert nearest is not None
    assert statistics.layer == "block3_relu"
    assert len(nearest.names) == 72 * 2
    assert set(nearest.names).isdisjoint({"0-0.png", "5-1.png"})
    near = nearest.near(nearest.places[nearest.names.index("7-0.png")])
    assert near[0].name in ("7-0.png", "7-1.png")
    assert near[0].label == 1
    assert nearest.limit == statistics.limit


def test_that_a_run_of_few_films_keeps_nothing(tmp_path: Path) -> None:
    assert sum_up(model_of("compact"), run_data(40, tmp_path), tmp_path, lambda: None) == (
        None,
        None,
    )


def test_that_keeping_films_can_be_broken_off(tmp_path: Path) -> None:
    class StoppedError(Exception):
        pass

    def stop() -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        sum_up(model_of("compact"), run_data(90, tmp_path), tmp_path, stop)


def results_of(config: TrainConfig, data: Any = None) -> Results:
    rest: Any = None
    return Results(config, data, rest, rest, rest)


def test_that_a_transfer_run_keeps_the_sites_rate_only_where_its_site_is_the_same(
    tmp_path: Path,
) -> None:
    start = read_card(STARTER)
    assert start.site is not None
    assert start.site.beats_the_centre
    same = replace(
        tiny_config(tmp_path, network=NetworkConfig(name="transfer")),
        preprocessing=start.preprocessing,
    )
    assert results_of(same)._rate_of_start(start) == start.site
    for other in (
        replace(same, preprocessing=Preprocessing(224, keep_aspect=True, stretch=True)),
        replace(same, preprocessing=replace(start.preprocessing, stretch=False)),
        replace(same, network=replace(same.network, trained_parts=2)),
    ):
        assert results_of(other)._rate_of_start(start) is None


def test_that_validation_files_that_the_start_learnt_from_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = run_data(20, tmp_path)
    known = [data.films.digests[number] for number in data.numbers(Split.VALIDATION)[:3]]
    known += [data.films.digests[number] for number in data.numbers(Split.TRAIN)[:5]]
    kept = KeptFilms(None, learnt_from(known))
    monkeypatch.setattr("training.fit.start.read_kept_films", lambda _: kept)
    transfer = tiny_config(tmp_path, network=NetworkConfig(name="transfer"))
    assert results_of(transfer, data)._known(Split.VALIDATION) == 3
    assert results_of(transfer, data)._known(Split.TEST) == 0
    assert results_of(tiny_config(tmp_path), data)._known(Split.VALIDATION) == 0


def test_that_the_starter_model_keeps_its_films() -> None:
    kept, card = read_kept_films(STARTER), read_card(STARTER)
    assert kept.statistics is not None
    assert card.refuses
    # A few files are byte-equal copies of others.
    assert 0.98 * card.num_train_files < len(kept.learnt) <= card.num_train_files
    assert len(card.learnt_sets) == 2
