"""Of an animated PNG what is seen first is read, or nothing; tests/system/e2e shows Chromium the same."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from bonaface.errors import ImageTooLargeError, InvalidImageError
from bonaface.imaging import decode as decoding
from bonaface.imaging.png import decode
from bonaface.settings import ImageLimits
from support.pictures import animated as files
from support.pictures import bombs
from support.pictures import png as pngs
from support.pictures.animated import (
    CLEAR,
    FIRST,
    INSIDE,
    OUTSIDE,
    STILL,
    animation,
    control,
    frame_data,
    packed,
    plain,
)
from support.pictures.picture import Pixels, difference, encoded, picture
from support.pictures.png import chunk


def colour(pixels: Pixels, point: tuple[int, int]) -> tuple[int, ...]:
    x, y = point
    return tuple(pixels[y, x].tolist())


@pytest.mark.parametrize("name", files.SHOW_STILL)
def test_the_still(name: str) -> None:
    assert np.all(decode(files.SHOW_STILL[name]) == STILL)


@pytest.mark.parametrize("name", files.SHOW_FIRST)
def test_the_first_frame(name: str) -> None:
    assert np.all(decode(files.SHOW_FIRST[name]) == FIRST)


@pytest.mark.parametrize("name", files.SHOW_PART)
def test_a_small_first_frame_on_a_clear_canvas(name: str) -> None:
    shown = decode(files.SHOW_PART[name])
    assert shown.shape == (files.HEIGHT, files.WIDTH, 3)
    assert (colour(shown, INSIDE), colour(shown, OUTSIDE)) == (FIRST, CLEAR)
    width, height, _, _ = files.PART
    assert np.count_nonzero(np.all(shown == FIRST, axis=-1)) == width * height


@pytest.mark.parametrize("name", files.SHOW_NOTHING | files.DAMAGED)
def test_nothing(name: str) -> None:
    with pytest.raises(InvalidImageError, match="truncated or corrupt"):
        decode((files.SHOW_NOTHING | files.DAMAGED)[name])


@pytest.mark.parametrize("is_hidden", [False, True])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA"])
def test_as_pillow_writes_it(mode: str, is_hidden: bool) -> None:
    shown, other = (Image.fromarray(one).convert(mode) for one in (picture(), 255 - picture()))
    pictures = [other, shown] if is_hidden else [shown, other]
    data = encoded(pictures[0], "PNG", save_all=True, append_images=pictures[1:] * 2, default_image=is_hidden)
    assert b"acTL" in data
    assert difference(decode(data), decode(encoded(shown, "PNG"))) == 0


@pytest.mark.parametrize("interlaced", [False, True])
def test_frames_are_stored_as_the_still_is(interlaced: bool) -> None:
    """Depth, colour, palette, transparency and interlacing are those of the file."""
    index = np.arange(12 * 10).reshape(10, 12) % 4
    pack = pngs.pack_interlaced if interlaced else pngs.pack
    before = (chunk(b"PLTE", bytes([9, 8, 7, 0, 255, 0, 1, 2, 3, 5, 6, 4])), chunk(b"tRNS", b"\xff\xff\x80"))
    whole = np.zeros((90, 90), int)
    still = chunk(b"IDAT", zlib.compress(pack(whole, 2)))
    frame = control(0, (12, 10, 40, 30)) + frame_data(1, zlib.compress(pack(index, 2)))
    header = pngs.header(90, 90, 2, pngs.PALETTE, int(interlaced))
    shown = decode(b"".join((header, *before, animation(1), still, frame, pngs.END)))
    colours = np.array([[9, 8, 7], [0, 255, 0], [128, 128, 129], [5, 6, 4]])
    assert difference(shown[30:40, 40:52], colours[index].astype(np.uint8)) <= 1
    assert np.all(shown[:30] == 255)


def test_orientation_turns_the_canvas() -> None:
    values = Image.Exif()
    values[0x0112] = 6
    exif = chunk(b"eXIf", values.tobytes().removeprefix(b"Exif\0\0"))
    data = bombs.with_chunks(files.SHOW_PART["a small frame, dispose 0, blend 0"], exif)
    shown = decoding.decode(data, ImageLimits())
    assert shown.shape == (files.WIDTH, files.HEIGHT, 3)
    assert colour(shown, (files.HEIGHT - 1 - INSIDE[1], INSIDE[0])) == FIRST


def test_alpha_lies_over_white() -> None:
    half = packed(plain((*FIRST, 128)))
    still = chunk(b"IDAT", packed(plain((*STILL, 255))))
    header = pngs.header(files.WIDTH, files.HEIGHT, 8, pngs.COLOUR_ALPHA)
    shown = decode(
        b"".join((header, animation(1), still, control(0, blend=1), frame_data(1, half), pngs.END))
    )
    assert difference(shown, plain((127, 255, 127)).astype(np.uint8)) <= 1


def test_only_the_first_frame_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The still and the second frame unpack to far more than is taken."""
    monkeypatch.setattr("bonaface.imaging.png.MAX_EXCESS", 1 << 20)
    bomb = bombs.zeros(1 << 27)
    whole = (control(0), frame_data(1, files.ONE), control(2), frame_data(3, bomb), pngs.END)
    start = pngs.header(files.WIDTH, files.HEIGHT)
    assert np.all(decode(b"".join((start, animation(), chunk(b"IDAT", bomb), *whole))) == FIRST)
    with pytest.raises(InvalidImageError, match="far more data"):
        decode(b"".join((start, animation(), files.IDAT, control(0), frame_data(1, bomb), pngs.END)))


def test_many_frames_are_not_looked_at() -> None:
    frames = b"".join(control(number) + frame_data(number + 1, files.TWO) for number in range(2, 8_000, 2))
    data = (
        files.START
        + animation(4_000)
        + files.IDAT
        + control(0)
        + frame_data(1, files.ONE)
        + frames
        + pngs.END
    )
    assert np.all(decode(data) == FIRST)
    with pytest.raises(InvalidImageError, match="too many chunks"):
        decode(data[:-12] + frames * 5 + pngs.END)


def test_pixels_are_counted_on_the_canvas() -> None:
    data = files.SHOW_PART["a small frame, dispose 0, blend 0"]
    with pytest.raises(ImageTooLargeError):
        decoding.decode(data, ImageLimits(max_pixels=files.WIDTH * files.HEIGHT - 1))


def test_what_only_looks_like_an_animation() -> None:
    data = io.BytesIO()
    Image.new("RGB", (90, 90), STILL).save(data, "PNG")
    note = chunk(b"tEXt", b"a\0acTL" + struct.pack(">II", 1, 0))
    assert np.all(decode(bombs.with_chunks(data.getvalue(), note)) == STILL)
