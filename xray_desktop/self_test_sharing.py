"""The DICOM film that the self-test shares. Called by ``self_test`` only."""

from __future__ import annotations

from pathlib import Path

from xray_desktop.self_test_films import ramp

NAME = "Nobody^Nemo"


def shared_film(folder: Path) -> Path:
    """A film with a patient, a study and a series.

    Args:
        folder: Where it is written.
    """
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import ComputedRadiographyImageStorage, ExplicitVRLittleEndian, generate_uid

    pixels = ramp()
    film = Dataset()
    film.SOPClassUID = ComputedRadiographyImageStorage
    film.PatientName, film.PatientID, film.Modality = NAME, "4711", "CR"
    for keyword in ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID"):
        setattr(film, keyword, generate_uid(None))
    film.Rows, film.Columns = pixels.shape
    film.SamplesPerPixel, film.PhotometricInterpretation = 1, "MONOCHROME2"
    film.BitsAllocated = film.BitsStored = 8
    film.HighBit, film.PixelRepresentation = 7, 0
    film.PixelData = pixels.tobytes()
    film["PixelData"].VR = "OB"
    film.file_meta = FileMetaDataset()
    film.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    film.file_meta.MediaStorageSOPClassUID = film.SOPClassUID
    film.file_meta.MediaStorageSOPInstanceUID = film.SOPInstanceUID
    target = folder / "shared.dcm"
    film.save_as(target, enforce_file_format=True)
    return target
