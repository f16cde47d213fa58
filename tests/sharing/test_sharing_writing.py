"""Files that are shared: whole or not at all, and never over another."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from training.errors import UserError
from training.sharing.writing import refuse_films, write_new, write_over


def fill_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk takes half of what it is given, then no more."""

    def write(path: Path, content: bytes) -> int:
        with path.open("wb") as file:
            file.write(content[: len(content) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", write)


def test_that_a_new_file_is_written_and_one_that_is_there_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"
    write_new(target, b"one")
    with pytest.raises(UserError, match="is there already"):
        write_new(target, b"two")
    assert target.read_bytes() == b"one"
    write_over(target, b"three")
    assert target.read_bytes() == b"three"
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]


def test_that_a_full_disk_leaves_nothing_new_and_the_old_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "old.pdf"
    old.write_bytes(b"old")
    fill_disk(monkeypatch)
    with pytest.raises(UserError, match=r"new\.pdf cannot be written: No space left"):
        write_new(tmp_path / "new.pdf", b"content")
    with pytest.raises(UserError, match=r"old\.pdf cannot be written: No space left"):
        write_over(old, b"content")
    assert [path.name for path in tmp_path.iterdir()] == ["old.pdf"]
    assert old.read_bytes() == b"old"


@pytest.mark.parametrize("write", [write_new, write_over])
def test_that_a_folder_that_is_gone_is_said(tmp_path: Path, write: object) -> None:
    with pytest.raises(UserError, match="cannot be written"):
        write(tmp_path / "gone" / "a.pdf", b"content")  # type: ignore[operator]


def test_that_a_folder_or_a_pipe_is_not_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "a.pdf"
    folder.mkdir()
    for write in (write_new, write_over):
        with pytest.raises(UserError):
            write(folder, b"content")
    assert folder.is_dir()
    if hasattr(os, "mkfifo"):
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        with pytest.raises(UserError, match="no file that can be replaced"):
            write_over(pipe, b"content")


def test_that_a_film_is_refused_by_whatever_name(tmp_path: Path) -> None:
    film = tmp_path / "film.png"
    film.write_bytes(b"film")
    (tmp_path / "link").symlink_to(tmp_path)
    films = (tmp_path / "gone.png", film)
    with pytest.raises(UserError, match="one of the films"):
        refuse_films(tmp_path / "link" / "film.png", films)
    refuse_films(tmp_path / "other.png", films)
    refuse_films(tmp_path / "gone.png", films)
