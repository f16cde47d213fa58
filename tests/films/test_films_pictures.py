"""Pictures of every kind become films; each expected value is worked out here by hand."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.builders.films import bone_picture, write_picture, write_png, write_tiff
from training.films.reader import read_film, read_grey, read_grey_bytes, sniff

BONE = bone_picture()
DEEP = (BONE.astype(np.uint16) << 8) | 0x3C


@pytest.mark.parametrize("format", ["PNG", "TIFF", "BMP", "GIF"])
@pytest.mark.parametrize("name", ["film", "film.jpg", "film.dcm", "Röntgen 手首 ☢.txt"])
def test_that_grey_pictures_come_back_unchanged_whatever_their_name(tmp_path, format, name):
    path = write_picture(tmp_path / name, BONE, format)
    film = read_film(path)
    assert sniff(path) == format == film.format
    assert np.array_equal(film.grey(), BONE)
    assert film.pixels.dtype == np.float32
    assert not film.pixels.flags.writeable
    assert film.bits == 8
    assert film.notes == ()


def test_that_a_very_long_path_is_read(tmp_path):
    folder = tmp_path
    for letter in "abcdef":
        folder = folder / (letter * 200)
        folder.mkdir()
    assert np.array_equal(read_grey(write_png(folder / "film.png", BONE)), BONE)


def test_that_a_jpeg_stored_as_colour_gives_its_luma(tmp_path):
    grey = write_picture(tmp_path / "grey.jpg", BONE, "JPEG", quality=90)
    colour = write_picture(
        tmp_path / "rgb.jpg", np.dstack([BONE] * 3), "JPEG", quality=90, subsampling=0
    )
    with Image.open(grey) as image:
        expected = np.asarray(image)
    assert np.array_equal(read_film(grey).grey(), expected)
    # The same luma, quantised by the same table, is the same picture.
    film = read_film(colour)
    assert np.array_equal(film.grey(), expected)
    assert film.notes == ()


def test_that_colour_becomes_bt_601_luma_with_a_note(tmp_path):
    colours = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [10, 200, 90]]], np.uint8)
    film = read_film(write_png(tmp_path / "colour.png", colours))
    expected = np.rint(colours @ np.array([0.299, 0.587, 0.114]))
    assert np.abs(film.pixels - expected).max() <= 1
    assert "colour turned to grey" in film.notes


def test_that_a_coloured_jpeg_is_noted(tmp_path):
    red = np.zeros((16, 16, 3), np.uint8)
    red[..., 0] = 200
    film = read_film(write_picture(tmp_path / "red.jpg", red, "JPEG"))
    assert film.notes == ("colour turned to grey",)
    assert abs(float(film.pixels.mean()) - 0.299 * 200) < 2


def test_that_cmyk_black_is_black_and_paper_is_white(tmp_path):
    inks = np.zeros((8, 8, 4), np.uint8)
    inks[:, 4:, 3] = 255
    image = Image.frombytes("CMYK", (8, 8), inks.tobytes())
    for name, format in (("ink.tif", "TIFF"), ("ink.jpg", "JPEG")):
        image.save(tmp_path / name, format)
        grey = read_grey(tmp_path / name)
        assert grey[:, :4].min() > 250
        assert grey[:, 4:].max() < 5


def test_that_transparent_parts_lie_on_black(tmp_path):
    picture = np.zeros((2, 2, 4), np.uint8)
    picture[..., :3] = 200
    picture[..., 3] = [[255, 0], [128, 255]]
    film = read_film(write_png(tmp_path / "rgba.png", picture))
    assert film.grey().tolist() == [[200, 0], [100, 200]]
    assert film.notes == ("transparent parts laid over black",)
    two = read_film(write_png(tmp_path / "la.png", picture[..., [0, 3]]))
    assert np.array_equal(two.grey(), film.grey())


def test_that_an_opaque_alpha_changes_nothing(tmp_path):
    film = read_film(write_png(tmp_path / "la.png", np.dstack([BONE, np.full_like(BONE, 255)])))
    assert np.array_equal(film.grey(), BONE)
    assert film.notes == ()


def test_that_a_palette_is_looked_up(tmp_path):
    image = Image.fromarray(BONE % 4)
    image.putpalette([9, 9, 9, 80, 80, 80, 160, 160, 160, 255, 255, 255], "RGB")
    assert image.mode == "P"
    image.save(tmp_path / "palette.png")
    assert np.array_equal(
        read_film(tmp_path / "palette.png").grey(), np.array([9, 80, 160, 255])[BONE % 4]
    )


def test_that_one_bit_is_black_and_white(tmp_path):
    bits = BONE > 100
    Image.fromarray(bits).save(tmp_path / "bits.png")
    assert np.array_equal(read_film(tmp_path / "bits.png").grey(), bits * 255)


def _numpy_turn(picture: np.ndarray, orientation: int) -> np.ndarray:
    """TIFF 6.0, tag 274: where the 0th row and the 0th column of the stored picture lie."""
    return {
        1: picture,
        2: picture[:, ::-1],
        3: picture[::-1, ::-1],
        4: picture[::-1],
        5: picture.T,
        6: picture[::-1].T,
        7: picture[::-1, ::-1].T,
        8: picture.T[::-1],
    }[orientation]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_that_a_picture_is_turned_as_its_exif_tag_says(tmp_path, orientation):
    exif = Image.Exif()
    exif[274] = orientation
    expected = _numpy_turn(BONE, orientation)
    png = read_film(write_png(tmp_path / "turned.png", BONE, exif=exif))
    assert np.array_equal(png.grey(), expected)
    deep = write_tiff(tmp_path / "turned.tif", DEEP, orientation=orientation)
    assert np.array_equal(read_film(deep).pixels, _numpy_turn(DEEP, orientation))
    jpeg = write_picture(tmp_path / "turned.jpg", BONE, "JPEG", exif=exif, quality=95)
    assert np.abs(read_film(jpeg).grey().astype(int) - expected).mean() < 3
    assert np.array_equal(read_grey(jpeg), read_film(jpeg).grey())
    has_note = "turned as its EXIF tag says" in png.notes
    assert has_note == (orientation != 1)


@pytest.mark.parametrize("big_endian", [False, True])
def test_that_16_bit_tiff_of_either_byte_order_keeps_its_values(tmp_path, big_endian):
    film = read_film(write_tiff(tmp_path / "deep.tif", DEEP, big_endian=big_endian))
    assert np.array_equal(film.pixels, DEEP)
    assert film.bits == 16


def test_that_16_bit_png_with_a_well_used_range_shows_the_whole_of_it(tmp_path):
    ramp = np.linspace(0, 65535, 64 * 64).astype(np.uint16).reshape(64, 64)
    film = read_film(write_png(tmp_path / "ramp.png", ramp))
    assert film.window.limits == (0.0, 65535.0)
    assert np.array_equal(film.grey(), np.rint(ramp / 257.0))


def test_that_12_bits_in_a_16_bit_png_are_shown_by_percentiles(tmp_path):
    values = np.arange(4096, dtype=np.uint16).reshape(64, 64)
    film = read_film(write_png(tmp_path / "twelve.png", values))
    expected = np.percentile(values, (0.5, 99.5))
    assert film.window.limits == pytest.approx(tuple(expected), abs=0.01)
    assert any("percentile" in note for note in film.notes)


@pytest.mark.parametrize("dtype", ["<i4", "<f4"])
def test_that_32_bit_tiff_is_shown_by_percentiles(tmp_path, dtype):
    values = (np.linspace(-500, 2500, 900).reshape(30, 30)).astype(dtype)
    film = read_film(write_tiff(tmp_path / "wide.tif", values))
    assert np.array_equal(film.pixels, values.astype(np.float32))
    grey = film.grey()
    assert grey[0, 0] == 0
    assert grey[-1, -1] == 255


def test_that_values_that_are_no_numbers_do_not_spoil_a_float_tiff(tmp_path):
    values = np.linspace(0, 1, 900, dtype=np.float32).reshape(30, 30).copy()
    values[0, :3] = [np.nan, np.inf, -np.inf]
    film = read_film(write_tiff(tmp_path / "nan.tif", values))
    assert np.isfinite(film.pixels).all()
    assert film.grey()[0, 0] == 0
    assert "values that are no numbers are drawn as the lowest" in film.notes


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_that_white_is_zero_tiff_shows_low_values_white(tmp_path, dtype):
    highest = np.iinfo(dtype).max
    ramp = np.linspace(0, highest, 900).astype(dtype).reshape(30, 30)
    film = read_film(write_tiff(tmp_path / "inverted.tif", ramp, white_is_zero=True))
    grey = film.grey()
    assert grey[0, 0] == 255
    assert grey[-1, -1] == 0
    assert np.array_equal(read_grey(film.path), grey)


def test_that_the_first_of_several_pages_is_read_with_a_note(tmp_path):
    pages = [Image.fromarray(BONE), Image.fromarray(255 - BONE), Image.fromarray(BONE)]
    for format in ("TIFF", "GIF"):
        path = tmp_path / f"pages.{format}"
        pages[0].save(path, format, save_all=True, append_images=pages[1:])
        film = read_film(path)
        assert np.array_equal(film.grey(), BONE)
        assert film.notes[0] == "the first of 3 pages" or film.notes[0].startswith("the first of")


def test_that_the_facts_of_a_picture_are_listed(tmp_path):
    film = read_film(write_png(tmp_path / "facts.png", BONE, dpi=(300, 300)))
    facts = {tag.name: tag.value for tag in film.tags}
    assert facts["Format"] == "PNG"
    assert facts["Size"] == "30 x 40 pixels"
    assert facts["Resolution"] == "300 x 300 dots per inch"
    assert facts["Stored as"] == "grey, 8 bits"


def _every_picture(folder: Path) -> list[Path]:
    rgb = np.dstack([BONE, 255 - BONE, BONE // 2])
    exif = Image.Exif()
    exif[274] = 6
    adobe_rgb = folder / "adobe.jpg"
    Image.fromarray(rgb).save(adobe_rgb, keep_rgb=True)
    return [
        write_picture(folder / "rgb.jpg", rgb, "JPEG"),
        write_picture(folder / "444.jpg", rgb, "JPEG", subsampling=0, exif=exif),
        adobe_rgb,
        write_picture(folder / "progressive.jpg", rgb, "JPEG", progressive=True),
        write_png(folder / "rgb.png", rgb),
        write_png(folder / "rgba.png", np.dstack([rgb, BONE])),
        write_png(folder / "deep.png", DEEP),
        write_tiff(folder / "deep.tif", DEEP, white_is_zero=True),
        write_tiff(folder / "inverted.tif", BONE, white_is_zero=True),
        write_picture(folder / "lzw.tif", BONE, "TIFF", compression="tiff_lzw"),
        write_picture(folder / "rgb.gif", rgb, "GIF"),
        write_picture(folder / "rgb.bmp", rgb, "BMP"),
    ]


def test_that_the_fast_path_gives_the_same_pixels_for_every_kind(tmp_path):
    for path in _every_picture(tmp_path):
        expected = read_film(path).grey()
        assert expected.std() > 5, path.name
        for fast in (read_grey(path), read_grey_bytes(path, path.read_bytes())):
            assert fast.dtype == np.uint8
            assert np.array_equal(fast, expected), path.name


def test_that_an_rgb_jpeg_without_luma_is_not_taken_for_one(tmp_path):
    rgb = np.zeros((16, 16, 3), np.uint8)
    rgb[..., 2] = 250
    path = tmp_path / "adobe.jpg"
    Image.fromarray(rgb).save(path, keep_rgb=True, quality=95)
    assert abs(float(read_film(path).pixels.mean()) - 0.114 * 250) < 2


def test_that_many_threads_read_the_same_pixels(tmp_path):
    paths = _every_picture(tmp_path) * 8
    expected = [read_grey(path).sum() for path in paths]
    with ThreadPoolExecutor(4) as pool:
        assert [grey.sum() for grey in pool.map(read_grey, paths)] == expected
