"""Who agrees with whom: readers with a model, and readers with each other, film by film."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from training.evaluation.agreement import Agreement, agreement_of
from xray_desktop.review.verdicts import Opinion, Verdict

CATEGORIES = tuple(opinion.value for opinion in Opinion)

Pair = tuple[Opinion, Opinion]


@dataclass(frozen=True)
class Comparison:
    """Two who judged the same films.

    Args:
        first: A reader.
        second: Another reader, or a model's name.
        is_model: The second is a model.
        score_seen: The verdicts were given with the model's answer in sight; for two readers: at
            least one of the two verdicts on some film was.
        agreement: Their figures; one film counts once.
    """

    first: str
    second: str
    is_model: bool
    score_seen: bool
    agreement: Agreement


def comparisons_of(history: Sequence[Verdict]) -> tuple[Comparison, ...]:
    """All that can be compared, readers with models first.

    A reader's last verdict on a film counts. With a model, verdicts given blind and those given
    with its answer in sight are kept apart, for the latter agree by having been told.

    Args:
        history: All verdicts, oldest first.
    """
    return (*_with_models(history), *_of_readers(history))


def _with_models(history: Sequence[Verdict]) -> Iterable[Comparison]:
    last: dict[tuple[str, str, bool], dict[str, Pair]] = {}
    for verdict in history:
        if verdict.answer is not None and verdict.answer.opinion is not None:
            group = (verdict.reader, verdict.answer.model, verdict.score_seen)
            pair = (verdict.opinion, verdict.answer.opinion)
            last.setdefault(group, {})[verdict.film] = pair
    for (reader, model, seen), pairs in sorted(last.items()):
        yield Comparison(reader, model, True, seen, _agreement(pairs.values()))


def _of_readers(history: Sequence[Verdict]) -> Iterable[Comparison]:
    last: dict[str, dict[str, Verdict]] = {}
    for verdict in history:
        last.setdefault(verdict.reader, {})[verdict.film] = verdict
    for one, two in combinations(sorted(last), 2):
        both = [(last[one][film], last[two][film]) for film in last[one] if film in last[two]]
        if both:
            seen = any(verdict.score_seen for pair in both for verdict in pair)
            pairs = [(first.opinion, second.opinion) for first, second in both]
            yield Comparison(one, two, False, seen, _agreement(pairs))


def _agreement(pairs: Iterable[Pair]) -> Agreement:
    found = tuple(pairs)
    return agreement_of([one for one, _ in found], [two for _, two in found], CATEGORIES)
