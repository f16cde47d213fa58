"""Outlines of the user's own: every way of writing them, and every way of getting it wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from training.data.outlines import Outline, OutlineError, find_outlines
from training.data.outlines_drawing import draw_outlines
from training.data.scan import scan_folder
from training.films.preprocessing import Preprocessing

NAMES = ("train/fractured/a.png", "train/fractured/b.png", "train/not fractured/c.png")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "set"
    for number, name in enumerate(NAMES):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((8, 8 + number), 9 * number, np.uint8)).save(path)
    return folder


def found(root: Path) -> dict[str, list[list[tuple[float, float]]]]:
    """Outlines by the film's name, rounded."""
    outlines = find_outlines(root, [root / name for name in NAMES])
    return {
        film.path.name: [
            [(round(x, 3), round(y, 3)) for x, y in outline.corners] for outline in film.outlines
        ]
        for film in outlines.films
    }


def problems(root: Path) -> list[str]:
    return [str(each) for each in find_outlines(root, [root / name for name in NAMES]).problems]


BOX = [(0.25, 0.1), (0.75, 0.1), (0.75, 0.3), (0.25, 0.3)]
TRIANGLE = [(0.1, 0.2), (0.5, 0.2), (0.5, 0.9)]


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


@pytest.mark.parametrize("place", ["labels/train/fractured", "labels", "../labels"])
def test_that_yolo_files_are_read(root: Path, place: str) -> None:
    write(root / place / "a.txt", "0 0.5 0.2 0.5 0.2\n\n1 0.1 0.2 0.5 0.2 0.5 0.9\n")
    write(root / place / "c.txt", "")
    write(root / "labels" / "classes.txt", "fracture\n")
    assert found(root) == {"a.png": [BOX, TRIANGLE], "c.png": []}
    assert problems(root) == []


def test_that_a_coco_file_is_read(root: Path) -> None:
    document: dict[str, Any] = {
        "images": [
            {"id": 7, "file_name": "images/fractured/a.png", "width": 200, "height": 100},
            {"id": 8, "file_name": "c.png", "width": 200, "height": 100},
        ],
        "categories": [{"id": 1, "name": "fracture"}],
        "annotations": [
            {"image_id": 7, "category_id": 1, "bbox": [50, 10, 100, 20], "segmentation": []},
            {"image_id": 7, "category_id": 1, "segmentation": [[20, 20, 100, 20, 100, 90]]},
            {"image_id": 7, "bbox": [50, 10, 100, 20], "segmentation": {"counts": "", "size": []}},
        ],
    }
    write(root / "annotations" / "all.json", json.dumps(document))
    write(root / "other.json", json.dumps({"settings": 3}))
    assert found(root) == {"a.png": [BOX, TRIANGLE, BOX], "c.png": []}
    outlines = find_outlines(root, [root / name for name in NAMES])
    assert [each.name for each in outlines.by_path[root / NAMES[0]]] == ["fracture", "fracture", ""]
    assert outlines.num_outlined == 1
    assert problems(root) == []


def test_that_a_csv_file_is_read(root: Path) -> None:
    write(
        root / "outlines.csv",
        "File,x,y,width,height,polygon,image_width,image_height\n"
        "a.png,0.25,0.1,0.5,0.2,,,\n"
        'fractured\\a.png,,,,,"20 20 100 20 100 90",200,100\n'
        "c.png,,,,,,,\n",
    )
    assert found(root) == {"a.png": [BOX, TRIANGLE], "c.png": []}
    assert problems(root) == []


def test_that_the_first_source_of_a_film_counts(root: Path) -> None:
    write(root / "labels" / "a.txt", "0 0.5 0.2 0.5 0.2\n")
    write(root / "outlines.csv", "file,polygon\na.png,0 0 1 0 1 1\nb.png,0.1 0.2 0.5 0.2 0.5 0.9\n")
    assert found(root) == {"a.png": [BOX], "b.png": [TRIANGLE]}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("0 0.5 0.2 0.5 x", "a number is wanted"),
        ("0 0.5 0.2 nan 0.2", "a number is wanted"),
        ("0 0.5 0.2", "three corners"),
        ("0 0.1 0.1 0.2 0.2 0.3", "two numbers for each corner"),
        ("0 0.5 0.2 0.5 0", "no width or no height"),
        ("0 50 20 50 20", "outside the film"),
    ],
)
def test_that_a_bad_line_is_listed_and_the_others_are_read(
    root: Path, line: str, reason: str
) -> None:
    write(root / "labels" / "a.txt", f"0 0.5 0.2 0.5 0.2\n{line}\n")
    write(root / "labels" / "b.txt", line)
    assert found(root) == {"a.png": [BOX]}
    first, second = problems(root)
    assert first.startswith("a.txt, line 2: ")
    assert reason in first
    assert second.startswith("b.txt, line 1: ")


def test_that_names_without_a_film_are_listed(root: Path) -> None:
    write(root / "labels" / "nobody.txt", "0 0.5 0.2 0.5 0.2\n")
    write(
        root / "outlines.csv", "file,x,y,width,height\nnone.png,0,0,1,1\n,0,0,1,1\nb.png,0,0,,1\n"
    )
    assert found(root) == {}
    assert [text.split(": ")[1] for text in problems(root)] == [
        'there is no film "nobody"',
        "no file is named",
        '"" is no number',
        'there is no film "none.png"',
    ]


def test_that_names_of_several_films_are_listed(root: Path) -> None:
    other = root / "val" / "fractured" / "a.png"
    other.parent.mkdir(parents=True)
    other.write_bytes((root / NAMES[0]).read_bytes())
    write(root / "labels" / "a.txt", "0 0.5 0.2 0.5 0.2\n")
    outlines = find_outlines(root, [*(root / name for name in NAMES), other])
    assert outlines.films == ()
    assert "several films" in str(outlines.problems[0])


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.json", "{", "cannot be read as JSON"),
        ("a.json", '{"images": [{}], "annotations": []}', "lack their ids"),
        ("outlines.csv", "name,x\n", "the first line must name"),
        ("outlines.csv", "", "the first line must name"),
    ],
)
def test_that_a_broken_file_is_listed(root: Path, name: str, text: str, reason: str) -> None:
    write(root / name, text)
    assert found(root) == {}
    assert reason in problems(root)[0]


def test_that_bad_annotations_are_listed(root: Path) -> None:
    document = {
        "images": [{"id": 1, "file_name": "a.png"}, {"id": 2, "file_name": "b.png"}],
        "annotations": [
            {"image_id": 9, "bbox": [0, 0, 1, 1]},
            {"image_id": 1, "bbox": [0, 0, 1, 1]},
        ],
    }
    write(root / "boxes.json", json.dumps(document))
    # Of the first film nothing is known; on the second somebody drew nothing.
    assert found(root) == {"b.png": []}
    assert [text.split("annotation ")[1] for text in problems(root)] == [
        "1: it names no image",
        "2: its numbers, or its image's size, are missing",
    ]


def test_that_the_scan_counts_outlines_and_warns_of_bad_lines(root: Path) -> None:
    for name in ("d", "e"):
        Image.new("L", (8, 8)).save(root / f"train/not fractured/{name}.png")
    write(root / "labels" / "a.txt", "0 0.5 0.2 0.5 0.2\n0 1\n")
    data = scan_folder(root)
    assert data.outlines.num_outlined == 1
    assert any("1 line of outlines was left out" in warning for warning in data.warnings)


def test_that_corners_a_little_over_the_edge_are_moved_onto_it() -> None:
    outline = Outline.of_corners([(-0.01, 0.0), (1.01, 0.0), (0.5, 1.0)])
    assert outline.corners == ((0.0, 0.0), (1.0, 0.0), (0.5, 1.0))
    with pytest.raises(OutlineError, match="outside"):
        Outline.of_corners([(-0.1, 0.0), (1.0, 0.0), (0.5, 1.0)])


def test_that_outlines_lie_where_the_film_lies() -> None:
    film = np.zeros((100, 50), np.uint8)
    film[20:60, 10:30] = 200
    corners = ((0.2, 0.2), (0.58, 0.2), (0.58, 0.59), (0.2, 0.59))
    for keep_aspect in (True, False):
        preprocessing = Preprocessing(200, keep_aspect)
        drawn = draw_outlines([corners], preprocessing, 100, 50) > 0
        bright = preprocessing.apply(film) > 100
        assert np.sum(drawn & bright) / np.sum(drawn | bright) > 0.9


def test_that_the_outlined_set_is_read(shared_data: Path) -> None:
    films = sorted((shared_data / "boxed" / "images").iterdir())
    outlines = find_outlines(shared_data / "boxed" / "images", films)
    assert outlines.problems == ()
    assert len(outlines.films) == len(films)
    boxes = [np.ptp(np.array(each.corners), axis=0) for f in outlines.films for each in f.outlines]
    # The set's README: the outline's box is 1.9 % of the film at the median.
    assert np.median([width * height for width, height in boxes]) == pytest.approx(0.019, abs=0.002)
