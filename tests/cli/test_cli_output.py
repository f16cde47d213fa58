from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from training import __version__
from training.cli import main
from training.commands.output import plain, table
from training.commands.progress import Progress
from training.errors import UserError
from training.evaluation.wording import number, percent


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("command", [[], ["train"], ["evaluate"], ["predict"], ["demo-data"]])
def test_that_help_names_the_exit_codes(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main([*command, "--help"])
    assert caught.value.code == 0
    assert "exit codes:" in capsys.readouterr().out


@pytest.mark.slow
def test_that_help_loads_no_tensorflow() -> None:
    code = (
        "import runpy, sys\n"
        "sys.argv = ['training', '--help']\n"
        "try: runpy.run_module('training', run_name='__main__')\n"
        "except SystemExit as end: assert end.code == 0\n"
        "heavy = {'tensorflow', 'keras', 'sklearn', 'scipy', 'pydicom'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) or 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "evaluate" in done.stdout


def test_that_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert __version__ in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [[], ["draw"], ["train"], ["predict", "m.keras"], ["demo-data", "x", "--films", "1"]],
)
def test_that_a_wrong_command_line_ends_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2


@pytest.mark.parametrize("command", ["evaluate", "predict"])
def test_that_a_missing_model_is_one_line_and_1(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, str(tmp_path / "gone.keras"), str(tmp_path)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert err.startswith("error: ")
    assert "gone.keras is not there" in err


def test_that_values_that_json_cannot_hold_become_null() -> None:
    values = plain({"loss": float("nan"), "at": Path("a"), "rows": (1.5, float("-inf"))})
    assert json.loads(json.dumps(values, allow_nan=False)) == {
        "loss": None,
        "at": "a",
        "rows": [1.5, None],
    }


@pytest.mark.parametrize(
    ("value", "as_percent", "as_number"),
    [
        (0.7777, "77.8 %", "0.778"),
        (None, "-", "-"),
        (float("nan"), "-", "-"),
        (1.0, "100.0 %", "1.000"),
    ],
)
def test_that_figures_are_rounded_for_people(
    value: float | None, as_percent: str, as_number: str
) -> None:
    assert (percent(value), number(value)) == (as_percent, as_number)


def test_that_table_columns_line_up() -> None:
    lines = table([("", "best"), ("train accuracy", "98.9 %"), ("loss", "0.1")]).splitlines()
    assert {
        line.index(cell) for line, cell in zip(lines, ("best", "98.9", "0.1"), strict=True)
    } == {16}


def test_that_a_terminal_gets_a_bar_that_is_taken_away() -> None:
    terminal = Terminal()
    progress = Progress(terminal)
    progress.update("scoring films", 1, 4, "12 films/s")
    assert "scoring films  [######.................." in terminal.getvalue()
    assert " 25 %  12 films/s" in terminal.getvalue()
    progress.line("done")
    after = terminal.getvalue().rpartition("films/s")[2]
    blank, _, rest = after.lstrip("\r").partition("\r")
    assert blank.strip() == ""
    assert rest == "done\n"


def test_that_a_bar_is_not_drawn_for_every_film_but_always_when_full() -> None:
    terminal = Terminal()
    progress = Progress(terminal)
    for done in range(1, 1001):
        progress.update("scoring films", done, 1000)
    # Far more would mean a line per film; a slow machine may draw some between.
    assert terminal.getvalue().count("\r") < 100
    assert terminal.getvalue().rstrip().endswith("100 %")


def test_that_a_bar_never_wraps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    terminal = Terminal()
    Progress(terminal).update("x" * 100, 1, 2)
    assert len(terminal.getvalue().strip("\r")) == 39


def test_that_a_pipe_gets_no_bar() -> None:
    pipe = io.StringIO()
    progress = Progress(pipe)
    progress.update("scoring films", 1, 4)
    progress.clear()
    assert pipe.getvalue() == ""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="a pipe closes otherwise there")
def test_that_a_reader_that_leaves_early_gets_no_traceback() -> None:
    code = (
        "import sys\n"
        "from training import cli\n"
        "from training.commands import demo_data\n"
        "from training.commands.output import say\n"
        "def talk(arguments):\n"
        "    for _ in range(100_000): say('x' * 100)\n"
        "    return 0\n"
        "demo_data.run = talk\n"
        "sys.exit(cli.main(['demo-data', 'unused']))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 1


def test_that_a_user_error_is_one_line_whatever_it_holds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> int:
        raise UserError("Something\nhappened.", "Do\nthis.")

    monkeypatch.setattr("training.commands.demo_data.run", fail)
    assert main(["demo-data", "x"]) == 1
    assert capsys.readouterr().err == "error: Something happened. Do this.\n"


def test_that_ctrl_c_ends_a_command_with_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("training.commands.demo_data.run", interrupt)
    assert main(["demo-data", "x"]) == 130
    assert capsys.readouterr().err == "error: Cancelled.\n"
