"""The items of two reporting checklists by number, with what each asks for in a few own words.

CLAIM, 2024 update: A. S. Tejani et al., Radiology: Artificial Intelligence 6, 2024, e240300.
TRIPOD+AI: G. S. Collins et al., BMJ 385, 2024, e078378 (checklist of 11 January 2024).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    """One item.

    Args:
        number: As the checklist counts ("12a").
        asks: What it asks for, in our words.
        answer: Name of the answer that a run can give (``answers``), or empty.
    """

    number: str
    asks: str
    answer: str = ""


def _items(*rows: tuple[str, ...]) -> tuple[Item, ...]:
    return tuple(Item(*row) for row in rows)


CLAIM = _items(
    ("1", "title names the kind of AI"),
    ("2", "structured abstract"),
    ("3", "background, intended use and role"),
    ("4", "aims and hypotheses"),
    ("5", "prospective or retrospective"),
    ("6", "goal of the study"),
    ("7", "where the data come from"),
    ("8", "who was included and excluded"),
    ("9", "preparation of the images", "preparation"),
    ("10", "choice of parts of the data"),
    ("11", "removal of identities"),
    ("12", "missing data", "missing"),
    ("13", "how images were acquired"),
    ("14", "how the reference standard was obtained"),
    ("15", "why this reference standard"),
    ("16", "who labelled"),
    ("17", "labels of the test films"),
    ("18", "agreement between labellers"),
    ("19", "division into parts", "division"),
    ("20", "level at which parts are disjoint", "disjoint"),
    ("21", "size of the test set and why"),
    ("22", "the model in detail", "model"),
    ("23", "software", "software"),
    ("24", "initial weights", "initial"),
    ("25", "training in detail", "training"),
    ("26", "choice of the final model", "choice"),
    ("27", "ensembles", "ensembles"),
    ("28", "measures of performance", "measures"),
    ("29", "uncertainty and significance", "uncertainty"),
    ("30", "robustness"),
    ("31", "explanations of the model's answers", "explanations"),
    ("32", "test on internal data", "internal"),
    ("33", "test on external data"),
    ("34", "registration of a trial"),
    ("35", "numbers included and excluded", "numbers"),
    ("36", "patients of each part"),
    ("37", "performance with uncertainty", "performance"),
    ("38", "diagnostic performance and its precision", "diagnostic"),
    ("39", "analysis of failures", "failures"),
    ("40", "limits of the study", "limits"),
    ("41", "meaning for practice", "practice"),
    ("42", "protocol or further details"),
    ("43", "availability of software, model and data"),
    ("44", "funding"),
)

TRIPOD = _items(
    ("1", "title names model, population and outcome"),
    ("2", "abstract"),
    ("3a", "healthcare context and reason"),
    ("3b", "target population, purpose, users"),
    ("3c", "known inequalities between groups"),
    ("4", "objectives"),
    ("5a", "sources of the data"),
    ("5b", "dates of the data"),
    ("6a", "setting and centres"),
    ("6b", "who was eligible"),
    ("6c", "treatments"),
    ("7", "preparation and quality checks", "preparation"),
    ("8a", "outcome and how it was assessed"),
    ("8b", "who assessed the outcome"),
    ("8c", "blinding of that assessment"),
    ("9a", "choice of predictors"),
    ("9b", "definition of predictors", "predictors"),
    ("9c", "who assessed predictors"),
    ("10", "sample size and why"),
    ("11", "missing data", "missing"),
    ("12a", "use and division of the data", "division"),
    ("12b", "how predictors were handled", "preparation"),
    ("12c", "kind of model, how it was built and validated", "built"),
    ("12d", "differences between clusters"),
    ("12e", "measures and plots", "measures"),
    ("12f", "updating after evaluation", "updating"),
    ("12g", "how predictions were computed", "predictions"),
    ("13", "class imbalance", "imbalance"),
    ("14", "fairness"),
    ("15", "output and thresholds", "output"),
    ("16", "differences between training and evaluation data"),
    ("17", "ethics approval and consent"),
    ("18a", "funding"),
    ("18b", "conflicts of interest"),
    ("18c", "protocol"),
    ("18d", "registration"),
    ("18e", "sharing of data"),
    ("18f", "sharing of code"),
    ("19", "involvement of patients and public"),
    ("20a", "flow and numbers with the outcome", "numbers"),
    ("20b", "characteristics of participants"),
    ("20c", "comparison with the development data"),
    ("21", "numbers in each analysis", "numbers"),
    ("22", "the full model", "predictions"),
    ("23a", "performance with intervals", "performance"),
    ("23b", "performance across clusters"),
    ("24", "results of updating", "updating"),
    ("25", "interpretation"),
    ("26", "limits", "limits"),
    ("27a", "poor or missing input in use", "poor"),
    ("27b", "what users must do and know"),
    ("27c", "next steps"),
)
