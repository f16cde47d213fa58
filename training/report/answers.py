"""What a run can say to the items of reporting checklists, in whole sentences."""

from __future__ import annotations

from collections.abc import Mapping

from training.report.card_section import calibration_words, points_words, software_words
from training.report.figures_section import accuracy_words
from training.report.misread_section import misread_films
from training.report.settings_section import (
    augmentation_words,
    division_words,
    input_words,
    learning_words,
    network_words,
)
from training.report.subject import Subject


def answers(subject: Subject) -> Mapping[str, str]:
    """Answers by name, as ``checklist_items`` uses them.

    Args:
        subject: The run or cross-validation.
    """
    return _methods(subject) | _model(subject) | _results(subject)


def left_out_words(subject: Subject) -> str:
    """How many files were left out."""
    count = len(subject.left_out)
    return f"{count:,} unusable files were left out." if count else "No file was left out."


def _methods(subject: Subject) -> dict[str, str]:
    return {
        "preparation": f"Input: {input_words(subject.config)}.",
        "predictors": f"The pixels alone: {input_words(subject.config)}.",
        "missing": f"{left_out_words(subject)} Reasons are listed under Films.",
        "division": f"Division: {division_words(subject)}.",
        "disjoint": "By film, as told by file names; whether two films are of one patient is not "
        "known here.",
        "measures": "Accuracy, sensitivity, specificity, PPV, NPV, areas under ROC and "
        "precision-recall, Brier score, calibration error; ROC, precision-recall, reliability "
        "curve and histogram; constant guess and guess by brightness beside them.",
        "uncertainty": "95 % intervals over films: Wilson, Newcombe, Koopman or bootstrap over "
        "films.",
        "imbalance": "Classes were weighed to count the same."
        if subject.config.class_weights
        else "No method against imbalance was used.",
    }


def _model(subject: Subject) -> dict[str, str]:
    config, card = subject.config, subject.card
    training = (
        f"{config.epochs} epochs of steps of {config.batch_size} files; {learning_words(config)}; "
        f"binary cross-entropy; augmentation: {augmentation_words(config)}."
    )
    choice = f"The epoch with the best {config.monitor.removeprefix('val_')} on validation."
    return {
        "model": f"Convolutional network: {network_words(config)}; one sigmoid output.",
        "built": f"Convolutional network: {network_words(config)}. {training} {choice}",
        "software": f"{software_words(subject)}.",
        "initial": f"Random, seed {config.seed}; no pre-trained weights.",
        "training": training,
        "choice": choice,
        "ensembles": "None: every score is of one network.",
        "explanations": "Grad-CAM in the viewer. It shows where the network looked, not where a "
        "fracture is; its hit rate was not measured here.",
        "predictions": f"By the model file “{card.kind}.keras”, which holds network, weights and "
        "preprocessing and can be read by plain Keras.",
        "updating": f"Calibration: {calibration_words(card)}. No other updating.",
        "output": f"A score of 0 to 1 for “{card.classes[1]}”; threshold {card.threshold:.3g}; "
        f"operating points: {points_words(card)}.",
        "poor": "Files that cannot be read are refused with a reason. Pictures that are no "
        "radiographs are not recognised as such.",
    }


def _results(subject: Subject) -> dict[str, str]:
    main = subject.main
    film = main.measured.by_film
    wrong = misread_films(main)
    missed = sum(each.label for each in wrong)
    numbers = "; ".join(
        f"{part.name}: {part.measured.by_film.count:,} films, "
        f"{part.measured.by_film.positives:,} positive"
        for part in subject.parts
        if part.kind == main.kind
    )
    few = " Fewer than 30 films were measured." if main.measured.has_few_films else ""
    return {
        "numbers": f"{numbers}. {left_out_words(subject)} Patients are not "
        "counted: only films are known.",
        "internal": f"{main.name}: {accuracy_words(film)}.",
        "performance": f"{main.name}, by film: {accuracy_words(film)}. No subgroups.",
        "diagnostic": f"See Figures: sensitivity, specificity, PPV and NPV with intervals, at a "
        f"prevalence of {100 * film.prevalence:.3g} %.",
        "failures": f"{len(wrong):,} of {film.count:,} films misread, {missed:,} of them missed "
        "positives; listed worst first.",
        "limits": "No external data; films are told apart by file names; one reference label a "
        f"film, not checked here; intervals do not speak of another training run.{few}",
        "practice": "None: a research and teaching aid, not a medical device.",
    }
