"""Saves both models of a run, proves them by reload and measures them. Imports TensorFlow."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt

import training
from training.data.dataset import Split
from training.errors import UserError
from training.evaluation.figures import Figures, measure
from training.evaluation.many_classes import brief_figures
from training.fit.config import TrainConfig
from training.fit.control import RunControl
from training.fit.evaluate import Scorer, prove_saved
from training.fit.events import Event, Phase
from training.fit.fitting import Trained
from training.fit.head import head_scores
from training.fit.known_films import sum_up
from training.fit.outlined import OutlinedFilms
from training.fit.preparing import RunData
from training.fit.progress import Progress
from training.fit.run_folder import ModelResult
from training.fit.run_writer import RunWriter
from training.fit.site import measure_rate, measure_sites
from training.fit.start import read_start
from training.fit.worth import RunWorth
from training.models.card import ModelCard
from training.models.card_file import check_file
from training.models.card_writing import rewrite_card
from training.models.kept_films import KeptFilms, learnt_from
from training.models.model_file import bring_up_to_date, inference_copy, save_model, write_copy
from training.models.site_rate import SiteRate

_log = logging.getLogger(__name__)

_BATCH_SIZE = 64
_Scores = npt.NDArray[np.float32]


class Results:
    """Makes a run's two model files and its table of figures.

    Args:
        config: The run's settings.
        data: The films.
        writer: Of the run's folder.
        report: Takes the phases.
        control: Looked at between batches; "stop" has no meaning here any more.
    """

    def __init__(
        self,
        config: TrainConfig,
        data: RunData,
        writer: RunWriter,
        report: Callable[[Event], None],
        control: RunControl,
    ) -> None:
        self._config = config
        self._data = data
        self._writer = writer
        self._report = report
        self._control = control
        self._start = read_start(config)

    def make(self, trained: Trained) -> None:
        """Save, prove, measure, and write the figures into the model files too.

        Args:
            trained: The network; has its best weights afterwards.

        Raises:
            UserError: If a model cannot be saved or read back.
            CancelledError: If the run is to be discarded.
        """
        Progress(self._report, Phase.SAVING)
        if self._start is not None:
            self._writer.update(
                start=asdict(self._start.origin),
                known_to_start=self._known(Split.VALIDATION),
                known_tested=self._known(Split.TEST),
            )
        # Both are saved before either is measured: measuring takes minutes on a large set.
        copy = Scorer(inference_copy(trained.model))
        final_scorer = self._save(copy, self._card("final"))
        trained.load_best()
        bring_up_to_date(copy.model, trained.model)
        best_scorer = self._save(copy, self._card("best"))
        scores = self._score({"best": best_scorer, "final": final_scorer}, trained)
        best, final = best_scorer.model, final_scorer.model
        results = [
            self._result("best", trained.best_epoch, scores["best"]),
            self._result("final", trained.epochs, scores["final"]),
        ]
        root, items = self._config.data.absolute(), self._data.items
        classes = self._data.dataset.class_names
        self._writer.write_scores(root, items, scores, self._data.films.greys, classes)
        worth = RunWorth(self._data, self._config)
        self._writer.write_figures({kind: worth.measure(scores[kind]) for kind in scores})
        self._measure_sites(best, trained)
        rates = self._site_rates(best, final, trained)
        # Their cards, with the figures.
        Progress(self._report, Phase.SAVING)
        kept = self._known_films(best, final, trained)
        for result in results:
            card = replace(
                self._card(result.kind),
                site=rates.get(result.kind),
                figures=asdict(result.validation),
                brightness=worth.brightness,
                calibration=worth.calibration(scores[result.kind]),
                refuses=kept[result.kind].statistics is not None,
            )
            self._control.check_cancel()
            # Network and weights stay as they were proven; what the disk holds is read once more.
            rewrite_card(result.path, card, kept[result.kind].to_json())
            check_file(result.path)
        # Last, because a run has models only from here on.
        self._writer.write_results(results)

    def _known_films(
        self, best: keras.Model, final: keras.Model, trained: Trained
    ) -> dict[str, KeptFilms]:
        """What each model keeps of the training films; the best one's nearest go to the folder."""
        root = self._config.data.absolute()
        looks = None if trained.features is None else trained.features.looks
        statistics, nearest = sum_up(
            best, self._data, root, self._control.check_cancel, looks=looks
        )
        final_statistics = statistics
        # Where only the head learnt, films look alike to both.
        if statistics is not None and not trained.best_is_final and trained.features is None:
            final_statistics, _ = sum_up(final, self._data, root, self._control.check_cancel)
        learnt = self._learnt()
        kept = {
            "best": KeptFilms(statistics, learnt),
            "final": KeptFilms(final_statistics, learnt),
        }
        if nearest is not None:
            nearest.save(self._writer.folder)
        return kept

    def _learnt(self) -> frozenset[bytes]:
        """Files that a transfer network or its start learnt from, for runs that begin from it."""
        if self._start is None:
            return frozenset()
        digests = self._data.films.digests
        return self._start.learnt | learnt_from(
            digests[number] for number in self._data.numbers(Split.TRAIN) if digests[number]
        )

    def rescue(self, trained: Trained) -> None:
        """Save the best model of a training that an error ended, where an epoch had ended.

        Never raises for the disk's sake: the error that ended the training is the one to tell.

        Args:
            trained: The network; has its best weights afterwards.
        """
        if not trained.best_epoch:
            return
        try:
            trained.load_checkpoint()
            save_model(trained.model, self._card("best"), self._path("best"))
        except (OSError, UserError) as error:
            _log.warning("the best model of a failed run could not be saved: %s", error)

    def _path(self, kind: str) -> Path:
        return self._writer.folder / f"{kind}.keras"

    def _save(self, copy: Scorer, card: ModelCard) -> Scorer:
        """Save a model and return it as read back."""
        self._control.check_cancel()
        path = self._path(card.kind)
        write_copy(copy.model, card, path)
        validation = self._data.numbers(Split.VALIDATION)
        return prove_saved(copy, path, self._data.store, validation, progress=self._check)

    def _check(self, _: int) -> None:
        self._control.check_cancel()

    def _score(self, scorers: dict[str, Scorer], trained: Trained) -> dict[str, _Scores]:
        """Every film's score by both models; equal weights are asked once."""
        numbers = np.arange(len(self._data.items))
        same = trained.best_is_final
        if trained.features is not None:
            # The backbone has seen every film already; both heads learnt from what it saw.
            Progress(self._report, Phase.EVALUATING)
            features = trained.features.plain
            return {kind: head_scores(each.model, features) for kind, each in scorers.items()}
        total = len(numbers) * (1 if same else 2)
        progress = Progress(self._report, Phase.EVALUATING, total)
        done = 0

        def step(num_films: int) -> None:
            nonlocal done
            self._control.check_cancel()
            done += num_films
            progress(done, total)

        scores = {}
        for kind in ("best",) if same else ("best", "final"):
            scores[kind] = scorers[kind].score(
                self._data.store, numbers, batch_size=_BATCH_SIZE, progress=step
            )
        return scores | ({"final": scores["best"]} if same else {})

    def _measure_sites(self, best: keras.Model, trained: Trained) -> None:
        """How often the best model points at the outlined fractures, where there are any."""
        if self._data.dataset.num_classes > 2:
            return
        outlined = OutlinedFilms(self._data, self._config.preprocessing)
        hits = {
            split: measure_sites(best, outlined, split) for split in (Split.VALIDATION, Split.TEST)
        }
        self._control.check_cancel()
        if any(hits.values()):
            self._writer.write_site(hits, trained.site, trained.num_outlined)

    def _site_rates(
        self, best: keras.Model, final: keras.Model, trained: Trained
    ) -> dict[str, SiteRate | None]:
        """How often each model's site is right: as its start's card says, else as measured here."""
        # What a site means for more than two classes nobody has said.
        if self._start is None or self._data.dataset.num_classes > 2:
            return {}
        is_learnt = trained.site is not None and trained.site.is_kept
        rate = None if is_learnt else self._rate_of_start(self._start.card)
        if rate is not None:
            return {"best": rate, "final": rate}
        outlined = OutlinedFilms(self._data, self._config.preprocessing)
        known, digests = KeptFilms(None, self._start.learnt), self._data.films.digests
        rates = {}
        # Where only the head learnt, both have the same site.
        is_same = trained.best_is_final or trained.features is not None
        for kind, model in {"best": best, **({} if is_same else {"final": final})}.items():
            self._control.check_cancel()
            rates[kind] = measure_rate(
                model, outlined, lambda number: known.has_learnt(digests[number])
            )
        return {"final": rates["best"]} | rates

    def _result(self, kind: str, epoch: int, scores: _Scores) -> ModelResult:
        train, validation = (
            self._measure(split, scores) for split in (Split.TRAIN, Split.VALIDATION)
        )
        test = self._measure(Split.TEST, scores) if len(self._data.numbers(Split.TEST)) else None
        return ModelResult(kind, self._path(kind), epoch, train, validation, test)

    def _measure(self, split: Split, scores: _Scores) -> Figures:
        numbers = self._data.numbers(split)
        films = [self._data.items[number].film for number in numbers]
        if self._data.dataset.num_classes > 2:
            return brief_figures(self._data.labels(split), scores[numbers], films)
        return measure(self._data.labels(split), scores[numbers], films, self._config.threshold)

    def _card(self, kind: str) -> ModelCard:
        train = self._data.numbers(Split.TRAIN)
        films = {(self._data.items[n].label, self._data.items[n].film) for n in train}
        start = self._start
        return ModelCard(
            classes=self._data.dataset.class_names,
            preprocessing=self._config.preprocessing,
            threshold=self._config.threshold,
            network=self._config.network.name,
            kind=kind,
            run_id=self._writer.run_id,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            program_version=training.__version__,
            data_fingerprint=self._data.films.fingerprint,
            num_train_files=len(train),
            num_train_films=len(films),
            synthetic=self._data.dataset.synthetic,
            learnt_sets=start.card.learnt_sets if start else (),
            known_to_start=self._known(Split.VALIDATION),
            start=start.origin if start else None,
        )

    def _known(self, split: Split) -> int:
        """Files of a split that the start of a transfer network had learnt from."""
        if self._start is None:
            return 0
        known, digests = KeptFilms(None, self._start.learnt), self._data.films.digests
        return sum(known.has_learnt(digests[number]) for number in self._data.numbers(split))

    def _rate_of_start(self, start: ModelCard) -> SiteRate | None:
        """How often the site is right that a transfer network has from its start.

        Where only the head learns and films come to the network as they came to its start, the site
        of a film is the very same, and so is its rate.
        """
        same_input = self._config.preprocessing == start.preprocessing
        return start.site if self._config.network.learns_head_only and same_input else None
