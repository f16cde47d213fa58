"""Figures of more than two classes as lines for people. Called by commands, report and window."""

from __future__ import annotations

from collections.abc import Sequence

from training.evaluation.figures import Figures
from training.evaluation.many_classes import ManyMeasurement, ManyUnit
from training.evaluation.wording import figure_text, percent

LEFT_OUT = (
    "With more than two classes there is no threshold: no operating points, no calibration and no "
    "predictive values at another prevalence."
)
READING = (
    "A film is called by its largest score; a film's scores are the means of its files'. Each class "
    "is also held against all others together. Means count every class the same. In brackets: 95 % "
    "interval, over films."
)


def many_rows(measured: ManyMeasurement, classes: Sequence[str]) -> list[tuple[str, ...]]:
    """Rows of a table: name, by film, by file.

    Args:
        measured: The figures.
        classes: Names by label.
    """
    film, file = measured.by_film, measured.by_file
    rows: list[tuple[str, ...]] = [
        ("", f"by film ({film.count:,})", f"by file ({file.count:,})"),
        ("accuracy", *(figure_text("accuracy", unit.accuracy) for unit in (film, file))),
        ("  constant guess", *(percent(unit.constant_guess) for unit in (film, file))),
        (
            "mean found of a class (balanced accuracy)",
            *(figure_text("sensitivity", unit.balanced_accuracy) for unit in (film, file)),
        ),
        (
            "mean area under ROC, each against the rest",
            *(figure_text("auc", unit.auc) for unit in (film, file)),
        ),
    ]
    for label, name in enumerate(classes):
        both = (film.by_class[label], file.by_class[label])
        rows.append((f'"{name}"', *(f"{each.count:,}" for each in both)))
        for figure, words in _CLASS_WORDS.items():
            rows.append((words, *(figure_text(figure, getattr(each, figure)) for each in both)))
    return rows


_CLASS_WORDS = {
    "sensitivity": "  found of them (sensitivity)",
    "specificity": "  of the others, not called so (specificity)",
    "ppv": "  right where it is said (PPV)",
    "auc": "  area under ROC, against the rest",
}


def confusion_rows(unit: ManyUnit, classes: Sequence[str]) -> list[tuple[str, ...]]:
    """Rows of the confusion table, the head first: true class down, called class across.

    Args:
        unit: By film or by file.
        classes: Names by label.
    """
    head = ("is, is called", *(f'"{name}"' for name in classes), "found")
    rows: list[tuple[str, ...]] = [head]
    for label, (name, counts) in enumerate(zip(classes, unit.confusion, strict=True)):
        found = percent(unit.by_class[label].sensitivity.value)
        rows.append((f'"{name}"', *(f"{count:,}" for count in counts), found))
    return rows


def class_words(figures: Figures, classes: Sequence[str]) -> str:
    """What is called rightly of each class: "80.0 % hairline, 75.0 % none"."""
    shares = (percent(each.right / each.total if each.total else None) for each in figures.by_class)
    return ", ".join(f"{share} {name}" for share, name in zip(shares, classes, strict=True))
