"""How a model's training films look to it, so that it can tell films that are unlike them. No Keras.

Kept in the model file beside the card: means and deviations of one layer's channels over the
training films. A film's distance to them is Mahalanobis' (1936), with the covariance shrunk after
Ledoit and Wolf, "A well-conditioned estimator for large-dimensional covariance matrices", J.
Multivariate Anal. 88 (2004). No picture can be made from them, and no file is named.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Features = npt.NDArray[np.float32]
_Table = npt.NDArray[np.float64]

FEWEST_FILMS = 60
"""Of fewer different films a model cannot tell how unlike they are."""
KEPT_SHARE = 0.985
"""Share of films like the training films that are not refused."""
_FOLDS = 5
_MAX_FEATURES = 2048


@dataclass(frozen=True, eq=False)
class FilmStatistics:
    """What is known of the training films' features.

    Args:
        layer: Name of the network's layer they come from.
        mean: float32, (features,).
        scale: float32, (features,), above 0.
        whitening: float32, (features, features), upper triangle: a film's distance is the length of
            this times its scaled features.
        limit: Distance from which on a film is unlike the training films.
    """

    layer: str
    mean: Features
    scale: Features
    whitening: Features
    limit: float

    def distances(self, features: npt.ArrayLike) -> Features:
        """How far films lie from the training films.

        Args:
            features: (films, features).

        Returns:
            float32, (films,), 0 or above.
        """
        placed = self.placed(features)
        lengths: Features = np.sqrt(np.einsum("ij,ij->i", placed, placed)).astype(np.float32)
        return lengths

    def placed(self, features: npt.ArrayLike) -> Features:
        """Where films lie around the mean training film: how unlike two films are is how far apart.

        Args:
            features: (films, features).

        Returns:
            float32, (films, features).
        """
        scaled = (np.asarray(features, np.float32) - self.mean) / self.scale
        return (scaled @ self.whitening.T).astype(np.float32)

    def to_json(self) -> dict[str, Any]:
        """As plain values; numbers as base64, the whitening in 16 bits."""
        rows, columns = np.triu_indices(len(self.mean))
        return {
            "layer": self.layer,
            "limit": self.limit,
            "mean": _text(self.mean, "<f4"),
            "scale": _text(self.scale, "<f4"),
            "whitening": _text(self.whitening[rows, columns], "<f2"),
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """From what ``to_json`` gave.

        Raises:
            KeyError: Something is missing.
            TypeError: A value is of the wrong kind.
            ValueError: A value makes no sense.
        """
        mean, scale = _numbers(values["mean"], "<f4"), _numbers(values["scale"], "<f4")
        size = len(mean)
        if not 0 < size <= _MAX_FEATURES or len(scale) != size or not np.all(scale > 0.0):
            raise ValueError("its statistics of films make no sense")
        whitening = np.zeros((size, size), np.float32)
        whitening[np.triu_indices(size)] = _numbers(values["whitening"], "<f2")
        limit = float(values["limit"])
        if not np.isfinite(whitening).all() or not limit > 0.0:
            raise ValueError("its statistics of films make no sense")
        return cls(str(values["layer"]), mean, scale, whitening, limit)


def fit_statistics(
    layer: str,
    features: Features,
    films: npt.NDArray[np.str_],
    others: Features | None = None,
) -> FilmStatistics | None:
    """Sum up the training films.

    The limit is the distance that ``KEPT_SHARE`` of them stay below when each film is compared with
    statistics that do not know it; where films were kept back from training, the one of these if it
    is larger, for a network may know its training films by heart.

    Args:
        layer: Where the features come from.
        features: float32, (files, features), of training files.
        films: (files,): the film behind each.
        others: float32, (files, features), of files that it did not learn from; None for none.

    Returns:
        The statistics, or None of too few films.
    """
    names = np.unique(films)
    if len(names) < FEWEST_FILMS or features.shape[1] > _MAX_FEATURES:
        return None
    whole = _fit(layer, features)
    fold = dict(zip(names, np.random.default_rng(0).permutation(len(names)) % _FOLDS, strict=True))
    folds = np.array([fold[name] for name in films])
    unknown = np.concatenate(
        [
            _fit(layer, features[folds != number]).distances(features[folds == number])
            for number in range(_FOLDS)
        ]
    )
    limit = float(np.quantile(unknown, KEPT_SHARE))
    if others is not None and len(others):
        limit = max(limit, float(np.quantile(whole.distances(others), KEPT_SHARE)))
    return FilmStatistics(layer, whole.mean, whole.scale, whole.whitening, limit)


def shrunk_covariance(values: _Table) -> _Table:
    """Ledoit and Wolf's covariance: pulled towards a multiple of the identity, as far as pays.

    Args:
        values: float64, (n, features), centred.

    Returns:
        float64, (features, features), positive definite unless all values are 0.
    """
    count, size = values.shape
    covariance = values.T @ values / count
    middle = np.trace(covariance) / size
    apart = np.sum(covariance**2) - size * middle**2
    # How far the rows' own products scatter around their mean: lemma 3.4 of the paper.
    scatter = (np.mean(np.sum(values**2, axis=1) ** 2) - np.sum(covariance**2)) / count
    share = 0.0 if apart <= 0.0 else min(1.0, max(0.0, scatter / apart))
    shrunk: _Table = (1.0 - share) * covariance + share * middle * np.eye(size)
    return shrunk


def _fit(layer: str, features: Features) -> FilmStatistics:
    values = np.asarray(features, np.float64)
    mean, scale = values.mean(axis=0), values.std(axis=0)
    # A channel that is the same on all films says nothing; it must not divide by nothing either.
    scale = np.where(scale > 1e-6, scale, max(1e-6, float(scale.mean())))
    covariance = shrunk_covariance((values - mean) / scale)
    size = len(mean)
    inverse = np.linalg.inv(covariance + 1e-6 * np.eye(size))
    whitening = np.linalg.cholesky((inverse + inverse.T) / 2.0).T
    return FilmStatistics(
        layer,
        mean.astype(np.float32),
        scale.astype(np.float32),
        whitening.astype(np.float32),
        1.0,
    )


def _text(values: npt.NDArray[Any], kind: str) -> str:
    return base64.b64encode(np.ascontiguousarray(values, kind).tobytes()).decode("ascii")


def _numbers(text: str, kind: str) -> Features:
    values: Features = np.frombuffer(base64.b64decode(text), kind).astype(np.float32)
    return values
