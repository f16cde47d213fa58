"""Training curves; ROC, precision-recall, calibration and scores by film."""

from __future__ import annotations

from training.evaluation.curves import precision_recall, reliability, roc, score_histogram
from training.evaluation.wording import few_films_words, figure_text, number
from training.report.document import Block, Drawings, Section, Text, Tone
from training.report.plots import (
    accuracy_plot,
    histogram_plot,
    loss_plot,
    precision_recall_plot,
    reliability_plot,
    roc_plot,
)
from training.report.subject import Subject


def training_section(subject: Subject) -> Section:
    """Loss and accuracy over the epochs.

    Args:
        subject: The run or cross-validation; with several runs all lie over each other.
    """
    histories = [history for history in subject.histories if history.epochs]
    if not histories:
        return Section("Training", (Text("No epoch ended."),))
    drawings = (loss_plot(histories), accuracy_plot(histories, subject.constant_guess))
    words = "The circle marks the best epoch." if len(histories) == 1 else "One line for each fold."
    return Section("Training", (Drawings(drawings), Text(words, Tone.NOTE)))


def curves_section(subject: Subject) -> Section:
    """The curves of the main part, by film.

    Args:
        subject: The run or cross-validation.
    """
    part = subject.main
    films, unit = part.sample.by_film(), part.measured.by_film
    blocks: list[Block] = [Text(f"Of the {part.name}, by film: {unit.count:,} films.")]
    if part.measured.has_few_films:
        blocks.append(Text(few_films_words(unit.count), Tone.WARNING))
    drawings = []
    if 0 < unit.positives < unit.count:
        share = unit.positives / unit.count
        average = figure_text("average_precision", unit.average_precision)
        drawings.append(roc_plot(roc(films), f"area {figure_text('auc', unit.auc)}"))
        drawings.append(precision_recall_plot(precision_recall(films), average, share))
    else:
        blocks.append(Text("With films of one class only there are no ROC and no recall."))
    error = f"error {figure_text('ece', unit.ece)}; by chance alone {number(unit.ece_by_chance)}"
    drawings.append(reliability_plot(reliability(films), error))
    histogram = score_histogram(films)
    drawings.append(histogram_plot(histogram, subject.classes, part.measured.threshold))
    blocks.append(Drawings(tuple(drawings)))
    note = (
        "Bands and bars: 95 %, over films, at each position by itself. Dotted: chance, or right "
        "calibration. Dashed in the histogram: the threshold."
    )
    blocks.append(Text(note, Tone.NOTE))
    return Section("Curves", tuple(blocks))
