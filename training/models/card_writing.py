"""Puts a card into a model file, or a changed one in its place. Loads no Keras.

Called when a model is saved, and when its calibration or operating points are chosen later.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from training.errors import UserError
from training.models.card import ModelCard
from training.models.card_file import (
    CARD_KEY,
    METADATA,
    SUFFIX,
    check_file,
)


def rewrite_card(path: Path, card: ModelCard, more: Mapping[str, Any] | None = None) -> None:
    """Give a model file another card; its network and weights stay as they are.

    The file changes as a whole or not at all.

    Args:
        path: A model file of this program.
        card: The new card.
        more: Other entries, as for ``place_with_card``.

    Raises:
        UserError: The file is missing, damaged or of another program, or cannot be written.
        ValueError: The card makes no sense.
    """
    card.check()
    check_file(path)
    try:
        place_with_card(path, path, card, more)
    except OSError as error:
        raise saving_error(path, error) from error


def place_with_card(
    source: Path, target: Path, card: ModelCard, more: Mapping[str, Any] | None = None
) -> None:
    """Copy a Keras archive with a card in its metadata, and see it safely on disk.

    Args:
        source: A ``.keras`` archive; may be ``target`` itself.
        target: Replaced once the copy is whole.
        card: What it must be known by.
        more: Other entries of the metadata (``KeptFilms.to_json``); those of ``source`` stay.

    Raises:
        OSError: It cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix=".saving-", dir=target.parent) as scratch:
        complete = Path(scratch, f"complete{SUFFIX}")
        _copy_with_card(source, complete, {CARD_KEY: card.to_json()} | dict(more or {}))
        complete.replace(target)
    _sync_folder(target.parent)


def _copy_with_card(plain: Path, complete: Path, entries: dict[str, Any]) -> None:
    """Copy Keras' archive with entries added to its metadata, and see it safely on disk."""
    with (
        complete.open("wb") as file,
        zipfile.ZipFile(plain) as source,
        zipfile.ZipFile(file, "w") as target,
    ):
        for name in source.namelist():
            if name == METADATA:
                metadata = json.loads(source.read(name)) | entries
                target.writestr(name, json.dumps(metadata, indent=1, allow_nan=False))
            else:
                with source.open(name) as old, target.open(name, "w") as new:
                    shutil.copyfileobj(old, new, 2**20)
        target.close()
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the new name outlive a power cut, where the system can (Windows cannot open folders)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network shares refuse; the file itself is safe.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def saving_error(path: Path, error: OSError) -> UserError:
    """An ``OSError`` of saving in plain words.

    Args:
        path: The model file.
        error: What the system said.
    """
    # HDF5 gives no errno, only its words.
    if error.errno in (errno.ENOSPC, errno.EDQUOT) or "No space left" in str(error):
        return UserError(
            f"{path.name} could not be saved: the disk is full.",
            f"Free some space on the disk of {path.parent} and try again.",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return UserError(
            f"{path.name} could not be saved: {path.parent} may not be written to.",
            "Choose another folder.",
        )
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return UserError(
            f"{path.name} could not be saved: the folder {path.parent} is not there.",
            "Connect the disk or choose another folder.",
        )
    return UserError(
        f"{path.name} could not be saved: {error.strerror or error}.", "Choose another folder."
    )
