"""The choice of arithmetic: what is hopeless is not tried, and the faster is taken."""

from __future__ import annotations

import pytest
import tensorflow as tf

from training.fit import precision
from training.fit.config import NetworkConfig

NETWORK = NetworkConfig(name="compact")


@pytest.fixture(autouse=True)
def nothing_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a fresh process."""
    monkeypatch.setattr(precision, "_choices", {})


def take_seconds(monkeypatch: pytest.MonkeyPatch, *, convolution: float, step: float) -> list[str]:
    """Let bfloat16 take so many times as long as float32; returns the networks' steps tried."""
    tried: list[str] = []

    def step_seconds(network: object, size: int, dtype: str, check: object) -> float:
        tried.append(dtype)
        return step if dtype == "mixed_bfloat16" else 1.0

    monkeypatch.setattr(precision, "_step_seconds", step_seconds)
    monkeypatch.setattr(
        precision,
        "_convolution_seconds",
        lambda dtype: convolution if dtype == tf.bfloat16 else 1.0,
    )
    return tried


def test_spelled_out_bfloat16_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step of it would hold the user up for minutes."""
    tried = take_seconds(monkeypatch, convolution=7.0, step=0.1)
    assert precision.choose_precision(NETWORK, 224) == "float32"
    assert tried == []


@pytest.mark.parametrize(
    ("step", "chosen"), [(0.5, "mixed_bfloat16"), (0.95, "float32"), (2.0, "float32")]
)
def test_the_faster_step_decides(monkeypatch: pytest.MonkeyPatch, step: float, chosen: str) -> None:
    """The convolution rules out only; a gain within the noise is none."""
    tried = take_seconds(monkeypatch, convolution=1.5, step=step)
    assert precision.choose_precision(NETWORK, 224) == chosen
    assert set(tried) == {"float32", "mixed_bfloat16"}


def test_a_choice_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second run of a session starts without a trial."""
    tried = take_seconds(monkeypatch, convolution=1.0, step=0.5)
    for _ in range(2):
        precision.choose_precision(NETWORK, 224)
    assert len(tried) == 2


def test_a_real_convolution_is_timed_in_both() -> None:
    """On whatever processor this is, the trial runs and gives times."""
    times = [precision._convolution_seconds(dtype) for dtype in (tf.float32, tf.bfloat16)]
    assert min(times) > 0
