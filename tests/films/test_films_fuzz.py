"""Damaged copies of made films, seeded: each is a film or a refusal in words, never a trace."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from tests.builders.films import bone_picture, dicom_dataset, lut_item
from tests.films.test_films_overlays import put_plane
from training.films.film import Film, FilmError
from training.films.reader import read_film, read_grey

BONE = bone_picture().astype(np.uint16) * 16
EIGHT = bone_picture()


def _plain() -> Dataset:
    dataset = dicom_dataset(
        BONE,
        bits_stored=12,
        photometric="MONOCHROME1",
        WindowCenter=[100, 200],
        WindowWidth=[50, 60],
        PixelPaddingValue=160,
        PixelAspectRatio=[3, 2],
        ImagerPixelSpacing=[0.1, 0.2],
        EstimatedRadiographicMagnificationFactor="1.1",
        RescaleSlope="0.5",
        RescaleIntercept="-3",
    )
    put_plane(dataset, 13, 11, origin=(3, 4))
    return dataset


def _frames() -> Dataset:
    voi, item = Dataset(), Dataset()
    voi.WindowCenter, voi.WindowWidth = 1000, 500
    item.FrameVOILUTSequence = [voi]
    flat = np.vstack([BONE, BONE[::-1]])
    return dicom_dataset(
        flat,
        bits_stored=12,
        Rows=len(BONE),
        NumberOfFrames=2,
        PerFrameFunctionalGroupsSequence=[item, item],
    )


def _tables() -> Dataset:
    return dicom_dataset(
        EIGHT,
        ModalityLUTSequence=[lut_item(0, [value * 3 for value in range(256)], 16)],
        VOILUTSequence=[lut_item(0, list(range(0, 800, 2)), 10, "bone")],
        syntax=ImplicitVRLittleEndian,
    )


def _palette() -> Dataset:
    dataset = dicom_dataset(EIGHT, photometric="PALETTE COLOR")
    for colour in ("Red", "Green", "Blue"):
        setattr(dataset, f"{colour}PaletteColorLookupTableDescriptor", [256, 0, 16])
        data = np.arange(256, dtype="<u2").tobytes()
        setattr(dataset, f"{colour}PaletteColorLookupTableData", data)
    return dataset


def _packed(syntax: UID, stream: bytes, bits: int) -> Dataset:
    """A film of one compressed frame, cut into two fragments."""
    pixels = EIGHT if bits == 8 else BONE
    dataset = dicom_dataset(pixels, bits_stored=bits)
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.PixelData = encapsulate([stream], fragments_per_frame=2)
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    return dataset


def _rle() -> Dataset:
    dataset = _frames()
    dataset.compress(RLELossless, encoding_plugin="pydicom")
    return dataset


KINDS: dict[str, Callable[[], Dataset]] = {
    "plain": _plain,
    "frames": _frames,
    "tables": _tables,
    "palette": _palette,
    "jpeg": lambda: _packed(JPEGBaseline8Bit, imagecodecs.jpeg8_encode(EIGHT), 8),
    "jpeg 12 bit": lambda: _packed(
        JPEGExtended12Bit, imagecodecs.jpeg8_encode(BONE, bitspersample=12), 12
    ),
    "jpeg lossless": lambda: _packed(
        JPEGLosslessSV1, imagecodecs.jpeg8_encode(BONE, bitspersample=12, lossless=True), 12
    ),
    "jpeg-ls": lambda: _packed(JPEGLSLossless, imagecodecs.jpegls_encode(BONE), 12),
    "jpeg 2000": lambda: _packed(
        JPEG2000Lossless,
        imagecodecs.jpeg2k_encode(BONE, codecformat="J2K", bitspersample=12, level=0),
        12,
    ),
    "rle": _rle,
    "colour": lambda: dicom_dataset(np.dstack([EIGHT] * 3), photometric="RGB"),
    "big-endian": lambda: dicom_dataset(BONE, syntax=ExplicitVRBigEndian, bits_stored=12),
    "deflated": lambda: dicom_dataset(BONE, syntax=DeflatedExplicitVRLittleEndian),
    "floating": lambda: _floating(),
}


def _floating() -> Dataset:
    dataset = dicom_dataset(BONE)
    dataset.FloatPixelData = BONE.astype("<f4").tobytes()
    dataset.BitsAllocated = 32
    del dataset.PixelData, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation
    return dataset


def damaged(content: bytes, chance: random.Random) -> bytes:
    """A copy that is cut short, has bytes altered, taken out or put in, mostly in its header."""
    changed = bytearray(content)
    header = min(len(changed), 1400)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        place = chance.randrange(128, header)
        kind = chance.random()
        if kind < 0.6:
            changed[place] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
        elif kind < 0.75:
            del changed[place : place + chance.randrange(1, 9)]
        elif kind < 0.9:
            changed[place:place] = chance.randbytes(chance.randrange(1, 9))
        else:
            del changed[chance.randrange(140, len(changed)) :]
        header = min(len(changed), header)
        if header <= 140:
            break
    return bytes(changed)


def try_all(folder: Path, kind: str, count: int, seed: int) -> tuple[int, int]:
    """Read ``count`` damaged copies; gives how many were films and how many were refused."""
    path = folder / "film"
    KINDS[kind]().save_as(path, enforce_file_format=True)
    content = path.read_bytes()
    chance = random.Random(f"{seed} {kind}")
    num_films = num_refused = 0
    for _ in range(count):
        path.write_bytes(damaged(content, chance))
        try:
            film = read_film(path, chance.choice((0, 0, 1)))
            assert isinstance(film, Film)
            assert np.isfinite(film.pixels).all()
            assert film.display().shape == film.pixels.shape
            assert read_grey(path).dtype == np.uint8
        except FilmError:
            num_refused += 1
        else:
            num_films += 1
    return num_films, num_refused


@pytest.mark.parametrize("kind", KINDS)
def test_that_damaged_films_are_read_or_refused_in_words(tmp_path, kind):
    num_films, num_refused = try_all(tmp_path, kind, 60, seed=1)
    # Neither is the rule: the damage is real, and not always fatal.
    assert num_films
    assert num_refused
