"""Reading films into the cache: what is kept, what is left out, and where."""

from __future__ import annotations

import hashlib
import shutil
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest
from fit_builders import make_films
from PIL import Image

from training.data.dataset import Item, Split
from training.errors import UserError
from training.films.preprocessing import Preprocessing
from training.fit import reading
from training.fit.control import CancelledError
from training.fit.reading import FileStore, MemoryStore, ReadFilms, make_store, read_films

SQUARE = Preprocessing(size=64)


def items(root: Path) -> list[Item]:
    return [
        Item(path, int(path.parent.name == "fractured"), Split.TRAIN, path.stem)
        for path in sorted(root.rglob("*"))
        if path.is_file()
    ]


def read(root: Path, **changes: object) -> ReadFilms:
    settings = {"progress": lambda done, total: None, "check": lambda: None} | changes
    found = items(root)
    return read_films(root, found, SQUARE, MemoryStore(len(found), 64), **settings)


def test_that_films_are_kept_in_order_with_their_pixels(tmp_path: Path) -> None:
    root = make_films(tmp_path / "films", 9, 4)
    films = read(root)
    assert films.items == tuple(items(root))
    pictures = films.store.gather(np.arange(len(films.items)))
    for item, picture in zip(films.items, pictures, strict=True):
        np.testing.assert_array_equal(picture[..., 0], np.asarray(Image.open(item.path)))
    assert not films.skipped


def test_that_films_which_cannot_be_read_are_left_out_and_named(tmp_path: Path) -> None:
    root = make_films(tmp_path / "films", 4, 2)
    whole = (root / "train" / "fractured" / "train 1.png").read_bytes()
    (root / "train" / "fractured" / "broken.png").write_bytes(whole[: len(whole) // 2])
    (root / "train" / "fractured" / "empty.png").write_bytes(b"")
    (root / "val" / "fractured" / "text.jpg").write_text("no film", encoding="utf-8")
    films = read(root)
    assert {item.path.name for item in films.skipped} == {"broken.png", "empty.png", "text.jpg"}
    assert all(item.reason for item in films.skipped)
    assert len(films.items) == 12
    last = films.store.gather(np.array([11]))[0, ..., 0]
    np.testing.assert_array_equal(last, np.asarray(Image.open(films.items[11].path)))


def test_that_a_film_that_vanishes_is_left_out_but_a_folder_that_vanishes_ends_the_reading(
    tmp_path: Path,
) -> None:
    root = make_films(tmp_path / "films", 3, 2)
    found = items(root)
    found[4].path.unlink()
    store = MemoryStore(len(found), 64)
    settings = {"progress": lambda done, total: None, "check": lambda: None}
    films = read_films(root, found, SQUARE, store, **settings)
    assert [skipped.path for skipped in films.skipped] == [found[4].path]
    shutil.rmtree(root)
    with pytest.raises(UserError, match="is gone"):
        read_films(root, found, SQUARE, MemoryStore(len(found), 64), **settings)


def test_that_progress_counts_to_the_end(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    read(make_films(tmp_path / "films", 5, 3), progress=lambda *values: told.append(values))
    assert told == [(number, 16) for number in range(1, 17)]


def test_that_reading_ends_at_once_when_cancelled(tmp_path: Path) -> None:
    told: list[int] = []

    def check() -> None:
        if told:
            raise CancelledError

    with pytest.raises(CancelledError):
        read(
            make_films(tmp_path / "films", 40, 3),
            progress=lambda done, total: told.append(done),
            check=check,
        )
    assert told == [1]


def test_that_the_fingerprint_tells_contents_but_not_the_place(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    make_films(here, 3, 2)
    shutil.copytree(here, there)
    assert read(here).fingerprint == read(there).fingerprint
    path = there / "val" / "fractured" / "val 0.png"
    Image.fromarray(np.zeros((64, 64), np.uint8)).save(path)
    assert read(here).fingerprint != read(there).fingerprint
    assert len(read(here).fingerprint) == hashlib.sha256().digest_size * 2


def test_that_films_go_to_memory_where_they_fit_and_else_to_a_file(tmp_path: Path) -> None:
    in_memory = make_store(10, 64, 0.5, tmp_path)
    assert isinstance(in_memory, MemoryStore)
    on_disk = make_store(10, 64, 0.0, tmp_path)
    assert isinstance(on_disk, FileStore)
    assert len(list(tmp_path.iterdir())) == 1
    on_disk.close()
    on_disk.close()
    assert not list(tmp_path.iterdir())


def test_that_a_huge_set_goes_to_a_file_however_large_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(reading.shutil, "disk_usage", lambda _: usage(2**50, 0, 2**50))
    store = make_store(94_630, 224, 1.0, tmp_path)
    assert isinstance(store, FileStore)
    store.close()


def test_that_a_disk_without_room_for_the_cache_is_told_before_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(reading.shutil, "disk_usage", lambda _: usage(2**40, 2**40, 2**20))
    with pytest.raises(UserError, match=r"0\.0 GB left") as error:
        make_store(1000, 224, 0.0, tmp_path)
    assert "Free some space" in error.value.advice
    assert not list(tmp_path.iterdir())


def test_that_a_cache_file_cut_short_is_noticed(tmp_path: Path) -> None:
    store = FileStore(tmp_path, 64)
    store.append(np.zeros((64, 64), np.uint8))
    with pytest.raises(OSError, match="cut short"):
        store.gather(np.array([1]))
    store.close()
