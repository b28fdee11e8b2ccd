"""The decode matrix: files of an independent encoder against an independent reading."""

import io
import struct
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from bonaface.errors import (
    ImageTooLargeError,
    ImageTooSmallError,
    InvalidImageError,
    UnsupportedImageFormatError,
)
from bonaface.imaging.decode import check_bytes, check_together, decode, open_picture
from bonaface.settings import ImageLimits
from support.pictures import png as pngs
from support.pictures.arithmetic import ARITHMETIC_JPEG, gradient
from support.pictures.picture import averaged, difference, encoded, jpeg, picture, png, read_by_pillow

LIMITS = ImageLimits()
LOSSY = 2
CUTS = [f"{tenth}0%" for tenth in range(1, 10)] + ["-100", "-12", "-5", "-3", "-2", "-1"]


def icc() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


JPEGS = {
    "4:4:4": jpeg(subsampling="4:4:4"),
    "4:2:2": jpeg(subsampling="4:2:2"),
    "4:2:0": jpeg(subsampling="4:2:0"),
    "4:1:1": jpeg(subsampling="4:1:1"),
    "odd sides": jpeg(picture(101, 83), subsampling="4:2:0"),
    "progressive": jpeg(progressive=True),
    "restart markers": jpeg(restart_marker_blocks=3),
    "optimised": jpeg(optimize=True),
    "stored as RGB": jpeg(keep_rgb=True),
    "with ICC profile": jpeg(icc_profile=icc()),
    "with comment": jpeg(comment=b"\xff\xd9 is not the end"),
    "grey": encoded(Image.fromarray(picture()).convert("L"), "JPEG"),
    "grey progressive": encoded(Image.fromarray(picture()).convert("L"), "JPEG", progressive=True),
}


@pytest.mark.parametrize("name", JPEGS)
def test_jpeg_is_what_pillow_reads(name: str) -> None:
    image = decode(JPEGS[name], LIMITS)
    assert image.dtype == np.uint8
    assert image.flags.c_contiguous
    assert difference(image, read_by_pillow(JPEGS[name])) <= LOSSY


def test_jpeg_is_the_picture_that_was_encoded() -> None:
    assert difference(decode(jpeg(quality=100, subsampling="4:4:4"), LIMITS), picture()) <= 4


def test_arithmetic_jpeg() -> None:
    assert difference(decode(ARITHMETIC_JPEG, LIMITS), gradient()) <= 16


def cmyk() -> bytes:
    return encoded(Image.fromarray(picture()).convert("CMYK"), "JPEG", quality=98, subsampling="4:4:4")


def ycck() -> bytes:
    colours = Image.fromarray(255 - picture()).convert("YCbCr")
    black = Image.new("L", colours.size, 30)
    planes = [ImageOps.invert(plane) for plane in (*colours.split(), black)]
    data = encoded(Image.merge("CMYK", planes), "JPEG", quality=98, subsampling="4:4:4")
    transform = data.index(b"Adobe") + 11
    return data[:transform] + b"\x02" + data[transform + 1 :]


def test_cmyk_is_inverted_as_adobe_writes_it() -> None:
    assert difference(decode(cmyk(), LIMITS), picture()) <= 10


def test_ycck_is_what_pillow_reads() -> None:
    data = ycck()
    assert difference(decode(data, LIMITS), read_by_pillow(data)) <= 3


def test_mpo_gives_its_first_image() -> None:
    first, second = Image.fromarray(picture()), Image.new("RGB", (112, 96), "black")
    data = encoded(first, "MPO", save_all=True, append_images=[second])
    assert difference(decode(data, LIMITS), picture()) <= 60
    assert difference(decode(data, LIMITS), read_by_pillow(data)) <= LOSSY


@pytest.mark.parametrize("junk", [b"\x00" * 99, b"\xff\xda" * 500, jpeg()], ids=["zeros", "scans", "jpeg"])
def test_what_follows_the_end_is_ignored(junk: bytes) -> None:
    assert np.array_equal(decode(jpeg() + junk, LIMITS), decode(jpeg(), LIMITS))
    assert np.array_equal(decode(png() + junk, LIMITS), picture())


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("encode", [jpeg, png])
def test_orientation_is_applied(encode: Callable[..., bytes], orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encode(exif=exif)
    with Image.open(io.BytesIO(data)) as stored:
        expected = np.asarray(ImageOps.exif_transpose(stored).convert("RGB"))
    image = decode(data, LIMITS)
    assert image.flags.c_contiguous
    assert difference(image, expected) <= LOSSY


def test_png_colour() -> None:
    assert np.array_equal(decode(png(), LIMITS), picture())


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGB", "RGBA", "PA"])
def test_png_modes_of_pillow(mode: str) -> None:
    image = Image.fromarray(picture()).convert("RGBA" if mode in {"LA", "RGBA", "PA"} else "RGB")
    if image.mode == "RGBA":
        image.putalpha(Image.fromarray(picture()[..., 0]))
    data = encoded(image.convert("RGBA").quantize(16) if mode == "PA" else image.convert(mode), "PNG")
    with Image.open(io.BytesIO(data)) as stored:
        drawn = stored.convert("RGBA")
    white = Image.new("RGBA", drawn.size, "white")
    expected = np.asarray(Image.alpha_composite(white, drawn).convert("RGB"))
    assert difference(decode(data, LIMITS), expected) <= 1


def test_colour_management_is_not_applied() -> None:
    extra = [pngs.chunk(b"gAMA", struct.pack(">I", 100_000)), pngs.chunk(b"cICP", bytes([9, 16, 0, 1]))]
    assert np.array_equal(decode(pngs.encode(picture(), pngs.COLOUR, before=extra), LIMITS), picture())
    assert np.array_equal(decode(png(icc_profile=icc()), LIMITS), picture())


def cut(data: bytes, where: str) -> bytes:
    return data[: len(data) * int(where[:-1]) // 100] if where.endswith("%") else data[: int(where)]


@pytest.mark.parametrize("where", CUTS)
@pytest.mark.parametrize(
    "data",
    [jpeg(), jpeg(progressive=True), jpeg(restart_marker_blocks=2), ARITHMETIC_JPEG, cmyk(), png()],
    ids=["baseline", "progressive", "restarts", "arithmetic", "cmyk", "png"],
)
def test_truncation_is_an_error(data: bytes, where: str) -> None:
    with pytest.raises(InvalidImageError, match="whole file"):
        decode(cut(data, where), LIMITS)


def test_a_cut_that_was_mended_with_an_end_marker_is_an_error() -> None:
    with pytest.raises(InvalidImageError):
        decode(cut(jpeg(), "70%") + b"\xff\xd9", LIMITS)


@pytest.mark.parametrize(
    "data", [b"GIF89a" + bytes(99), b"RIFF\0\0\0\0WEBP", b"BM", b"<svg/>", b"\xff\xd8\x00", b"\0" * 99]
)
def test_other_formats(data: bytes) -> None:
    with pytest.raises(UnsupportedImageFormatError, match="neither PNG nor JPEG"):
        decode(data, LIMITS)


def test_empty() -> None:
    with pytest.raises(InvalidImageError, match="empty"):
        decode(b"", LIMITS)


def bomb_of_png() -> bytes:
    return pngs.header(60_000, 60_000)


def bomb_of_jpeg() -> bytes:
    data = jpeg()
    frame = data.index(b"\xff\xc0") + 5
    return data[:frame] + struct.pack(">HH", 60_000, 60_000) + data[frame + 4 : frame + 14]


@pytest.mark.parametrize("data", [bomb_of_png(), bomb_of_jpeg()], ids=["png", "jpeg"])
def test_pixel_limit_needs_nothing_but_the_header(data: bytes) -> None:
    """There is no picture in these files: a decoder would call them corrupt, not large."""
    with pytest.raises(ImageTooLargeError, match="50,000,000 pixels"):
        decode(data, LIMITS)


def test_byte_limit_comes_before_the_content() -> None:
    data = png()
    assert decode(data, ImageLimits(max_bytes=len(data))).shape == picture().shape
    with pytest.raises(ImageTooLargeError, match="bytes"):
        decode(data, ImageLimits(max_bytes=len(data) - 1))
    with pytest.raises(ImageTooLargeError):
        decode(b"\0" * 11, ImageLimits(max_bytes=10))
    check_bytes(10, ImageLimits(max_bytes=10))


def test_pixel_limit_is_inclusive() -> None:
    assert decode(png(), ImageLimits(max_pixels=112 * 96)).shape == (96, 112, 3)
    with pytest.raises(ImageTooLargeError):
        decode(png(), ImageLimits(max_pixels=112 * 96 - 1))


def test_pixel_limit_of_wide_pixels() -> None:
    data = encoded(Image.fromarray(picture()).convert("CMYK"), "JPEG")
    assert decode(data, ImageLimits(max_pixels=112 * 96 * 2)).shape == (96, 112, 3)
    with pytest.raises(ImageTooLargeError, match="over 10,751 pixels"):
        decode(data, ImageLimits(max_pixels=112 * 96 * 2 - 1))


@pytest.mark.parametrize("size", [(79, 200), (200, 79), (1, 1)])
def test_short_sides(size: tuple[int, int]) -> None:
    with pytest.raises(ImageTooSmallError, match="80 pixels"):
        decode(encoded(Image.new("RGB", size), "PNG"), LIMITS)
    assert decode(encoded(Image.new("RGB", (80, 80)), "JPEG"), LIMITS).shape == (80, 80, 3)


WIDE, FLAT = 3200, 160
"""Sides, in pixels, of an image of which half is decoded."""


def wide(**options: object) -> bytes:
    return jpeg(picture(WIDE, FLAT), **options)


@pytest.mark.parametrize(
    ("sides", "first"),
    [((3199, 160), 1), ((3200, 160), 2), ((160, 6399), 2), ((160, 6400), 4), ((160, 12800), 8)],
)
def test_how_much_of_a_jpeg_is_decoded_goes_by_its_longer_side(sides: tuple[int, int], first: int) -> None:
    opened = open_picture(encoded(Image.new("RGB", sides, "grey"), "JPEG"), LIMITS)
    assert (opened.width, opened.height) == sides
    assert opened.finest == first
    assert opened.decode().shape == (sides[1], sides[0], 3)
    assert opened.finest == 1


@pytest.mark.parametrize(
    "data", [wide(progressive=True), png(picture(WIDE, FLAT))], ids=["progressive", "png"]
)
def test_what_is_decoded_in_full_at_once(data: bytes) -> None:
    opened = open_picture(data, LIMITS)
    overview = opened.overview
    assert opened.finest == 1
    assert difference(overview.pixels, averaged(decode(data, LIMITS), overview.reduction)) <= 1


def test_a_small_image_is_opened_as_it_is_decoded() -> None:
    for data in (jpeg(), png()):
        assert np.array_equal(open_picture(data, LIMITS).overview.pixels, decode(data, LIMITS))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_smaller_views_are_upright_too(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = wide(exif=exif)
    opened, full = open_picture(data, LIMITS), decode(data, LIMITS)
    overview = opened.overview
    assert (opened.height, opened.width) == full.shape[:2]
    assert overview.reduction == 2
    assert overview.pixels.flags.c_contiguous
    assert difference(overview.pixels, averaged(full, 2)) <= 8
    assert np.array_equal(opened.decode(), full)


@pytest.mark.parametrize("where", CUTS)
@pytest.mark.parametrize("options", [{}, {"restart_marker_blocks": 3}, {"progressive": True}])
def test_a_large_image_that_is_cut_is_refused_when_it_is_opened(where: str, options: dict[str, int]) -> None:
    with pytest.raises(InvalidImageError, match="whole file"):
        open_picture(cut(wide(**options), where), LIMITS)


def test_limits_come_before_a_large_image_is_opened() -> None:
    data = wide()
    for limits in (ImageLimits(max_bytes=len(data) - 1), ImageLimits(max_pixels=WIDE * FLAT - 1)):
        with pytest.raises(ImageTooLargeError):
            open_picture(data, limits)
    with pytest.raises(ImageTooSmallError):
        open_picture(data, ImageLimits(min_side=FLAT + 1))
    with pytest.raises(ImageTooLargeError, match="50,000,000 pixels"):
        open_picture(bomb_of_jpeg(), LIMITS)


def test_frames_are_counted_together_before_a_pixel_is_decoded() -> None:
    frame = jpeg(picture(100, 100))
    header = frame[: frame.index(b"\xff\xda") + 20]  # a picture that breaks off would be refused
    check_together([header] * 3, ImageLimits(max_pixels=30_000))
    with pytest.raises(ImageTooLargeError, match="29,999 pixels together"):
        check_together([header] * 3, ImageLimits(max_pixels=29_999))
    with pytest.raises(ImageTooLargeError, match="bytes"):
        check_together([header] * 3, ImageLimits(max_bytes=3 * len(header) - 1))
    with pytest.raises(InvalidImageError):
        check_together([header, b""], LIMITS)


def test_one_frame_alone_is_not_told_of_others() -> None:
    with pytest.raises(ImageTooLargeError, match=r"^The image has over 9,999 pixels; send a smaller one\.$"):
        check_together([png(picture(100, 100))], ImageLimits(max_pixels=9_999))
