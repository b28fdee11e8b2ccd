"""Whatever callers have becomes the same bytes or pixels, or a sentence that says what to do."""

import io
import struct
import zlib
from pathlib import Path
from typing import IO, Any

import cv2
import numpy as np
import pytest
from PIL import Image

from bonaface.errors import (
    BonafaceError,
    ImageTooLargeError,
    ImageTooSmallError,
    InvalidImageError,
    InvalidParameterError,
)
from bonaface.imaging.image_input import COLORS, Color, ImageInput, known_color, read_input
from bonaface.imaging.types import RgbImage
from bonaface.settings import ImageLimits
from support.pictures.picture import encoded, picture, png

LIMITS = ImageLimits()
RGB = picture()
GREY = np.ascontiguousarray(RGB[..., 1])
ALPHA = np.tile(np.arange(RGB.shape[1], dtype=np.uint8), (RGB.shape[0], 1))


def _pixels(image: ImageInput, color: Color = "rgb", limits: ImageLimits = LIMITS) -> RgbImage:
    pixels = read_input(image, color, limits)
    assert isinstance(pixels, np.ndarray)
    assert pixels.flags.c_contiguous
    assert (pixels.ndim, pixels.shape[2], pixels.dtype) == (3, 3, np.dtype(np.uint8))
    return pixels


class Pipe:
    """Gives a byte or two at a time, as a pipe or a socket may, and cannot seek."""

    def __init__(self, data: bytes) -> None:
        self._left = io.BytesIO(data)
        self.taken = 0

    def read(self, size: int) -> bytes:
        part = self._left.read(min(size, 2))
        self.taken += len(part)
        return part


def test_files_stay_the_bytes_that_they_are(tmp_path: Path) -> None:
    data = png()
    path = tmp_path / "a.png"
    path.write_bytes(data)
    pipe: Any = Pipe(data)
    with path.open("rb") as file:
        for one in (path, str(path), data, bytearray(data), memoryview(data), io.BytesIO(data), file, pipe):
            assert read_input(one, "rgb", LIMITS) == data


def test_a_file_object_is_read_from_where_it_stands_and_no_further_than_the_limit() -> None:
    file = io.BytesIO(b"before" + png())
    file.seek(6)
    assert read_input(file, "rgb", LIMITS) == png()
    endless: Any = Pipe(bytes(5000))
    assert read_input(endless, "rgb", ImageLimits(max_bytes=999)) == bytes(1000)
    assert endless.taken == 1000


def test_colours_of_an_array_by_the_order_that_is_told() -> None:
    bgr = np.ascontiguousarray(RGB[..., ::-1])
    assert np.array_equal(_pixels(RGB), RGB)
    assert np.array_equal(_pixels(bgr, "bgr"), RGB)
    assert np.array_equal(_pixels(RGB[..., ::-1], "bgr"), RGB)  # a view with a negative step
    assert not np.array_equal(_pixels(bgr), RGB)


def test_grey_arrays_with_and_without_a_channel() -> None:
    expected = np.repeat(GREY[..., None], 3, axis=2)
    for color in COLORS:
        assert np.array_equal(_pixels(GREY, color), expected)
        assert np.array_equal(_pixels(GREY[..., None], color), expected)


def test_alpha_is_laid_over_white_as_of_a_png() -> None:
    rgba = np.dstack([RGB, ALPHA])
    share = ALPHA[..., None] / 255
    expected = RGB * share + 255 * (1 - share)
    bgra = rgba[..., [2, 1, 0, 3]]
    assert np.abs(_pixels(rgba) - expected).max() <= 1
    assert np.array_equal(_pixels(bgra, "bgr"), _pixels(rgba))


def test_pixels_are_not_written_to() -> None:
    for image in (RGB, GREY, np.dstack([RGB, ALPHA])):
        fixed = image.copy()
        fixed.setflags(write=False)
        _pixels(fixed, "bgr")
        assert np.array_equal(fixed, image)


@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "LA", "P", "CMYK", "1", "YCbCr", "HSV"])
def test_pillow_images_of_any_mode(mode: str) -> None:
    image = Image.fromarray(RGB).convert(mode)
    assert np.array_equal(_pixels(image), np.asarray(image.convert("RGB")))


def test_pillow_images_with_transparency_lie_over_white() -> None:
    rgba = np.dstack([RGB, ALPHA])
    assert np.array_equal(_pixels(Image.fromarray(rgba)), _pixels(rgba))
    palette = Image.fromarray(RGB).quantize(8)
    palette.info["transparency"] = palette.getpixel((5, 5))
    assert _pixels(palette)[5, 5].tolist() == [255, 255, 255]


def test_a_pillow_image_of_16_bits_is_scaled() -> None:
    deep = Image.fromarray(GREY.astype(np.uint16) * 257)
    assert deep.mode == "I;16"
    assert np.array_equal(_pixels(deep)[..., 0], GREY)


def test_a_pillow_image_is_turned_by_its_exif_tag_once() -> None:
    tag = Image.Exif()
    tag[0x0112] = 6
    lying = np.rot90(RGB)
    image = Image.open(io.BytesIO(encoded(Image.fromarray(lying), "PNG", exif=tag)))
    assert np.array_equal(_pixels(image), RGB)
    assert np.array_equal(_pixels(image), RGB)


def test_a_pillow_image_is_the_frame_that_it_stands_at() -> None:
    frames = [Image.fromarray(GREY), Image.fromarray(255 - GREY)]
    animated = Image.open(
        io.BytesIO(encoded(frames[0], "PNG", save_all=True, append_images=frames[1:], duration=9))
    )
    animated.seek(1)
    assert np.array_equal(_pixels(animated)[..., 0], 255 - GREY)


def test_a_pillow_image_whose_file_breaks_off_or_is_closed() -> None:
    data = encoded(Image.fromarray(np.random.default_rng(0).integers(0, 256, (100, 100, 3), np.uint8)), "PNG")
    cut = Image.open(io.BytesIO(data[:9000]))
    closed = Image.open(io.BytesIO(data))
    closed.close()
    for image in (cut, closed):
        with pytest.raises(InvalidImageError, match="open and whole"):
            read_input(image, "rgb", LIMITS)


@pytest.mark.parametrize(("mode", "to"), [("I", "RGB"), ("F", "RGB"), ("La", "LA"), ("LAB", "RGB")])
def test_a_pillow_image_of_another_mode_is_told_what_to_be_converted_to(mode: str, to: str) -> None:
    with pytest.raises(InvalidParameterError, match=f'mode {mode}, .*convert it to "{to}"'):
        read_input(Image.new(mode, (100, 100)), "rgb", LIMITS)


def _header_of_a_bomb() -> bytes:
    data = bytearray(png())
    data[16:24] = struct.pack(">II", 8000, 8000)
    return bytes(data[:29]) + struct.pack(">I", zlib.crc32(data[12:29])) + bytes(data[33:])


def test_limits_hold_before_pillow_reads_any_pixel() -> None:
    with pytest.raises(ImageTooLargeError):
        read_input(Image.open(io.BytesIO(_header_of_a_bomb())), "rgb", LIMITS)


@pytest.mark.parametrize("shape", [(101, 120), (101, 120, 1), (101, 120, 3), (101, 120, 4)])
def test_limits_hold_for_arrays(shape: tuple[int, ...]) -> None:
    image = np.zeros(shape, np.uint8)
    _pixels(image, limits=ImageLimits(max_pixels=101 * 120))
    with pytest.raises(ImageTooLargeError, match="12,000 pixels"):
        read_input(image, "rgb", ImageLimits(max_pixels=12_000))
    with pytest.raises(ImageTooSmallError, match="at least 102 pixels"):
        read_input(image, "rgb", ImageLimits(min_side=102))


BLANK = np.zeros((100, 100, 3), np.uint8)
NAN = np.full((100, 100, 3), np.nan, np.float32)


class Upload:
    """A file object of an asynchronous framework."""

    async def read(self, size: int = -1) -> bytes:
        raise AssertionError(size)


class Tensor:
    """What a tensor looks like."""

    detach = numpy = None


WRONG: list[tuple[Any, str]] = [
    (None, "cv2.imread gives None"),
    (42, "this is a int"),
    ([[1, 2], [3, 4]], "this is a list"),
    (Tensor(), "permute"),
    ("", "no path"),
    ("a\0b", "no path"),
    ("https://example.com/a.png", "fetches no URL"),
    ("data:image/png;base64,AAAA", "decode its Base64"),
    (io.StringIO("text"), 'mode "rb"'),
    (Upload(), "await file.read"),
    (np.array(7, np.uint8), "a single number"),
    (np.zeros(0, np.uint8), "H x W x 3"),
    (np.zeros((100, 100, 2), np.uint8), "100 x 100 x 2"),
    (np.zeros((100, 100, 5), np.uint8), "100 x 100 x 5"),
    (BLANK[None], "a batch"),
    (np.zeros((3, 100, 100), np.uint8), "np.moveaxis"),
    (np.zeros((4, 100, 100), np.float32), "np.moveaxis"),
    (NAN, "NaN"),
    (np.full((100, 100), np.inf), "NaN or infinity"),
    (BLANK.astype(np.float32), r"image \* 255"),
    (BLANK.astype(np.float16), r"image \* 255"),
    (BLANK.astype(np.uint16), "// 257"),
    (BLANK.astype(np.int64), r"image.astype\(np.uint8\)"),
    (BLANK.astype(bool), "bool, not uint8"),
    (BLANK.astype(object), "object, not uint8"),
]


@pytest.mark.parametrize(("image", "advice"), WRONG, ids=lambda one: one if isinstance(one, str) else "")
def test_what_is_no_image_is_told_what_to_do(image: Any, advice: str) -> None:  # noqa: ANN401
    with pytest.raises(InvalidParameterError, match=advice) as caught:
        read_input(image, "rgb", LIMITS)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("shape", [(0, 100), (100, 0, 3), (0, 0, 4)])
def test_an_empty_array_is_too_small(shape: tuple[int, ...]) -> None:
    with pytest.raises(ImageTooSmallError):
        read_input(np.zeros(shape, np.uint8), "rgb", LIMITS)


def test_a_file_object_at_its_end_is_told_to_be_set_back() -> None:
    file: IO[bytes] = io.BytesIO()
    file.write(png())
    with pytest.raises(InvalidImageError, match=r"seek\(0\)"):
        read_input(file, "rgb", LIMITS)


def test_a_path_that_cannot_be_read_is_told_as_open_tells_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_input(tmp_path / "none.png", "rgb", LIMITS)
    with pytest.raises(IsADirectoryError):
        read_input(tmp_path, "rgb", LIMITS)


def test_an_order_of_colours_that_there_is_not() -> None:
    with pytest.raises(BonafaceError, match='"bgr" for arrays of OpenCV'):
        known_color("gbr")


def test_what_opencv_reads_is_right_as_bgr() -> None:
    read = cv2.imdecode(np.frombuffer(png(), np.uint8), cv2.IMREAD_COLOR)
    assert np.array_equal(_pixels(np.asarray(read, np.uint8), "bgr"), RGB)


def _closed() -> io.BytesIO:
    file = io.BytesIO(png())
    file.close()
    return file


@pytest.mark.parametrize("file", [io.TextIOWrapper(io.BytesIO(png()), "utf-8"), _closed()])
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(file: IO[bytes]) -> None:
    with pytest.raises(InvalidParameterError, match='mode "rb"'):
        read_input(file, "rgb", LIMITS)
