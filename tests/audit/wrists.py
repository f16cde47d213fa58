"""Films for the audit's tests: drawn wrists and copies of them, made with Pillow only.

Pillow is the independent truth: nothing here shares code with the audit.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from training.audit.grouping import Grouping, group_files
from training.audit.reading import read_files
from training.data.demo_film import draw_film

SIZE = 256


@cache
def _drawn(seed: int) -> bytes:
    return draw_film((77, seed), fractured=bool(seed % 2), size=SIZE).pixels.tobytes()


def wrist(seed: int) -> Image.Image:
    """One of any number of different drawn films, SIZE by SIZE, grey."""
    return Image.frombytes("L", (SIZE, SIZE), _drawn(seed))


def brightened(image: Image.Image, gain: float = 1.25, lift: float = 25.0) -> Image.Image:
    """Brighter, bright parts clipped to white as an editor does."""
    return image.point(lambda grey: round(min(255.0, grey * gain + lift)))


def windowed(image: Image.Image, low: int = 30, high: int = 190) -> Image.Image:
    """Shown in a narrower window."""
    return image.point(lambda grey: round(min(255.0, max(0.0, (grey - low) * 255 / (high - low)))))


def padded(image: Image.Image, side: int = 340) -> Image.Image:
    """Within a black margin."""
    canvas = Image.new("L", (side, side))
    canvas.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return canvas


def cropped(image: Image.Image, share: float = 0.8) -> Image.Image:
    """Its middle, enlarged to the full size again."""
    edge = round(image.width * (1 - share) / 2)
    inner = image.crop((edge, edge, image.width - edge, image.height - edge))
    return inner.resize(image.size, Image.Resampling.BICUBIC)


def sheared(image: Image.Image, slope: float = 0.12) -> Image.Image:
    """Slanted about its middle."""
    shift = -slope * image.height / 2
    return image.transform(
        image.size, Image.Transform.AFFINE, (1, slope, shift, 0, 1, 0), Image.Resampling.BICUBIC
    )


def noisy(image: Image.Image, deviation: float = 6.0) -> Image.Image:
    """With noise added."""
    noise = np.random.default_rng(5).normal(0.0, deviation, (image.height, image.width))
    return Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))


def turned(image: Image.Image, degrees: float, *, grow: bool = False) -> Image.Image:
    """Turned about its middle; corners black."""
    return image.rotate(degrees, Image.Resampling.BICUBIC, expand=grow)


COPIES = {
    "turned by 37 degrees": lambda image: turned(image, 37),
    "turned by 180 degrees": lambda image: turned(image, 180),
    "turned by 20 degrees on a larger canvas": lambda image: turned(image, 20, grow=True),
    "mirrored": ImageOps.mirror,
    "flipped and turned": lambda image: turned(ImageOps.flip(image), -71),
    "brightened": brightened,
    "in a narrower window": windowed,
    "smaller": lambda image: image.resize((120, 120), Image.Resampling.BILINEAR),
    "larger": lambda image: image.resize((700, 700), Image.Resampling.BICUBIC),
    "squashed": lambda image: image.resize((200, 300), Image.Resampling.BICUBIC),
    "padded": padded,
    "cropped": cropped,
    "sheared": sheared,
    "noisy": noisy,
    "turned, mirrored and brightened": lambda image: brightened(
        ImageOps.mirror(turned(image, 123))
    ),
}


def save(path: Path, image: Image.Image, quality: int | None = None) -> Path:
    """Save as PNG, or as JPEG of some quality."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if quality is None:
        image.save(path, "PNG")
    else:
        image.save(path, "JPEG", quality=quality)
    return path


def grouped(paths: list[Path], families: list[str] | None = None) -> Grouping:
    """Group files; without families every file has a name of its own."""
    return group_files(read_files(paths), families or [str(path) for path in paths])
