"""What the viewer shows of one augmented form of a film. Plain: no TensorFlow."""

from __future__ import annotations

from dataclasses import dataclass

from training.films.film import GreyPixels


@dataclass(frozen=True, eq=False)
class Variant:
    """One augmented form of a film, as training would see it.

    Args:
        name: A few words: "rotated 12°".
        picture: uint8, (size, size), what the network is given.
        score: The model's, 0-1, or None without a model. Of more than two classes, of the class
            that leads on the film as it is.
        label: Of more than two classes the one that leads on this form; else None.
    """

    name: str
    picture: GreyPixels
    score: float | None = None
    label: int | None = None
