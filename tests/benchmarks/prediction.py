"""How long a warm prediction with heat map takes, and 12 variants with their scores."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.benchmarks.figures import Figure, tell
from tests.benchmarks.films import make_bone
from training.augmentation.config import STRONG
from training.films.preprocessing import Preprocessing
from training.fit.config import NetworkConfig
from training.fit.networks import build_network
from training.models.card import ModelCard
from training.models.model_file import save_model
from training.models.predictor import Predictor

ROUNDS = 15
PREDICTION_GOAL_S = 0.3
VARIANTS_GOAL_S = 1.0


def seconds(work: Callable[[], object]) -> float:
    """Median duration of a warm call."""
    for _ in range(2):
        work()
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> None:
    """Measure both networks, untrained: the weights' values change nothing."""
    grey = (make_bone(2500, 2000) * 255).astype(np.uint8)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        for network in ("compact", "notebook"):
            path = Path(name) / f"{network}.keras"
            model = build_network(NetworkConfig(name=network), 224, seed=0)
            card = ModelCard(classes=("not fractured", "fractured"), preprocessing=Preprocessing())
            save_model(model, card, path)
            start = time.perf_counter()
            predictor = Predictor(path)
            predictor.predict(grey, heat_map=True)
            tell(Figure(f"{network}: load and first prediction", time.perf_counter() - start, "s"))
            tell(
                Figure(
                    f"{network}: prediction with heat map, 2,500 x 2,000",
                    seconds(lambda p=predictor: p.predict(grey, heat_map=True)),
                    "s",
                    PREDICTION_GOAL_S,
                    at_most=True,
                )
            )
            tell(
                Figure(
                    f"{network}: 12 variants with scores",
                    seconds(lambda p=predictor: p.variants(grey, STRONG, count=12)),
                    "s",
                    VARIANTS_GOAL_S,
                    at_most=True,
                )
            )


if __name__ == "__main__":
    sys.exit(main())
