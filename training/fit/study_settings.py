"""A study's settings: one set that all variants share, and what each changes. Read from TOML.

```
folds = 5

[base]
epochs = 20
network.name = "compact"

[[variant]]
name = "plain"

[[variant]]
name = "larger kernels"
network.kernel_size = 5
```

Names are those of a run's ``config.json``; docs/user-guide.md lists them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from training.augmentation.config import PRESETS, AugmentationConfig
from training.errors import UserError
from training.films.preprocessing import Preprocessing
from training.fit.config import FoldConfig, NetworkConfig, TrainConfig, notebook_preset
from training.fit.start import check_start

_TABLES = {
    "network": NetworkConfig,
    "augmentation": AugmentationConfig,
    "preprocessing": Preprocessing,
}
# The study decides these.
_NOT_HERE = ("data", "runs", "fold")
# Other folds, or another positive class, could not be compared film by film.
_SAME_FOR_ALL = ("seed", "positive")
_TOP = ("folds", "pool", "preset", "base", "variant")
MAX_VARIANTS = 50


@dataclass(frozen=True)
class Variant:
    """One set of settings to compare.

    Args:
        name: What the table calls it.
        config: Its settings.
    """

    name: str
    config: TrainConfig


@dataclass(frozen=True)
class Study:
    """What a study compares.

    Args:
        variants: At least two; the others are compared with the first.
        folds: Number of folds, the same films for all.
        pool: Which films are divided.
    """

    variants: tuple[Variant, ...]
    folds: int = 5
    pool: str = "all"


def read_settings(path: Path, data: Path, runs: Path) -> Study:
    """Read a study's settings.

    Args:
        path: A TOML file.
        data: Folder of films.
        runs: Folder that the study's folder is made in.

    Raises:
        UserError: The file cannot be read, or names what there is not.
    """
    try:
        text = path.read_text(encoding="utf-8")
        values = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read.") from error
    except tomllib.TOMLDecodeError as error:
        raise UserError(
            f"{path.name} is not as it should be: {error}.",
            "The user guide (Study) has an example to start from.",
        ) from error
    return parse_settings(values, data, runs)


def parse_settings(values: Mapping[str, Any], data: Path, runs: Path) -> Study:
    """The study that plain values describe.

    Args:
        values: As in the file.
        data: Folder of films.
        runs: Folder for runs.

    Raises:
        UserError: A name or a value cannot be used; says which, and of which variant.
    """
    _refuse_unknown(values, _TOP, "The settings")
    base = _changed(_preset(values, data, runs), values.get("base", {}), "[base]")
    entries = values.get("variant", [])
    if not isinstance(entries, list) or len(entries) < 2:
        raise UserError(
            "A study compares two variants or more.", "Begin each with a line [[variant]]."
        )
    if len(entries) > MAX_VARIANTS:
        raise UserError(f"A study takes at most {MAX_VARIANTS} variants.")
    variants = tuple(_variant(base, entry, number) for number, entry in enumerate(entries, 1))
    names = [variant.name for variant in variants]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UserError(f"Two variants are called “{twice}”.", "Give each a name of its own.")
    folds, pool = values.get("folds", 5), values.get("pool", "all")
    if not isinstance(folds, int) or isinstance(folds, bool):
        raise UserError("The number of folds must be a whole number.")
    FoldConfig(number=1, count=folds, pool=pool).check()
    return Study(variants, folds, pool)


def _preset(values: Mapping[str, Any], data: Path, runs: Path) -> TrainConfig:
    preset = values.get("preset", "default")
    if preset not in ("default", "notebook"):
        raise UserError("The preset must be “default” or “notebook”.")
    if preset == "notebook":
        return notebook_preset(data, runs)
    return TrainConfig(data=data, runs=runs)


def _variant(base: TrainConfig, entry: object, number: int) -> Variant:
    if not isinstance(entry, dict):
        raise UserError(f"Variant {number} is no table.", "Begin it with a line [[variant]].")
    name = entry.get("name")
    if not isinstance(name, str) or not name.strip():
        raise UserError(f"Variant {number} has no name.", 'Give it one: name = "larger kernels".')
    fixed = next((key for key in _SAME_FOR_ALL if key in entry), None)
    if fixed is not None:
        raise UserError(
            f"Variant “{name}” changes {fixed}, by which films are divided.",
            "Set it under [base]: all variants are tested on the same folds.",
        )
    changes = {key: value for key, value in entry.items() if key != "name"}
    return Variant(name.strip(), _changed(base, changes, f"Variant “{name}”"))


def _changed(config: TrainConfig, changes: object, where: str) -> TrainConfig:
    """The settings with what a table changes, checked."""
    if not isinstance(changes, dict):
        raise UserError(f"{where} is no table.")
    known = [item.name for item in fields(TrainConfig) if item.name not in _NOT_HERE]
    _refuse_unknown(changes, known, where)
    merged = config.to_json()
    for name, value in changes.items():
        merged[name] = _merged(merged[name], name, value, where)
    try:
        changed = TrainConfig.from_json(merged)
        changed.check()
        check_start(changed)
    except UserError as error:
        raise UserError(f"{where}: {error.what}", error.advice) from error
    except (TypeError, ValueError, KeyError) as error:
        raise UserError(f"{where}: a value is of the wrong kind ({error}).") from error
    return changed


def _merged(old: Any, name: str, value: Any, where: str) -> Any:
    if name == "augmentation" and isinstance(value, str):
        if value not in PRESETS:
            raise UserError(f"{where}: augmentation must be one of {', '.join(PRESETS)}.")
        return PRESETS[value].to_json()
    if name not in _TABLES:
        if isinstance(value, (dict, list)):
            raise UserError(f"{where}: {name} takes one value.")
        return value
    if not isinstance(value, dict):
        raise UserError(f"{where}: {name} takes a table, for instance {name}.{_first(name)} = ...")
    _refuse_unknown(value, [item.name for item in fields(_TABLES[name])], f"{where}, {name}")
    changed = old | value
    if name == "augmentation" and "name" not in value and changed != old:
        changed["name"] = "custom"
    return changed


def _first(table: str) -> str:
    return fields(_TABLES[table])[0].name


def _refuse_unknown(
    values: Mapping[str, Any], known: tuple[str, ...] | list[str], where: str
) -> None:
    unknown = next((name for name in values if name not in known), None)
    if unknown is not None:
        raise UserError(
            f"{where}: there is no setting “{unknown}”.", f"There are: {', '.join(known)}."
        )
