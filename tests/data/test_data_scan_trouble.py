"""Folders with trouble in them: junk, odd files, links, missing classes, missing folders."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.data.film_folders import numbered, put, split_set
from training.data import walk
from training.data.dataset import DataError, DataSet
from training.data.scan import scan_folder


def told(data: DataSet) -> str:
    return "\n".join(data.warnings)


def test_that_what_systems_leave_behind_is_not_worth_a_word(tmp_path: Path) -> None:
    split_set(tmp_path)
    junk = [
        "Thumbs.db",
        ".DS_Store",
        "desktop.ini",
        "._film0.png",
        "__MACOSX/film0.png",
        ".x/y.png",
    ]
    put(tmp_path, [f"train/fractured/{name}" for name in junk])
    put(tmp_path, ["README.txt", "labels.csv"], b"words")
    data = scan_folder(tmp_path)
    assert data.count() == 18
    assert data.skipped == ()


def test_that_odd_files_are_listed_and_left_out(tmp_path: Path) -> None:
    split_set(tmp_path)
    put(tmp_path, ["train/fractured/empty.png"], b"")
    put(
        tmp_path,
        ["train/fractured/text.jpg", "val/fractured/notes.txt"],
        b"no film at all, but words",
    )
    put(tmp_path, ["train/loose.png", "loose.png"])
    data = scan_folder(tmp_path)
    reasons = {item.path.relative_to(tmp_path).as_posix(): item.reason for item in data.skipped}
    assert reasons.keys() == {
        "train/fractured/empty.png",
        "train/fractured/text.jpg",
        "val/fractured/notes.txt",
        "train/loose.png",
        "loose.png",
    }
    assert "empty" in reasons["train/fractured/empty.png"]
    assert "not a film" in reasons["train/fractured/text.jpg"]
    assert "outside the class folders" in reasons["loose.png"]
    assert "5 files were left out" in told(data)
    assert data.count() == 18


def test_that_links_in_a_circle_end(tmp_path: Path) -> None:
    split_set(tmp_path)
    (tmp_path / "train" / "fractured" / "again").symlink_to(tmp_path / "train" / "fractured")
    (tmp_path / "train" / "fractured" / "up").symlink_to(tmp_path)
    (tmp_path / "train" / "fractured" / "self").symlink_to("self")
    (tmp_path / "train" / "fractured" / "gone.png").symlink_to("nowhere.png")
    data = scan_folder(tmp_path)
    reasons = {item.path.name: item.reason for item in data.skipped}
    assert "a link to a folder that is read already" in reasons["again"]
    assert "not there" in reasons["gone.png"]
    assert "leads back to a folder above" in reasons["up"]
    assert "self" in reasons
    # No film of the other class came in through the link.
    assert data.count() == 18


def test_that_links_to_class_folders_elsewhere_are_followed(tmp_path: Path) -> None:
    split_set(tmp_path / "store")
    (tmp_path / "set").mkdir()
    for split in ("train", "val"):
        (tmp_path / "set" / split).symlink_to(tmp_path / "store" / split)
    assert scan_folder(tmp_path / "set").count() == 18


def test_that_a_folder_that_may_not_be_read_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    split_set(tmp_path)
    put(tmp_path, ["train/fractured/locked/a.png"])
    # Tests may run as root, who may read everything.
    real = os.scandir

    def scandir(folder: Path) -> object:
        if Path(folder).name == "locked":
            raise PermissionError(13, "Permission denied")
        return real(folder)

    monkeypatch.setattr(walk.os, "scandir", scandir)
    data = scan_folder(tmp_path)
    (left_out,) = data.skipped
    assert left_out.path.name == "locked"
    assert "may not read" in left_out.reason


@pytest.mark.parametrize("when", [2, 5, 14])
def test_that_a_folder_that_vanishes_meanwhile_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: int
) -> None:
    root = split_set(tmp_path / "drive")
    real, calls = walk.sniff, [0]

    def sniff(path: Path) -> str | None:
        calls[0] += 1
        if calls[0] == when:
            shutil.rmtree(root)
        return real(path)

    monkeypatch.setattr(walk, "sniff", sniff)
    with pytest.raises(DataError, match='"drive" vanished'):
        scan_folder(root)


def test_that_a_missing_folder_and_a_file_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is not there"):
        scan_folder(tmp_path / "nowhere")
    put(tmp_path, ["film.png"])
    with pytest.raises(DataError, match="is a file, not a folder"):
        scan_folder(tmp_path / "film.png")


def test_that_an_empty_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no films") as caught:
        scan_folder(tmp_path)
    assert '"fractured" and "not fractured"' in caught.value.advice
    put(tmp_path, ["a/x.txt", "b/y.txt", "notes.txt"], b"words")
    with pytest.raises(DataError, match="holds no films"):
        scan_folder(tmp_path)


def test_that_unsorted_films_are_refused(tmp_path: Path) -> None:
    put(tmp_path, ["a.png", "b.png"])
    with pytest.raises(DataError, match=r"2 films in .* are not sorted"):
        scan_folder(tmp_path)


@pytest.mark.parametrize("inner", ["", "train/"])
def test_that_one_class_only_is_refused_and_the_empty_one_named(tmp_path: Path, inner: str) -> None:
    put(tmp_path, numbered(f"{inner}fractured", 5))
    put(tmp_path, [f"{inner}not fractured/a.png"], b"")
    with pytest.raises(
        DataError, match=r'one class only \("fractured"\).*"not fractured" beside it'
    ):
        scan_folder(tmp_path)


def test_that_folders_of_patients_are_refused(tmp_path: Path) -> None:
    put(tmp_path, [f"patient {n}/{file}.png" for n in range(3) for file in range(3)])
    with pytest.raises(DataError, match=r"3 folders .* patients"):
        scan_folder(tmp_path)


def test_that_each_of_many_classes_needs_its_films(tmp_path: Path) -> None:
    put(tmp_path / "a", [f"{name}/{n}.png" for name in ("elbow", "hand") for n in range(3)])
    put(tmp_path / "a", ["knee/1.png"])
    with pytest.raises(DataError, match="only 1 film"):
        scan_folder(tmp_path / "a")
    put(tmp_path / "b", [f"train/{name}/{n}.png" for name in ("hand", "knee") for n in range(3)])
    put(tmp_path / "b", [f"val/{name}/{n}.png" for name in ("elbow", "hand", "knee") for n in "ab"])
    with pytest.raises(DataError, match='3 "knee", 3 "hand" and 0 "elbow" films'):
        scan_folder(tmp_path / "b")


def test_that_three_films_are_too_few(tmp_path: Path) -> None:
    put(tmp_path / "a", ["fractured/1.png", "normal/1.png", "normal/2.png"])
    with pytest.raises(DataError, match="only 1 film"):
        scan_folder(tmp_path / "a")
    put(tmp_path / "b", ["train/fractured/1.png", "train/normal/1.png", "val/normal/2.png"])
    with pytest.raises(DataError, match="two of each class"):
        scan_folder(tmp_path / "b")


def test_that_validation_without_training_is_refused(tmp_path: Path) -> None:
    put(tmp_path, numbered("val/fractured", 3) + numbered("val/normal", 3))
    with pytest.raises(DataError, match='"val", but no "train"'):
        scan_folder(tmp_path)


def test_that_long_and_foreign_names_are_read(tmp_path: Path) -> None:
    name = "骨折 Ünïcödé " + "x" * 150
    put(tmp_path, [f"fractured/{name}/{name}{n}.png" for n in range(3)] + numbered("normal", 3))
    data = scan_folder(tmp_path)
    assert data.count(label=1) == 3
