"""Which files are one film: against copies that Pillow made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.audit.wrists import COPIES, brightened, grouped, save, turned, wrist
from tests.builders.films import bone_picture, write_dicom
from training.audit.grouping import group_files
from training.audit.joins import Reason
from training.audit.reading import read_files
from training.data.dataset import ScanCancelled

NUM_WRISTS = 24


@pytest.fixture(scope="module")
def wrists(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("wrists")
    return [save(folder / f"{seed}.png", wrist(seed)) for seed in range(NUM_WRISTS)]


def test_that_different_wrists_stay_different_films(wrists: list[Path]) -> None:
    assert len(grouped(wrists).films) == NUM_WRISTS


@pytest.mark.parametrize("name", COPIES)
def test_that_a_copy_is_found(name: str, wrists: list[Path], tmp_path: Path) -> None:
    change: Callable[[Image.Image], Image.Image] = COPIES[name]
    copies = [
        save(tmp_path / f"copy{seed}.jpg", change(wrist(seed)), quality=75) for seed in range(8)
    ]
    found = grouped([*wrists, *copies])
    pairs = sorted(film for film in found.films if len(film) > 1)
    assert pairs == [(seed, NUM_WRISTS + seed) for seed in range(8)]
    assert {join.reason for join in found.joins} == {Reason.PICTURE}


def test_that_a_copy_of_jpeg_quality_30_is_found(wrists: list[Path], tmp_path: Path) -> None:
    copies = [
        save(tmp_path / f"copy{seed}.jpg", turned(wrist(seed), 37), quality=30) for seed in range(8)
    ]
    films = grouped([*wrists, *copies]).films
    assert sorted(film for film in films if len(film) > 1) == [
        (seed, NUM_WRISTS + seed) for seed in range(8)
    ]


@pytest.mark.parametrize("degrees", [-150, -37, 12, 90])
def test_that_a_join_tells_by_how_much_a_copy_is_turned(degrees: int, tmp_path: Path) -> None:
    paths = [
        save(tmp_path / "a.png", wrist(3)),
        save(tmp_path / "b.png", turned(wrist(3), degrees)),
    ]
    (join,) = grouped(paths).joins
    # Pillow turns anticlockwise, and which file lies on top is not promised.
    assert abs(join.turned) == pytest.approx(abs(degrees), abs=1.0)
    assert not join.mirrored
    assert join.agreement is not None
    assert join.agreement > 0.9


def test_that_equal_bytes_and_equal_pixels_are_told_apart(tmp_path: Path) -> None:
    first = save(tmp_path / "a.png", wrist(1))
    second = tmp_path / "b.png"
    second.write_bytes(first.read_bytes())
    third = tmp_path / "c.bmp"
    wrist(1).save(third, "BMP")
    found = grouped([first, second, third])
    assert found.films == ((0, 1, 2),)
    assert [join.reason for join in found.joins] == [Reason.BYTES, Reason.PIXELS]


def test_that_blank_films_are_no_copies_of_each_other(tmp_path: Path) -> None:
    blank = [
        save(tmp_path / f"{size}.png", Image.new("L", (size, 100), 0)) for size in (100, 101, 102)
    ]
    same_size = save(tmp_path / "again.bmp", Image.new("L", (100, 100), 3))
    assert len(grouped([*blank, same_size]).films) == 4


def test_that_one_name_ties_files_whose_pictures_say_nothing(tmp_path: Path) -> None:
    paths = [
        save(tmp_path / "12.png", Image.new("L", (90, 90), 0)),
        save(tmp_path / "12-rotated1.png", wrist(2)),
    ]
    found = grouped(paths, ["12", "12"])
    assert found.films == ((0, 1),)
    assert [join.reason for join in found.joins] == [Reason.NAME]


def test_that_one_name_does_not_tie_different_wrists(tmp_path: Path) -> None:
    images = (wrist(1), turned(wrist(1), 20), wrist(2), wrist(9))
    paths = [save(tmp_path / f"image ({n}).png", image) for n, image in enumerate(images)]
    found = grouped(paths, ["image"] * 4)
    assert found.films == ((0, 1), (2,), (3,))
    assert found.parted == (((0, 1), (2,), (3,)),)


def test_that_forty_variants_do_not_hide_a_copy_in_another_window(tmp_path: Path) -> None:
    variants = [save(tmp_path / f"v{n}.png", turned(wrist(4), 9 * n)) for n in range(40)]
    other = [
        save(tmp_path / f"w{n}.jpg", brightened(turned(wrist(4), 9 * n), 1.6, 30), quality=50)
        for n in range(20)
    ]
    assert len(grouped([*variants, *other]).films) == 1


def test_that_one_dicom_object_is_one_film_and_one_patient_only_relates(tmp_path: Path) -> None:
    common = {"PatientID": "4711", "StudyInstanceUID": "1.2.3.4"}
    images = [bone_picture(60, 50, seed=seed) for seed in range(4)]
    paths = [
        write_dicom(tmp_path / "a.dcm", images[0], SOPInstanceUID="1.2.3.4.1", **common),
        write_dicom(tmp_path / "b.dcm", 255 - images[1], SOPInstanceUID="1.2.3.4.1", **common),
        write_dicom(
            tmp_path / "c.dcm",
            images[2].T.copy(),
            SOPInstanceUID="1.2.3.4.2",
            StudyInstanceUID="1.2.3.5",
            PatientID="4711",
        ),
        save(tmp_path / "d.png", wrist(5)),
        save(tmp_path / "e.png", wrist(6)),
    ]
    found = grouped(paths)
    assert (0, 1) in found.films
    assert found.joins[0].reason is Reason.SOP
    assert found.related == ((0, 1),)


def test_that_nothing_identifies_a_patient_in_what_is_kept(tmp_path: Path) -> None:
    path = write_dicom(
        tmp_path / "a.dcm", bone_picture(60, 50), PatientID="4711-X", StudyInstanceUID="1.2.3.4"
    )
    (glance,) = read_files([path])
    again = read_files([path])[0]
    text = repr(glance.facts)
    for secret in ("4711-X", "1.2.3.4", "Nobody"):
        assert secret not in text
    assert glance.facts.patient
    # The key dies with the reading: hashes cannot be matched against a list made elsewhere.
    assert glance.facts.patient != again.facts.patient


def test_that_an_unreadable_file_has_its_reason_and_stays_alone(tmp_path: Path) -> None:
    good = save(tmp_path / "good.png", wrist(1))
    bad = tmp_path / "bad.png"
    bad.write_bytes(good.read_bytes()[:500])
    gone = tmp_path / "gone.png"
    glances = read_files([good, bad, gone])
    assert [glance.facts.error is None for glance in glances] == [True, False, False]
    found = group_files(glances, ["good", "bad", "gone"])
    assert found.films == ((0,), (1,), (2,))


def test_that_facts_match_what_pillow_says(tmp_path: Path) -> None:
    image = turned(wrist(7), 45).convert("RGB")
    path = save(tmp_path / "7-rotated1-rotated3.jpg", image, quality=90)
    (glance,) = read_files([path])
    facts = glance.facts
    with Image.open(path) as opened:
        grey = opened.convert("L")
    greys = list(grey.tobytes())
    assert (facts.width, facts.height, facts.mode, facts.format) == (256, 256, "RGB", "JPEG")
    assert facts.mean_grey == pytest.approx(sum(greys) / len(greys), abs=1.0)
    assert facts.num_bytes == path.stat().st_size
    assert facts.name_depth == 2
    assert facts.dark_corners > 0.9


def test_that_reading_tells_its_progress(wrists: list[Path]) -> None:
    told: list[tuple[int, int]] = []
    read_files(wrists * 3, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (72, 72)
    assert [done for done, _ in told] == sorted({done for done, _ in told})


def test_that_reading_and_comparing_can_be_cancelled(wrists: list[Path]) -> None:
    with pytest.raises(ScanCancelled):
        read_files(wrists, cancelled=lambda: True)
    glances = read_files(wrists)
    asked = iter([False, True, True, True])
    with pytest.raises(ScanCancelled):
        group_files(glances, wrists, cancelled=lambda: next(asked))
