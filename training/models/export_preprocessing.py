"""``Preprocessing.apply`` as TensorFlow operations on films of any size. Imports TensorFlow.

What an exported model does before its network. ONNX and LiteRT have a resize of their own, but
none that takes the mean of what shrinks as Pillow does, and a network answers differently to other
greys: so Pillow's arithmetic is done over again in whole numbers, as products with two matrices.
All sums stay below 2 to the 24th, where float32 is exact, so every runtime gives the same greys.

Sources: Pillow's documentation of ``Image.resize`` (bilinear, ``reducing_gap``); the rounding and
the order of its two passes were found by comparing pictures, with Pillow 13.0.
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from training.films.preprocessing import REDUCING_GAP, STRETCH_PERCENTILES, Preprocessing

# Pillow's weights are whole multiples of 2 to the minus 22nd. Two halves of 11 bits, because a sum
# of greys times 22 bits would not fit into float32.
_HALF_BITS = 11
_HALF = 2**_HALF_BITS
_WHOLE = _HALF**2


def as_input(film: Any, preprocessing: Preprocessing) -> tuple[Any, Any]:
    """Bring a film to the square that the network takes.

    Args:
        film: uint8, (1, height, width, 1), up to 10,000 rows or columns.
        preprocessing: The card's.

    Returns:
        float32, (1, size, size, 1), whole numbers 0-255, equal to ``preprocessing.apply``; and
        int32, (4,), where the film lies in it: top, left, height, width.
    """
    size = preprocessing.size
    shape = tf.shape(film)
    height, width = shape[1], shape[2]
    rows, columns = _covered(height, width, preprocessing)
    place = tf.stack([(size - rows) // 2, (size - columns) // 2, rows, columns])
    down = _Axis(height, rows, place[0], size)
    across = _Axis(width, columns, place[1], size)
    grey = _resized(_reduced(tf.cast(film, tf.float32)[0, :, :, 0], down, across), down, across)
    grey = tf.ensure_shape(grey, (size, size))
    if preprocessing.stretch:
        grey = _stretched(grey, rows * columns)
    return grey[tf.newaxis, :, :, tf.newaxis], place


def _covered(height: Any, width: Any, preprocessing: Preprocessing) -> tuple[Any, Any]:
    """Rows and columns of the square that the film covers, as ``Preprocessing.placement``."""
    size = preprocessing.size
    if not preprocessing.keep_aspect:
        return tf.constant(size), tf.constant(size)
    longest = tf.maximum(height, width)
    return tuple(tf.maximum(_rounded(side * size, longest), 1) for side in (height, width))


class _Axis:
    """How one side of the film shrinks or grows.

    Args:
        pixels: Of the film.
        covered: Of the square, by the film.
        start: First of these.
        size: Of the square.
    """

    def __init__(self, pixels: Any, covered: Any, start: Any, size: int) -> None:
        self.pixels = pixels
        self.covered = covered
        # So many pixels are first made one, by plain means.
        self.block = tf.maximum(pixels // (REDUCING_GAP * covered), 1)
        self.blocks = (pixels + self.block - 1) // self.block
        self._start = start
        self._size = size

    def block_lengths(self) -> Any:
        """int32, (blocks,): the last may be shorter."""
        return tf.minimum(self.block, self.pixels - tf.range(self.blocks) * self.block)

    def weights(self) -> tuple[Any, Any]:
        """How much each block counts for each pixel of the square, times 2 to the 22nd.

        Returns:
            The upper and the lower half of that number, float32, (size, blocks); zero for pixels
            that the film does not cover.
        """
        unit = self.block * self.covered
        pixel = tf.range(self._size)[:, tf.newaxis] - self._start
        block = tf.range(self.blocks)[tf.newaxis, :]
        # A triangle around the pixel's centre, one output pixel to each side (an input pixel where
        # the film grows), in units that make every number whole.
        distance = tf.abs((2 * block + 1) * unit - (2 * pixel + 1) * self.pixels)
        triangle = tf.maximum(2 * tf.maximum(self.pixels, unit) - distance, 0)
        is_covered = tf.logical_and(pixel >= 0, pixel < self.covered)
        triangle *= tf.cast(is_covered, tf.int32)
        total = tf.maximum(tf.reduce_sum(triangle, axis=1, keepdims=True), 1)
        upper = triangle * _HALF // total
        rest = triangle * _HALF - upper * total
        lower = rest * _HALF // total
        rest = rest * _HALF - lower * total
        lower += tf.cast(2 * rest >= total, tf.int32)
        return tf.cast(upper, tf.float32), tf.cast(lower, tf.float32)


def _reduced(grey: Any, down: _Axis, across: _Axis) -> Any:
    """Means of blocks, rounded as Pillow's ``reduce`` does.

    It multiplies by 2 to the 24th over the count, cut off. So where the sum with half the count
    added is a whole multiple of a count that is no power of two, its result is one less.
    """
    missing = [
        [0, down.blocks * down.block - down.pixels],
        [0, across.blocks * across.block - across.pixels],
    ]
    parts = tf.stack([down.blocks, down.block, across.blocks, across.block])
    sums = tf.reduce_sum(tf.reshape(tf.pad(grey, missing), parts), axis=[1, 3])
    count = down.block_lengths()[:, tf.newaxis] * across.block_lengths()[tf.newaxis, :]
    doubled = tf.cast(sums, tf.int32) + count // 2
    mean = doubled // count
    is_cut = tf.logical_and(tf.equal(mean * count, doubled), 2**24 // count * count < 2**24)
    is_cut = tf.logical_and(is_cut, mean > 0)
    return tf.cast(mean - tf.cast(is_cut, tf.int32), tf.float32)


def _resized(grey: Any, down: _Axis, across: _Axis) -> Any:
    """Both passes, each rounded to whole greys, in Pillow's order: rows first in tall films."""
    row_weights, column_weights = down.weights(), across.weights()

    def vertical(values: Any) -> Any:
        return _merged(*(tf.matmul(half, values) for half in row_weights))

    def horizontal(values: Any) -> Any:
        return _merged(*(tf.matmul(values, half, transpose_b=True) for half in column_weights))

    shrinks = down.blocks - down.covered
    rows_first = tf.logical_and(shrinks > 0, shrinks > 2 * (across.blocks - across.covered))
    # Both are worked out: a choice of ways would need control flow, which runtimes do less well.
    return tf.where(rows_first, horizontal(vertical(grey)), vertical(horizontal(grey)))


def _merged(upper: Any, lower: Any) -> Any:
    """Two halves of weighted sums as rounded greys."""
    total = tf.cast(upper, tf.int32) * _HALF + tf.cast(lower, tf.int32)
    return tf.cast((total + _WHOLE // 2) // _WHOLE, tf.float32)


def _stretched(grey: Any, num_pixels: Any) -> Any:
    """Draw the 1st percentile of the film black and the 99th white; one grey stays as it is.

    Args:
        grey: float32, (size, size), zero around the film.
        num_pixels: Pixels that the film covers.
    """
    total = int(grey.shape[0]) * int(grey.shape[1])
    # What pads is black, so it comes first, and the film's pixels are the last ones.
    falling = tf.math.top_k(tf.reshape(-grey, [-1]), k=total, sorted=True).values
    rising = tf.cast(-falling, tf.int32)

    def hundredfold(percent: int) -> Any:
        """A percentile, linear between two pixels, times 100."""
        position = (num_pixels - 1) * percent
        lower = position // 100
        share = position - lower * 100
        upper = tf.minimum(lower + 1, num_pixels - 1)
        first, second = (tf.gather(rising, total - num_pixels + place) for place in (lower, upper))
        return 100 * first + share * (second - first)

    low, high = (hundredfold(round(percent)) for percent in STRETCH_PERCENTILES)
    span = tf.maximum(high - low, 1)
    above = tf.clip_by_value(100 * tf.cast(grey, tf.int32) - low, 0, span)
    return tf.where(high > low, tf.cast(_rounded(255 * above, span), tf.float32), grey)


def _rounded(value: Any, by: Any) -> Any:
    """A quotient of whole numbers, rounded, halves to the even side as Python and NumPy do."""
    whole = value // by
    twice = 2 * (value - whole * by)
    is_half = tf.cast(tf.equal(twice, by), tf.int32)
    return whole + tf.cast(twice > by, tf.int32) + is_half * (whole - 2 * (whole // 2))
