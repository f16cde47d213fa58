"""Repairs of a set: what they change, what they leave, and how they are taken back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.audit.film_sets import checked, flat_set, honest_set, leaking_set
from tests.audit.wrists import save, turned, wrist
from tests.builders.films import write_dicom
from training.audit.check import Audit, with_repairs
from training.audit.films import name_of
from training.audit.findings import Kind
from training.audit.repairs import (
    JoinFilms,
    LeaveOut,
    PartFilm,
    Relabel,
    SplitAnew,
    apply_repairs,
    leaked_files,
)
from training.data.dataset import DataError, DataSet, Split


@pytest.fixture
def leaking(tmp_path: Path) -> Audit:
    return checked(leaking_set(tmp_path)[0])


def kinds(audit: Audit) -> set[Kind]:
    return {finding.kind for finding in audit.findings}


def film_of(data: DataSet, name: str) -> str:
    return next(item.film for item in data.items if name_of(data, item) == name)


@pytest.mark.parametrize("known", [True, False])
def test_that_leaving_out_leaked_files_ends_the_leak(leaking: Audit, known: bool) -> None:
    gone = leaked_files(leaking.data, known=known)
    assert {name.split("/")[0] for name in gone} == {"train" if known else "test"}
    repaired = with_repairs(leaking, [LeaveOut(gone, "known from training")])
    assert Kind.LEAK not in kinds(repaired)
    assert repaired.data.count() == leaking.data.count() - len(gone)
    assert {item.reason for item in repaired.data.skipped} == {"known from training"}


def test_that_a_new_split_parts_no_film_and_keeps_the_share(leaking: Audit) -> None:
    repaired = with_repairs(leaking, [SplitAnew(share=0.25, seed=3, test_share=0.2)])
    assert Kind.LEAK not in kinds(repaired)
    data = repaired.data
    splits = {split: {item.film for item in data.of(split)} for split in Split}
    assert sum(len(films) for films in splits.values()) == data.num_films() == 19
    for label in (0, 1):
        test = {item.film for item in data.of(Split.TEST) if item.label == label}
        assert len(test) == 2
    assert with_repairs(leaking, [SplitAnew(0.25, 3, 0.2)]).data == data
    assert with_repairs(leaking, [SplitAnew(0.25, 4, 0.2)]).data != data


def test_that_a_new_split_does_not_part_a_patient(tmp_path: Path) -> None:
    root = honest_set(tmp_path)
    for number in range(12):
        pixels = np.asarray(wrist(60 + number)).copy()
        write_dicom(
            root / "train" / "fractured" / f"p{number}.dcm",
            pixels,
            PatientID=f"P{number // 4}",
            StudyInstanceUID=f"1.2.3.{number}.1",
            SOPInstanceUID=f"1.2.3.{number}.2",
        )
    audit = checked(root)
    for seed in range(6):
        data = with_repairs(audit, [SplitAnew(share=0.3, seed=seed)]).data
        for patient in range(3):
            splits = {
                item.split
                for item in data.items
                if item.path.suffix == ".dcm" and int(item.path.stem[1:]) // 4 == patient
            }
            assert len(splits) == 1


def test_that_a_film_is_relabelled_with_all_its_copies(tmp_path: Path) -> None:
    audit = checked(flat_set(tmp_path))
    repaired = with_repairs(audit, [Relabel(("fractured/x3.png",), 0)])
    changed = {name_of(repaired.data, item) for item in repaired.data.items if item.label == 0}
    before = {name_of(audit.data, item) for item in audit.data.items if item.label == 0}
    assert changed - before == {f"fractured/{word}3.png" for word in "xyz"}


def test_that_joining_and_parting_make_and_unmake_a_film(tmp_path: Path) -> None:
    audit = checked(flat_set(tmp_path))
    joined = JoinFilms(("fractured/x1.png", "fractured/y2.png"))
    data = apply_repairs(audit.data, [joined])
    assert film_of(data, "fractured/z1.png") == film_of(data, "fractured/z2.png")
    assert data.num_films() == audit.data.num_films() - 1
    parted = PartFilm(tuple(f"fractured/{word}2.png" for word in "xyz"))
    again = apply_repairs(audit.data, [joined, parted])
    assert film_of(again, "fractured/z1.png") != film_of(again, "fractured/z2.png")
    assert again.num_films() == audit.data.num_films()


def test_that_undoing_is_applying_all_but_the_last(tmp_path: Path) -> None:
    root = honest_set(tmp_path)
    save(root / "val" / "fractured" / "copy.png", turned(wrist(13), 40))
    audit = checked(root)
    repairs = [SplitAnew(0.3), Relabel(("train/fractured/train0.png",), 0)]
    assert with_repairs(audit, repairs[:1]).data == apply_repairs(audit.data, [SplitAnew(0.3)])
    assert with_repairs(audit, []) is audit


@pytest.mark.parametrize(
    "repair",
    [
        LeaveOut(("train/fractured/nobody.png",), "gone"),
        Relabel((), 1),
        Relabel(("train/fractured/train0.png",), 7),
        SplitAnew(share=0.0),
        SplitAnew(share=0.2, test_share=1.0),
    ],
)
def test_that_a_repair_that_does_not_fit_is_refused(tmp_path: Path, repair: object) -> None:
    audit = checked(honest_set(tmp_path, train=3, val=2))
    with pytest.raises(DataError):
        with_repairs(audit, [repair])  # type: ignore[list-item]
