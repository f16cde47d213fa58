"""COCO files: ``*.json`` beside the films or in ``annotations``, with "images" and "annotations".

Boxes are [left, top, width, height] and outlines [x1, y1, x2, y2, ...], in pixels of the picture;
a mask ("rle") counts by its box. A picture without an annotation is one on which somebody drew
nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from training.data.outlines import Drawn, Outline, OutlineError, OutlineProblem

_MAX_BYTES = 256 * 2**20


def read_coco(root: Path) -> tuple[list[Drawn], list[OutlineProblem]]:
    """Read the COCO files of a set's folder; other JSON files are passed over.

    Args:
        root: The set's folder.

    Returns:
        What was drawn, and what could not be read.
    """
    drawn: list[Drawn] = []
    problems: list[OutlineProblem] = []
    for path in sorted((*root.glob("*.json"), *(root / "annotations").glob("*.json"))):
        try:
            if path.stat().st_size > _MAX_BYTES:
                problems.append(OutlineProblem(path, 0, "the file is too large"))
                continue
            document = json.loads(path.read_bytes())
        except (OSError, ValueError, RecursionError):
            problems.append(OutlineProblem(path, 0, "the file cannot be read as JSON"))
            continue
        if isinstance(document, dict) and {"images", "annotations"} <= document.keys():
            _read(path, document, drawn, problems)
    return drawn, problems


def _read(
    path: Path, document: Mapping[str, Any], drawn: list[Drawn], problems: list[OutlineProblem]
) -> None:
    try:
        names = {item["id"]: str(item["name"]) for item in document.get("categories", ())}
        images = {item["id"]: item for item in document["images"]}
        annotations = list(document["annotations"])
    except (KeyError, TypeError):
        problems.append(OutlineProblem(path, 0, "images or categories lack their ids or names"))
        return
    outlines: dict[Any, list[Outline]] = {key: [] for key in images}
    bad: set[Any] = set()
    for number, annotation in enumerate(annotations, start=1):
        try:
            key, found = _annotation(annotation, images, names)
            outlines[key] += found
        except OutlineError as error:
            problems.append(OutlineProblem(path, 0, f"annotation {number}: {error}"))
            bad |= {annotation["image_id"]} if _names_image(annotation, images) else set()
    for key, image in images.items():
        # A film all of whose annotations are bad is not one on which nothing was drawn.
        if outlines[key] or key not in bad:
            drawn.append(Drawn(str(image.get("file_name", "")), tuple(outlines[key]), path))


def _names_image(annotation: Any, images: Mapping[Any, Any]) -> bool:
    try:
        return annotation["image_id"] in images
    except (KeyError, TypeError):
        return False


def _annotation(
    annotation: Any, images: Mapping[Any, Any], names: Mapping[Any, str]
) -> tuple[Any, list[Outline]]:
    """The image's id and what was drawn."""
    if not _names_image(annotation, images):
        raise OutlineError("it names no image")
    key = annotation["image_id"]
    try:
        width, height = float(images[key]["width"]), float(images[key]["height"])
        name = names.get(annotation.get("category_id"), "")
        polygons = annotation.get("segmentation")
        if isinstance(polygons, list) and polygons:
            return key, [_polygon(values, width, height, name) for values in polygons]
        left, top, wide, high = (float(value) for value in annotation["bbox"])
        return key, [Outline.of_box(left / width, top / height, wide / width, high / height, name)]
    except OutlineError:
        raise
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        raise OutlineError("its numbers, or its image's size, are missing") from None


def _polygon(values: Any, width: float, height: float, name: str) -> Outline:
    numbers = [float(value) for value in values]
    if len(numbers) % 2:
        raise OutlineError("an outline needs two numbers for each corner")
    corners = zip(numbers[::2], numbers[1::2], strict=True)
    return Outline.of_corners([(x / width, y / height) for x, y in corners], name)
