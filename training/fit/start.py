"""The model that a transfer run begins from: checked before anything is read, told in the card. No Keras."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from training.errors import UserError
from training.fit.config import TrainConfig
from training.models.card import ModelCard
from training.models.card_file import read_card
from training.models.kept_films import digest_of, read_kept_films
from training.models.start_origin import StartOrigin
from training.models.starter import STARTER

_TRANSFER = "transfer"
# What a card says of the files that this program's runs make.
_RUN_KINDS = ("best", "final")


@dataclass(frozen=True, eq=False)
class Start:
    """A start as its file was when the run began.

    Args:
        path: The model file.
        card: Its card.
        origin: What the run's own cards say of it.
        learnt: As in ``KeptFilms``, the files that it learnt from, as far as anything says.
    """

    path: Path
    card: ModelCard
    origin: StartOrigin
    learnt: frozenset[bytes]


def start_path(config: TrainConfig) -> Path | None:
    """The file that a run begins from; None for a network with fresh weights."""
    if config.network.name != _TRANSFER:
        return None
    return config.start or STARTER


def check_start(config: TrainConfig) -> None:
    """Refuse a start that cannot be one. Reads the file's head, not its weights.

    Raises:
        UserError: It is missing, damaged, of another program, or another network.
    """
    if config.start is not None:
        _card(config.start)


def read_start(config: TrainConfig) -> Start | None:
    """What a run's start says of itself; None for a network with fresh weights.

    Raises:
        UserError: As for ``check_start``.
    """
    path = start_path(config)
    if path is None:
        return None
    card = _card(path)
    learnt = read_kept_films(path).learnt
    origin = StartOrigin(_name(path, card), digest_of(path), bool(learnt))
    if not learnt and card.kind in _RUN_KINDS:
        # Of a version that kept no lists, when every run began from the starter model.
        learnt = read_kept_films(STARTER).learnt
    return Start(path, card, origin, learnt)


def _card(path: Path) -> ModelCard:
    card = read_card(path)
    if card.network != _TRANSFER:
        raise UserError(
            f"{path.name} holds another network than transfer ({card.network or 'unknown'}), so no "
            "transfer run can begin from it.",
            "Choose a model of a transfer run, or leave the start to the starter model.",
        )
    return card


def _name(path: Path, card: ModelCard) -> str:
    if card.kind in _RUN_KINDS:
        return f"the {card.kind} model of run {card.run_id}"
    if path == STARTER:
        return "the starter model"
    return path.name
