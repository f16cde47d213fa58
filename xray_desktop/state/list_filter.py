"""Which films of the work list are shown: by name, score, answer, disagreement, verdict, readability."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from xray_desktop.review.verdicts import ModelAnswer, Opinion


class VerdictChoice(StrEnum):
    """Films by the reader's own verdict."""

    ANY = "Any"
    NONE = "None yet"
    GIVEN = "Given"
    FRACTURE = "Fracture"
    NO_FRACTURE = "No fracture"
    UNSURE = "Unsure"


_OPINIONS = {
    VerdictChoice.FRACTURE: Opinion.FRACTURE,
    VerdictChoice.NO_FRACTURE: Opinion.NO_FRACTURE,
    VerdictChoice.UNSURE: Opinion.UNSURE,
}


def disagrees(said: ModelAnswer, sign: Opinion | None) -> bool:
    """True where verdict and model say the opposite; unsure opposes nothing."""
    return sign is not None and {sign, said.opinion} == {Opinion.FRACTURE, Opinion.NO_FRACTURE}


@dataclass(frozen=True)
class ListFilter:
    """What a film has to fulfil to be shown. All of it; the default lets every film through.

    Args:
        text: Words that its name has to hold, in any order, capitals like small letters.
        lowest: Of the model's score as it is stated.
        highest: Of the same.
        says: What the model says, or None for anything; of more than two classes the class's name.
        disputed: Only where model and verdict say the opposite.
        verdict: The reader's verdict.
        unreadable: Only films that cannot be read.
    """

    text: str = ""
    lowest: float = 0.0
    highest: float = 1.0
    says: Opinion | str | None = None
    disputed: bool = False
    verdict: VerdictChoice = VerdictChoice.ANY
    unreadable: bool = False

    # Asked once for each film of a long list, so what follows from the fields is kept.

    @cached_property
    def is_on(self) -> bool:
        """True where a film may be hidden."""
        return self != ListFilter()

    @cached_property
    def asks_model(self) -> bool:
        """True where it goes by the model's answer, and so would tell it."""
        return self != self.without_model()

    def without_model(self) -> ListFilter:
        """The same as far as it does not go by the model's answer."""
        return replace(self, lowest=0.0, highest=1.0, says=None, disputed=False)

    def names(self, name: str) -> bool:
        """True where a file's name holds all words searched for."""
        if not self._words:
            return True
        plain = name.casefold()
        return all(word in plain for word in self._words)

    @cached_property
    def _words(self) -> tuple[str, ...]:
        return tuple(self.text.casefold().split())

    def holds(self, said: ModelAnswer | None, sign: Opinion | None, *, unreadable: bool) -> bool:
        """True for a film to be shown, its name apart.

        Args:
            said: The model's answer; a film without one fulfils nothing that asks for it.
            sign: The reader's verdict.
            unreadable: It cannot be read.
        """
        if self.unreadable and not unreadable:
            return False
        return self._holds_verdict(sign) and self._holds_answer(said, sign)

    def _holds_verdict(self, sign: Opinion | None) -> bool:
        if self.verdict is VerdictChoice.ANY:
            return True
        if self.verdict is VerdictChoice.NONE:
            return sign is None
        return sign is not None and _OPINIONS.get(self.verdict, sign) is sign

    def _holds_answer(self, said: ModelAnswer | None, sign: Opinion | None) -> bool:
        if not self.asks_model:
            return True
        if said is None or not self.lowest <= said.score <= self.highest:
            return False
        if self.says is not None and self.says != (said.opinion or said.word):
            return False
        return not self.disputed or disagrees(said, sign)
