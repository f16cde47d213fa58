"""Says of a file, before any network sees it, that it is no radiograph: colours, modality, nothing on it.

Called by whatever is about to tell a model's answer. A file that cannot be read is not this module's
business: reading it says why.
"""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
from PIL import Image

from training.films.film import FilmError, GreyPixels
from training.films.reader import sniff

_log = logging.getLogger(__name__)

# DICOM PS3.3 C.7.3.1.1.1: what these machines make is no plain film. Left out: those that say
# nothing (OT, SC) and those that are radiographs of another kind (MG, PX, XA, RF).
_NO_FILMS = {
    "CT": "a CT slice",
    "MR": "an MR slice",
    "PT": "a PET slice",
    "NM": "a nuclear medicine picture",
    "US": "an ultrasound picture",
    "IVUS": "an ultrasound picture",
    "ES": "an endoscopy picture",
    "GM": "a microscope picture",
    "SM": "a microscope picture",
    "OP": "an eye photograph",
    "OPT": "an eye scan",
    "XC": "a photograph",
    "RTDOSE": "a dose plan",
    "SEG": "a segmentation",
}
_GREY_MODES = ("1", "L", "LA", "I", "F")
_SIDE = 96
# Red, green and blue this far apart are a colour; arrows and stamps on a film stay below the share.
_COLOUR_STEPS = 32
_COLOUR_SHARE = 0.1
_FEWEST_STEPS = 8.0


def oddity_of(path: Path, grey: GreyPixels) -> str:
    """Why a file is no radiograph, as far as its colours, its greys and its own words tell.

    Args:
        path: A film's file.
        grey: uint8, (height, width), as read from it.

    Returns:
        "colour", "a CT slice", "blank" ...; empty where nothing speaks against it.
    """
    return _told_by_file(path) or ("blank" if is_blank(grey) else "")


def _told_by_file(path: Path) -> str:
    try:
        kind = sniff(path)
        if kind is None:
            return ""
        if kind == "DICOM":
            return _NO_FILMS.get(_modality(path), "")
        return "colour" if _is_colourful(path) else ""
    except FilmError:
        return ""
    except Exception as error:  # noqa: BLE001 - a damaged file raises anything; reading it says why
        _log.debug("a file's colours could not be told: %s", type(error).__name__)
        return ""


def is_blank(grey: GreyPixels) -> bool:
    """True where there is next to nothing to see: all but one in fifty pixels are of nearly one grey.

    Args:
        grey: uint8, (height, width).
    """
    # Some thousand pixels tell it; all five million would take a tenth of a second.
    step = max(1, min(grey.shape) // _SIDE)
    low, high = np.percentile(grey[::step, ::step], (1.0, 99.0))
    return bool(high - low < _FEWEST_STEPS)


def _modality(path: Path) -> str:
    from pydicom import dcmread

    header = dcmread(path, stop_before_pixels=True, specific_tags=["Modality"])
    return str(header.get("Modality", "")).strip().upper()


def _is_colourful(path: Path) -> bool:
    with Image.open(path) as image:
        if image.mode in _GREY_MODES or image.mode.startswith("I;"):
            return False
        # A JPEG is decoded small: a fraction of the time.
        image.draft("RGB", (_SIDE, _SIDE))
        small = image.convert("RGB")
        small.thumbnail((_SIDE, _SIDE))
    colours = np.asarray(small).astype(np.int16)
    apart = colours.max(axis=2) - colours.min(axis=2)
    return bool(np.mean(apart >= _COLOUR_STEPS) >= _COLOUR_SHARE)
