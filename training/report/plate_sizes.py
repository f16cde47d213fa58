"""How large pictures stand on a page. Used by the writers of PDF and of paper."""

from __future__ import annotations

import io

from PIL import Image

from training.report.document import Plates


def plate_shares(plates: Plates) -> tuple[float, ...]:
    """Each picture's share of the page's width, so that all come out equally tall; sums to 1."""
    aspects = []
    for picture in plates.pictures:
        with Image.open(io.BytesIO(picture.png)) as image:
            # A strip one pixel wide still gets room for its caption.
            aspects.append(min(max(image.width / image.height, 0.4), 2.5))
    return tuple(aspect / sum(aspects) for aspect in aspects)
