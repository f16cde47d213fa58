"""The measurements of every film of this session, each with its own undo and redo. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from training.films.film import FilmKey, Spacing
from xray_desktop.state.measurements import Measurement

Drawn = tuple[Measurement, ...]


@dataclass(frozen=True)
class Sheet:
    """All that a reader has put on one film.

    Args:
        drawn: In the order drawn.
        calibration: Millimetres by a known length, in place of the file's own; None without.
    """

    drawn: Drawn = ()
    calibration: Spacing | None = None


@dataclass
class _History:
    past: list[Sheet] = field(default_factory=list)
    now: Sheet = field(default_factory=Sheet)
    future: list[Sheet] = field(default_factory=list)


def _joined(sheet: Sheet, kept: Sheet) -> Sheet:
    return Sheet((*sheet.drawn, *kept.drawn), sheet.calibration or kept.calibration)


class MeasureBook:
    """Measurements by film; the frames of a file are films of their own. GUI thread only.

    ``selected`` is the number of the selected one of the film in sight, or None.
    """

    def __init__(self) -> None:
        self._films: dict[FilmKey, _History] = {}
        self._film: FilmKey | None = None
        self.selected: int | None = None

    def turn_to(self, film: FilmKey | None) -> None:
        """Another film is in sight: its measurements, and none of them selected."""
        if film != self._film:
            self._film, self.selected = film, None

    @property
    def film(self) -> FilmKey | None:
        """The film in sight."""
        return self._film

    @property
    def now(self) -> Drawn:
        """What is drawn on the film in sight, in the order drawn."""
        return self._history.now.drawn

    @property
    def chosen(self) -> Measurement | None:
        """The selected measurement of the film in sight, or None."""
        return None if self.selected is None else self.now[self.selected]

    @property
    def can_undo(self) -> bool:
        """True where a change on this film can be taken back."""
        return bool(self._history.past)

    @property
    def can_redo(self) -> bool:
        """True where a change taken back can be made again."""
        return bool(self._history.future)

    def calibration_of(self, film: FilmKey) -> Spacing | None:
        """A film's millimetres by a known length, or None where none was given."""
        history = self._films.get(film)
        return history.now.calibration if history else None

    def sheet_of(self, film: FilmKey) -> Sheet:
        """All that is on a film; an empty sheet where it was never drawn on."""
        history = self._films.get(film)
        return history.now if history else Sheet()

    def put_kept(self, film: FilmKey, kept: Sheet) -> None:
        """What was kept of a film was read: it joins what may have been drawn meanwhile.

        Behind it, so that no number changes; it is nothing that can be undone.
        """
        if kept == Sheet():
            return
        history = self._films.setdefault(film, _History())
        history.now = _joined(history.now, kept)
        history.past = [_joined(sheet, kept) for sheet in history.past]
        history.future = [_joined(sheet, kept) for sheet in history.future]

    def take_over(self, film: FilmKey, kept: Sheet) -> None:
        """Another copy of the film was drawn on: the same is here now, and can be undone."""
        history = self._films.setdefault(film, _History())
        history.past.append(history.now)
        history.now = kept
        history.future.clear()
        if film == self._film:
            self.selected = None

    def calibrate(self, calibration: Spacing | None) -> None:
        """Give the film in sight its millimetres by hand, or take them away with None."""
        if calibration != self._history.now.calibration:
            self._change(replace(self._history.now, calibration=calibration))

    def add(self, measurement: Measurement) -> None:
        """Draw one and select it."""
        self._draw((*self.now, measurement))
        self.selected = len(self.now) - 1

    def replace_at(self, index: int, measurement: Measurement) -> None:
        """One was reshaped; the same again is no change."""
        if self.now[index] != measurement:
            self._draw((*self.now[:index], measurement, *self.now[index + 1 :]))

    def delete_selected(self) -> None:
        """Take the selected one away."""
        if self.selected is not None:
            kept = (*self.now[: self.selected], *self.now[self.selected + 1 :])
            self.selected = None
            self._draw(kept)

    def delete_all(self) -> None:
        """Take all of this film away; its calibration stays."""
        if self.now:
            self.selected = None
            self._draw(())

    def undo(self) -> None:
        """Take the last change on this film back."""
        history = self._history
        if history.past:
            history.future.append(history.now)
            history.now = history.past.pop()
            self.selected = None

    def redo(self) -> None:
        """Make the change that was taken back again."""
        history = self._history
        if history.future:
            history.past.append(history.now)
            history.now = history.future.pop()
            self.selected = None

    @property
    def _history(self) -> _History:
        # Looking at a film keeps nothing; only a change does.
        return self._films.get(self._film, _History()) if self._film else _History()

    def _draw(self, drawn: Drawn) -> None:
        self._change(replace(self._history.now, drawn=drawn))

    def _change(self, to: Sheet) -> None:
        if self._film is None:
            return
        history = self._films.setdefault(self._film, _History())
        history.past.append(history.now)
        history.now = to
        history.future.clear()
