"""``audit`` as a person calls it, and the commands that go by what it kept."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.audit.film_sets import flat_set, honest_set, leaking_set
from tests.fit.crossval_fakes import FakeTrain
from training.cli import main
from training.commands import crossval as command
from training.fit.crossval import cross_validate

Captured = pytest.CaptureFixture[str]


def call(capsys: Captured, *words: object) -> tuple[int, str, str]:
    code = main([str(word) for word in words])
    out, err = capsys.readouterr()
    return code, out, err


def audit(capsys: Captured, root: Path, *words: object) -> Any:
    code, out, _ = call(capsys, "audit", root, "--json", "--check", root.parent / "c.json", *words)
    assert code == 0
    return json.loads(out)


def kinds(found: Any) -> set[str]:
    return {finding["kind"] for finding in found["findings"]}


def test_that_the_audit_tells_people_films_leaks_and_where_it_is_kept(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XRAY_DESKTOP_HOME", str(tmp_path / "home"))
    root, _ = leaking_set(tmp_path / "films")
    table = tmp_path / "films.csv"
    code, out, _ = call(capsys, "audit", root, "--films", table)
    assert code == 0
    assert "31 test files of 32 (97%) show a film that train has too" in out
    (kept,) = (tmp_path / "home" / "data checks").iterdir()
    assert str(kept) in out
    with table.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 50
    assert len({row["film"] for row in rows}) == 19


def test_that_repairs_are_added_applied_and_undone(tmp_path: Path, capsys: Captured) -> None:
    root, _ = leaking_set(tmp_path / "films")
    assert "leak" in kinds(audit(capsys, root))
    repaired = audit(capsys, root, "--repair", "leave-out-leaked")
    assert "leak" not in kinds(repaired)
    assert [one["kind"] for one in repaired["repairs"]] == ["LeaveOut"]
    again = audit(capsys, root, "--repair", "split", "--share", "0.3", "--seed", "4")
    assert [one["kind"] for one in again["repairs"]] == ["LeaveOut", "SplitAnew"]
    audit(capsys, root, "--repair", "undo")
    undone = audit(capsys, root, "--repair", "undo")
    assert undone["repairs"] == []
    assert "leak" in kinds(undone)


def test_that_a_film_is_relabelled_by_one_of_its_files(tmp_path: Path, capsys: Captured) -> None:
    root = honest_set(tmp_path / "films", train=3, val=2)
    found = audit(
        capsys,
        root,
        "--repair",
        "relabel",
        "--label",
        "not fractured",
        "--file",
        "train/fractured/train1.png",
    )
    counts = {(row["split"], row["class"]): row["files"] for row in found["counts"]}
    assert counts["train", "not fractured"] == 4
    assert counts["train", "fractured"] == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--repair", "leave-out-leaked"], "No film lies in two splits"),
        (["--repair", "leave-out-unreadable"], "Every file can be read"),
        (["--repair", "relabel", "--file", "train/fractured/train1.png"], "Say with --label"),
        (["--repair", "join", "--file", "train/fractured/nobody.png"], "has no file"),
        (["--repair", "part"], "No file was named"),
    ],
)
def test_that_a_repair_that_does_not_fit_is_one_line_and_changes_nothing(
    tmp_path: Path, capsys: Captured, words: list[str], says: str
) -> None:
    root = honest_set(tmp_path / "films", train=3, val=2)
    audit(capsys, root)
    before = (tmp_path / "c.json").read_bytes()
    code, out, err = call(capsys, "audit", root, "--check", tmp_path / "c.json", *words)
    assert (code, out) == (1, "")
    assert says in err
    assert (tmp_path / "c.json").read_bytes() == before


def test_that_unreadable_films_give_the_exit_code_for_partly(
    tmp_path: Path, capsys: Captured
) -> None:
    root = honest_set(tmp_path / "films", train=3, val=2)
    good = root / "train" / "fractured" / "train1.png"
    (good.parent / "broken.png").write_bytes(good.read_bytes()[:200])
    code, out, _ = call(capsys, "audit", root, "--check", tmp_path / "c.json")
    assert code == 3
    assert "broken.png" in out


def test_that_a_check_of_other_films_is_refused_before_any_film_is_read(
    tmp_path: Path, capsys: Captured
) -> None:
    kept = tmp_path / "c.json"
    audit(capsys, honest_set(tmp_path / "films", train=3, val=2))
    other = honest_set(tmp_path / "other", train=4, val=2)
    code, _, err = call(capsys, "audit", other, "--check", kept)
    assert code == 1
    assert "other films" in err
    code, _, err = call(
        capsys, "train", other, "--check", kept, "--runs", tmp_path / "runs", "--size", "64"
    )
    assert code == 1
    assert "other films" in err


def test_that_crossval_goes_by_the_films_that_the_audit_found(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fake(*words: Any, **options: Any) -> None:
        cross_validate(*words, **options, train=FakeTrain())

    monkeypatch.setattr(command, "load_cross_validate", lambda: fake)
    root = flat_set(tmp_path / "films")
    audit(capsys, root)
    words = ["crossval", root, "--runs", tmp_path / "runs", "--folds", "2", "--size", "64"]
    _, out, _ = call(capsys, *words, "--json")
    by_name = json.loads(out)["figures"][0]["pooled"]["by_film"]["count"]
    _, out, _ = call(capsys, *words, "--json", "--check", tmp_path / "c.json")
    by_content = json.loads(out)["figures"][0]["pooled"]["by_film"]["count"]
    assert (by_name, by_content) == (48, 16)
