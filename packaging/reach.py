"""Which parts of large packages our code reaches, so that the rest can be left out.

Found by trying, not by a list: what our code imports of the package is imported once, and its parts
that stayed unloaded are left out. For packages whose parts load each other only at import, as
SciPy's do. What other packages would import of it late (Keras' STFT layer scipy.signal) is not
looked for: the self-test shows that nothing the program does needs it.
"""

from __future__ import annotations

import ast
import json
import pkgutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

from faults import BuildError

_IMPORTS = """
import importlib, json, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(json.dumps(sorted(sys.modules)))
"""


def modules_imported(folders: Iterable[Path], package: str) -> set[str]:
    """The package's modules that source files below the folders name in import statements."""
    found = set()
    for folder in folders:
        for file in folder.rglob("*.py"):
            found |= set(_imports(ast.parse(file.read_bytes()), package))
    return found


def _imports(tree: ast.AST, package: str) -> Iterator[str]:
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            # "from scipy import ndimage" names a module; "from scipy.ndimage import zoom" does not.
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            if name.split(".")[0] == package and _is_module(name):
                yield name


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def unreached_parts(package: str, modules: Iterable[str]) -> list[str]:
    """The package's direct parts that stay unloaded when these modules are imported.

    Raises:
        BuildError: One of them cannot be imported.
    """
    done = subprocess.run(
        [sys.executable, "-c", _IMPORTS, *sorted(modules)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BuildError(f"A part of {package} cannot be imported:\n{done.stderr}")
    loaded = {name for name in json.loads(done.stdout) if name.startswith(f"{package}.")}
    spec = find_spec(package)
    assert spec
    places = spec.submodule_search_locations or []
    parts = {f"{package}.{module.name}" for module in pkgutil.iter_modules(list(places))}
    return sorted(parts - loaded)
