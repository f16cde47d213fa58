"""The commands of ./dev, as typed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture
def handed(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[SimpleNamespace]:
    """What the commands would have gone on as; nothing is set up or started."""
    calls: list[SimpleNamespace] = []

    def hand_over(_python: Path, *words: str, off_screen: bool = False) -> int:
        calls.append(SimpleNamespace(words=list(words), off_screen=off_screen))
        return 0

    monkeypatch.setattr(dev, "ensure_venv", lambda *_args: Path("python"))
    monkeypatch.setattr(dev, "ensure_libraries", lambda screen: None)
    monkeypatch.setattr(dev, "hand_over", hand_over)
    monkeypatch.setattr(dev.os, "chdir", lambda _path: None)
    return calls


@pytest.mark.parametrize(
    ("environment", "system", "expected"),
    [
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"DISPLAY": ""}, "linux", False),
        ({}, "linux", False),
        ({"QT_QPA_PLATFORM": "vnc"}, "linux", True),
        ({}, "darwin", True),
        ({}, "win32", True),
    ],
)
def test_that_a_screen_is_told_from_the_environment(
    dev: ModuleType,
    environment: dict[str, str],
    system: str,
    expected: bool,
) -> None:
    assert dev.has_screen(environment, system) is expected


def test_that_run_without_a_screen_offers_the_tour(
    dev: ModuleType,
    handed: list[SimpleNamespace],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(dev, "has_screen", lambda _environment: False)
    assert dev.main(["run"]) == 1
    assert "./dev run --tour DIR" in capsys.readouterr().err
    assert handed == []


@pytest.mark.parametrize("words", [["--tour", "out"], ["--tour=out"]])
def test_that_the_tour_needs_no_screen(
    dev: ModuleType,
    handed: list[SimpleNamespace],
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
) -> None:
    monkeypatch.setattr(dev, "has_screen", lambda _environment: False)
    assert dev.main(["run", *words]) == 0
    assert [(c.words, c.off_screen) for c in handed] == [(["-m", "xray_desktop", *words], True)]


def test_that_films_named_on_the_line_reach_the_window(
    dev: ModuleType,
    handed: list[SimpleNamespace],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dev, "has_screen", lambda _environment: True)
    assert dev.main(["run", "a film.dcm"]) == 0
    assert (handed[0].words[-1], handed[0].off_screen) == ("a film.dcm", False)


def test_that_fast_leaves_the_slow_tests_out_and_passes_the_rest_on(
    dev: ModuleType,
    handed: list[SimpleNamespace],
) -> None:
    dev.main(["test", "--fast", "-k", "films"])
    assert handed[0].words == ["-m", "pytest", "-m", "not slow", "-k", "films"]
    dev.main(["test"])
    assert handed[1].words == ["-m", "pytest"]


def test_that_check_runs_every_step_and_names_those_that_failed(
    dev: ModuleType,
    handed: list[SimpleNamespace],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ran = []

    def step(command: list[str], **_options: object) -> SimpleNamespace:
        ran.append(command[2])
        return SimpleNamespace(returncode=int(command[2] == "mypy"))

    monkeypatch.setattr(dev.subprocess, "run", step)
    assert dev.main(["check"]) == 1
    assert ran == ["ruff", "ruff", "mypy", "pytest"]
    assert "failed: types" in capsys.readouterr().err


@pytest.mark.parametrize("is_verified", [True, False])
def test_that_a_build_only_where_due_asks_before_it_makes_an_environment(
    dev: ModuleType,
    handed: list[SimpleNamespace],
    monkeypatch: pytest.MonkeyPatch,
    is_verified: bool,
) -> None:
    asked: list[str] = []

    def runs(*command: str | Path) -> bool:
        asked.append(Path(command[-1]).name)
        return is_verified

    monkeypatch.setattr(dev, "runs", runs)
    monkeypatch.setattr(dev, "ensure_tools", lambda _tools: None)
    assert dev.main(["build", "--if-changed", "--self-test"]) == 0
    assert asked == ["inputs.py"]
    assert bool(handed) is not is_verified
    assert dev.main(["build", "--self-test"]) == 0
    assert asked == ["inputs.py"]
    assert handed[-1].words[-1] == "--self-test"


@pytest.mark.parametrize("words", [[], ["dance"]])
def test_that_an_unknown_command_is_answered_with_the_list(words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, str(REPOSITORY / "dev"), *words],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 2
    for command in ("run", "test", "check", "bench", "build"):
        assert command in done.stderr
