"""How often outlined fractures are hit, as reports tell it, of runs and of cross-validations."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from pypdf import PdfReader
from scipy.stats import binomtest

from tests.report.report_builders import make_crossval, make_run
from training.evaluation.pointing import CENTRE, HEAT_MAP, SITE, Hits, pointing_rows, pooled_hits
from training.report.contents import make_document
from training.report.document import Drawings, Section, Table, Text
from training.report.make import write_report
from training.report.pointing_section import CHOSEN
from training.report.subject import read_subject


def keep_hits(run: Path, **splits: dict[str, Hits]) -> None:
    """Write down how often a run's best model hits, as a real run does."""
    hits = {
        split: {name: asdict(each) for name, each in ways.items()} for split, ways in splits.items()
    }
    values = {"model": "best", "learnt": None, "learnt_jointly": 0, "hits": hits}
    (run / "site.json").write_text(json.dumps(values), encoding="utf-8")


def sections(folder: Path) -> list[Section]:
    document = make_document(read_subject(folder))
    return [each for each in document.sections if each.title == "Outlined fractures"]


SOME = {
    SITE: Hits.of_counts(40, 16, 28),
    HEAT_MAP: Hits.of_counts(40, 6, 14),
    CENTRE: Hits.of_counts(40, 4, 20),
}


def test_that_shares_have_wilson_intervals() -> None:
    low, high = binomtest(28, 40).proportion_ci(method="wilson")
    assert (SOME[SITE].near_interval.low, SOME[SITE].near_interval.high) == pytest.approx(
        (low, high)
    )
    head, site, centre, heat_map = pointing_rows(SOME)
    assert head[1] == "films"
    assert site == ("site", "40", f"70 % ({100 * low:.0f} to {100 * high:.0f})", site[3])
    assert site[3].startswith("40 % (")
    assert centre[0].startswith("centre")
    assert heat_map[0].startswith("heat map")


def test_that_folds_are_pooled_by_films() -> None:
    first = {SITE: Hits.of_counts(10, 1, 3), CENTRE: Hits.of_counts(10, 0, 2)}
    second = {SITE: Hits.of_counts(30, 9, 27), CENTRE: Hits.of_counts(30, 5, 10)}
    pooled = pooled_hits([first, {}, second])
    assert pooled == {SITE: Hits.of_counts(40, 10, 30), CENTRE: Hits.of_counts(40, 5, 12)}
    # A way that one fold lacks is no rate of all films.
    assert set(pooled_hits([first, {CENTRE: second[CENTRE]}])) == {CENTRE}
    assert pooled_hits([{}, {}]) == {}


def test_that_a_run_without_outlines_has_no_such_section(tmp_path: Path) -> None:
    assert sections(make_run(tmp_path)) == []


def test_that_a_runs_report_tells_how_often_fractures_are_hit(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    keep_hits(run, validation=SOME)
    (section,) = sections(run)
    table, drawings = section.blocks[:2]
    assert isinstance(table, Table)
    assert table.title == "Best model on validation"
    assert [row[0] for row in table.rows] == [row[0] for row in pointing_rows(SOME)[1:]]
    assert isinstance(drawings, Drawings)
    assert len(drawings.drawings) == 2
    assert any(isinstance(block, Text) and block.words == CHOSEN for block in section.blocks)
    for ending in (".html", ".pdf"):
        target = tmp_path / f"report{ending}"
        write_report(run, target)
        if ending == ".html":
            text = target.read_text(encoding="utf-8")
        else:
            text = "\n".join(page.extract_text() for page in PdfReader(target).pages)
        assert "Outlined fractures" in text
        assert "70 % (" in text


def test_that_a_cross_validation_tells_it_of_the_films_of_all_folds(tmp_path: Path) -> None:
    folder = make_crossval(tmp_path)
    for number, path in enumerate(sorted(folder.glob("*/config.json"))):
        ways = {SITE: Hits.of_counts(10, 2, 5 + number), CENTRE: Hits.of_counts(10, 1, 4)}
        # Its validation films chose its best epoch: they are not what is told.
        keep_hits(path.parent, test=ways, validation={SITE: Hits.of_counts(9, 9, 9)})
    (section,) = sections(folder)
    table = section.blocks[0]
    assert isinstance(table, Table)
    assert table.title == "Best models, out of fold"
    assert table.rows[0][:2] == ("site", "30")
    assert table.rows[0][2].startswith("60 % (")
    assert not any(isinstance(block, Text) and block.words == CHOSEN for block in section.blocks)
