"""Format and header by content alone."""

import pytest
from PIL import Image

from bonaface.errors import InvalidImageError, UnsupportedImageFormatError
from bonaface.imaging.sniff import sniff
from bonaface.imaging.types import ImageFormat, ImageHeader
from support.pictures import png as pngs
from support.pictures.picture import encoded, jpeg, picture, png


def turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def test_jpeg_header() -> None:
    data = jpeg(picture(90, 120), progressive=True, exif=turned(6))
    assert sniff(data) == ImageHeader(ImageFormat.JPEG, 90, 120, 6, 8, 3, progressive=True)
    assert sniff(jpeg(picture(90, 120))) == ImageHeader(ImageFormat.JPEG, 90, 120, 1, 8, 3, progressive=False)


def test_png_header() -> None:
    data = pngs.encode(picture(90, 120), pngs.COLOUR, interlaced=True)
    assert sniff(data) == ImageHeader(ImageFormat.PNG, 90, 120, 1, 8, 3, progressive=True)
    assert sniff(png(exif=turned(8))).orientation == 8


@pytest.mark.parametrize(("mode", "channels"), [("L", 1), ("RGB", 3), ("CMYK", 4)])
def test_jpeg_channels(mode: str, channels: int) -> None:
    assert sniff(encoded(Image.new(mode, (90, 80)), "JPEG")).channels == channels


@pytest.mark.parametrize(
    ("mode", "bits", "channels"), [("1", 1, 1), ("I;16", 16, 1), ("LA", 8, 2), ("RGBA", 8, 4)]
)
def test_png_bits_and_channels(mode: str, bits: int, channels: int) -> None:
    header = sniff(encoded(Image.new(mode, (90, 80)), "PNG"))
    assert (header.bits, header.channels) == (bits, channels)


def test_mpo_is_a_jpeg() -> None:
    pages = [Image.new("RGB", (200, 100))]
    data = encoded(Image.new("RGB", (90, 80)), "MPO", save_all=True, append_images=pages)
    header = sniff(data)
    assert (header.format, header.width, header.height) == (ImageFormat.JPEG, 90, 80)


def test_orientation_chunk_around_the_picture() -> None:
    chunk = pngs.chunk(b"eXIf", turned(3).tobytes())
    assert sniff(pngs.encode(picture(), pngs.COLOUR, before=[chunk])).orientation == 3
    assert sniff(pngs.encode(picture(), pngs.COLOUR, after=[chunk])).orientation == 3


def test_a_png_cut_after_its_header_is_still_told() -> None:
    data = png()
    assert sniff(data[:33]) == sniff(data[: len(data) // 2]) == sniff(data)


@pytest.mark.parametrize("length", range(1, 8))
def test_cut_within_the_signature(length: int) -> None:
    with pytest.raises(InvalidImageError, match="first bytes"):
        sniff(pngs.SIGNATURE[:length])


@pytest.mark.parametrize("data", [b"\xff", b"\xff\xd8", b"\xff\xd8\xff", b""])
def test_nothing_but_a_start(data: bytes) -> None:
    with pytest.raises(InvalidImageError):
        sniff(data)


@pytest.mark.parametrize("format", ["GIF", "BMP", "TIFF", "WEBP", "PPM", "JPEG2000"])
def test_formats_that_pillow_writes(format: str) -> None:
    with pytest.raises(UnsupportedImageFormatError):
        sniff(encoded(Image.fromarray(picture()), format))


@pytest.mark.parametrize("data", [b"x", b"\x89png\r\n\x1a\n", b" " + png(), b"\xfe" + jpeg(), b"%PDF-1.7"])
def test_everything_else(data: bytes) -> None:
    with pytest.raises(UnsupportedImageFormatError):
        sniff(data)
