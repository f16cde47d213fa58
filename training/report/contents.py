"""All of a report, section by section."""

from __future__ import annotations

from training.report.card_section import card_section
from training.report.checklists import checklist_sections
from training.report.curves_section import curves_section, training_section
from training.report.data_section import data_section
from training.report.document import Document, Section, Text, Tone
from training.report.figures_section import figures_section, folds_section
from training.report.many_sections import (
    many_curves_section,
    many_data_section,
    many_figures_section,
    many_misread_section,
)
from training.report.misread_section import misread_section
from training.report.pointing_section import pointing_sections
from training.report.settings_section import settings_section
from training.report.subject import Subject

NOT_A_DEVICE = "A research and teaching aid, not a medical device: never decide on a patient by it."
SYNTHETIC = (
    "SYNTHETIC SAMPLE SET: drawn films, no patients. No figure here means anything for real films."
)


def make_document(subject: Subject, *, pictures: bool = False) -> Document:
    """The report of a run or a cross-validation.

    Args:
        subject: Read and measured.
        pictures: Show misread films as pictures; they may not be shown publicly.
    """
    notices = [Text(NOT_A_DEVICE)]
    if subject.synthetic:
        notices.append(Text(SYNTHETIC, Tone.WARNING))
    if subject.status not in ("finished",):
        notices.append(Text(f"This run was {subject.status}.", Tone.WARNING))
    kind = "Cross-validation" if subject.crossval is not None else "Training run"
    folds: tuple[Section, ...] = (folds_section(subject),) if subject.crossval else ()
    sections: tuple[Section, ...]
    if subject.is_many:
        sections = (
            many_figures_section(subject),
            *folds,
            many_data_section(subject),
            many_curves_section(subject),
            many_misread_section(subject, pictures=pictures),
            training_section(subject),
            settings_section(subject),
            card_section(subject),
        )
    else:
        sections = (
            figures_section(subject),
            *folds,
            *pointing_sections(subject),
            data_section(subject),
            curves_section(subject),
            misread_section(subject, pictures=pictures),
            training_section(subject),
            settings_section(subject),
            card_section(subject),
            *checklist_sections(subject),
        )
    return Document(
        title=f"{kind}: {subject.name}",
        subtitle=f"Started {subject.started}" if subject.started else "",
        notices=tuple(notices),
        sections=sections,
    )
