"""Makes a report file of a run, a cross-validation or a study. Called by the command line and by a worker."""

from __future__ import annotations

from pathlib import Path

from training.errors import UserError
from training.fit.study_folder import STUDY, read_study
from training.report.contents import make_document
from training.report.document import Document
from training.report.study_contents import make_study_document
from training.report.subject import read_subject

ENDINGS = (".html", ".pdf")


def write_report(
    folder: Path, target: Path, *, pictures: bool = False, prevalence: float | None = None
) -> None:
    """Write the report of a run, a cross-validation or a study, whole or not at all.

    Args:
        folder: Of any of them.
        target: The file; its ending says whether HTML or PDF.
        pictures: Show misread films; they are read from their own folder.
        prevalence: Share of positives for PPV and NPV, 0-1 excluded.

    Raises:
        UserError: Nothing can be reported, or the file cannot be written.
    """
    check_target(target)
    content = _render(_document(folder, pictures, prevalence), target)
    part = target.with_name(target.name + ".part")
    try:
        part.write_bytes(content)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise UserError(
            f"{target} could not be written: {error.strerror or error}.",
            "Choose another place, or close the file where it is open.",
        ) from error


def check_target(target: Path) -> None:
    """Refuse a file that could not be written, before the work starts.

    Args:
        target: The file.

    Raises:
        UserError: Its ending is unknown, or its folder is not there.
    """
    if target.suffix.lower() not in ENDINGS:
        raise UserError(f"A report is a file that ends in {' or '.join(ENDINGS)}.")
    if not target.absolute().parent.is_dir():
        raise UserError(f"The folder {target.absolute().parent} is not there.", "Make it first.")
    if target.is_dir():
        raise UserError(f"{target} is a folder; a file name is needed.")


def _document(folder: Path, pictures: bool, prevalence: float | None) -> Document:
    if (folder / STUDY).is_file():
        return make_study_document(read_study(folder), pictures=pictures, prevalence=prevalence)
    return make_document(read_subject(folder, prevalence=prevalence), pictures=pictures)


def _render(document: Document, target: Path) -> bytes:
    if target.suffix.lower() == ".pdf":
        from training.report.pdf import to_pdf  # a quarter of a second that HTML does not need

        return to_pdf(document)
    from training.report.html import to_html

    return to_html(document).encode("utf-8")
