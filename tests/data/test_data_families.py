"""Film names, class names and the drawing of validation films."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.data.classes import choose_classes, known_label
from training.data.dataset import DataError, Item, Split
from training.data.families import film_name, film_names
from training.data.split import split_by_film


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("4.jpg", "4"),
        ("4-rotated1.jpg", "4"),
        ("4-rotated1-rotated3-rotated2-rotated1.jpg", "4"),
        ("wrist - Copy.png", "wrist"),
        ("wrist - Copy (2).png", "wrist"),
        ("wrist - Copy - Copy.png", "wrist"),
        ("wrist - Kopie (3).png", "wrist"),
        ("wrist (1).png", "wrist"),
        ("wrist(12).png", "wrist"),
        ("wrist_copy.png", "wrist"),
        ("wrist_copy2.png", "wrist"),
        ("wrist copy 2.png", "wrist"),
        ("wrist (another copy).png", "wrist"),
        ("image1_png.rf.71650459c69a9734ecd545067cf18bf4.jpg", "image1_png"),
        ("4-rotated2 - Copy (2)-rotated1.JPG", "4"),
        # No extension: the UID's last number is part of the name.
        ("1.2.840.113619.2.5.17", "1.2.840.113619.2.5.17"),
        ("film.dcm", "film"),
        ("extensionless", "extensionless"),
        # Marks alone are a name, and words that only end alike stay whole.
        ("-rotated1.jpg", "-rotated1"),
        ("photocopy.png", "photocopy"),
        ("unrotated.png", "unrotated"),
        ("(1).png", "(1)"),
    ],
)
def test_that_marks_of_copies_are_taken_off(file: str, name: str) -> None:
    assert film_name(Path("anywhere") / file) == name


def test_that_numbers_in_brackets_are_copies_only_of_a_film_that_is_there() -> None:
    # Windows names files so when many are renamed at once: these are four films, one copied.
    names = film_names(
        Path(name)
        for name in ("hand (1).png", "hand (2).png", "hand (3).png", "knee.png", "knee (1).png")
    )
    assert names == ["hand (1)", "hand (2)", "hand (3)", "knee", "knee"]


def test_that_rotations_of_numbered_films_join_their_film() -> None:
    names = film_names(
        map(Path, ("hand (1).png", "hand (1)-rotated2.png", "hand (2)-rotated1.png"))
    )
    assert names == ["hand (1)", "hand (1)", "hand (2)"]


def test_that_equal_names_in_different_subfolders_are_different_films() -> None:
    names = film_names(map(Path, ("a/image1.png", "b/image1.png", "a/image1 - Copy.png")))
    assert names == ["a/image1", "b/image1", "a/image1"]


@pytest.mark.parametrize(
    "name",
    [
        "Fractured",
        "FRACTURE",
        "fractures",
        "broken",
        "Positive",
        "abnormal",
        "Fraktur",
        "01_fx",
        "hairline fracture",
        "XR_positive",
        "yes",
        "1",
        "Not normal",
    ],
)
def test_that_names_of_fractures_are_known(name: str) -> None:
    assert known_label(name) == 1


@pytest.mark.parametrize(
    "name",
    [
        "not fractured",
        "Not_Fractured",
        "NOT-FRACTURED",
        "notfractured",
        "NotFractured",
        "non-fractured",
        "Nonfractured",
        "no fracture",
        "NoFracture",
        "normal",
        "negative",
        "intact",
        "Healthy",
        "unfractured",
        "unbroken",
        "not broken",
        "without fracture",
        "keine Fraktur",
        "0_normal",
        "0",
        "fracture-free",
        "no",
    ],
)
def test_that_names_without_fracture_are_known(name: str) -> None:
    assert known_label(name) == 0


@pytest.mark.parametrize("name", ["wrist", "A", "class 7", "normal fractured", ""])
def test_that_other_names_say_nothing(name: str) -> None:
    assert known_label(name) is None


@pytest.mark.parametrize(
    ("names", "negative", "positive"),
    [
        (["fractured", "not fractured"], "not fractured", "fractured"),
        (["normal", "fractured"], "normal", "fractured"),
        (["1", "0"], "0", "1"),
        # One known name is enough.
        (["wrist fine as dew", "broken"], "wrist fine as dew", "broken"),
        (["zebra", "normal"], "normal", "zebra"),
        (["fractured", "aaa"], "aaa", "fractured"),
    ],
)
def test_that_the_positive_class_is_told_by_name(
    names: list[str], negative: str, positive: str
) -> None:
    for order in (names, names[::-1]):
        classes = choose_classes(order)
        assert classes.class_names == (negative, positive)
        assert classes.labels == {negative: 0, positive: 1}
        assert classes.warnings == ()


def test_that_unknown_names_go_by_the_alphabet_and_say_so() -> None:
    classes = choose_classes(["Zeta", "alpha"])
    assert classes.class_names == ("alpha", "Zeta")
    assert '"Zeta" is taken as the positive class' in classes.warnings[0]


def test_that_the_user_decides_which_class_is_positive() -> None:
    classes = choose_classes(["alpha", "zeta"], positive="ALPHA")
    assert classes.class_names == ("zeta", "alpha")
    assert classes.warnings == ()
    assert choose_classes(["fractured", "normal"], positive="normal").positive == "normal"
    with pytest.raises(DataError, match='"alpha" and "zeta"'):
        choose_classes(["alpha", "zeta"], positive="beta")


def test_that_spellings_of_one_class_are_one_class() -> None:
    classes = choose_classes(["Not Fractured", "fractured", "not_fractured", "Fractured"])
    assert classes.labels == {
        "Not Fractured": 0,
        "not_fractured": 0,
        "fractured": 1,
        "Fractured": 1,
    }
    assert choose_classes(["normal", "fractured", "negative", "positive"]).labels["negative"] == 0


def test_that_more_classes_keep_the_natural_order_of_their_names() -> None:
    classes = choose_classes(["grade 10", "Grade 2", "grade 1", "grade 2"])
    assert classes.class_names == ("grade 1", "Grade 2", "grade 10")
    assert classes.labels == {"grade 1": 0, "Grade 2": 1, "grade 2": 1, "grade 10": 2}
    assert "3 classes" in classes.warnings[0]
    assert choose_classes(["4", "0", "3", "1", "2"]).class_names == ("0", "1", "2", "3", "4")


def test_that_none_of_more_than_two_classes_is_positive() -> None:
    classes = choose_classes(["greenstick", "transverse", "normal"], positive="transverse")
    assert classes.class_names == ("greenstick", "normal", "transverse")
    assert "none is positive" in classes.warnings[-1]


def test_that_kinds_of_fracture_side_by_side_are_classes_of_their_own() -> None:
    names = ["hairline fracture", "displaced fracture", "no fracture"]
    kinds = choose_classes(names, beside=[set(names)])
    assert kinds.class_names == ("displaced fracture", "hairline fracture", "no fracture")
    apart = [{"normal", "fractured"}, {"negative", "positive"}]
    assert choose_classes([name for pair in apart for name in pair], beside=apart).labels == {
        "normal": 0,
        "negative": 0,
        "fractured": 1,
        "positive": 1,
    }


@pytest.mark.parametrize(
    "names",
    [
        ["patient 1", "patient 2", "patient 3"],
        ["Patient_0001", "patient_0002", "PATIENT0003"],
        ["2023-01-04", "2023-02-11", "2024-07-30"],
        ["1.2.840.1", "1.2.840.2", "1.2.840.3"],
        ["100234", "100235", "100236"],
        ["IMG01", "IMG02", "IMG03"],
    ],
)
def test_that_patients_and_days_are_no_classes(names: list[str]) -> None:
    with pytest.raises(DataError, match=r"3 folders .* patients, examinations or days") as caught:
        choose_classes(names)
    assert "one folder per class" in caught.value.advice


def test_that_more_folders_than_can_be_learnt_are_no_classes() -> None:
    names = [f"kind {chr(97 + number)}" for number in range(21)]
    assert len(choose_classes(names[:20]).class_names) == 20
    with pytest.raises(DataError, match=r"21 folders .* more than 20"):
        choose_classes(names)


def films(label: int, count: int, files_each: int = 3) -> list[Item]:
    return [
        Item(Path(f"{label}/{film}-{file}.png"), label, Split.TRAIN, f"{label}/{film}")
        for film in range(count)
        for file in range(files_each)
    ]


@pytest.mark.parametrize("seed", range(5))
def test_that_no_film_is_parted_and_classes_keep_their_share(seed: int) -> None:
    items = films(0, 50) + films(1, 20)
    drawn = split_by_film(items, share=0.2, seed=seed)
    assert [item.path for item in drawn] == [item.path for item in items]
    parts = {
        split: {item.film for item in drawn if item.split is split}
        for split in (Split.TRAIN, Split.VALIDATION)
    }
    assert not parts[Split.TRAIN] & parts[Split.VALIDATION]
    assert sum(film.startswith("0/") for film in parts[Split.VALIDATION]) == 10
    assert sum(film.startswith("1/") for film in parts[Split.VALIDATION]) == 4


def test_that_seeds_draw_differently_and_order_does_not_matter() -> None:
    items = films(0, 40) + films(1, 40)

    def drawn(items: list[Item], seed: int) -> set[str]:
        split = split_by_film(items, share=0.25, seed=seed)
        return {item.film for item in split if item.split is Split.VALIDATION}

    assert drawn(items, 1) == drawn(items[::-1], 1)
    assert drawn(items, 1) != drawn(items, 2)


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_that_both_parts_get_a_film_of_each_class_at_any_share(share: float) -> None:
    drawn = split_by_film(films(0, 2) + films(1, 2), share=share, seed=0)
    assert {(item.split, item.label) for item in drawn} == {
        (split, label) for split in (Split.TRAIN, Split.VALIDATION) for label in (0, 1)
    }


def test_that_a_class_of_one_film_cannot_be_split() -> None:
    with pytest.raises(DataError, match="copies of one film"):
        split_by_film(films(0, 9) + films(1, 1, files_each=8), share=0.2, seed=0)
    with pytest.raises(DataError, match="only 1 film"):
        split_by_film(films(0, 9) + films(1, 1, files_each=1), share=0.2, seed=0)
