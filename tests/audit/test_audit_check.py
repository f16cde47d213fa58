"""What the data check says of a whole set."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import roc_auc_score

from tests.audit.film_sets import checked, flat_set, honest_set, leaking_set
from tests.audit.wrists import brightened, save, turned, wrist
from tests.builders.films import bone_picture, write_dicom
from training.audit.check import Audit, check_data
from training.audit.findings import Finding, Kind
from training.data.dataset import ScanCancelled, Split
from training.data.scan import scan_folder


def found(audit: Audit, kind: Kind) -> list[Finding]:
    return [finding for finding in audit.findings if finding.kind is kind]


def test_that_a_set_of_different_films_has_no_copies_and_no_leaks(tmp_path: Path) -> None:
    audit = checked(honest_set(tmp_path))
    assert audit.data.num_films() == audit.data.count() == 18
    assert not {Kind.LEAK, Kind.COPIES, Kind.CONFLICT, Kind.UNREADABLE} & {
        finding.kind for finding in audit.findings
    }


def test_that_test_films_known_from_training_are_counted_under_any_name(tmp_path: Path) -> None:
    root, num_leaked = leaking_set(tmp_path)
    (leak,) = found(checked(root), Kind.LEAK)
    figures = dict(leak.figures)
    assert (figures["files"], figures["of files"]) == (num_leaked, 32)
    assert (figures["films"], figures["of films"]) == (16, 17)
    assert "97%" in leak.words
    # Each finding can open its films: a copy and the film in train.
    for film in leak.films:
        assert {path.relative_to(root).parts[0] for path in film} == {"train", "test"}


def test_that_one_picture_under_both_labels_comes_first(tmp_path: Path) -> None:
    root = honest_set(tmp_path)
    save(root / "train" / "fractured" / "other.jpg", turned(wrist(0), 25), quality=80)
    audit = checked(root)
    assert audit.findings[0].kind is Kind.CONFLICT
    (film,) = audit.findings[0].films
    assert {path.name for path in film} == {"train0.png", "other.jpg"}


def test_that_drawn_validation_films_have_no_copy_in_training(tmp_path: Path) -> None:
    root = flat_set(tmp_path)
    by_name = scan_folder(root)
    audit = check_data(by_name)
    assert by_name.num_films() == 48
    assert audit.data.num_films() == 16
    films = {
        split: {item.film for item in audit.data.of(split)}
        for split in (Split.TRAIN, Split.VALIDATION)
    }
    assert films[Split.VALIDATION]
    assert not films[Split.TRAIN] & films[Split.VALIDATION]
    assert not found(audit, Kind.LEAK)
    # The facts go with their items through the new order.
    assert [fact.path for fact in audit.facts] == [item.path for item in audit.data.items]


def test_that_shortcuts_are_the_areas_that_scikit_learn_gives(tmp_path: Path) -> None:
    root = honest_set(tmp_path, train=8)
    for number, path in enumerate(sorted((root / "train" / "fractured").iterdir())):
        with Image.open(path) as image:
            grey = image.point([min(255, value + 40 + 3 * number) for value in range(256)])
        grey.save(path)
    audit = checked(root)
    (shortcut,) = [
        one for one in audit.shortcuts if (one.name, one.split) == ("mean grey", Split.TRAIN)
    ]
    items = audit.data.of(Split.TRAIN)
    greys = [float(np.asarray(Image.open(item.path)).mean()) for item in items]
    assert shortcut.auc == pytest.approx(roc_auc_score([item.label for item in items], greys))
    assert shortcut.film_auc == pytest.approx(shortcut.auc)
    (finding,) = [one for one in found(audit, Kind.SHORTCUT) if "mean grey" in one.words]
    assert 'higher in "fractured"' in finding.words


def test_that_unreadable_files_are_named_with_their_reason(tmp_path: Path) -> None:
    root = honest_set(tmp_path)
    path = root / "train" / "fractured" / "broken.png"
    path.write_bytes((root / "train" / "fractured" / "train0.png").read_bytes()[:300])
    (finding,) = found(checked(root), Kind.UNREADABLE)
    assert finding.films == ((path,),)
    assert "broken.png" in finding.words


def test_that_one_patient_in_two_splits_is_told_by_dicom_identifiers(tmp_path: Path) -> None:
    root = honest_set(tmp_path)
    for split in ("train", "val"):
        folder = root / split / "fractured"
        for number in range(3):
            pixels = np.asarray(wrist(60 + number + 3 * (split == "val"))).copy()
            uid = f"1.2.3.{number}.{split == 'val':d}"
            write_dicom(
                folder / f"p{number}.dcm",
                pixels,
                PatientID=f"P{number}",
                StudyInstanceUID=f"{uid}.1",
                SOPInstanceUID=f"{uid}.2",
            )
    (finding,) = found(checked(root), Kind.RELATED)
    assert dict(finding.figures)["patients or studies"] == 3
    for text in ("P0", "P1", "P2"):
        assert text not in finding.words


def test_that_equal_folders_elsewhere_give_the_same_fingerprint(tmp_path: Path) -> None:
    root = honest_set(tmp_path / "one", train=3, val=2)
    first = checked(root).fingerprint
    shutil.copytree(root, tmp_path / "two")
    assert checked(tmp_path / "two").fingerprint == first
    write_dicom(tmp_path / "two" / "val" / "fractured" / "new.dcm", bone_picture(50, 40))
    assert checked(tmp_path / "two").fingerprint != first


def test_that_a_check_tells_its_progress_and_can_be_stopped(tmp_path: Path) -> None:
    data = scan_folder(honest_set(tmp_path, train=3, val=2))
    told: list[tuple[str, int, int]] = []
    check_data(data, progress=lambda *what: told.append(what))
    assert told[0][0] == "reading films"
    assert (10, 10) in {(done, total) for what, done, total in told if what == "reading films"}
    with pytest.raises(ScanCancelled):
        check_data(data, cancelled=lambda: True)


def test_that_of_three_classes_the_one_that_a_shortcut_tells_is_named(tmp_path: Path) -> None:
    for label, name in enumerate(("none", "hairline", "displaced")):
        for number in range(12):
            film = wrist(100 * label + number)
            save(tmp_path / name / f"{number}.png", brightened(film, 1.0, 60 * (label == 1)))
    audit = checked(tmp_path)
    shortcut = next(
        one for one in audit.shortcuts if one.name == "mean grey" and one.split is Split.TRAIN
    )
    assert audit.data.class_names[shortcut.label] == "hairline"
    assert shortcut.film_strength > 0.9
    words = " ".join(finding.words for finding in audit.findings)
    assert 'mean grey alone tells "hairline" from the other classes' in words
    assert "(higher in it)" in words
