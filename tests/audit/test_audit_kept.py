"""The data check's file: what it keeps, whom it fits, and runs that go by it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from tests.audit.film_sets import checked, flat_set, honest_set, leaking_set
from tests.fit.crossval_fakes import FakeTrain
from tests.fit.fit_builders import tiny_config
from training.audit.check import with_repairs
from training.audit.kept import (
    apply_check,
    default_path,
    keep_audit,
    listing,
    read_check,
)
from training.audit.repairs import JoinFilms, LeaveOut, PartFilm, Relabel, SplitAnew, leaked_files
from training.data.dataset import DataError, Split
from training.data.scan import scan_folder
from training.errors import UserError
from training.fit.control import RunControl
from training.fit.crossval import cross_validate
from training.fit.crossval_folder import read_crossval
from training.fit.preparing import prepare
from training.fit.run_writer import RunWriter

REPAIRS = (
    LeaveOut(("fractured/x0.png",), "blurred"),
    Relabel(("fractured/x1.png",), 0),
    JoinFilms(("fractured/x2.png", "fractured/x3.png")),
    PartFilm(("fractured/z2.png",)),
    SplitAnew(0.3, 5, 0.1),
)


def test_that_a_scan_with_its_check_is_the_set_that_was_checked(tmp_path: Path) -> None:
    root = flat_set(tmp_path / "films")
    audit = checked(root)
    path = tmp_path / "checks" / "check.json"
    for repairs in ((), REPAIRS):
        keep_audit(path, audit, repairs)
        applied = apply_check(scan_folder(root), read_check(path), validation_share=0.2, seed=0)
        assert applied.items == with_repairs(audit, repairs).data.items
        assert read_check(path).repairs == repairs


def test_that_a_check_fits_the_set_wherever_it_lies_and_no_other(tmp_path: Path) -> None:
    root = flat_set(tmp_path / "films")
    path = tmp_path / "check.json"
    keep_audit(path, checked(root))
    moved = Path(shutil.copytree(root, tmp_path / "elsewhere" / "films"))
    data = scan_folder(moved)
    assert listing(data) == listing(scan_folder(root))
    assert apply_check(data, read_check(path), validation_share=0.2, seed=0).num_films() == 16
    Image.new("L", (9, 9)).save(moved / "fractured" / "one more.png")
    with pytest.raises(DataError, match="other films"):
        apply_check(scan_folder(moved), read_check(path), validation_share=0.2, seed=0)


def test_that_a_relabelled_film_keeps_its_class_whichever_class_is_positive(tmp_path: Path) -> None:
    root = flat_set(tmp_path / "films")
    kept = keep_audit(tmp_path / "c.json", checked(root), [Relabel(("fractured/x1.png",), 0)])
    for positive in ("fractured", "not fractured"):
        data = scan_folder(root, positive=positive)
        applied = apply_check(data, kept, validation_share=0.2, seed=0)
        moved = [item for item in applied.items if item.path.name == "x1.png"]
        assert {applied.class_names[item.label] for item in moved} == {"not fractured"}


def test_that_another_seed_draws_other_films_and_still_parts_none(tmp_path: Path) -> None:
    root = flat_set(tmp_path / "films")
    kept = keep_audit(tmp_path / "check.json", checked(root))
    drawn = []
    for seed in range(4):
        data = apply_check(scan_folder(root, seed=seed), kept, validation_share=0.25, seed=seed)
        films = {item.film for item in data.of(Split.VALIDATION)}
        assert not films & {item.film for item in data.of(Split.TRAIN)}
        drawn.append(frozenset(films))
    assert len(set(drawn)) > 1


def test_that_no_film_of_the_user_is_touched(tmp_path: Path) -> None:
    root = flat_set(tmp_path / "films")
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in root.rglob("*.png")}
    keep_audit(tmp_path / "check.json", checked(root), REPAIRS)
    after = {
        path: (path.stat().st_mtime_ns, path.read_bytes())
        for path in root.rglob("*")
        if path.is_file()
    }
    assert after == before


def test_that_the_default_file_lies_in_the_programs_own_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XRAY_DESKTOP_HOME", str(tmp_path / "home"))
    data = scan_folder(honest_set(tmp_path / "films", train=3, val=2))
    assert default_path(data).is_relative_to(tmp_path / "home")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "damaged"),
        ("[]", "damaged"),
        ('{"format": 1}', "damaged"),
        ('{"format": 99}', "newer version"),
    ],
)
def test_that_a_file_that_is_no_check_is_refused(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "check.json"
    path.write_text(text)
    with pytest.raises(UserError, match=says):
        read_check(path)
    with pytest.raises(UserError, match="cannot be read"):
        read_check(tmp_path / "missing.json")


def test_that_a_check_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    audit = checked(honest_set(tmp_path / "films", train=3, val=2))
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match="could not be written"):
        keep_audit(tmp_path / "file" / "check.json", audit)


def test_that_a_run_goes_by_its_check_and_keeps_it(tmp_path: Path) -> None:
    root, _ = leaking_set(tmp_path / "films")
    audit = checked(root)
    path = tmp_path / "check.json"
    gone = leaked_files(audit.data)
    keep_audit(path, audit, [LeaveOut(gone, "known"), SplitAnew(0.25, 1)])
    config = tiny_config(tmp_path, data=root, data_check=path)
    writer = RunWriter(config)
    with prepare(config, writer, lambda event: None, RunControl()) as data:
        films = {item.film for item in data.items if item.split is Split.VALIDATION}
        assert not films & {item.film for item in data.items if item.split is Split.TRAIN}
        assert data.dataset.count() == audit.data.count() - len(gone)
    writer.close()
    assert read_check(writer.folder / "data_check.json") == read_check(path)
    status = json.loads((writer.folder / "status.json").read_text())
    assert status["data_check"]["repairs"] == 2
    assert status["data_check"]["films"] == len(audit.grouping.films)


def test_that_folds_go_by_the_films_that_were_found(tmp_path: Path) -> None:
    root = flat_set(tmp_path / "films")
    path = tmp_path / "check.json"
    kept = keep_audit(path, checked(root))
    config = tiny_config(tmp_path, data=root, data_check=path)
    events: list[object] = []
    cross_validate(config, 2, events.append, RunControl(), train=FakeTrain())
    (folder,) = (tmp_path / "runs").iterdir()
    crossval = read_crossval(folder)
    assert crossval.is_finished
    # Its own copy: a check that is changed later changes no fold.
    assert crossval.config.data_check == folder / "data_check.json"
    assert crossval.figures[0].pooled.by_film.count == len(kept.films) == 16
    path.unlink()
    again: list[object] = []
    cross_validate(
        replace(config, data_check=path),
        2,
        again.append,
        RunControl(),
        folder=folder,
        train=FakeTrain(),
    )
    assert type(again[-1]).__name__ == "CrossValFinished", again[-1]
