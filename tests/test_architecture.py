"""The shape of the program: who may import whom, and what may not be imported at all.

The rules stand in pyproject.toml under [tool.architecture]. Everything here reads the source;
one test at the end starts Python to see what is really loaded.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
PACKAGES = ("training", "xray_desktop")
QT = ("PySide6", "shiboken6", "pyqtgraph")
KERAS = ("tensorflow", "keras")
# Making one of these starts a thread, or is how one is made.
THREAD_NAMES = {
    "QThread",
    "QThreadPool",
    "QRunnable",
    "threading.Thread",
    "threading.Timer",
    "concurrent.futures.ThreadPoolExecutor",
    "concurrent.futures.ProcessPoolExecutor",
    "multiprocessing",
}


@dataclass
class Module:
    """What one source file imports.

    Args:
        name: Dotted name; a package's ``__init__`` has the package's name.
        imports: Everything imported anywhere in it, dotted: "a.b" or "a.b.name".
        at_load: The part of that which is imported when the module is.
        lines: Its length.
    """

    name: str
    imports: set[str] = field(default_factory=set)
    at_load: set[str] = field(default_factory=set)
    lines: int = 0


def read_rules() -> dict[str, Any]:
    text = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    rules: dict[str, Any] = tomllib.loads(text)["tool"]["architecture"]
    return rules


def read_modules(root: Path) -> dict[str, Module]:
    modules = {}
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            is_package = parts[-1] == "__init__"
            name = ".".join(parts[:-1] if is_package else parts)
            modules[name] = read_module(name, is_package, path.read_text(encoding="utf-8"))
    return modules


def read_module(name: str, is_package: bool, text: str) -> Module:
    module = Module(name, lines=text.count("\n"))
    tree = ast.parse(text)
    aliases = _aliases(tree)
    for node in ast.walk(tree):
        module.imports |= set(_imported(node, name, is_package))
        if isinstance(node, ast.Attribute):
            # "threading.Thread" and "QtCore.QThread" after importing the module alone.
            module.imports |= {
                f"{aliases[part.id]}.{node.attr}"
                for part in [node.value]
                if isinstance(part, ast.Name) and part.id in aliases
            }
    for node in _run_at_load(tree):
        module.at_load |= set(_imported(node, name, is_package))
    return module


def _aliases(tree: ast.AST) -> dict[str, str]:
    """Local names of imported modules."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {
                a.asname or a.name.split(".")[0]: (a.asname and a.name) or a.name.split(".")[0]
                for a in node.names
            }
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    return names


def _imported(node: ast.AST, name: str, is_package: bool) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            parts = name.split(".")
            parts = parts[: len(parts) - node.level + is_package]
            base = ".".join([*parts, *([base] if base else [])])
        yield from (f"{base}.{alias.name}" for alias in node.names)


def _run_at_load(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when a module is imported: no function bodies, no TYPE_CHECKING."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from (part for other in node.orelse for part in [other, *_run_at_load(other)])
            continue
        yield node
        yield from _run_at_load(node)


def within(name: str, entries: list[str] | tuple[str, ...]) -> bool:
    """True where a dotted name is one of the entries or lies below one."""
    return any(name == entry or name.startswith(f"{entry}.") for entry in entries)


def _layer(name: str, rules: dict[str, Any]) -> tuple[int, str] | None:
    """The (height, entry) of a module: the longest entry that fits."""
    fits = [
        (index, entry)
        for index, entries in enumerate(rules["layers"])
        for entry in entries
        if within(name, [entry])
    ]
    return max(fits, key=lambda fit: len(fit[1])) if fits else None


def direction_faults(modules: dict[str, Module], rules: dict[str, Any]) -> list[str]:
    faults = []
    for module in modules.values():
        own = _layer(module.name, rules)
        for imported in sorted(module.imports):
            other = _layer(imported, rules)
            if within(imported, PACKAGES) and imported not in PACKAGES and own and other:
                allowed = other[0] < own[0] or other == own
                if not allowed:
                    faults.append(
                        f"{module.name} imports {imported}, which lies above or beside it"
                    )
        if within(module.name, ["training"]) and any(
            within(imported, ["xray_desktop"]) for imported in module.imports
        ):
            faults.append(f"{module.name}: the engine imports the window")
        if own is None and module.name not in PACKAGES and not _is_package(module, modules):
            faults.append(f"{module.name} belongs to no layer of pyproject.toml")
    return faults


def _is_package(module: Module, modules: dict[str, Module]) -> bool:
    return any(name.startswith(f"{module.name}.") for name in modules)


def _our_module(imported: str, modules: dict[str, Module]) -> str | None:
    """The module of ours that an imported dotted name leads to."""
    if imported in modules:
        return imported
    parent = imported.rpartition(".")[0]
    return parent if parent in modules else None


def loaded_by(name: str, modules: dict[str, Module]) -> dict[str, str]:
    """Everything that importing a module imports, with the module of ours that does it."""
    found: dict[str, str] = {}
    waiting, seen = [name], set()
    while waiting:
        current = waiting.pop()
        if current in seen or current not in modules:
            continue
        seen.add(current)
        # A package's own file runs before any module in it.
        waiting.append(current.rpartition(".")[0])
        for imported in modules[current].at_load:
            found.setdefault(imported, current)
            if ours := _our_module(imported, modules):
                waiting.append(ours)
    return found


def weight_faults(modules: dict[str, Module], rules: dict[str, Any]) -> list[str]:
    faults = []
    for name in modules:
        forbidden = set(rules["heavy"]) if within(name, rules["light"]) else set()
        forbidden |= set(KERAS) if within(name, rules["no_keras"]) else set()
        for imported, by in sorted(loaded_by(name, modules).items()):
            if imported.split(".")[0] in forbidden:
                faults.append(f"importing {name} loads {imported} (in {by})")
        if within(name, rules["no_qt"]):
            qt = [i for i in modules[name].imports if within(i, QT)]
            faults += [f"{name} knows of Qt: {imported}" for imported in qt]
    return faults


def thread_faults(modules: dict[str, Module], rules: dict[str, Any]) -> list[str]:
    faults = []
    for module in modules.values():
        if within(module.name, ["xray_desktop"]) and not within(
            module.name, rules["thread_makers"]
        ):
            made = [
                imported
                for imported in sorted(module.imports)
                if within(imported, tuple(THREAD_NAMES))
                or imported.rpartition(".")[2] in THREAD_NAMES
            ]
            faults += [f"{module.name} makes threads: {imported}" for imported in made]
    return faults


def length_faults(root: Path, rules: dict[str, Any]) -> list[str]:
    paths = [
        root / "dev",
        *(p for d in (*PACKAGES, "tests", "packaging") for p in (root / d).rglob("*.py")),
    ]
    lengths = {p: p.read_text(encoding="utf-8").count("\n") for p in paths if p.is_file()}
    limit = rules["max_lines"]
    return [f"{p.relative_to(root)} has {n} lines" for p, n in lengths.items() if n > limit]


@pytest.fixture(scope="module")
def modules() -> dict[str, Module]:
    return read_modules(REPOSITORY)


def test_that_imports_point_down_only(modules: dict[str, Module]) -> None:
    assert direction_faults(modules, read_rules()) == []


def test_that_light_modules_load_nothing_heavy_and_the_engine_knows_no_qt(
    modules: dict[str, Module],
) -> None:
    assert weight_faults(modules, read_rules()) == []


def test_that_only_the_workers_make_threads(modules: dict[str, Module]) -> None:
    assert thread_faults(modules, read_rules()) == []


def test_that_no_file_grows_too_long() -> None:
    assert length_faults(REPOSITORY, read_rules()) == []


@pytest.mark.parametrize("entry", [e for layer in read_rules()["layers"] for e in layer])
def test_that_each_layer_names_something_that_exists(
    entry: str, modules: dict[str, Module]
) -> None:
    assert entry in modules


PLANTED = {
    "training/films/reader.py": ("import tensorflow", weight_faults, "loads tensorflow"),
    "training/films/tool.py": ("from training.fit import train", direction_faults, "above"),
    "training/data/scan.py": (
        "def f():\n    from ..models import card",
        direction_faults,
        "training.models.card",
    ),
    "training/fit/train.py": ("import xray_desktop.paths", direction_faults, "the engine imports"),
    "training/fit/events.py": ("from PySide6.QtCore import Signal", weight_faults, "knows of Qt"),
    "training/stray.py": ("", direction_faults, "no layer"),
    "xray_desktop/viewer_tab/tab.py": (
        "from xray_desktop.training_tab import tab",
        direction_faults,
        "beside",
    ),
    # Heavy only through the engine module that it imports.
    "xray_desktop/app.py": ("import training.models.predictor", weight_faults, "loads keras"),
    "xray_desktop/theme.py": (
        "import threading as t\nt.Thread(target=print).start()",
        thread_faults,
        "threading.Thread",
    ),
    "xray_desktop/main_window.py": (
        "from PySide6 import QtCore\nclass T(QtCore.QThread): ...",
        thread_faults,
        "QThread",
    ),
    "xray_desktop/settings.py": (
        "from concurrent.futures import ThreadPoolExecutor",
        thread_faults,
        "ThreadPoolExecutor",
    ),
}


@pytest.fixture
def planted_tree(tmp_path: Path) -> Path:
    """A tree that keeps all rules, to plant one violation in."""
    files = {
        "training/__init__.py": "",
        "training/errors.py": "class UserError(Exception): ...",
        "training/films/__init__.py": "",
        "training/models/__init__.py": "",
        "training/models/card.py": "from training.errors import UserError",
        "training/models/predictor.py": "import keras\nfrom training.models import card",
        "training/fit/__init__.py": "",
        "xray_desktop/__init__.py": "",
        "xray_desktop/workers/__init__.py": "",
        "xray_desktop/workers/jobs.py": (
            "import threading\nfrom PySide6.QtCore import QThread\n"
            "def f():\n    from training.models.predictor import keras\n"
        ),
        "xray_desktop/main_window.py": (
            "from typing import TYPE_CHECKING\nimport threading\nfrom PySide6 import QtCore\n"
            "from xray_desktop.workers import jobs\nflag = threading.Event()\n"
            "if TYPE_CHECKING:\n    import tensorflow\n"
        ),
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_that_a_tree_that_keeps_the_rules_passes(planted_tree: Path) -> None:
    found = read_modules(planted_tree)
    rules = read_rules()
    assert direction_faults(found, rules) == []
    assert weight_faults(found, rules) == []
    assert thread_faults(found, rules) == []


@pytest.mark.parametrize("name", PLANTED)
def test_that_a_planted_violation_is_found(planted_tree: Path, name: str) -> None:
    text, checker, words = PLANTED[name]
    path = planted_tree / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    faults = checker(read_modules(planted_tree), read_rules())
    module = name.removesuffix(".py").replace("/", ".")
    assert [f for f in faults if module in f and words in f]


def test_that_a_file_over_the_limit_is_found(planted_tree: Path) -> None:
    (planted_tree / "training" / "long.py").write_text("pass\n" * 401, encoding="utf-8")
    assert length_faults(planted_tree, read_rules()) == ["training/long.py has 401 lines"]


def test_that_importing_the_whole_window_loads_no_heavy_package(modules: dict[str, Module]) -> None:
    wanted = [n for n in modules if within(n, ["xray_desktop"]) and not n.endswith("__main__")]
    heavy = read_rules()["heavy"]
    code = (
        f"import sys, importlib\nfor name in {wanted}: importlib.import_module(name)\n"
        f"sys.exit(', '.join(n for n in {heavy} if n in sys.modules) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.strip()) == (0, "")
