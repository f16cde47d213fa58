"""What the backbone makes of films: kept for the next run, changed film by film."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import keras
import numpy as np
import pytest
from fit_builders import make_films, tiny_config

from training.augmentation.config import STRONG
from training.data.dataset import Split
from training.films.preprocessing import Preprocessing
from training.fit.config import NetworkConfig, TrainConfig
from training.fit.control import RunControl
from training.fit.features import StoredFeatures, compute_features
from training.fit.kept_features import KeptFeatures, key_of
from training.fit.known_films import looks_of
from training.fit.networks import FEATURES, build_network
from training.fit.preparing import RunData, prepare
from training.fit.run_writer import RunWriter
from training.fit.transfer import give_start_weights

TRANSFER = NetworkConfig(name="transfer")
SIDE = 64


class Counting(KeptFeatures):
    """Counts what had to be computed."""

    num_computed = 0

    def keep(self, keys: list[bytes], rows: np.ndarray) -> None:
        self.num_computed += len(rows)
        super().keep(keys, rows)


@pytest.fixture(scope="module")
def data_and_config(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[RunData, TrainConfig]]:
    root = tmp_path_factory.mktemp("features")
    make_films(root / "films", 8, 4)
    config = replace(
        tiny_config(root, network=TRANSFER, preprocessing=Preprocessing(size=SIDE)),
        augmentation=STRONG,
    )
    with prepare(config, RunWriter(config), lambda _: None, RunControl()) as data:
        yield data, config


@pytest.fixture(scope="module")
def model() -> keras.Model:
    network = build_network(TRANSFER, SIDE, seed=0)
    give_start_weights(network)
    return network


def computed(
    model: keras.Model, data: RunData, config: TrainConfig, kept: KeptFeatures
) -> StoredFeatures:
    return compute_features(
        model, data, config, progress=lambda *_: None, check=lambda: None, kept=kept
    )


def test_that_the_features_are_the_networks_own(
    model: keras.Model, data_and_config: tuple[RunData, TrainConfig]
) -> None:
    data, config = data_and_config
    found = computed(model, data, config, KeptFeatures())
    front = keras.Model(model.input, model.get_layer(FEATURES).output)
    films = data.store.gather(np.arange(len(data.items))).astype(np.float32)
    np.testing.assert_allclose(found.plain, front(films, training=False), atol=1e-4)
    train = data.numbers(Split.TRAIN)
    assert found.changed.shape == (1, len(train), found.plain.shape[1])
    assert np.abs(found.changed[0] - found.plain[train]).max() > 1e-3
    looks = looks_of(model, data.store.gather, np.arange(len(data.items)))
    np.testing.assert_allclose(found.looks, looks, atol=1e-4)


def test_that_a_film_is_sent_through_a_backbone_once(
    model: keras.Model, data_and_config: tuple[RunData, TrainConfig]
) -> None:
    data, config = data_and_config
    kept = Counting()
    first = computed(model, data, config, kept)
    num_once = kept.num_computed
    told: list[tuple[int, int]] = []
    again = compute_features(
        model,
        data,
        # What a head learns with says nothing of features.
        replace(config, epochs=3, learning_rate=0.1),
        progress=lambda *step: told.append(step),
        check=lambda: None,
        kept=kept,
    )
    assert kept.num_computed == num_once == len(data.items) + len(data.numbers(Split.TRAIN))
    np.testing.assert_array_equal(first.plain, again.plain)
    np.testing.assert_array_equal(first.changed, again.changed)
    assert told[-1] == (num_once, num_once)


@pytest.mark.parametrize(
    ("what", "only_changed"),
    [("another backbone", False), ("another seed", True), ("other ranges", True)],
)
def test_that_what_features_depend_on_is_told_apart(
    model: keras.Model, data_and_config: tuple[RunData, TrainConfig], what: str, only_changed: bool
) -> None:
    data, config = data_and_config
    num_train = len(data.numbers(Split.TRAIN))
    expected = num_train + (0 if only_changed else len(data.items))
    kept = Counting()
    first = computed(model, data, config, kept)
    before = kept.num_computed
    if what == "another backbone":
        second = computed(build_network(TRANSFER, SIDE, seed=1), data, config, kept)
        assert np.abs(second.plain - first.plain).max() > 1e-3
    elif what == "another seed":
        second = computed(model, data, replace(config, seed=config.seed + 1), kept)
    else:
        other = replace(config, augmentation=replace(STRONG, rotation=1.0))
        second = computed(model, data, other, kept)
    assert kept.num_computed - before == expected
    assert np.abs(second.changed - first.changed).max() > 1e-3


def test_that_a_film_changes_alike_in_any_company(
    model: keras.Model, data_and_config: tuple[RunData, TrainConfig]
) -> None:
    data, config = data_and_config
    whole = computed(model, data, config, KeptFeatures())
    train = data.numbers(Split.TRAIN)
    left = [number for number in range(len(data.items)) if number not in train[:3]]
    films = data.films
    fewer = RunData(
        data.dataset,
        replace(
            films,
            items=tuple(films.items[n] for n in left),
            digests=tuple(films.digests[n] for n in left),
            store=_Some(films.store, left),
        ),
    )
    some = computed(model, fewer, config, KeptFeatures())
    np.testing.assert_allclose(some.changed[0], whole.changed[0][3:], atol=1e-4)


class _Some:
    """Some films of a store under new numbers."""

    def __init__(self, store: object, numbers: list[int]) -> None:
        self._store = store
        self._numbers = np.array(numbers)

    def gather(self, numbers: np.ndarray) -> np.ndarray:
        return self._store.gather(self._numbers[numbers])


def test_that_the_rows_asked_for_longest_ago_are_forgotten_first() -> None:
    rows = np.arange(12, dtype=np.float32).reshape(3, 4)
    kept = KeptFeatures(limit_bytes=2 * rows[0].nbytes)
    a, b, c = (key_of(name) for name in "abc")
    kept.keep([a, b], rows[:2])
    kept.find([a])
    kept.keep([c], rows[2:])
    found = kept.find([a, b, c])
    np.testing.assert_array_equal(found[0], rows[0])
    assert found[1] is None
    np.testing.assert_array_equal(found[2], rows[2])
    kept.forget()
    assert kept.find([a, c]) == [None, None]


def test_that_kept_rows_cannot_be_changed_from_outside() -> None:
    kept = KeptFeatures()
    rows = np.ones((1, 4), np.float32)
    kept.keep([key_of("a")], rows)
    rows[:] = 2
    (found,) = kept.find([key_of("a")])
    assert found is not None
    np.testing.assert_array_equal(found, 1)
    with pytest.raises(ValueError, match="read-only"):
        found[0] = 3


def test_that_a_film_without_a_digest_is_not_kept() -> None:
    kept = KeptFeatures()
    kept.keep([b""], np.ones((1, 4), np.float32))
    assert kept.find([b""]) == [None]


def test_that_names_do_not_run_into_each_other() -> None:
    assert key_of("ab", "c") != key_of("a", "bc")
