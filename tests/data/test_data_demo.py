"""The synthetic sample set: drawn the same every time, fair between classes, labelled."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import roc_auc_score

from training.data import demo
from training.data.dataset import DEMO_MARKER, DataError, ScanCancelled, Split
from training.data.demo import make_demo_set
from training.data.demo_film import DemoFilm, draw_film
from training.data.scan import scan_folder


@pytest.fixture(scope="module")
def small_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "sample set"
    make_demo_set(folder, num_train=12, num_validation=6, size=96, seed=3)
    return folder


def pixels(folder: Path) -> dict[str, bytes]:
    found = {}
    for path in sorted(folder.rglob("*.png")):
        with Image.open(path) as picture:
            found[path.relative_to(folder).as_posix()] = picture.tobytes()
    return found


def test_that_the_scan_finds_a_balanced_synthetic_set(small_set: Path) -> None:
    data = scan_folder(small_set)
    assert data.synthetic
    assert data.class_names == ("not fractured", "fractured")
    assert [data.count(split, label) for split in Split for label in (0, 1)] == [6, 6, 3, 3, 0, 0]
    # Every file is a film of its own, and none is known from training.
    assert data.num_films() == 18
    assert data.skipped == ()
    assert [warning for warning in data.warnings if "rest on only" not in warning] == []


def test_that_a_seed_gives_the_same_pixels_and_another_seed_others(
    small_set: Path, tmp_path: Path
) -> None:
    for seed in (3, 4):
        make_demo_set(tmp_path / str(seed), num_train=12, num_validation=6, size=96, seed=seed)
    again, others = pixels(tmp_path / "3"), pixels(tmp_path / "4")
    assert again == pixels(small_set)
    assert not set(again.values()) & set(others.values())
    # No film comes twice, in either class or split.
    assert len(set(again.values())) == 18


def test_that_films_are_grey_and_of_the_asked_size(small_set: Path) -> None:
    for path in small_set.rglob("*.png"):
        with Image.open(path) as picture:
            assert picture.mode == "L"
            assert picture.size == (96, 96)
            low, high = picture.getextrema()
            assert low < 60 < 120 < high


def test_that_every_film_and_the_folder_say_synthetic(small_set: Path) -> None:
    for path in small_set.rglob("*.png"):
        with Image.open(path) as picture:
            assert "synthetic" in picture.text["synthetic"]
    assert "SYNTHETIC" in (small_set / "README.txt").read_text()
    assert json.loads((small_set / DEMO_MARKER).read_text())["synthetic"] is True


def test_that_each_fracture_has_its_box(small_set: Path) -> None:
    with (small_set / demo.BOXES_FILE).open(newline="") as file:
        rows = list(csv.DictReader(file))
    fractured = {
        path.relative_to(small_set).as_posix() for path in small_set.rglob("fractured/*.png")
    }
    assert {row["file"] for row in rows} == fractured
    for row in rows:
        x0, y0, x1, y1 = (float(row[name]) for name in ("x0", "y0", "x1", "y1"))
        assert 0 <= x0 < x1 <= 1
        assert 0 <= y0 < y1 <= 1
        assert row["kind"] in ("displaced", "stepped", "hairline")


@pytest.fixture(scope="module")
def pairs() -> list[tuple[DemoFilm, DemoFilm]]:
    """The same films with and without their fracture."""
    return [
        (draw_film((7, n), fractured=True), draw_film((7, n), fractured=False)) for n in range(80)
    ]


def test_that_the_break_is_the_only_difference(pairs: list[tuple[DemoFilm, DemoFilm]]) -> None:
    """The same film with and without its fracture differs by little else."""
    assert {broken.kind for broken, _ in pairs} == {"displaced", "stepped", "hairline"}
    for broken, whole in pairs:
        assert whole.boxes == ()
        difference = np.abs(broken.pixels.astype(int) - whole.pixels.astype(int))
        assert difference.max() >= 8
        inside = np.zeros(difference.shape, bool)
        for box in broken.boxes:
            x0, y0, x1, y1 = (round(edge * 224) for edge in box)
            inside[y0:y1, x0:x1] = True
        # Most of the film is the same; a displaced fragment differs all the way to its end.
        assert np.median(difference) <= 2
        if broken.kind == "hairline":
            assert difference[~inside].mean() < 0.3 * difference[inside].mean()


def test_that_fractures_lie_well_within_the_film(pairs: list[tuple[DemoFilm, DemoFilm]]) -> None:
    for broken, _ in pairs:
        assert 1 <= len(broken.boxes) <= 2
        for x0, y0, x1, y1 in broken.boxes:
            assert 0.05 < (x0 + x1) / 2 < 0.95
            assert 0.05 < (y0 + y1) / 2 < 0.95


def test_that_all_regions_come_in_both_classes(pairs: list[tuple[DemoFilm, DemoFilm]]) -> None:
    assert {whole.region for _, whole in pairs} == {"forearm", "wrist", "hand", "leg", "upper arm"}
    assert all(broken.region == whole.region for broken, whole in pairs)


@pytest.mark.slow
def test_that_no_shortcut_tells_the_classes_apart(tmp_path: Path) -> None:
    """Figures of the whole film lead to chance only: AUC within 4 standard errors of 0.5."""
    make_demo_set(tmp_path / "set", num_train=400, num_validation=4, size=112)
    data = scan_folder(tmp_path / "set")
    labels, figures = [], []
    for item in data.of(Split.TRAIN):
        with Image.open(item.path) as picture:
            film = np.asarray(picture, dtype=float)
        labels.append(item.label)
        edges = np.concatenate([film[:8].ravel(), film[-8:].ravel()])
        figures.append(
            {
                "mean grey": film.mean(),
                "standard deviation": film.std(),
                "brightest": np.percentile(film, 99),
                "darkest": np.percentile(film, 1),
                "share of bright pixels": (film > 150).mean(),
                "noise": np.abs(np.diff(film[:, :8], axis=0)).mean(),
                "border": edges.mean(),
                "corners, with the marker": film[:24, :24].mean() + film[-24:, -24:].mean(),
                "file size": item.path.stat().st_size,
            }
        )
    # Standard error of the AUC of a useless figure: sqrt((m + n + 1) / (12 m n)).
    bound = 4 * np.sqrt((200 + 200 + 1) / (12 * 200 * 200))
    for name in figures[0]:
        auc = roc_auc_score(labels, [figure[name] for figure in figures])
        assert abs(auc - 0.5) < bound, name


def test_that_a_whole_set_is_reused(small_set: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in small_set.rglob("*") if path.is_file()}
    seen: list[tuple[int, int]] = []
    make_demo_set(
        small_set,
        num_train=12,
        num_validation=6,
        size=96,
        seed=3,
        progress=lambda *done: seen.append(done),
    )
    after = {path: path.stat().st_mtime_ns for path in small_set.rglob("*") if path.is_file()}
    assert after == before
    assert seen == [(18, 18)]


def test_that_a_half_written_set_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    done: list[int] = []
    with pytest.raises(ScanCancelled):
        make_demo_set(
            folder,
            num_train=8,
            num_validation=4,
            size=64,
            progress=lambda number, _: done.append(number),
            cancelled=lambda: len(done) == 5,
        )
    assert not (folder / DEMO_MARKER).exists()
    assert len(pixels(folder)) == 5
    make_demo_set(folder, num_train=8, num_validation=4, size=64)
    whole = pixels(folder)
    assert len(whole) == 12
    # One film lost: the marker alone does not make a set whole.
    next(folder.rglob("*.png")).unlink()
    make_demo_set(folder, num_train=8, num_validation=4, size=64)
    assert pixels(folder) == whole
    # Other settings: the old films go.
    make_demo_set(folder, num_train=6, num_validation=2, size=64)
    assert len(pixels(folder)) == 8


def test_that_nobody_s_own_files_are_overwritten(tmp_path: Path) -> None:
    own = tmp_path / "train" / "my film.png"
    own.parent.mkdir()
    own.write_bytes(b"mine")
    with pytest.raises(DataError, match='something else already \\("train"\\)'):
        make_demo_set(tmp_path, num_train=4, num_validation=2, size=64)
    assert own.read_bytes() == b"mine"
    file = tmp_path / "file"
    file.write_bytes(b"mine")
    with pytest.raises(DataError, match="is a file"):
        make_demo_set(file, num_train=4, num_validation=2, size=64)


def test_that_a_foreign_file_in_the_set_stops_the_rewriting(tmp_path: Path) -> None:
    make_demo_set(tmp_path / "set", num_train=4, num_validation=2, size=64)
    (tmp_path / "set" / "thesis.txt").write_text("mine")
    with pytest.raises(DataError, match=r"thesis\.txt"):
        make_demo_set(tmp_path / "set", num_train=4, num_validation=2, size=64, seed=1)
    assert len(pixels(tmp_path / "set")) == 6


def test_that_a_full_disk_is_told_and_leaves_no_marker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = demo._save

    def save(path: Path, film: DemoFilm) -> None:
        if "0003" in path.name:
            raise OSError(28, "No space left on device")
        real(path, film)

    monkeypatch.setattr(demo, "_save", save)
    with pytest.raises(DataError, match="No space left") as caught:
        make_demo_set(tmp_path / "set", num_train=4, num_validation=2, size=64)
    assert "Free some space" in caught.value.advice
    assert not (tmp_path / "set" / DEMO_MARKER).exists()


@pytest.mark.parametrize("wrong", [{"num_train": 2}, {"num_validation": 1}, {"size": 10}])
def test_that_impossible_sizes_are_refused(tmp_path: Path, wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError):
        make_demo_set(tmp_path / "set", **wrong)
