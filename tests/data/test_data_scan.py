"""Folders as users have them, and what the scan makes of them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.data.film_folders import JPEG, PNG, numbered, put, split_set
from training.data.dataset import DEMO_MARKER, DataError, DataSet, ScanCancelled, Split
from training.data.scan import scan_folder


def told(data: DataSet) -> str:
    return "\n".join(data.warnings)


@pytest.mark.parametrize("val", ["val", "validation", "Valid", "VAL", "validation_set"])
def test_that_splits_and_classes_are_found(tmp_path: Path, val: str) -> None:
    data = scan_folder(split_set(tmp_path, val=val))
    assert data.root == tmp_path
    assert data.class_names == ("not fractured", "fractured")
    assert [data.count(split, label) for split in Split for label in (0, 1)] == [6, 6, 3, 3, 0, 0]
    assert not data.seeded_split
    assert not data.synthetic
    assert data.skipped == ()
    first = data.items[0]
    assert first.path == tmp_path / "train" / "not fractured" / "film0.png"
    assert first.film == "not fractured/film0"


def test_that_all_three_splits_stay_apart(tmp_path: Path) -> None:
    split_set(tmp_path)
    put(tmp_path, numbered("test/fractured", 2, 200) + numbered("test/not fractured", 2, 200))
    data = scan_folder(tmp_path)
    assert data.count(Split.TEST) == 4
    assert data.count(Split.VALIDATION) == 6


def test_that_test_serves_as_validation_where_there_is_none(tmp_path: Path) -> None:
    data = scan_folder(split_set(tmp_path, val="test"))
    assert data.count(Split.VALIDATION) == 6
    assert data.count(Split.TEST) == 0
    assert '"test" serve as validation' in told(data)


@pytest.mark.parametrize("inner", ["", "train/"])
def test_that_validation_is_drawn_by_film_where_the_folder_has_none(
    tmp_path: Path, inner: str
) -> None:
    for name in ("Fractured", "Normal"):
        for film in range(10):
            put(tmp_path, [f"{inner}{name}/{film}-rotated{turn}.png" for turn in range(3)])
    data = scan_folder(tmp_path, validation_share=0.3, seed=4)
    assert data.seeded_split
    assert [data.count(Split.VALIDATION, label) for label in (0, 1)] == [9, 9]
    known = {item.film for item in data.of(Split.TRAIN)}
    assert not known & {item.film for item in data.of(Split.VALIDATION)}
    assert data == scan_folder(tmp_path, validation_share=0.3, seed=4)
    assert data.items != scan_folder(tmp_path, validation_share=0.3, seed=5).items


def test_that_equal_folders_give_equal_sets(tmp_path: Path) -> None:
    names = numbered("normal", 12) + numbered("broken", 12) + ["broken/deep/er/x.png"]
    one, two = tmp_path / "one", tmp_path / "two"
    put(one, names)
    put(two, reversed(names))
    plain = [
        [(item.path.relative_to(root), item.label, item.split, item.film) for item in data.items]
        for root in (one, two)
        for data in (scan_folder(root),)
    ]
    assert plain[0] == plain[1]
    # Sorted by split, then label, then path.
    keys = [
        (split is not Split.TRAIN, label, path.as_posix()) for path, label, split, _ in plain[0]
    ]
    assert keys == sorted(keys)


def test_that_a_folder_chosen_too_high_is_followed_down_and_named(tmp_path: Path) -> None:
    deep = tmp_path / "archive" / "bones"
    split_set(deep)
    put(tmp_path, ["__MACOSX/archive/x.png"])
    (tmp_path / "archive" / "documents").mkdir()
    data = scan_folder(tmp_path)
    assert data.root == deep
    assert 'in "archive/bones"' in data.warnings[0]


def test_that_split_folders_with_a_folder_between_are_looked_through(tmp_path: Path) -> None:
    for split, first in (("train", 0), ("val", 50)):
        for name in ("fractured", "normal"):
            put(tmp_path, numbered(f"{split}/{split}/{name}", 4, first))
    data = scan_folder(tmp_path)
    assert (data.count(Split.TRAIN), data.count(Split.VALIDATION)) == (8, 8)


def test_that_several_sets_are_not_guessed_between(tmp_path: Path) -> None:
    split_set(tmp_path / "wrists")
    split_set(tmp_path / "ankles")
    with pytest.raises(DataError, match=r'several sets of films: "ankles", "wrists"'):
        scan_folder(tmp_path)


def test_that_a_class_folder_alone_points_to_the_folder_above(tmp_path: Path) -> None:
    split_set(tmp_path)
    with pytest.raises(DataError, match="one class only") as caught:
        scan_folder(tmp_path / "train" / "fractured")
    assert 'folder above it, "train"' in caught.value.advice


def test_that_a_split_folder_alone_is_used_and_its_neighbour_named(tmp_path: Path) -> None:
    data = scan_folder(split_set(tmp_path / "bones") / "train")
    assert data.seeded_split
    assert data.count() == 12
    assert '"val" beside it is not used' in told(data)
    assert 'Choose "bones"' in told(data)


def test_that_films_at_any_depth_below_a_class_count(tmp_path: Path) -> None:
    put(tmp_path, numbered("normal", 3) + [f"fractured/patient {n}/study/1.png" for n in range(4)])
    data = scan_folder(tmp_path)
    assert data.count(label=1) == 4
    assert data.num_films() == 7


def test_that_films_are_known_by_content_not_by_extension(tmp_path: Path) -> None:
    split_set(tmp_path)
    put(tmp_path, ["train/fractured/1.2.840.1", "train/fractured/film.txt"])
    assert scan_folder(tmp_path).count(Split.TRAIN, 1) == 8


def test_that_known_films_in_validation_are_counted(tmp_path: Path) -> None:
    split_set(tmp_path)
    put(tmp_path, [f"val/fractured/film3-rotated{turn}.png" for turn in range(5)])
    put(tmp_path, ["val/not fractured/film4 - Copy.png"])
    # The same name in the other class is another film.
    put(tmp_path, ["train/fractured/other.png", "val/not fractured/other.png"])
    warning = scan_folder(tmp_path).warnings[0]
    assert warning.startswith("6 validation files of 13 show films that training knows too")
    assert '"fractured/film3", "not fractured/film4"' in warning


def test_that_few_validation_films_are_told_and_enough_are_not(tmp_path: Path) -> None:
    few = told(scan_folder(split_set(tmp_path / "few", validation=14)))
    assert "rest on only 28 films" in few
    assert "rest on" not in told(scan_folder(split_set(tmp_path / "many", validation=15)))


def test_that_a_set_without_fault_has_no_warnings(tmp_path: Path) -> None:
    assert scan_folder(split_set(tmp_path, train=40, validation=15)).warnings == ()


def test_that_uneven_classes_are_told(tmp_path: Path) -> None:
    split_set(tmp_path)
    put(tmp_path, numbered("train/fractured", 12, 300))
    assert 'training has 18 files "fractured" and 6 "not fractured"' in told(scan_folder(tmp_path))
    assert "right in 75% of them" in told(scan_folder(tmp_path))


def test_that_a_file_format_that_tells_the_class_is_told(tmp_path: Path) -> None:
    put(tmp_path, numbered("fractured", 9))
    put(tmp_path, numbered("normal", 9), JPEG)
    assert 'All "normal" films are JPEG files and all "fractured" films are PNG' in told(
        scan_folder(tmp_path)
    )
    put(tmp_path, numbered("normal", 9), PNG)
    assert "files and all" not in told(scan_folder(tmp_path))


def test_that_copies_behind_files_are_counted(tmp_path: Path) -> None:
    split_set(tmp_path)
    put(tmp_path, [f"train/fractured/film1 - Copy ({n}).png" for n in range(20)])
    assert "Only 18 different films stand behind 38 files" in told(scan_folder(tmp_path))


def test_that_validation_of_one_class_is_told(tmp_path: Path) -> None:
    split_set(tmp_path)
    shutil.rmtree(tmp_path / "val" / "fractured")
    assert 'All validation films are "not fractured"' in told(scan_folder(tmp_path))


def test_that_spellings_may_differ_between_splits(tmp_path: Path) -> None:
    put(tmp_path, numbered("train/Fractured", 4) + numbered("train/Not Fractured", 4))
    put(tmp_path, numbered("val/fractured", 2, 50) + numbered("val/not_fractured", 2, 50))
    data = scan_folder(tmp_path)
    assert data.class_names == ("Not Fractured", "Fractured")
    assert data.count(Split.VALIDATION, 0) == 2


def test_that_the_user_may_name_the_positive_class(tmp_path: Path) -> None:
    put(tmp_path, numbered("group a", 4) + numbered("group b", 4))
    data = scan_folder(tmp_path, positive="group a")
    assert data.positive == "group a"
    assert {item.label for item in data.items if "group a" in str(item.path)} == {1}
    assert '"group b" is taken as the positive' in told(scan_folder(tmp_path))


def test_that_progress_grows_to_the_number_of_files(tmp_path: Path) -> None:
    split_set(tmp_path, train=100, validation=50)
    seen: list[tuple[int, int]] = []
    scan_folder(tmp_path, progress=lambda done, total: seen.append((done, total)))
    assert seen[0] == (0, 300)
    assert seen[-1] == (300, 300)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_that_cancelling_ends_the_scan(tmp_path: Path) -> None:
    split_set(tmp_path, train=200)
    with pytest.raises(ScanCancelled):
        scan_folder(tmp_path, cancelled=lambda: True)
    seen: list[int] = []
    with pytest.raises(ScanCancelled):
        scan_folder(
            tmp_path, progress=lambda done, _: seen.append(done), cancelled=lambda: bool(seen)
        )
    assert max(seen) < 400


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1])
def test_that_a_share_that_is_none_is_a_mistake_of_the_program(
    tmp_path: Path, share: float
) -> None:
    with pytest.raises(ValueError, match="share"):
        scan_folder(split_set(tmp_path), validation_share=share)


def test_that_the_sample_set_is_known_by_its_marker(tmp_path: Path) -> None:
    split_set(tmp_path)
    (tmp_path / DEMO_MARKER).write_text("{}")
    assert scan_folder(tmp_path).synthetic
    assert scan_folder(tmp_path / "train").synthetic


def test_that_no_file_is_changed(tmp_path: Path) -> None:
    split_set(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    scan_folder(tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_that_the_published_set_is_told_as_it_is(shared_data: Path) -> None:
    """The figures are those of an audit of the files, in the README beside them."""
    data = scan_folder(shared_data / "vuppala")
    assert data.class_names == ("not fractured", "fractured")
    assert [data.count(split, label) for split in Split for label in (0, 1)] == [
        *(2230, 1215),
        *(240, 359),
        *(0, 0),
    ]
    assert data.num_films(Split.TRAIN) == 177
    assert data.num_films(Split.VALIDATION) == 13
    known = {item.film for item in data.of(Split.TRAIN)}
    shared = {item.film for item in data.of(Split.VALIDATION) if item.film in known}
    assert shared == {"not fractured/4"}
    text = told(data)
    assert "39 validation files of 599 show a film that training knows too" in text
    assert "rest on only 13 films" in text
    assert re.search(r"Only 189 different films stand behind 4,044 files", text)
    assert data.skipped == ()


def test_that_more_than_two_classes_are_found(tmp_path: Path) -> None:
    names = ("displaced fracture", "hairline fracture", "no fracture")
    put(tmp_path, [film for name in names for film in numbered(f"train/{name}", 6)])
    put(tmp_path, [film for name in names for film in numbered(f"val/{name}", 2, 50)])
    data = scan_folder(tmp_path)
    assert data.class_names == names
    assert [data.count(Split.TRAIN, label) for label in range(3)] == [6, 6, 6]
    assert {item.label for item in data.items if "hairline" in str(item.path)} == {1}
    assert "3 classes" in told(data)
    assert data.items == scan_folder(tmp_path, positive="no fracture").items
    shutil.rmtree(tmp_path / "val" / names[1])
    assert 'No validation film is "hairline fracture"' in told(scan_folder(tmp_path))


def test_that_many_classes_are_drawn_for_validation_evenly(tmp_path: Path) -> None:
    put(tmp_path, [film for name in "0123" for film in numbered(name, 10)])
    put(tmp_path, numbered("0", 10, 20))
    data = scan_folder(tmp_path)
    assert data.class_names == ("0", "1", "2", "3")
    assert [data.count(Split.VALIDATION, label) for label in range(4)] == [4, 2, 2, 2]
    assert 'training has 16 files "0" and 8 "1"' in told(data)


def test_that_a_format_of_one_of_many_classes_is_told(tmp_path: Path) -> None:
    put(tmp_path, numbered("a", 6) + numbered("b", 6))
    put(tmp_path, numbered("c", 6), JPEG)
    assert 'All "c" films are JPEG files, and no film of another class is' in told(
        scan_folder(tmp_path)
    )
