"""Batches: every film once an epoch, the same for a seed, and the same from memory and file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.augmentation.config import NONE, NOTEBOOK
from training.fit.pipeline import plain_batches, training_batches
from training.fit.reading import FileStore, FilmStore, MemoryStore

SIZE = 64
COUNT = 23


def fill(store: FilmStore) -> FilmStore:
    """Film k is grey k all over."""
    for number in range(COUNT):
        store.append(np.full((SIZE, SIZE), number, np.uint8))
    return store


@pytest.fixture
def store() -> FilmStore:
    return fill(MemoryStore(COUNT, SIZE))


def batches(store: FilmStore, **changes: object) -> list[tuple[np.ndarray, ...]]:
    settings = {"augmentation": NONE, "batch_size": 5, "epochs": 3, "seed": 1} | changes
    labels = (np.arange(COUNT) % 2).astype(np.float32)
    made = training_batches(store, np.arange(COUNT), labels[:, None], labels + 1.0, **settings)
    return [tuple(part.numpy() for part in batch) for batch in made]


def numbers(batch: tuple[np.ndarray, ...]) -> list[int]:
    return [int(value) for value in batch[0][:, 0, 0, 0]]


def test_that_every_film_comes_exactly_once_an_epoch(store: FilmStore) -> None:
    made = batches(store)
    assert [len(batch[0]) for batch in made] == [5, 5, 5, 5, 3] * 3
    for epoch in range(3):
        seen = [n for batch in made[5 * epoch : 5 * epoch + 5] for n in numbers(batch)]
        assert sorted(seen) == list(range(COUNT))


def test_that_labels_and_weights_belong_to_their_films(store: FilmStore) -> None:
    for batch in batches(store):
        assert batch[0].dtype == batch[1].dtype == batch[2].dtype == np.float32
        np.testing.assert_array_equal(batch[1][:, 0], np.array(numbers(batch)) % 2)
        np.testing.assert_array_equal(batch[2], batch[1] + 1.0)


def test_that_each_epoch_and_each_seed_has_its_own_order(store: FilmStore) -> None:
    made = batches(store)
    orders = [tuple(n for b in made[5 * e : 5 * e + 5] for n in numbers(b)) for e in range(3)]
    orders.append(tuple(n for b in batches(store, seed=2, epochs=1) for n in numbers(b)))
    orders.append(tuple(range(COUNT)))
    assert len(set(orders)) == 5


def test_that_a_film_has_no_favourite_place_in_the_order(store: FilmStore) -> None:
    places = np.zeros((COUNT, COUNT))
    for epoch in np.split(np.concatenate([numbers(b) for b in batches(store, epochs=400)]), 400):
        places[epoch, np.arange(COUNT)] += 1
    # 400 / 23 = 17.4 expected in each cell; six standard deviations to either side.
    assert places.max() < 17.4 + 6 * 17.4**0.5
    assert places.min() > 17.4 - 4.1 * 17.4**0.5


def test_that_a_seed_repeats_every_pixel(store: FilmStore) -> None:
    first, again = (batches(store, augmentation=NOTEBOOK) for _ in range(2))
    for a, b in zip(first, again, strict=True):
        for part, same in zip(a, b, strict=True):
            np.testing.assert_array_equal(part, same)


def test_that_memory_and_file_give_the_same_batches(tmp_path: Path, store: FilmStore) -> None:
    from_file = fill(FileStore(tmp_path, SIZE))
    try:
        pairs = zip(
            batches(store, augmentation=NOTEBOOK),
            batches(from_file, augmentation=NOTEBOOK),
            strict=True,
        )
        for a, b in pairs:
            np.testing.assert_array_equal(a[0], b[0])
    finally:
        from_file.close()
    assert not list(tmp_path.iterdir())


def test_that_each_epoch_augments_anew() -> None:
    gradient = MemoryStore(COUNT, SIZE)
    for _ in range(COUNT):
        gradient.append(np.add.outer(np.arange(SIZE), 3 * np.arange(SIZE)).astype(np.uint8))
    made = batches(gradient, augmentation=NOTEBOOK, epochs=2)
    films = np.concatenate([batch[0] for batch in made])
    assert len({film.tobytes() for film in films}) == 2 * COUNT


def test_that_validation_comes_in_order_and_unchanged(store: FilmStore) -> None:
    chosen = np.array([3, 1, 4, 15, 9])
    labels = np.array([1, 0, 1, 0, 1], np.float32)
    for _ in range(2):
        made = list(plain_batches(store, chosen, labels[:, None], batch_size=2))
        films = np.concatenate([batch[0].numpy() for batch in made])
        np.testing.assert_array_equal(films[:, 5, 7, 0], chosen)
        np.testing.assert_array_equal(films, store.gather(chosen).astype(np.float32))
        np.testing.assert_array_equal(np.concatenate([b[1].numpy() for b in made])[:, 0], labels)
