"""Anonymous copies: nothing of the patient anywhere in the bytes, every pixel as it was."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread
from pydicom.dataset import Dataset

from tests.builders.films import bone_picture, dicom_dataset, write_png, write_tiff
from training.errors import UserError
from training.films.reader import read_film
from training.sharing.anonymous import (
    BURNED_IN,
    MAY_BE_BURNED_IN,
    Pseudonyms,
    anonymous_copy,
    write_copies,
)

# Each stands in the source below at least once, and must be nowhere in the copy.
SECRETS = (
    *("Zimmermann", "Adalbert", "PAT-447711", "ISSUER-88", "19580317", "20240229", "20240301"),
    *("Waldkrankenhaus", "Lindenallee", "Obermeier", "Kowalczyk", "Schwester", "ACC-5519"),
    *("STUDY-7781", "1.2.276.0.99.1", "1.2.276.0.99.2", "1.2.276.0.99.3", "1.2.276.0.99.4"),
    *("PRIVATE-SECRET", "SCANNER-SN-3", "AE-TITLE-9", "fell off the roof", "PREAMBLE-SECRET"),
    *("+49-30-555", "Grandmother", "OVERLAY-NOTE", "ROOM-12-WEST", "NESTED-PRIVATE"),
)


def item(**elements: Any) -> Dataset:
    found = Dataset()
    for keyword, value in elements.items():
        setattr(found, keyword, value)
    return found


def telling(pixels: np.ndarray[Any, Any], **elements: Any) -> Dataset:
    """A film that tells whose it is wherever a film can."""
    dataset = dicom_dataset(
        pixels,
        PatientName="Zimmermann^Adalbert",
        PatientID="PAT-447711",
        IssuerOfPatientID="ISSUER-88",
        PatientBirthDate="19580317",
        PatientTelephoneNumbers="+49-30-555",
        PatientComments="fell off the roof, says Grandmother",
        StudyDate="20240229",
        AcquisitionDateTime="20240301101112",
        AccessionNumber="ACC-5519",
        StudyID="STUDY-7781",
        InstitutionName="Waldkrankenhaus",
        InstitutionAddress="Lindenallee 4",
        ReferringPhysicianName="Obermeier^Karl",
        OperatorsName="Schwester^Anna",
        DeviceSerialNumber="SCANNER-SN-3",
        StationName="ROOM-12-WEST",
        SOPInstanceUID="1.2.276.0.99.1",
        StudyInstanceUID="1.2.276.0.99.2",
        SeriesInstanceUID="1.2.276.0.99.3",
        **elements,
    )
    # The profile keeps this one; someone has typed a name into it.
    dataset.FilterMaterial = "COPPER"
    dataset.AcquisitionDeviceProcessingCode = "as wished by Kowalczyk"
    dataset.PerformingPhysicianName = "Kowalczyk^Jan"
    request = item(RequestedProcedureID="ACC-5519", ReferringPhysicianName="Obermeier^Karl")
    dataset.RequestAttributesSequence = [request]
    # A sequence that the profile keeps, with what it removes inside, and a private block in it.
    view = item(CodeValue="399348003", CodingSchemeDesignator="SCT", CodeMeaning="Antero-posterior")
    view.InstitutionName = "Waldkrankenhaus"
    view.OperatorsName = "Schwester^Anna"
    view.private_block(0x0011, "OURS", create=True).add_new(1, "LO", "NESTED-PRIVATE")
    dataset.ViewCodeSequence = [view]
    source = item(
        ReferencedSOPClassUID=dataset.SOPClassUID, ReferencedSOPInstanceUID="1.2.276.0.99.4"
    )
    dataset.SourceImageSequence = [source]
    dataset.private_block(0x0009, "SECRETIVE", create=True).add_new(1, "LT", "PRIVATE-SECRET")
    dataset.add_new(0x60004000, "LT", "OVERLAY-NOTE")
    dataset.file_meta.MediaStorageSOPInstanceUID = "1.2.276.0.99.1"
    dataset.file_meta.SourceApplicationEntityTitle = "AE-TITLE-9"
    dataset.preamble = b"PREAMBLE-SECRET".ljust(128, b"\0")
    return dataset


def save(path: Path, dataset: Dataset) -> Path:
    dataset.save_as(path, enforce_file_format=True)
    return path


def test_that_nothing_of_the_patient_is_left_in_the_bytes(tmp_path: Path) -> None:
    film = save(tmp_path / "film.dcm", telling(bone_picture()))
    before = film.read_bytes()
    assert all(secret.encode() in before for secret in SECRETS)
    copy = anonymous_copy(film).content
    assert [secret for secret in SECRETS if secret.lower().encode() in copy.lower()] == []
    assert film.read_bytes() == before


def test_that_pixels_and_what_the_picture_needs_stay(tmp_path: Path) -> None:
    pixels = (bone_picture().astype(np.uint16) * 13) & 0x0FFF
    dataset = telling(pixels, bits_stored=12, photometric="MONOCHROME1", WindowCenter=900)
    dataset.WindowWidth = 1200
    dataset.ImagerPixelSpacing = [0.2, 0.2]
    dataset.BodyPartExamined = "WRIST"
    film = save(tmp_path / "film.dcm", dataset)
    target = tmp_path / "copy.dcm"
    target.write_bytes(anonymous_copy(film).content)
    one, other = read_film(film), read_film(target)
    assert np.array_equal(one.pixels, other.pixels)
    assert (one.window, one.inverted, one.spacing) == (other.window, other.inverted, other.spacing)
    copy = dcmread(target)
    assert copy.PixelData == dataset.PixelData
    assert (copy.BodyPartExamined, copy.FilterMaterial) == ("WRIST", "COPPER")
    assert copy.ViewCodeSequence[0].CodeMeaning == "Antero-posterior"
    assert copy.SourceImageSequence[0].ReferencedSOPClassUID == dataset.SOPClassUID
    assert copy.PatientIdentityRemoved == "YES"
    assert copy.DeidentificationMethodCodeSequence[0].CodeValue == "113100"
    assert copy.file_meta.MediaStorageSOPInstanceUID == copy.SOPInstanceUID


def test_that_uids_and_patients_are_replaced_alike_in_all_copies(tmp_path: Path) -> None:
    names = Pseudonyms()
    copies = []
    for number in range(2):
        dataset = telling(bone_picture(seed=number))
        dataset.SOPInstanceUID = f"1.2.276.0.77.{number}"
        film = save(tmp_path / f"{number}.dcm", dataset)
        copies.append(dcmread(BytesIO(anonymous_copy(film, names).content)))
    one, other = copies
    assert one.StudyInstanceUID == other.StudyInstanceUID != "1.2.276.0.99.2"
    assert one.SOPInstanceUID != other.SOPInstanceUID
    assert one.PatientID == other.PatientID
    another = telling(bone_picture())
    another.PatientID = "SOMEONE-ELSE"
    film = save(tmp_path / "another.dcm", another)
    assert dcmread(BytesIO(anonymous_copy(film, names).content)).PatientID != one.PatientID
    # Nothing tells two exports' patients to be one.
    assert dcmread(BytesIO(anonymous_copy(tmp_path / "0.dcm").content)).PatientID != one.PatientID


@pytest.mark.parametrize(
    ("annotation", "warning"),
    [("YES", BURNED_IN), ("NO", MAY_BE_BURNED_IN), (None, MAY_BE_BURNED_IN)],
)
def test_that_burned_in_text_is_warned_of(
    tmp_path: Path, annotation: str | None, warning: str
) -> None:
    elements = {} if annotation is None else {"BurnedInAnnotation": annotation}
    film = save(tmp_path / "film.dcm", telling(bone_picture(), **elements))
    assert anonymous_copy(film).warning == warning


def test_that_a_name_in_the_pixel_data_is_refused(tmp_path: Path) -> None:
    dataset = telling(bone_picture())
    name = b"Zimmermann^Adalbert"
    dataset.PixelData = name + dataset.PixelData[len(name) :]
    with pytest.raises(UserError, match="unexpected place"):
        anonymous_copy(save(tmp_path / "film.dcm", dataset))


def test_that_what_is_no_film_is_refused(tmp_path: Path) -> None:
    dataset = telling(bone_picture())
    del dataset.PixelData
    with pytest.raises(UserError, match="no picture"):
        anonymous_copy(save(tmp_path / "film.dcm", dataset))
    with pytest.raises(UserError, match="does not exist any more"):
        anonymous_copy(tmp_path / "gone.dcm")


def test_that_a_jpeg_keeps_its_data_and_its_turn_and_nothing_else(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x013B], exif[0x0112] = "Zimmermann", "Obermeier", 6
    film = tmp_path / "film.jpg"
    picture = Image.fromarray(bone_picture(64, 48))
    picture.save(film, "JPEG", exif=exif, comment=b"Waldkrankenhaus", dpi=(300, 300))
    film.write_bytes(film.read_bytes() + b"trailing PAT-447711")
    copy = anonymous_copy(film)
    for secret in (b"Zimmermann", b"Obermeier", b"Waldkrankenhaus", b"PAT-447711"):
        assert secret in film.read_bytes()
        assert secret not in copy.content
    target = tmp_path / f"copy{copy.ending}"
    target.write_bytes(copy.content)
    assert np.array_equal(read_film(film).pixels, read_film(target).pixels)
    with Image.open(target) as found:
        assert dict(found.getexif()) == {0x0112: 6}


def test_that_other_pictures_are_written_anew(tmp_path: Path) -> None:
    from PIL.PngImagePlugin import PngInfo

    notes = PngInfo()
    notes.add_text("Patient", "Zimmermann")
    png = write_png(tmp_path / "film.png", bone_picture(), pnginfo=notes)
    deep = write_tiff(tmp_path / "film.tif", bone_picture().astype(np.uint16) * 257)
    white = write_tiff(tmp_path / "white.tif", bone_picture(), white_is_zero=True)
    for film in (png, deep, white):
        copy = anonymous_copy(film)
        target = tmp_path / f"copy-{film.stem}{copy.ending}"
        target.write_bytes(copy.content)
        assert b"Zimmermann" not in copy.content
        assert np.array_equal(read_film(film).display(), read_film(target).display())
        assert copy.warning == MAY_BE_BURNED_IN


def test_that_a_list_is_copied_under_new_names_and_nothing_is_overwritten(tmp_path: Path) -> None:
    films = [save(tmp_path / "Zimmermann.dcm", telling(bone_picture())), tmp_path / "gone.dcm"]
    films.append(write_png(tmp_path / "Obermeier.png", bone_picture()))
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "film-0001.dcm").write_bytes(b"mine")
    told: list[tuple[int, int]] = []
    made = write_copies(
        films, folder, progress=lambda *at: told.append(at), cancelled=lambda: False
    )
    assert sorted(path.name for path in folder.iterdir()) == [
        "film-0001.dcm",
        "film-0002.dcm",
        "film-0003.png",
    ]
    assert (folder / "film-0001.dcm").read_bytes() == b"mine"
    assert (made.num_written, [path.name for path, _ in made.refused]) == (2, ["gone.dcm"])
    assert told[-1] == (3, 3)


def test_that_a_list_can_be_stopped(tmp_path: Path) -> None:
    films = [write_png(tmp_path / f"{n}.png", bone_picture(seed=n)) for n in range(3)]
    folder = tmp_path / "out"
    folder.mkdir()
    asked = iter((False, True))
    made = write_copies(films, folder, progress=lambda *_: None, cancelled=lambda: next(asked))
    assert (made.num_written, made.was_stopped) == (1, True)
    assert len(list(folder.iterdir())) == 1


def test_that_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    film = write_png(tmp_path / "film.png", bone_picture())
    with pytest.raises(UserError, match="cannot be written"):
        write_copies([film], tmp_path / "gone", progress=lambda *_: None, cancelled=lambda: False)


def test_that_real_films_keep_every_pixel_and_lose_their_identity(
    shared_data: Path, tmp_path: Path
) -> None:
    films = sorted((shared_data / "dicom" / "films").glob("*.dcm"))
    assert films
    for film in films:
        source = dcmread(film)
        copy = anonymous_copy(film).content
        target = tmp_path / film.name
        target.write_bytes(copy)
        found = dcmread(target)
        assert found.PixelData.rstrip(b"\0") == source.PixelData.rstrip(b"\0")
        for keyword in ("PatientName", "PatientID", "SOPInstanceUID", "StudyInstanceUID"):
            value = str(source.get(keyword, ""))
            assert not value or value.encode() not in copy
        assert np.array_equal(read_film(film).pixels, read_film(target).pixels)
