"""From a folder to decoded films, ready to train on. No TensorFlow; called by ``train``."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.audit.kept import KeptCheck, apply_check, read_check
from training.data.dataset import DataSet, Item, Split
from training.data.folds import Pool, take_fold
from training.data.scan import ScanCancelled, scan_folder
from training.errors import UserError
from training.fit.config import TrainConfig
from training.fit.control import CancelledError, RunControl
from training.fit.events import DataReady, Event, Phase
from training.fit.progress import Progress
from training.fit.reading import FilmStore, ReadFilms, make_store, read_films
from training.fit.run_folder import MANY_CLASSES_FORMAT
from training.fit.run_writer import RunWriter
from training.formats import head


@dataclass(frozen=True, eq=False)
class RunData:
    """What a run trains and validates on.

    Args:
        dataset: The folder as scanned.
        films: The films that could be read; training first, then validation, then test.
    """

    dataset: DataSet
    films: ReadFilms

    @property
    def items(self) -> tuple[Item, ...]:
        """The files, by number."""
        return self.films.items

    @property
    def store(self) -> FilmStore:
        """The decoded films, by number."""
        return self.films.store

    def numbers(self, split: Split) -> npt.NDArray[np.int64]:
        """int64, (n,): the films of a split."""
        chosen = [number for number, item in enumerate(self.items) if item.split is split]
        return np.array(chosen, np.int64)

    def labels(self, split: Split) -> npt.NDArray[np.float32]:
        """float32, (n,): the class of each of a split's films; of two, 0 or 1."""
        return np.array([item.label for item in self.items if item.split is split], np.float32)

    def targets(self, split: Split) -> npt.NDArray[np.float32]:
        """float32: what the network should say of a split's films.

        Two classes give (n, 1), the label; more give (n, classes), 1 at each film's own class.
        """
        labels = self.labels(split)
        if self.dataset.num_classes == 2:
            return labels[:, np.newaxis]
        targets: npt.NDArray[np.float32] = np.eye(self.dataset.num_classes, dtype=np.float32)[
            labels.astype(int)
        ]
        return targets

    def weights(self, *, by_class: bool) -> npt.NDArray[np.float32]:
        """float32, (n,): what each training film counts, 1 on average.

        Args:
            by_class: Let all classes count the same in total.
        """
        labels = self.labels(Split.TRAIN)
        if not by_class:
            return np.ones_like(labels)
        num_classes = self.dataset.num_classes
        counts = np.bincount(labels.astype(int), minlength=num_classes)
        weights: npt.NDArray[np.float64] = (len(labels) / (num_classes * counts))[
            labels.astype(int)
        ]
        return weights.astype(np.float32)


@contextlib.contextmanager
def prepare(
    config: TrainConfig,
    writer: RunWriter,
    report: Callable[[Event], None],
    control: RunControl,
) -> Iterator[RunData]:
    """Scan the folder and read its films; they are freed on leaving.

    Args:
        config: The run's settings.
        writer: Of the run's folder.
        report: Takes the phases and ``DataReady``.
        control: The switches.

    Yields:
        The data.

    Raises:
        UserError: If the folder cannot be trained on, or not with these settings.
        CancelledError: If the run is to end.
    """
    dataset, check = _find(config, report, control)
    if config.calibrate and dataset.num_classes > 2:
        raise UserError(
            f"Scores of {dataset.num_classes} classes cannot be calibrated: a temperature is fitted "
            "for two.",
            "Train without calibration.",
        )
    if check is not None and config.data_check is not None:
        writer.write_check(config.data_check, check)
    items = tuple(item for split in Split for item in dataset.of(split))
    size = config.preprocessing.size
    store = make_store(len(items), size, config.cache_share, writer.folder)
    try:
        films = read_films(
            dataset.root,
            items,
            config.preprocessing,
            store,
            progress=Progress(report, Phase.READING, len(items)),
            check=control.check_before_training,
        )
        data = RunData(dataset, films)
        _check_classes(data)
        skipped = dataset.skipped + films.skipped
        writer.write_skipped(skipped)
        ready = _describe(data, len(skipped))
        if dataset.num_classes > 2:
            # Older versions would take the first two classes for all.
            writer.update(**head(MANY_CLASSES_FORMAT))
        writer.update(
            classes=dataset.class_names,
            synthetic=dataset.synthetic,
            constant_guess=ready.constant_guess,
        )
        report(ready)
        yield data
    finally:
        store.close()


def find_films(
    config: TrainConfig,
    *,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[DataSet, KeptCheck | None]:
    """The films a run goes by: the folder as scanned, its data check if there is one, its fold.

    Args:
        config: The run's settings.
        progress: Called with (files looked at, files in all), in the calling thread.
        cancelled: Asked often.

    Returns:
        The set, and the data check that it went by.

    Raises:
        UserError: If the folder cannot be trained on, or the data check does not fit it.
        ScanCancelled: If ``cancelled`` said so.
    """
    dataset = scan_folder(
        config.data,
        positive=config.positive,
        validation_share=config.validation_share,
        seed=config.seed,
        progress=progress,
        cancelled=cancelled,
    )
    check = None
    if config.data_check is not None:
        check = read_check(config.data_check)
        dataset = apply_check(
            dataset, check, validation_share=config.validation_share, seed=config.seed
        )
    fold = config.fold
    if fold is not None:
        dataset = take_fold(
            dataset,
            number=fold.number,
            count=fold.count,
            pool=Pool(fold.pool),
            validation_share=config.validation_share,
            seed=config.seed,
        )
    return dataset, check


def _find(
    config: TrainConfig, report: Callable[[Event], None], control: RunControl
) -> tuple[DataSet, KeptCheck | None]:
    def is_over() -> bool:
        return control.cancel.is_set() or control.stop.is_set()

    try:
        return find_films(config, progress=Progress(report, Phase.SCANNING), cancelled=is_over)
    except ScanCancelled:
        raise CancelledError from None


def _check_classes(data: RunData) -> None:
    """Films may have dropped out since the scan: all classes must still be there."""
    labels = data.labels(Split.TRAIN)
    for label, name in enumerate(data.dataset.class_names):
        if not np.any(labels == label):
            raise UserError(
                f"No training film of the class “{name}” can be read.",
                "Look at the list of files left out, and add films of this class.",
            )
    if not len(data.numbers(Split.VALIDATION)):
        raise UserError(
            "No validation film can be read.",
            "Look at the list of files left out, and add films for validation.",
        )


def _describe(data: RunData, num_skipped: int) -> DataReady:
    validation = data.labels(Split.VALIDATION)
    # The same guess as in the figures: the hardest to beat without looking at a film.
    guess = int(np.argmax(np.bincount(validation.astype(int))))
    return DataReady(
        num_train=len(data.labels(Split.TRAIN)),
        num_validation=len(validation),
        constant_guess=float(np.mean(validation == guess)),
        constant_class=data.dataset.class_names[guess],
        num_skipped=num_skipped,
    )
