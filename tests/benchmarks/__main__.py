"""./dev bench: runs the benchmark programs one after the other and prints what they measured.

Each runs in a process of its own, so that imports and memory are its alone. Nothing here fails a
build: machines differ, and this one may be busy. Read the ratios, and quiet the machine first.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.benchmarks.figures import Figure, as_row

PROGRAMS = {
    "first_paint": "from process start to the first painted window",
    "viewer": "opening a large DICOM film, window/level drag",
    "folder": "a folder of 10,000 films: the first film, scrolling, memory",
    "prediction": "prediction with heat map, variants with scores",
    "event_loop": "how long the window stands still while a run trains",
    "training": "films/s against the published recipe, pipeline against one cached batch",
    "audit": "the data check of 10,000 files",
    "memory": "resident memory with 9,463 films; with ten times the films under --full",
}


def main() -> int:
    """Run the programs named on the command line, or all; 1 if one of them broke."""
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(PROGRAMS))
    parser.add_argument("--list", action="store_true", help="list the programs and end")
    parser.add_argument("--full", action="store_true", help="the long forms too")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the figures as JSON")
    options = parser.parse_args()
    if options.list:
        sys.stdout.writelines(f"{name:<12} {text}\n" for name, text in PROGRAMS.items())
        return 0
    unknown = set(options.names) - set(PROGRAMS)
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}; see --list")
    # The same on every machine, and no windows in the way of whoever works there.
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    results: dict[str, list[Figure]] = {}
    broken = []
    for name in options.names or PROGRAMS:
        sys.stdout.write(f"\n{name}: {PROGRAMS[name]}\n")
        results[name], ended_well = run_program(name, full=options.full)
        if not ended_well:
            broken.append(name)
    if options.save:
        save(options.save, results)
    if broken:
        sys.stdout.write(f"\ndid not run to its end: {', '.join(broken)}\n")
    return 1 if broken else 0


def run_program(name: str, *, full: bool) -> tuple[list[Figure], bool]:
    """Run one program, printing its figures as they come."""
    command = [sys.executable, "-m", f"tests.benchmarks.{name}", *(["--full"] if full else [])]
    figures = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    ) as process:
        assert process.stdout
        for line in process.stdout:
            try:
                figure = Figure(**json.loads(line))
            except (ValueError, TypeError):
                # Not a figure: something that a library printed.
                sys.stdout.write(f"  | {line}")
                continue
            figures.append(figure)
            sys.stdout.write(f"  {as_row(figure)}\n")
            sys.stdout.flush()
    return figures, process.returncode == 0


def save(path: Path, results: dict[str, list[Figure]]) -> None:
    """Write the figures with what is needed to compare them later."""
    values: dict[str, Any] = {
        "machine": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "figures": {name: [f.to_json() for f in figures] for name, figures in results.items()},
    }
    path.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
