"""Reads the card of a model file, and checks the file before Keras sees it. No Keras in here.

A ``.keras`` file is a zip archive of three members. The card lies in its ``metadata.json``, beside
Keras' own entries: Keras never reads that member back, so the file also loads with plain
``keras.saving.load_model``; and a fourth member would make Keras unpack the whole archive to disk.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from pathlib import Path
from typing import Any

from training.errors import UserError
from training.models.card import CARD_VERSION, ModelCard

SUFFIX = ".keras"
METADATA = "metadata.json"
CONFIG = "config.json"
WEIGHTS = "model.weights.h5"
CARD_KEY = "xray_card"

# The notebook network takes 45 MB. Beyond this a file is no film classifier of ours.
MAX_UNPACKED_BYTES = 4 * 2**30
# Keras stores its members as they are; ten times is generous for a file that was packed again.
MAX_EXPANSION = 10
MAX_TEXT_BYTES = 16 * 2**20

_OTHER_PROGRAM = (
    "Choose a model that this program trained: best.keras or final.keras in a run folder."
)
_COPY_AGAIN = "Copy it again from where it came from, or train anew."


def read_card(path: Path) -> ModelCard:
    """Read what a model file says of itself.

    Args:
        path: A ``.keras`` file.

    Returns:
        Its card.

    Raises:
        UserError: The file is missing, broken, of another program or of a newer version.
    """
    with open_archive(path) as archive:
        return card_of(archive, path)


def check_file(path: Path) -> None:
    """Read a model file from end to end and compare its parts with their checksums.

    Args:
        path: A ``.keras`` file of this program.

    Raises:
        UserError: It cannot be read, is damaged, or is no model file of this program.
    """
    with open_archive(path) as archive:
        card_of(archive, path)
        check_contents(archive, path)


def open_archive(path: Path) -> zipfile.ZipFile:
    """Open a model file as a zip archive whose size and members are those of a model.

    Args:
        path: A ``.keras`` file.

    Returns:
        The open archive; the caller closes it. Its contents are not unpacked yet.

    Raises:
        UserError: It cannot be read, or is no model file of this program.
    """
    if path.is_dir():
        raise UserError(f"{path.name} is a folder, not a model file.", _OTHER_PROGRAM)
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError as error:
        raise UserError(f"The model file {path} is not there.", "Choose another model.") from error
    except zipfile.BadZipFile as error:
        raise UserError(
            f"{path.name} is not a model file, or only a part of one.", _OTHER_PROGRAM
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(
            f"{path.name} cannot be read: {reason}.", "Choose another model."
        ) from error
    try:
        _check_members(archive, path)
    except UserError:
        archive.close()
        raise
    return archive


def card_of(archive: zipfile.ZipFile, path: Path) -> ModelCard:
    """The card in an open archive.

    Args:
        archive: As from ``open_archive``.
        path: The file, for messages.

    Raises:
        UserError: There is none, or it cannot be understood.
    """
    metadata = read_json(archive, METADATA, path)
    values = metadata.get(CARD_KEY)
    if not isinstance(values, dict):
        raise UserError(
            f"{path.name} was made by another program: it does not say what its score means "
            "or how a film must be prepared for it.",
            _OTHER_PROGRAM,
        )
    version = values.get("card_version")
    if isinstance(version, int) and version > CARD_VERSION:
        raise UserError(
            f"{path.name} was made by a newer version of this program"
            f" ({values.get('program_version') or 'unknown'}).",
            "Update this program to use it.",
        )
    try:
        return ModelCard.from_json(values)
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(
            f"The card inside {path.name} cannot be understood: {error}.", _COPY_AGAIN
        ) from error


def read_json(archive: zipfile.ZipFile, member: str, path: Path) -> dict[str, Any]:
    """One of the archive's two JSON members.

    Args:
        archive: As from ``open_archive``.
        member: ``METADATA`` or ``CONFIG``.
        path: The file, for messages.

    Raises:
        UserError: It is damaged.
    """
    try:
        values = json.loads(archive.read(member))
    except (OSError, ValueError, RecursionError, zipfile.BadZipFile, zlib.error) as error:
        raise UserError(f"{path.name} is damaged.", _COPY_AGAIN) from error
    if not isinstance(values, dict):
        raise UserError(f"{path.name} is damaged.", _COPY_AGAIN)
    return values


def check_contents(archive: zipfile.ZipFile, path: Path) -> None:
    """Compare every member with its checksum; Keras would load damaged weights without a word.

    Args:
        archive: As from ``open_archive``.
        path: The file, for messages.

    Raises:
        UserError: A member is damaged.
    """
    try:
        damaged = archive.testzip()
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise UserError(f"{path.name} is damaged.", _COPY_AGAIN) from error
    if damaged is not None:
        raise UserError(f"{path.name} is damaged.", _COPY_AGAIN)


def _check_members(archive: zipfile.ZipFile, path: Path) -> None:
    """Refuse archives that are no Keras model, or that would unpack to more than they show."""
    members = archive.infolist()
    names = sorted(member.filename for member in members)
    if not {METADATA, CONFIG}.issubset(names):
        raise UserError(f"{path.name} is an archive, but not a model file.", _OTHER_PROGRAM)
    if names != sorted((METADATA, CONFIG, WEIGHTS)):
        raise UserError(
            f"{path.name} was made by another program: it holds parts that this program does not write.",
            _OTHER_PROGRAM,
        )
    unpacked = sum(member.file_size for member in members)
    texts = max(archive.getinfo(name).file_size for name in (METADATA, CONFIG))
    too_large = (
        unpacked > MAX_UNPACKED_BYTES
        or unpacked > 2**20 + MAX_EXPANSION * path.stat().st_size
        or texts > MAX_TEXT_BYTES
    )
    # Bit 0 of a member's flags: encrypted (PKWARE APPNOTE 4.4.4).
    if too_large or any(member.flag_bits & 1 for member in members):
        raise UserError(
            f"{path.name} is not a safe model file: it is locked, or unpacks to far more than it shows.",
            _OTHER_PROGRAM,
        )
