"""Which part of the body a film shows, and from which side, as far as its file says.

Called when a run writes its scores, by ``evaluate`` and by readers of older runs. Never guessed
from the picture. Body Part Examined and View Position identify no patient; nothing else is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePath

from training.films.quiet import collected_warnings
from training.films.sniff import SNIFF_BYTES, is_headless_dicom, kind_of

# Words of DICOM PS3.16 Annex L and of folders of published sets, and what we call them.
_REGIONS = {
    "finger": "finger",
    "fingers": "finger",
    "thumb": "finger",
    "hand": "hand",
    "hands": "hand",
    "wrist": "wrist",
    "wrists": "wrist",
    "forearm": "forearm",
    "radius": "forearm",
    "ulna": "forearm",
    "radiusulna": "forearm",
    "elbow": "elbow",
    "humerus": "upper arm",
    "humeral": "upper arm",
    "upperarm": "upper arm",
    "arm": "upper arm",
    "shoulder": "shoulder",
    "scapula": "shoulder",
    "clavicle": "shoulder",
    "toe": "toe",
    "toes": "toe",
    "foot": "foot",
    "feet": "foot",
    "calcaneus": "foot",
    "heel": "foot",
    "ankle": "ankle",
    "leg": "lower leg",
    "lowerleg": "lower leg",
    "tibia": "lower leg",
    "fibula": "lower leg",
    "tibiafibula": "lower leg",
    "knee": "knee",
    "patella": "knee",
    "femur": "thigh",
    "thigh": "thigh",
    "upperleg": "thigh",
    "hip": "hip",
    "pelvis": "pelvis",
    "spine": "spine",
    "cspine": "spine",
    "tspine": "spine",
    "lspine": "spine",
    "skull": "skull",
    "chest": "chest",
    "rib": "ribs",
    "ribs": "ribs",
}
# "upper arm" in two words is one word of the table.
_PAIRS = re.compile(r"\b(upper|lower) (arm|leg)\b")
_WORDS = re.compile(r"[a-z]+")
_TAGS = ["BodyPartExamined", "ViewPosition"]
_LONGEST = 16


@dataclass(frozen=True)
class Shown:
    """What a film shows.

    Args:
        region: "wrist", "upper arm", ..., or what DICOM names it; empty where nothing says.
        view: DICOM View Position ("AP", "LL"); empty where nothing says.
    """

    region: str = ""
    view: str = ""


def shown_by(path: Path, root: Path) -> Shown:
    """What a file says of the part it shows: its DICOM header first, then its names.

    Args:
        path: The file; one that cannot be read is told by its name.
        root: The folder of films; names above it say nothing.
    """
    try:
        with path.open("rb") as file:
            head = file.read(SNIFF_BYTES)
        header = _header(path, head) if kind_of(head) == "DICOM" else Shown()
    except OSError:
        header = Shown()
    return Shown(header.region or region_in_name(path, root), header.view)


def region_in_name(path: PurePath, root: PurePath) -> str:
    """The region that a file's name tells, or that of the innermost folder that tells one.

    Args:
        path: The file.
        root: The folder of films.

    Returns:
        Empty where no name tells, or where the name that does tells two.
    """
    inside = path.relative_to(root) if path.is_relative_to(root) else PurePath(path.name)
    for name in reversed(inside.parts):
        regions = _regions_in(name)
        if regions:
            return regions.pop() if len(regions) == 1 else ""
    return ""


def _regions_in(name: str) -> set[str]:
    plain = " ".join(_WORDS.findall(name.casefold()))
    words = _PAIRS.sub(r"\1\2", plain).split()
    return {_REGIONS[word] for word in words if word in _REGIONS}


def _header(path: Path, head: bytes) -> Shown:
    from pydicom import dcmread

    from training.films.dicom_header import words

    try:
        with collected_warnings():
            dataset = dcmread(
                path,
                stop_before_pixels=True,
                specific_tags=_TAGS,
                # Never for any other bytes: see ``dicom.read_dicom``.
                force=is_headless_dicom(head),
            )
            part, view = ("".join(words((dataset,), tag)[:1]) for tag in _TAGS)
    except Exception:  # noqa: BLE001 - a damaged header makes pydicom raise anything
        return Shown()
    regions = _regions_in(part)
    # What the table does not know is told as it stands, but never a sentence.
    plain = " ".join(part.casefold().split())[:_LONGEST]
    return Shown(regions.pop() if len(regions) == 1 else plain, view.upper()[:_LONGEST])
