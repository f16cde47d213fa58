"""Makes and fills a run's folder while it trains. No Keras; ``run_folder`` reads it back."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import json
import os
import platform
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import psutil

import training
from training.audit.kept import KeptCheck
from training.data.dataset import Item, Skipped, Split
from training.errors import UserError
from training.evaluation.many_classes import ManyMeasurement
from training.evaluation.measurement import Measurement
from training.evaluation.pointing import Hits, SiteLearnt
from training.films.region import shown_by
from training.fit import run_folder
from training.fit.config import TrainConfig
from training.fit.events import EpochEnded
from training.fit.run_folder import ModelResult, RunStatus
from training.formats import head

_PACKAGES = ("tensorflow", "keras", "numpy", "pydicom", "pillow")


class RunWriter:
    """One run's folder. Used by one thread.

    Args:
        config: The run's settings; written at once.

    Raises:
        UserError: If the folder cannot be made.
        OSError: If nothing can be written into it.
    """

    def __init__(self, config: TrainConfig) -> None:
        now = datetime.now().astimezone()
        self.folder = _make_folder(config.runs, f"{now:%Y-%m-%d_%H-%M-%S}_{config.network.name}")
        self.started = now.isoformat(timespec="seconds")
        self._status: dict[str, Any] = head(run_folder.TWO_CLASSES_FORMAT) | {
            "status": RunStatus.RUNNING.value,
            "started": self.started,
            "pid": os.getpid(),
            "process_born": psutil.Process().create_time(),
        }
        run_folder.ACTIVE.add(self.folder.resolve())
        try:
            # The status first: a folder with a config but without it would look broken.
            self.update()
            self._write_json(run_folder.CONFIG, config.to_json())
        except OSError:
            self.remove()
            self.close()
            raise

    @property
    def run_id(self) -> str:
        """The folder's name."""
        return self.folder.name

    def update(self, **facts: Any) -> None:
        """Write what is known of the run by now to ``status.json``."""
        self._status |= facts
        self._write_json(run_folder.STATUS, self._status)

    def write_versions(self, **facts: Any) -> None:
        """Write what a repetition needs: versions, seed, fingerprint, precision, machine."""
        versions = {"program": training.__version__, "python": platform.python_version()}
        versions |= {name: metadata.version(name) for name in _PACKAGES if _is_installed(name)}
        machine = {
            "system": platform.platform(),
            "processors": psutil.cpu_count(),
            "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        }
        self._write_json(run_folder.VERSIONS, {"versions": versions, "machine": machine} | facts)

    def write_skipped(self, skipped: Sequence[Skipped]) -> None:
        """Write which files were left out, and why; nothing where there are none."""
        if skipped:
            rows = [(str(item.path), item.reason) for item in skipped]
            self._write_csv(run_folder.SKIPPED, ("path", "reason"), rows)

    def write_check(self, path: Path, check: KeptCheck) -> None:
        """Keep the data check that the run goes by, and say so in the status.

        Args:
            path: Its file.
            check: As read from it.
        """
        content = path.read_bytes()
        part = self.folder / (run_folder.DATA_CHECK + ".part")
        part.write_bytes(content)
        part.replace(self.folder / run_folder.DATA_CHECK)
        self.update(
            data_check={
                "sha256": hashlib.sha256(content).hexdigest(),
                "films": len(check.films),
                "repairs": len(check.repairs),
                "findings": [asdict(found) for found in check.told],
            }
        )

    def append_epoch(self, epoch: EpochEnded) -> None:
        """Add a line to ``history.csv``."""
        path = self.folder / run_folder.HISTORY
        is_new = not path.exists()
        with path.open("a", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            if is_new:
                writer.writerow([item.name for item in fields(EpochEnded)])
            writer.writerow([_plain(value) for value in asdict(epoch).values()])

    def write_results(self, results: Sequence[ModelResult]) -> None:
        """Write ``evaluation.json``."""
        values = {}
        for result in results:
            kept = asdict(result)
            del kept["kind"]
            values[result.kind] = kept | {"path": result.path.name}
        self._write_json(run_folder.EVALUATION, values)

    def write_figures(
        self, figures: Mapping[str, Mapping[str, Measurement] | Mapping[str, ManyMeasurement]]
    ) -> None:
        """Write ``figures.json``: every figure with its interval, by kind and split."""
        values = {
            kind: {split: measured.to_json() for split, measured in splits.items()}
            for kind, splits in figures.items()
        }
        self._write_json(run_folder.FIGURES, values)

    def write_site(
        self,
        hits: Mapping[Split, Mapping[str, Hits]],
        learnt: SiteLearnt | None,
        num_jointly: int = 0,
    ) -> None:
        """Write ``site.json``: how often the best model points at outlined fractures.

        Args:
            hits: By split and way of pointing.
            learnt: What became of the site in this run, or None where it did not learn alone.
            num_jointly: Outlined training films that score and site learnt from together.
        """
        parts = {
            split.value: {name: asdict(each) for name, each in ways.items()}
            for split, ways in hits.items()
            if ways
        }
        learning = None if learnt is None else asdict(learnt)
        values = {"model": "best", "learnt": learning, "learnt_jointly": num_jointly, "hits": parts}
        self._write_json(run_folder.SITE_FILE, values)

    def write_scores(
        self,
        root: Path,
        items: Sequence[Item],
        scores: Mapping[str, npt.NDArray[np.float32]],
        greys: npt.NDArray[np.float32],
        classes: Sequence[str],
    ) -> None:
        """Write ``scores.csv``.

        Args:
            root: The chosen folder, absolute; files are named from there.
            items: All items that were read.
            scores: By kind ("best", "final"): float32, (n,), one score an item; of more than two
                classes (n, classes).
            greys: float32, (n,), mean grey of each item's input, 0-255.
            classes: Names by label.
        """
        # Once a file, not once a model: a DICOM header is read for it.
        shown = [shown_by(item.path, root) for item in items]
        rows = [
            (
                item.split.value,
                kind,
                _name(item.path, root),
                item.film,
                item.label,
                *(f"{each:.6g}" for each in np.atleast_1d(score)),
                f"{grey:.3f}",
                part.region,
                part.view,
            )
            for kind, values in scores.items()
            for item, score, grey, part in zip(items, values, greys, shown, strict=True)
        ]
        header = list(run_folder.SCORE_COLUMNS)
        if len(classes) > 2:
            place = header.index("score")
            header[place : place + 1] = [f"{run_folder.CLASS_SCORE}{name}" for name in classes]
        self._write_csv(run_folder.SCORES, header, rows)

    def close(self) -> None:
        """Say that the run does not go on any more, and tidy up; may be called twice."""
        with contextlib.suppress(OSError):
            (self.folder / run_folder.CHECKPOINT).unlink(missing_ok=True)
        run_folder.ACTIVE.discard(self.folder.resolve())

    def remove(self) -> None:
        """Delete the folder and all in it; what another program holds open stays."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _write_json(self, name: str, values: Mapping[str, Any]) -> None:
        text = json.dumps(values, indent=1, ensure_ascii=True, allow_nan=False)
        _replace(self.folder / name, text + "\n")

    def _write_csv(
        self, name: str, header: Sequence[str], rows: Iterable[Sequence[object]]
    ) -> None:
        path = self.folder / name
        part = path.with_name(name + ".part")
        with part.open("w", encoding="utf-8", newline="", errors="surrogateescape") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows(rows)
        part.replace(path)


def _make_folder(runs: Path, name: str) -> Path:
    """A new folder; a second run of the same second gets a number."""
    number = 1
    while True:
        folder = runs / (name if number == 1 else f"{name}_{number}")
        try:
            runs.mkdir(parents=True, exist_ok=True)
            folder.mkdir()
        except FileExistsError:
            if not runs.is_dir():
                raise UserError(
                    f"Runs cannot be kept in {runs}: it is a file, not a folder.",
                    "Choose another folder for runs.",
                ) from None
            number += 1
        except OSError as error:
            raise UserError(
                f"Runs cannot be kept in {runs}: {error.strerror or error}.",
                "Choose a folder that you may write to.",
            ) from error
        else:
            return folder


def _replace(path: Path, text: str) -> None:
    """Whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _plain(value: object) -> object:
    return int(value) if isinstance(value, bool) else value


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        # A frozen program may leave package metadata behind.
        return False
    return True
