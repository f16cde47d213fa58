"""What the model file says of itself, and what software made it."""

from __future__ import annotations

from training.models.card import ModelCard
from training.report.document import Section, Table
from training.report.subject import Subject

_WIDTHS = (0.34, 0.66)


def card_section(subject: Subject) -> Section:
    """The best model's card and the software.

    Args:
        subject: The run or cross-validation.
    """
    card = subject.card
    rows: tuple[tuple[str, str], ...] = (
        ("Model", f"{card.kind} of run {card.run_id}"),
        ("Made", f"{card.created} by version {card.program_version}"),
        ("Purpose", "research and teaching; not a medical device, not for decisions on patients"),
        ("Trained on", _trained_words(card)),
        *_answer_rows(card),
        ("Not fit for", "other body parts, projections or hospitals than those it was tested on"),
        ("Software", software_words(subject)),
    )
    title = "Model card" if subject.crossval is None else "Model card (of the first fold)"
    return Section(title, (Table((), rows, _WIDTHS),))


def _answer_rows(card: ModelCard) -> tuple[tuple[str, str], ...]:
    if card.is_many:
        names = ", ".join(f"“{name}”" for name in card.classes)
        return (("Tells apart", f"{names}: one score for each, the largest is the answer"),)
    return (
        ("Tells apart", f"“{card.classes[1]}” (score near 1) and “{card.classes[0]}” (near 0)"),
        ("Threshold", f"{card.threshold:.3g} of the network's score"),
        ("Operating points", points_words(card)),
        ("Calibration", calibration_words(card)),
    )


def _trained_words(card: ModelCard) -> str:
    kind = "synthetic films of the sample set" if card.synthetic else "films"
    return f"{card.num_train_films:,} {kind} in {card.num_train_files:,} files"


def points_words(card: ModelCard) -> str:
    """Which thresholds were chosen, and for what."""
    if card.points is None:
        return "none chosen"
    points = [point for point in (card.points.low, card.points.high) if point is not None]
    return "; ".join(
        f"from {point.threshold:.3g} on"
        + ("" if point.wanted is None else f" ({point.target} of {point.wanted:g} wanted)")
        for point in points
    )


def calibration_words(card: ModelCard) -> str:
    """Whether scores are stated as the network gives them."""
    calibration = card.calibration
    if calibration is None:
        return "none: scores are as the network gives them"
    switched = "on" if calibration.is_on else "off"
    return (
        f"temperature {calibration.temperature:.3g}, {switched}, fitted on "
        f"{calibration.num_films:,} validation films"
    )


def software_words(subject: Subject) -> str:
    """Packages and the machine, as the run noted them."""
    found = subject.versions.get("versions")
    names = {"program": "X-ray Desktop", "python": "Python", "tensorflow": "TensorFlow"}
    if not isinstance(found, dict):
        return f"X-ray Desktop {subject.card.program_version}"
    return ", ".join(f"{names.get(name, name)} {version}" for name, version in found.items())
