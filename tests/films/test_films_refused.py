"""Files that are no films, or damaged ones: each is refused in words."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import pytest

from tests.builders.films import bone_picture, write_picture, write_png
from training.films.film import FilmError
from training.films.limits import MAX_PIXELS
from training.films.reader import read_film, read_grey, sniff

BONE = bone_picture()


def _refused(path: Path) -> str:
    before = path.read_bytes() if path.is_file() and os.access(path, os.R_OK) else None
    with pytest.raises(FilmError) as caught:
        read_film(path)
    with pytest.raises(FilmError) as again:
        read_grey(path)
    assert str(caught.value) == str(again.value)
    assert path.name in caught.value.what
    assert "Error" not in caught.value.what
    assert before is None or path.read_bytes() == before
    return caught.value.reason


def test_that_an_empty_file_is_refused(tmp_path):
    path = tmp_path / "empty.png"
    path.touch()
    assert _refused(path) == "the file is empty"
    assert sniff(path) is None


def test_that_text_named_as_a_picture_is_refused(tmp_path):
    path = tmp_path / "report.jpg"
    path.write_text("Fracture of the distal radius. BM\n", encoding="utf-8")
    assert _refused(path) == "it holds text, not a picture"
    assert sniff(path) is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "WebP"),
        (bytes(range(256)), "neither a picture nor a DICOM film"),
        (b"BM" + bytes(100), "neither"),
    ],
)
def test_that_other_files_are_named_for_what_they_are(tmp_path, content, words):
    path = tmp_path / "film.png"
    path.write_bytes(content)
    assert words in _refused(path)


@pytest.mark.parametrize("format", ["PNG", "JPEG", "TIFF", "BMP", "GIF"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_that_a_truncated_picture_is_refused_with_its_name(tmp_path, format, share):
    path = write_picture(tmp_path / f"cut.{format}", bone_picture(200, 200), format)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert "cut short or damaged" in _refused(path) or "damaged" in _refused(path)


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "packbits"])
def test_that_a_truncated_compressed_tiff_is_refused(tmp_path, compression):
    path = write_picture(
        tmp_path / "cut.tif", bone_picture(200, 200), "TIFF", compression=compression
    )
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert "damaged" in _refused(path)


def test_that_a_png_with_a_wrong_checksum_is_refused(tmp_path):
    path = write_png(tmp_path / "bad.png", BONE)
    content = bytearray(path.read_bytes())
    content[content.index(b"IDAT") + 10] ^= 0xFF
    path.write_bytes(content)
    assert "damaged" in _refused(path)


def test_that_folders_and_missing_files_are_refused(tmp_path):
    assert _refused(tmp_path) == "it is a folder, not a file"
    assert "does not exist" in _refused(tmp_path / "gone.png")
    with pytest.raises(FilmError, match="too long"):
        read_film(tmp_path / ("a" * 300))
    with pytest.raises(FilmError):
        sniff(tmp_path / "gone.png")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_that_a_pipe_is_refused_instead_of_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    assert _refused(tmp_path / "pipe.png") == "it is not a regular file"


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything"
)
def test_that_a_file_without_permission_is_refused(tmp_path):
    path = write_png(tmp_path / "locked.png", BONE)
    path.chmod(0)
    assert "no permission" in _refused(path)


def test_that_a_forbidden_file_is_refused_in_words(tmp_path, monkeypatch):
    def forbid(*_args, **_options):
        raise PermissionError(13, "denied")

    path = write_png(tmp_path / "locked.png", BONE)
    monkeypatch.setattr(Path, "open", forbid)
    with pytest.raises(FilmError, match="no permission to read it"):
        read_grey(path)


def _png_of_zeros(path: Path, width: int, height: int) -> Path:
    """A grey PNG of any size, written a row at a time so that the test stays small."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content))
            + name
            + content
            + struct.pack(">I", zlib.crc32(name + content))
        )

    deflate = zlib.compressobj(1)
    row = b"\0" + bytes(width)
    data = b"".join(deflate.compress(row) for _ in range(height)) + deflate.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )
    return path


def test_that_a_film_of_120_megapixels_opens_without_a_warning(tmp_path):
    assert read_grey(_png_of_zeros(tmp_path / "huge.png", 12_000, 10_000)).shape == (10_000, 12_000)


@pytest.mark.parametrize("side", [13_000, 60_000])
def test_that_a_decompression_bomb_is_refused_before_it_is_decoded(tmp_path, side):
    path = _png_of_zeros(tmp_path / "bomb.png", side, 1)
    content = path.read_bytes()
    header = struct.pack(">II", side, side)
    start = content.index(b"IHDR")
    forged = content[start : start + 4] + header + content[start + 12 : start + 17]
    path.write_bytes(
        content[:start] + forged + struct.pack(">I", zlib.crc32(forged)) + content[start + 21 :]
    )
    assert side * side > MAX_PIXELS
    assert "too large" in _refused(path)
    assert "150 megapixels" in _refused(path)
