"""Which verdicts are compared with which, and what an export holds."""

from __future__ import annotations

import csv
from pathlib import Path

from sklearn.metrics import cohen_kappa_score
from verdict_builders import film_of, full_verdict, make_store, make_verdict

from xray_desktop.review.agreement import comparisons_of
from xray_desktop.review.export import COLUMNS, export_rows
from xray_desktop.review.verdicts import ModelAnswer, Opinion
from xray_desktop.tables import write_rows

FRACTURE, NO_FRACTURE, UNSURE = Opinion.FRACTURE, Opinion.NO_FRACTURE, Opinion.UNSURE


def answered(opinion: Opinion, model: str = "one") -> ModelAnswer:
    return ModelAnswer(model, 0.7, 0.5, opinion)


def test_that_blind_verdicts_and_told_ones_are_kept_apart() -> None:
    history = (
        make_verdict(0, answer=answered(NO_FRACTURE)),
        make_verdict(0, opinion=NO_FRACTURE, answer=answered(NO_FRACTURE), score_seen=True),
        make_verdict(1, answer=answered(FRACTURE)),
        make_verdict(2, opinion=UNSURE),
    )
    blind, told = comparisons_of(history)
    assert (blind.first, blind.second, blind.score_seen) == ("Reader 1", "one", False)
    assert (blind.agreement.num_films, blind.agreement.num_agreed) == (2, 1)
    assert told.score_seen
    assert (told.agreement.num_films, told.agreement.num_agreed) == (1, 1)


def test_that_the_last_verdict_counts_and_a_film_counts_once() -> None:
    history = (
        make_verdict(0, opinion=UNSURE, answer=answered(FRACTURE)),
        make_verdict(0, opinion=FRACTURE, answer=answered(FRACTURE)),
    )
    [found] = comparisons_of(history)
    assert (found.agreement.num_films, found.agreement.num_agreed) == (1, 1)


def test_that_two_readers_are_compared_on_the_films_that_both_have_read() -> None:
    ours = [FRACTURE, FRACTURE, NO_FRACTURE, UNSURE, NO_FRACTURE, FRACTURE]
    theirs = [FRACTURE, NO_FRACTURE, NO_FRACTURE, UNSURE, NO_FRACTURE, UNSURE]
    history = [make_verdict(number, opinion=said) for number, said in enumerate(ours)]
    history += [
        make_verdict(number, opinion=said, reader="Dr. Rao") for number, said in enumerate(theirs)
    ]
    history.append(make_verdict(9, reader="Dr. Rao"))
    [found] = comparisons_of(history)
    assert (found.first, found.second, found.is_model) == ("Dr. Rao", "Reader 1", False)
    assert found.agreement.num_films == 6
    assert found.agreement.kappa is not None
    assert abs(found.agreement.kappa - cohen_kappa_score(ours, theirs)) < 1e-12


def test_that_readers_without_a_film_in_common_are_not_compared() -> None:
    assert comparisons_of([make_verdict(0), make_verdict(1, reader="Dr. Rao")]) == ()


def test_that_an_export_has_a_line_a_verdict_and_no_path(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    film = tmp_path / "secret ward" / "film 0.png"
    film.parent.mkdir()
    film.write_bytes(b"film")
    store.add(make_verdict(opinion=UNSURE), film)
    store.add(full_verdict(), film)
    target = tmp_path / "verdicts.csv"
    write_rows(target, export_rows(store.history()))
    with target.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert tuple(lines[0]) == COLUMNS
    assert [line["current"] for line in lines] == ["no", "yes"]
    assert lines[1] == {
        "film": film_of(0),
        "file_name": "film 0.png",
        "reader": "Reader 1",
        "given_at": "2026-11-24T09:30:00+00:00",
        "verdict": "fracture",
        "current": "yes",
        "note": full_verdict().note,
        "mark_x": "10.5",
        "mark_y": "20.2",
        "mark_width": "30.0",
        "mark_height": "4.0",
        "mark_frame": "3",
        "seconds": "12.8",
        "answer_seen": "yes",
        "model": "run 1, best",
        "model_answer": "no fracture",
        "score": "0.31",
        "threshold": "0.5",
    }
    assert lines[0]["model"] == lines[0]["mark_x"] == ""
    assert "secret ward" not in target.read_text(encoding="utf-8")
