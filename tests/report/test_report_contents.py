"""What a report says of a run and of a cross-validation."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest
from sklearn.metrics import accuracy_score, roc_auc_score

from tests.report.report_builders import make_crossval, make_run
from training.data.dataset import Split
from training.errors import UserError
from training.fit.run_folder import read_run, read_scores
from training.report.checklist_items import CLAIM, TRIPOD
from training.report.checklists import checklist_sections
from training.report.contents import make_document
from training.report.document import Document, Picture, Pictures, Section, Table, Text, Tone
from training.report.misread_section import misread_films
from training.report.subject import Note, read_subject, shown_name


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_run(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module")
def crossval(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_crossval(tmp_path_factory.mktemp("crossval"))


def words(document: Document) -> str:
    return "\n".join(cell for section in document.sections for cell in words_of(section))


def words_of(section: Section) -> list[str]:
    found = [section.title]
    for block in section.blocks:
        if isinstance(block, Text):
            found.append(block.words)
        elif isinstance(block, Table):
            found += [block.title, *block.head, *(cell for row in block.rows for cell in row)]
    return found


def section(document: Document, title: str) -> Section:
    return next(each for each in document.sections if each.title.startswith(title))


def test_that_figures_of_a_run_are_those_of_its_scores(run: Path) -> None:
    subject = read_subject(run)
    files = read_scores(read_run(run), "best", Split.VALIDATION)
    truth = [file.label for file in files]
    called = [file.score >= 0.5 for file in files]
    film = subject.main.measured.by_film
    assert subject.main.name == "best model on validation"
    assert film.accuracy.value == pytest.approx(accuracy_score(truth, called))
    assert film.auc.value == pytest.approx(roc_auc_score(truth, [file.score for file in files]))
    assert film.brightness_guess is not None
    assert {part.split for part in subject.parts} == {Split.VALIDATION, Split.TRAIN}


def test_that_fewer_than_thirty_films_stand_in_red(run: Path) -> None:
    figures = section(make_document(read_subject(run)), "Figures")
    warnings = [each for each in figures.blocks if isinstance(each, Text)]
    assert warnings[0].tone is Tone.WARNING
    assert "ONLY 8 FILMS" in warnings[0].words


def test_that_both_guesses_stand_beside_every_accuracy(run: Path) -> None:
    for block in section(make_document(read_subject(run)), "Figures").blocks:
        if isinstance(block, Table):
            text = " ".join([*block.head, *(row[0] for row in block.rows)])
            assert "constant guess" in text
            assert "brightness alone" in text


def test_that_a_prevalence_is_the_one_that_ppv_holds_for(run: Path) -> None:
    subject = read_subject(run, prevalence=0.01)
    assert subject.main.measured.by_film.prevalence == 0.01
    assert "at a prevalence of 1 %" in words(make_document(subject))


def test_that_misread_films_come_worst_first(run: Path) -> None:
    subject = read_subject(run)
    found = misread_films(subject.main)
    film = subject.main.measured.by_film
    assert len(found) == film.false_positives + film.false_negatives > 1
    distances = [abs(each.score - 0.5) for each in found]
    assert distances == sorted(distances, reverse=True)
    for each in found:
        assert (each.score >= 0.5) != bool(each.label)


def test_that_no_path_of_this_machine_is_told(run: Path, crossval: Path) -> None:
    for folder in (run, crossval):
        text = words(make_document(read_subject(folder)))
        assert str(folder.parent) not in text
        assert "/tmp" not in text
    outside = Path("/home/anna/DOE^JANE/film.dcm")
    assert shown_name(outside, Path("/data")) == "film.dcm"


def test_that_pictures_are_shown_only_where_asked_for(run: Path) -> None:
    subject = read_subject(run)

    def pictures(wanted: bool) -> list[Picture]:
        blocks = section(make_document(subject, pictures=wanted), "Misread").blocks
        return [p for block in blocks if isinstance(block, Pictures) for p in block.pictures]

    assert not pictures(False)
    shown = pictures(True)
    assert len(shown) == len(misread_films(subject.main))
    assert shown[0].png.startswith(b"\x89PNG")


def test_that_films_that_are_gone_are_left_out_of_the_pictures(tmp_path: Path) -> None:
    folder = make_run(tmp_path)
    shutil.rmtree(tmp_path / "films")
    document = make_document(read_subject(folder), pictures=True)
    assert "could not be read any more" in words(document)


def test_that_a_cross_validation_has_folds_and_pooled_figures(crossval: Path) -> None:
    subject = read_subject(crossval)
    assert subject.main.measured.by_film.count == 24
    document = make_document(subject)
    text = words(document)
    assert "fold 3" in text
    assert "spread (sd)" in text
    assert "doubtful labels" in text
    folds = section(document, "Fold by fold")
    assert subject.crossval is not None
    table = next(block for block in folds.blocks if isinstance(block, Table))
    mean = subject.crossval.figures[0].by_fold["accuracy"].mean
    assert mean is not None
    assert table.rows[0][:2] == ("accuracy", f"{100 * mean:.1f} %")


def test_that_films_in_both_parts_are_pointed_out(tmp_path: Path) -> None:
    folder = make_run(tmp_path)
    scores = folder / "scores.csv"
    text = scores.read_text(encoding="utf-8")
    shared = text.replace("fractured/val 0,", "fractured/train 0,")
    scores.write_text(shared, encoding="utf-8")
    films = section(make_document(read_subject(folder)), "Films")
    said = " ".join(words_of(films))
    assert "2 validation films are, by name, in training too" in said


def test_that_what_a_data_check_found_is_told(run: Path) -> None:
    plain = read_subject(run)
    assert "No data check was kept" in words(make_document(plain))
    notes = (Note("3 films are in both parts.", is_serious=True), Note("Copies: 4."))
    checked = dataclasses.replace(plain, checked=notes)
    films = section(make_document(checked), "Films")
    found = [block for block in films.blocks if isinstance(block, Text)]
    assert Text("3 films are in both parts.", Tone.WARNING) in found
    assert Text("Copies: 4.") in found


def test_that_a_data_check_beside_the_run_is_read(
    tmp_path: Path,
) -> None:
    folder = make_run(tmp_path)
    findings = '{"findings": [{"words": "Copies: 4."}, {"words": "A leak.", "serious": true}]}'
    (folder / "data_check.json").write_text(findings, encoding="utf-8")
    assert read_subject(folder).checked == (Note("Copies: 4."), Note("A leak.", is_serious=True))


def test_that_the_sample_set_is_called_synthetic(run: Path) -> None:
    subject = dataclasses.replace(read_subject(run), synthetic=True)
    notices = make_document(subject).notices
    assert any("SYNTHETIC" in text.words and text.tone is Tone.WARNING for text in notices)
    assert any("not a medical device" in text.words for text in notices)


def test_that_every_item_of_both_checklists_is_filled_or_open(run: Path) -> None:
    assert [item.number for item in CLAIM] == [str(number) for number in range(1, 45)]
    counted = {item.number.rstrip("abcdefg") for item in TRIPOD}
    assert counted == {str(number) for number in range(1, 28)}
    assert len(TRIPOD) == len({item.number for item in TRIPOD}) == 52
    for items, made in zip((CLAIM, TRIPOD), checklist_sections(read_subject(run)), strict=True):
        table = next(block for block in made.blocks if isinstance(block, Table))
        open_items = next(
            block.words
            for block in made.blocks
            if isinstance(block, Text) and block.words.startswith("Open")
        )
        filled = {row[0] for row in table.rows}
        assert all(row[2].strip(" .") for row in table.rows)
        for item in items:
            told_open = f" {item.number} {item.asks}" in open_items
            assert (item.number in filled) != told_open


def test_that_what_cannot_be_reported_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="run"):
        read_subject(tmp_path)
    folder = make_run(tmp_path)
    (folder / "evaluation.json").unlink()
    with pytest.raises(UserError, match="nothing to report"):
        read_subject(folder)


def test_that_an_unfinished_cross_validation_is_refused(tmp_path: Path) -> None:
    folder = make_crossval(tmp_path)
    (folder / "figures.json").unlink()
    with pytest.raises(UserError, match="not finished"):
        read_subject(folder)


def test_that_body_regions_are_counted_where_names_tell_them(run: Path, tmp_path: Path) -> None:
    assert "By body region" not in words(make_document(read_subject(run)))
    folder = Path(shutil.copytree(run, tmp_path / run.name))
    scores = folder / "scores.csv"
    text = scores.read_text(encoding="utf-8")
    assert text.splitlines()[0].endswith(",region,view")
    # Of an older version, whose names tell the region of some.
    lines = [line.rsplit(",", 2)[0].replace("/val 1", "/wrist 1") for line in text.splitlines()]
    scores.write_text("\n".join(lines) + "\n", encoding="utf-8")
    figures = section(make_document(read_subject(folder)), "Figures")
    table = next(
        block
        for block in figures.blocks
        if isinstance(block, Table) and block.title.startswith("By body region")
    )
    assert [row[0] for row in table.rows] == ["wrist", "not recorded"]
    assert [row[1] for row in table.rows] == ["2 (few!)", "6 (few!)"]


def test_that_runs_of_an_older_version_are_measured_again(tmp_path: Path) -> None:
    folder = make_run(tmp_path)
    scores = folder / "scores.csv"
    lines = scores.read_text(encoding="utf-8").splitlines()
    scores.write_text("\n".join(line.rsplit(",", 3)[0] for line in lines), encoding="utf-8")
    subject = read_subject(folder)
    assert subject.main.measured.by_film.brightness_guess is None
    assert "not known" in words(make_document(subject))
