"""The figures page tells how often outlined fractures are hit, where somebody outlined any."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.report.test_report_pointing import SOME, keep_hits
from training.evaluation.pointing import CENTRE, SITE, Hits
from xray_desktop.results.window import ResultsWindow
from xray_desktop.state.results_state import Page

Open = Callable[[Path, Page], ResultsWindow]


def test_that_hit_rates_stand_below_the_figures(run: Path, opened: Open) -> None:
    few = {SITE: Hits.of_counts(12, 3, 6), CENTRE: Hits.of_counts(12, 1, 5)}
    keep_hits(run, test=few, validation=SOME)
    page = opened(run, Page.FIGURES).figures
    assert page.pointing.isVisible()
    rows = page.pointing.rows()
    assert rows[0][2:] == ("films", "within 15 px (of 224)", "inside the outline")
    assert [row[0] for row in rows[1:]] == [
        *("Best model on test", ""),
        *("Best model on validation", "", ""),
    ]
    assert [row[1].split()[0] for row in rows[1:]] == ["site", "centre", "site", "centre", "heat"]
    assert rows[3][3].startswith("70 % (")
    # Rates of few films are red, as figures are.
    red, plain = (page.pointing.item(row, 3).foreground().color().name() for row in (0, 2))
    assert red != plain
    assert page.rows()[-1] == rows[-1]
    # All of it is in sight, without a bar of its own.
    assert page.pointing.verticalScrollBar().maximum() == 0


def test_that_nothing_stands_there_without_outlines(run: Path, opened: Open) -> None:
    page = opened(run, Page.FIGURES).figures
    assert not page.pointing.isVisible()
    assert page.rows() == page.table.rows()
