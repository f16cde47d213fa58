"""Putting misread films under their right label: into the data check, never into the films."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from training.errors import UserError
from training.fit.config import TrainConfig
from xray_desktop.results.films_panel import FilmsPanel
from xray_desktop.state.results_entries import Entry
from xray_desktop.state.results_state import ResultsState
from xray_desktop.workers.jobs import JobThread

KEY = "relabel"


@dataclass(frozen=True)
class Relabelled:
    """What became of it.

    Args:
        root: The folder of films.
        said: In words.
        can_undo: Whether the data check ends with a repair that was made here.
    """

    root: Path
    said: str
    can_undo: bool


class Relabelling(QObject):
    """Wires the panels of films to the worker that writes the data check.

    Args:
        jobs: Its results have the key "relabel".
        panels: Whose films may be relabelled.
        parent: The window.

    Signals:
        told: Words to show.
        changed: The folder of films whose data check has changed.
        again_requested: ``TrainConfig`` of the run, to train it again.
    """

    told = Signal(str)
    changed = Signal(object)
    again_requested = Signal(object)

    def __init__(self, jobs: JobThread, panels: Sequence[FilmsPanel], parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._panels = tuple(panels)
        self._state = ResultsState()
        self._made = 0
        self._root: Path | None = None
        for panel in self._panels:
            panel.relabel_requested.connect(self._on_relabel)
            panel.undo_requested.connect(self._on_undo)

    @property
    def can_train_again(self) -> bool:
        """True where labels of the run's own films were changed here."""
        loaded = self._state.loaded
        return loaded is not None and self._root == loaded.subject.root

    def follow(self, state: ResultsState) -> None:
        """Another run may be in sight."""
        self._state = state

    def done(self, outcome: Relabelled) -> None:
        """The worker has written the data check."""
        self._made = self._made + 1 if outcome.can_undo else max(0, self._made - 1)
        for panel in self._panels:
            panel.offer_undo(self._made > 0)
        self._root = outcome.root if self._made else None
        self.told.emit(outcome.said)
        self.changed.emit(outcome.root)

    @Slot()
    def ask_again(self) -> None:
        """Train again was pressed."""
        loaded = self._state.loaded
        if loaded is not None:
            self.again_requested.emit(loaded.subject.config)

    @Slot(object)
    def _on_relabel(self, entries: tuple[Entry, ...]) -> None:
        loaded = self._state.loaded
        if loaded is not None and entries:
            subject = loaded.subject
            names = subject.classes
            label = 1 - entries[0].label
            paths = tuple(entry.path for entry in entries)
            self._jobs.submit(KEY, _relabel, subject.config, paths, label, names[label])

    @Slot()
    def _on_undo(self) -> None:
        loaded = self._state.loaded
        if loaded is not None:
            self._jobs.submit(KEY, _undo, loaded.subject.config)


def _relabel(config: TrainConfig, paths: tuple[Path, ...], label: int, name: str) -> Relabelled:
    from training.audit.films import name_of
    from training.audit.kept import change_repairs, find_kept, repairs_for
    from training.audit.repairs import Relabel
    from training.data.scan import scan_folder

    data = scan_folder(config.data, positive=config.positive)
    path, kept = find_kept(data)
    known = {item.path: name_of(data, item) for item in data.items}
    files = tuple(known[path] for path in paths if path in known)
    change_repairs(path, data, kept, (*repairs_for(data, kept), Relabel(files, label)))
    films = "film is" if len(files) == 1 else "films are"
    said = f"{len(files):,} {films} labelled “{name}” in the data check now. Training goes by it."
    return Relabelled(data.root, said, can_undo=True)


def _undo(config: TrainConfig) -> Relabelled:
    from training.audit.kept import change_repairs, find_kept, repairs_for
    from training.audit.repairs import Relabel
    from training.data.scan import scan_folder

    data = scan_folder(config.data, positive=config.positive)
    path, kept = find_kept(data)
    if not kept.repairs or not isinstance(kept.repairs[-1], Relabel):
        raise UserError(
            "The last repair of these films is no change of labels.",
            "Take it back in the training tab's Data check….",
        )
    change_repairs(path, data, kept, repairs_for(data, kept)[:-1])
    return Relabelled(data.root, "The last change of labels is taken back.", can_undo=False)
