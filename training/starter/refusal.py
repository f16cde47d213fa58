"""How often a model refuses films, and pictures that are none: ``python -m training.starter.refusal``.

See docs/refusal.md. Films are those that the starter model has not learnt from; the other pictures
lie in folders, one a kind.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from training.evaluation.figures import wilson
from training.films.film import FilmError
from training.films.oddity import oddity_of
from training.films.reader import read_grey
from training.models.prediction import Refusal
from training.models.predictor import Predictor
from training.starter.parts import TEST_PARTS, parts_of
from training.starter.sources import SourceFilm, boxed_films, vuppala_films

_BATCH = 32


@dataclass(frozen=True)
class Judged:
    """One file.

    Args:
        path: The file.
        refusal: Why the model gives no answer, or None.
    """

    path: Path
    refusal: Refusal | None


def judge(predictor: Predictor, paths: Iterable[Path]) -> list[Judged]:
    """Have a model look at files as the command line does; what cannot be read is left out."""
    judged = []
    paths = list(paths)
    for first in range(0, len(paths), _BATCH):
        read = []
        for path in paths[first : first + _BATCH]:
            try:
                grey = read_grey(path)
            except FilmError:
                continue
            read.append((path, oddity_of(path, grey), predictor.card.preprocessing.apply(grey)))
        told = predictor.tell([picture for _, _, picture in read])
        for (path, oddity, _), prediction in zip(read, told, strict=True):
            judged.append(Judged(path, Refusal(oddity) if oddity else prediction.refusal))
    return judged


def films_refused(films: Sequence[SourceFilm], judged: Sequence[Judged]) -> dict[str, Any]:
    """How many films are refused: a film is where half of its files are, or more."""
    group = {film.path: film.group for film in films}
    names = np.array([group[each.path] for each in judged])
    refused = np.array([each.refusal is not None for each in judged])
    by_film = [bool(np.mean(refused[names == name]) >= 0.5) for name in np.unique(names)]
    return _share(sum(by_film), len(by_film)) | {"files": _share(int(refused.sum()), len(refused))}


def pictures_refused(judged: Sequence[Judged]) -> dict[str, Any]:
    """How many pictures are refused, and by what."""
    reasons = [each.refusal for each in judged if each.refusal is not None]
    by_look = sum(not reason.is_no_radiograph for reason in reasons)
    missed = sorted(each.path.name for each in judged if each.refusal is None)
    return _share(len(reasons), len(judged)) | {"by_distance": by_look, "let_through": missed}


def _share(number: int, total: int) -> dict[str, Any]:
    share = number / total if total else 0.0
    return {
        "refused": number,
        "of": total,
        "share": share,
        "interval": asdict(wilson(number, total)),
    }


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m training.starter.refusal", description=__doc__)
    parser.add_argument("model", type=Path, help="the model; films are held out from the starter's")
    parser.add_argument("--boxed", type=Path, required=True, help="the outlined set")
    parser.add_argument("--vuppala", type=Path, required=True, help="the published set")
    parser.add_argument("--dicom", type=Path, help="a folder of radiographs of any region")
    parser.add_argument("--others", type=Path, required=True, help="pictures, a folder a kind")
    parser.add_argument("--figures", type=Path, required=True, help="JSON file to write")
    options = parser.parse_args()
    predictor = Predictor(options.model)
    boxed = boxed_films(options.boxed)
    test = [boxed[number] for number in np.flatnonzero(np.isin(parts_of(boxed), TEST_PARTS))]
    val = [film for film in vuppala_films(options.vuppala) if film.origin == "vuppala val"]
    document: dict[str, Any] = {
        name: films_refused(films, judge(predictor, [film.path for film in films]))
        for name, films in (("boxed test", test), ("vuppala val", val))
    }
    if options.dicom:
        judged = judge(predictor, sorted(options.dicom.iterdir()))
        document["dicom"] = pictures_refused(judged)
    kinds = {
        folder.name: judge(predictor, sorted(folder.iterdir()))
        for folder in sorted(options.others.iterdir())
    }
    document["others"] = {kind: pictures_refused(judged) for kind, judged in kinds.items()}
    everything = [each for judged in kinds.values() for each in judged]
    hard = [each for kind, judged in kinds.items() if "colour" not in kind for each in judged]
    document["all others"] = pictures_refused(everything)
    document["others without colour"] = pictures_refused(hard)
    options.figures.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
