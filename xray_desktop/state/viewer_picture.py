"""What the film view can show, and how: films made ready for drawing, looks, pictures. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from training.films.film import Film, GreyPixels, Spacing, Window
from xray_desktop.state.film_text import NO_TEXT, FilmText
from xray_desktop.state.viewer_bitmap import Bitmap
from xray_desktop.state.viewer_geometry import Orientation
from xray_desktop.state.viewer_pixels import IndexedPixels, indexed


@dataclass(frozen=True, eq=False)
class LoadedFilm:
    """A film read and made ready for drawing, in a worker.

    Args:
        film: As it was read.
        pixels: Ready for drawing.
        padding: What only fills its rectangle, or None.
        overlay: What its file draws over it, or None.
    """

    film: Film
    pixels: IndexedPixels
    padding: Bitmap | None = None
    overlay: Bitmap | None = None


@dataclass(frozen=True)
class Look:
    """How the reader has set a picture.

    Args:
        window: What is drawn between black and white.
        inverted: The reader's own inversion, on top of the film's polarity.
        orientation: Turns and mirroring.
        gamma: Grey of the screen = grey of the window to the power of 1 / gamma, above 0.
            Above 1 the dark parts become lighter.
    """

    window: Window
    inverted: bool = False
    orientation: Orientation = field(default_factory=Orientation)
    gamma: float = 1.0


@dataclass(frozen=True, eq=False)
class Picture:
    """Anything the film view can show.

    Args:
        pixels: Ready for drawing.
        own_window: The window it came with.
        low_is_white: Its polarity (MONOCHROME1), before the reader's inversion.
        spacing: What distances go by (``Film.scale``), or None.
        padding: Drawn black whatever the window, or None.
        overlay: What the file draws over it, where it is to be seen; or None.
        lines: What its corner says of it: name, place in the list.
        size: "2500 x 2000 px, 12 bit".
        banner: Said above a picture that is no film ("Variant: rotated +15°"), or empty.
        text: What its file says of patient, technique and sides, as far as it may be shown.
        is_plain: True to leave name, window, zoom, size and scale bar out: no text is wanted.
        has_frames: True where room is needed at the right for the slider of frames.
        is_quiet: True to leave corners and scale bar out: they stand on the same film beside it.
    """

    pixels: IndexedPixels
    own_window: Window
    low_is_white: bool = False
    spacing: Spacing | None = None
    padding: Bitmap | None = None
    overlay: Bitmap | None = None
    lines: tuple[str, ...] = ()
    size: str = ""
    banner: str = ""
    text: FilmText = NO_TEXT
    is_plain: bool = False
    has_frames: bool = False
    is_quiet: bool = False


def are_alike(first: LoadedFilm, second: LoadedFilm) -> bool:
    """True where one film's window suits the other: a 12-bit window draws an 8-bit film black."""
    one, other = first.film, second.film
    return (one.format, one.bits) == (other.format, other.bits)


def square_picture(grey: GreyPixels, lines: tuple[str, ...], banner: str) -> Picture:
    """The picture of a network's input or a variant.

    Args:
        grey: uint8, (height, width).
        lines: For its corner.
        banner: What it is.
    """
    pixels = indexed(grey.astype(np.float32))
    size = f"{grey.shape[1]} x {grey.shape[0]} px"
    return Picture(pixels, Window.between(0.0, 255.0), lines=lines, size=size, banner=banner)


def film_picture(
    loaded: LoadedFilm,
    scale: Spacing | None,
    lines: tuple[str, ...],
    text: FilmText,
    *,
    planes_on: bool,
) -> Picture:
    """The picture of a film itself.

    Args:
        loaded: The film.
        scale: What distances go by.
        lines: What its corner says of it; frames and overlay are added.
        text: What is written on it besides.
        planes_on: Draw what its file draws over it.
    """
    film = loaded.film
    overlay = loaded.overlay if planes_on else None
    if film.num_frames > 1:
        lines = (*lines, f"frame {film.frame + 1} of {film.num_frames}")
    if loaded.overlay is not None:
        lines = (*lines, f"overlay of the file {'shown' if overlay else 'hidden'}")
    return Picture(
        loaded.pixels,
        film.window,
        film.inverted,
        scale,
        loaded.padding,
        overlay,
        lines,
        f"{film.width} x {film.height} px, {film.bits} bit",
        text=text,
        has_frames=film.num_frames > 1,
    )
