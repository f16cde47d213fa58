"""DICOMDIRs and lists of films: what they name, in which order, and what is missing."""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.fileset import FileSet
from pydicom.uid import CTImageStorage, generate_uid

from tests.builders.films import bone_picture, dicom_dataset, write_dicom
from tests.films.test_films_fuzz import damaged
from training.films.film import FilmError
from training.films.film_lists import read_list
from training.films.reader import read_film, sniff
from xray_desktop.state.viewer_files import collect_films

BONE = bone_picture()
BUNDLED = Path(pydicom.__file__).parent / "data" / "test_files" / "dicomdirtests"


def make_disc(folder: Path) -> list[int]:
    """A disc of two patients written by pydicom; gives the grey of its films in reading order."""
    disc = FileSet()
    # (patient, study date, series, number): added in another order than they are to be read in.
    shots = [
        ("B", "20200101", 1, 2),
        ("A", "20210505", 2, 1),
        ("A", "20210505", 1, 10),
        ("A", "20210505", 1, 9),
        ("A", "20190101", 1, 1),
        ("B", "20200101", 1, 1),
    ]
    studies = {
        (patient, date): generate_uid(entropy_srcs=[patient, date]) for patient, date, *_ in shots
    }
    for number, (patient, date, series, instance) in enumerate(shots):
        dataset = dicom_dataset(np.full((8, 8), 10 * number + 10, np.uint8))
        dataset.SOPInstanceUID = generate_uid(entropy_srcs=[str(number)])
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.PatientID = dataset.PatientName = patient
        dataset.StudyDate, dataset.StudyTime, dataset.AccessionNumber = date, "120000", "1"
        dataset.StudyID = "1"
        dataset.StudyInstanceUID = studies[patient, date]
        dataset.SeriesInstanceUID = generate_uid(entropy_srcs=[patient, date, str(series)])
        dataset.SeriesNumber, dataset.InstanceNumber = series, instance
        disc.add(dataset)
    ct = dicom_dataset(BONE)
    ct.SOPClassUID = ct.file_meta.MediaStorageSOPClassUID = CTImageStorage
    ct.Modality, ct.PatientID, ct.PatientName, ct.StudyID = "CT", "C", "C", "1"
    ct.StudyDate, ct.StudyTime, ct.AccessionNumber = "20200101", "120000", "1"
    ct.StudyInstanceUID, ct.SeriesInstanceUID = generate_uid(), generate_uid()
    ct.SeriesNumber, ct.InstanceNumber = 1, 1
    disc.add(ct)
    staged = disc._stage["t"]
    disc.write(folder)
    for place in (staged, disc._stage["t"]):
        # pydicom leaves this to the collector, which warns.
        if place is not None:
            place.cleanup()
    # Patients as pydicom writes them, by the first of each that was added.
    order = [shots[number] for number in range(len(shots))]
    patients = list(dict.fromkeys(patient for patient, *_ in order))
    ranked = sorted(range(len(shots)), key=lambda n: (patients.index(shots[n][0]), *shots[n][1:]))
    return [10 * number + 10 for number in ranked]


def greys(films: tuple[Path, ...]) -> list[int]:
    return [int(read_film(path).pixels[0, 0]) for path in films]


def test_that_a_disc_is_read_by_patient_study_series_and_number(tmp_path):
    expected = make_disc(tmp_path)
    found = read_list(tmp_path / "DICOMDIR")
    assert found is not None
    assert greys(found.films) == expected
    assert not found.missing
    assert found.num_others == 1


@pytest.mark.parametrize("opened", ["", "DICOMDIR"])
def test_that_opening_a_disc_or_its_table_lists_its_radiographs(tmp_path, opened):
    disc = tmp_path / "disc"
    disc.mkdir()
    expected = make_disc(disc)
    (disc / "autorun.inf").write_text("not a film")
    found = collect_films([disc / opened if opened else tmp_path], sniff)
    assert greys(found.films) == expected
    assert found.remark() == "1 object of the disc is no radiograph"


def test_that_names_that_a_system_has_changed_are_found(tmp_path):
    expected = make_disc(tmp_path / "disc")
    small = tmp_path / "small"
    for path in (tmp_path / "disc").rglob("*"):
        if path.is_file():
            name = path.relative_to(tmp_path / "disc").as_posix().lower()
            target = small / (f"{name};1" if "dicomdir" not in name else name)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    found = collect_films([small], sniff)
    assert greys(found.films) == expected


def test_that_missing_films_are_named(tmp_path):
    make_disc(tmp_path)
    whole = read_list(tmp_path / "DICOMDIR")
    assert whole is not None
    whole.films[0].unlink()
    found = collect_films([tmp_path / "DICOMDIR"], sniff)
    assert found.films == whole.films[1:]
    gone = whole.films[0].relative_to(tmp_path).as_posix()
    assert found.missing == (gone,)
    assert f"listed but not there: {gone}" in found.remark()


def test_that_a_table_of_contents_reaches_no_file_outside_its_folder(tmp_path):
    make_disc(tmp_path / "disc")
    write_dicom(tmp_path / "SECRET", BONE)
    path = tmp_path / "disc" / "DICOMDIR"
    named = rb"PT0000\d\d\\ST0000\d\d\\SE0000\d\d\\IM0000\d\d"
    path.write_bytes(re.sub(named, lambda _found: b"..\\SECRET".ljust(35), path.read_bytes()))
    found = read_list(tmp_path / "disc" / "DICOMDIR")
    assert found is not None
    assert not found.films
    assert set(found.missing) == {"../SECRET"}


def test_that_a_table_of_contents_is_no_film(tmp_path):
    make_disc(tmp_path)
    assert sniff(tmp_path / "DICOMDIR") is None
    with pytest.raises(FilmError, match="the table of contents of a disc, not a film"):
        read_film(tmp_path / "DICOMDIR")


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("DICOMDIR", 3),
        ("DICOMDIR-bigEnd", 3),
        ("DICOMDIR-implicit", 3),
        ("DICOMDIR-reordered", 3),
        ("DICOMDIR-nooffset", 3),
        ("TINY_ALPHA/DICOMDIR", 50),
    ],
)
def test_that_bundled_tables_are_read(name, count):
    # Three computed radiographs; the last one has none, and then all pictures count.
    found = read_list(BUNDLED / name)
    assert found is not None
    assert len(found.films) + len(found.missing) == count


def test_that_damaged_tables_are_read_or_refused_in_words(tmp_path):
    make_disc(tmp_path)
    content = (tmp_path / "DICOMDIR").read_bytes()
    chance = random.Random(3)
    outcomes = set()
    for _ in range(150):
        (tmp_path / "DICOMDIR").write_bytes(damaged(content, chance))
        try:
            outcomes.add(type(read_list(tmp_path / "DICOMDIR")).__name__)
        except FilmError:
            outcomes.add("refused")
    assert {"FilmList", "refused"} <= outcomes


def test_that_a_folder_with_a_damaged_table_is_searched(tmp_path):
    make_disc(tmp_path)
    (tmp_path / "DICOMDIR").write_bytes((tmp_path / "DICOMDIR").read_bytes()[:400])
    found = collect_films([tmp_path], sniff)
    assert len(found.films) == 7
    assert "DICOMDIR cannot be read" in found.remark()


def test_that_a_list_has_a_path_a_line(tmp_path):
    one, two = (write_dicom(tmp_path / name, BONE) for name in ("ä one", "two"))
    lines = ["# my films", "two", "", f'"{one}"', "gone.dcm", "two"]
    (tmp_path / "films.txt").write_text("\r\n".join(lines), encoding="utf-8-sig")
    found = collect_films([tmp_path / "films.txt"], sniff)
    assert found.films == (two, one)
    assert found.missing == ("gone.dcm",)


@pytest.mark.parametrize("line", ["x" * 5000, "~nobody/a.dcm", "a\x00b", "//", "..", "<>|"])
def test_that_a_line_that_is_no_path_is_missing(tmp_path, line):
    (tmp_path / "films.txt").write_text(f"{'# ' * 200}\n{line}\n")
    found = read_list(tmp_path / "films.txt")
    assert found is not None
    assert (found.films, found.missing) == ((), (line,))


def test_that_a_text_of_a_folder_is_no_list(tmp_path):
    write_dicom(tmp_path / "one", BONE)
    (tmp_path / "readme.txt").write_text("one")
    assert collect_films([tmp_path], sniff).others == (tmp_path / "readme.txt",)


def test_that_an_empty_list_is_refused_in_words(tmp_path):
    (tmp_path / "films.txt").write_text("# nothing yet\n")
    with pytest.raises(FilmError, match="it names no films"):
        read_list(tmp_path / "films.txt")
