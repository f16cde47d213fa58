"""From a folder to decoded films, ready to train on. No TensorFlow; called by ``train``."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.data.dataset import DataSet, Item, Split
from training.data.folds import Pool, take_fold
from training.data.scan import ScanCancelled, scan_folder
from training.errors import UserError
from training.fit.config import TrainConfig
from training.fit.control import CancelledError, RunControl
from training.fit.events import DataReady, Event, Phase
from training.fit.progress import Progress
from training.fit.reading import FilmStore, ReadFilms, make_store, read_films
from training.fit.run_writer import RunWriter


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
        """float32, (n,): 0 or 1, of a split's films."""
        return np.array([item.label for item in self.items if item.split is split], np.float32)

    def weights(self, *, by_class: bool) -> npt.NDArray[np.float32]:
        """float32, (n,): what each training film counts, 1 on average.

        Args:
            by_class: Let both classes count the same in total.
        """
        labels = self.labels(Split.TRAIN)
        if not by_class:
            return np.ones_like(labels)
        counts = np.array([np.sum(labels == 0), np.sum(labels == 1)])
        weights: npt.NDArray[np.float32] = (len(labels) / (2.0 * counts))[labels.astype(int)]
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
        UserError: If the folder cannot be trained on.
        CancelledError: If the run is to end.
    """
    dataset = _scan(config, report, control)
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
        writer.update(
            classes=dataset.class_names,
            synthetic=dataset.synthetic,
            constant_guess=ready.constant_guess,
        )
        report(ready)
        yield data
    finally:
        store.close()


def _scan(config: TrainConfig, report: Callable[[Event], None], control: RunControl) -> DataSet:
    def is_over() -> bool:
        return control.cancel.is_set() or control.stop.is_set()

    try:
        dataset = scan_folder(
            config.data,
            positive=config.positive,
            validation_share=config.validation_share,
            seed=config.seed,
            progress=Progress(report, Phase.SCANNING),
            cancelled=is_over,
        )
    except ScanCancelled:
        raise CancelledError from None
    fold = config.fold
    if fold is None:
        return dataset
    return take_fold(
        dataset,
        number=fold.number,
        count=fold.count,
        pool=Pool(fold.pool),
        validation_share=config.validation_share,
        seed=config.seed,
    )


def _check_classes(data: RunData) -> None:
    """Films may have dropped out since the scan: both classes must still be there."""
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
    guess = int(np.mean(validation) > 0.5)
    return DataReady(
        num_train=len(data.labels(Split.TRAIN)),
        num_validation=len(validation),
        constant_guess=float(np.mean(validation == guess)),
        constant_class=data.dataset.class_names[guess],
        num_skipped=num_skipped,
    )
