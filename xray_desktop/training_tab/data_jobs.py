"""What the training tab has done by worker threads: reading folders, pictures, previews, runs.

The functions here run in a worker and import the engine only there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from training.augmentation.config import AugmentationConfig
from training.data.dataset import DEMO_MARKER, DataSet, Split
from training.errors import UserError
from training.films.film import GreyPixels
from training.films.preprocessing import Preprocessing
from training.fit.crossval_folder import CrossValidation, list_crossvals
from training.fit.run_folder import Run, list_runs, read_scores
from training.fit.study_folder import list_studies
from xray_desktop.pictures import small_film
from xray_desktop.training_tab.preview_strip import NUM_VARIANTS
from xray_desktop.training_tab.thumbnails import MAX_STRIPS, spread
from xray_desktop.workers.jobs import JobDone, JobFailed, JobProgress, JobThread

log = logging.getLogger(__name__)

# Twice the shown side, for screens at 200 %.
THUMBNAIL_SIDE = 112

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]


@dataclass(frozen=True, eq=False)
class Picture:
    """A thumbnail.

    Args:
        data: The set it belongs to.
        label: Its class.
        index: Its place in the strip.
        words: What shows on hover.
        pixels: uint8, (side, side) at most.
    """

    data: DataSet
    label: int
    index: int
    words: str
    pixels: GreyPixels


@dataclass(frozen=True)
class FoundFilms:
    """A folder that was looked through.

    Args:
        scanned: As the folder and its files' names tell.
        data: The same with its data check, where one was kept.
        check: The data check's file, or None.
    """

    scanned: DataSet
    data: DataSet
    check: Path | None = None


class DataJobs(QObject):
    """The tab's worker threads and what comes back from them, in the GUI thread.

    Signals:
        reading: (done, total) files of a folder or of the sample set being drawn.
        data_ready: ``FoundFilms``.
        data_failed: Why a folder cannot be used: ``UserError`` or a bug.
        picture_ready: A ``Picture``.
        preview_ready: Tuple of (uint8 pixels, words), the film first.
        preview_failed: Why not.
        runs_listed: Tuple of ``Run``, newest first.
        crossvals_listed: Tuple of finished ``CrossValidation``, newest first.
        studies_listed: Tuple of finished ``StudyState``, newest first.
    """

    reading = Signal(int, int)
    data_ready = Signal(object)
    data_failed = Signal(object)
    picture_ready = Signal(object)
    preview_ready = Signal(object)
    preview_failed = Signal(object)
    runs_listed = Signal(object)
    crossvals_listed = Signal(object)
    studies_listed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # One thread each: a slow folder must not hold up the list of runs, nor the first
        # preview, which loads TensorFlow, the thumbnails.
        self._folders = JobThread("training folders", self)
        self._pictures = JobThread("training pictures", self)
        self._previews = JobThread("training previews", self)
        for thread in self._threads:
            thread.done.connect(self._on_done)
        self._folders.progressed.connect(self._on_progressed)

    @property
    def _threads(self) -> tuple[JobThread, ...]:
        return self._folders, self._pictures, self._previews

    def read_folder(self, folder: Path, share: float, seed: int) -> None:
        """Look through a folder; an earlier one is given up."""
        self._folders.submit_long("folder", _scan, folder, share, seed)

    def read_sample_set(self, folder: Path, share: float, seed: int) -> None:
        """Draw the sample set where it is not there yet, then look through it."""
        self._folders.submit_long("folder", _sample_set, folder, share, seed)

    def cancel_reading(self) -> None:
        """Give up the folder being read; nothing is told of it afterwards."""
        self._folders.cancel("folder")

    def show_pictures(self, data: DataSet, count: int) -> None:
        """Read ``count`` thumbnails of each class; earlier ones are given up."""
        for index in range(count):
            for label in range(MAX_STRIPS):
                self._pictures.cancel(("picture", label, index))
        for label in range(min(data.num_classes, MAX_STRIPS)):
            items = [item for item in data.of(Split.TRAIN) if item.label == label]
            chosen = spread([i.path for i in items], [i.film for i in items], count)
            for index, path in enumerate(chosen):
                self._pictures.submit(("picture", label, index), _picture, data, label, index, path)

    def preview(
        self, path: Path, preprocessing: Preprocessing, config: AugmentationConfig, seed: int
    ) -> None:
        """Make augmented forms of a film; an earlier request is given up."""
        self._previews.submit("preview", _preview, path, preprocessing, config, seed)

    def list_runs(self, runs: Path) -> None:
        """List the runs, the finished cross-validations and the finished studies of a folder."""
        self._pictures.submit("runs", list_runs, runs)
        self._pictures.submit("crossvals", _finished_crossvals, runs)
        self._pictures.submit("studies", list_studies, runs)

    def is_busy(self) -> bool:
        """True while anything runs or waits."""
        return any(thread.is_busy() for thread in self._threads)

    def stop(self) -> None:
        """Give everything up and end the threads after their present job; never waits."""
        for thread in self._threads:
            thread.stop()

    @Slot(object)
    def _on_progressed(self, progress: JobProgress) -> None:
        self.reading.emit(progress.done, progress.total)

    @Slot(object)
    def _on_done(self, outcome: JobDone | JobFailed) -> None:
        failed = isinstance(outcome, JobFailed)
        result = outcome.error if isinstance(outcome, JobFailed) else outcome.result
        match outcome.key:
            case "folder":
                (self.data_failed if failed else self.data_ready).emit(result)
            case "preview":
                (self.preview_failed if failed else self.preview_ready).emit(result)
            case "runs":
                # A bug in listing is in the log already; the list just stays as it is.
                if not failed:
                    self.runs_listed.emit(result)
            case "crossvals":
                if not failed:
                    self.crossvals_listed.emit(result)
            case "studies":
                if not failed:
                    self.studies_listed.emit(result)
            case _:
                # A film that cannot be read has no thumbnail; the run will say why.
                if not failed:
                    self.picture_ready.emit(result)


def _finished_crossvals(runs: Path) -> tuple[CrossValidation, ...]:
    found = list_crossvals(runs)
    return tuple(each for each in found if each.is_finished and each.figures)


def validation_films(run: Run) -> list[Path]:
    """The validation films of a run that are still there, as its folder lists them.

    Raises:
        UserError: If that list is damaged.
    """
    scores = read_scores(run, "best", Split.VALIDATION)
    return [score.path for score in scores if score.path.is_file()]


def _scan(
    folder: Path, share: float, seed: int, *, progress: Progress, cancelled: Cancelled
) -> FoundFilms:
    from training.data.scan import scan_folder

    scanned = scan_folder(
        folder, validation_share=share, seed=seed, progress=progress, cancelled=cancelled
    )
    return _with_check(scanned, share, seed)


def _with_check(scanned: DataSet, share: float, seed: int) -> FoundFilms:
    """The films with the data check that was kept of them, if there is one that fits."""
    from training.audit.kept import apply_check, default_path, read_check

    path = default_path(scanned)
    if not path.exists():
        return FoundFilms(scanned, scanned)
    try:
        check = read_check(path)
        data = apply_check(scanned, check, validation_share=share, seed=seed)
    except UserError as error:
        log.warning("a data check cannot be used and is left alone: %s", type(error).__name__)
        return FoundFilms(scanned, scanned)
    words = tuple(found.words for found in check.told)
    return FoundFilms(scanned, replace(data, warnings=words), path)


def _sample_set(
    folder: Path, share: float, seed: int, *, progress: Progress, cancelled: Cancelled
) -> FoundFilms:
    if not (folder / DEMO_MARKER).is_file():
        from training.data.demo import make_demo_set

        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(
                f"The sample set cannot be drawn: {error.strerror}.",
                "Free some space, or choose a folder of your own films.",
            ) from error
        make_demo_set(folder, progress=progress, cancelled=cancelled)
    return _scan(folder, share, seed, progress=progress, cancelled=cancelled)


def _picture(data: DataSet, label: int, index: int, path: Path) -> Picture:
    return Picture(data, label, index, path.name, small_film(path, THUMBNAIL_SIDE))


def _preview(
    path: Path, preprocessing: Preprocessing, config: AugmentationConfig, seed: int
) -> tuple[tuple[GreyPixels, str], ...]:
    from xray_desktop.workers.smooth_import import import_tensorflow

    import_tensorflow()
    from training.augmentation.variants import make_variants
    from training.films.reader import read_grey

    film = preprocessing.apply(read_grey(path))
    # Training mixes all changes; the single ones, which come first, are the viewer's to show.
    variants = make_variants(film, config, count=3 * NUM_VARIANTS, seed=seed)[-NUM_VARIANTS:]
    return ((film, f"{path.name}, unchanged"), *((v.picture, v.name) for v in variants))
