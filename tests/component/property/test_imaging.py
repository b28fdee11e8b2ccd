"""Any bytes, any damage, any box: a picture or one of the errors of the contract, never a crash."""

import base64

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bonaface.errors import (
    ImageTooLargeError,
    ImageTooSmallError,
    InvalidImageError,
    UnsupportedImageFormatError,
)
from bonaface.geometry import Box
from bonaface.imaging import jpeg as jpeg_format
from bonaface.imaging.base64 import decode_base64
from bonaface.imaging.crop import reflected_crop, shifted_crop
from bonaface.imaging.decode import decode
from bonaface.imaging.exif import read_orientation
from bonaface.imaging.sniff import sniff
from bonaface.settings import ImageLimits
from support.pictures import png as pngs
from support.pictures.arithmetic import ARITHMETIC_JPEG
from support.pictures.photograph import photographs
from support.pictures.picture import jpeg, picture, png
from support.pictures.sampled import sampled_jpeg

LIMITS = ImageLimits(max_pixels=1_000_000)
REFUSALS = (InvalidImageError, UnsupportedImageFormatError, ImageTooLargeError, ImageTooSmallError)
PALETTE = [pngs.chunk(b"PLTE", bytes(12)), pngs.chunk(b"tRNS", b"0")]
FILES = (
    jpeg(),
    jpeg(progressive=True, restart_marker_blocks=2),
    ARITHMETIC_JPEG,
    sampled_jpeg(picture(), [(2, 2), (1, 1), (1, 1), (1, 1)], restart=4),
    png(),
    pngs.encode(picture() % 16, pngs.COLOUR, 16, interlaced=True),
    pngs.encode(
        picture()[..., 0] % 4, pngs.PALETTE, 2, [pngs.chunk(b"PLTE", bytes(12)), pngs.chunk(b"tRNS", b"0")]
    ),
)
DAMAGED = (*FILES, *photographs())
IMAGE = picture(112, 96)
KINDS = (b"PLTE", b"tRNS", b"eXIf", b"gAMA", b"iCCP", b"acTL", b"fcTL")
CHUNK_KINDS = st.lists(st.sampled_from(KINDS), max_size=3)


def outcome(data: bytes) -> None:
    try:
        image = decode(data, LIMITS)
    except REFUSALS:
        return
    width, height = sniff(data).upright_size
    assert image.shape == (height, width, 3)
    assert image.dtype == np.uint8
    assert image.flags.c_contiguous


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    data = bytearray(draw(st.sampled_from(DAMAGED)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data) - 1))
        data[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=4))
    return bytes(data)


@st.composite
def resealed(draw: st.DrawFn) -> bytes:
    """A PNG whose chunks are damaged inside and have right CRCs, which only the decoder can find out."""
    payload = bytearray(png()[41:-16])
    payload[draw(st.integers(0, len(payload) - 1))] = draw(st.integers(0, 255))
    extra = [pngs.chunk(kind, draw(st.binary(max_size=30))) for kind in draw(CHUNK_KINDS)]
    colour, depth = draw(st.sampled_from([0, 2, 3, 4, 6])), draw(st.sampled_from([1, 2, 4, 8, 16]))
    start = pngs.header(112, 96, depth, colour, draw(st.integers(0, 1)))
    return b"".join((start, *extra, pngs.chunk(b"IDAT", bytes(payload)), pngs.END))


@given(damaged())
def test_damaged_files(data: bytes) -> None:
    outcome(data)


@given(damaged())
def test_a_smaller_size_finds_the_same_damage(data: bytes) -> None:
    try:
        header = jpeg_format.read_header(data)
    except REFUSALS:
        return
    if header.pixels <= LIMITS.max_pixels:
        sizes = [(0, 0), *((-(-header.width // n), -(-header.height // n)) for n in (2, 4, 8))]
        assert len({_is_read(data, size) for size in sizes}) == 1


def _is_read(data: bytes, least: tuple[int, int]) -> bool:
    try:
        jpeg_format.decode(data, least)
    except InvalidImageError:
        return False
    return True


@given(resealed())
def test_damage_under_right_checksums(data: bytes) -> None:
    outcome(data)


@given(st.sampled_from([b"", b"\xff\xd8\xff", pngs.SIGNATURE, pngs.header(90, 90)]), st.binary(max_size=200))
def test_random_bytes(start: bytes, rest: bytes) -> None:
    outcome(start + rest)


@given(damaged())
def test_a_header_is_read_or_refused(data: bytes) -> None:
    try:
        header = sniff(data)
    except REFUSALS:
        return
    assert header.width > 0
    assert header.height > 0
    assert 1 <= header.orientation <= 8
    assert header.pixels <= header.counted_pixels


@given(st.sampled_from(FILES), st.data())
def test_every_cut_is_an_error(data: bytes, draws: st.DataObject) -> None:
    length = draws.draw(st.integers(0, len(data) - 1))
    try:
        decode(data[:length], LIMITS)
    except InvalidImageError:
        return
    raise AssertionError(length)


@given(st.binary(max_size=100))
def test_exif_of_random_bytes(block: bytes) -> None:
    assert 1 <= read_orientation(b"II*\0" + block) <= 8
    assert 1 <= read_orientation(block) <= 8


@given(st.binary(min_size=1, max_size=300), st.text(" \t\r\n\v\f", max_size=5), st.booleans())
def test_base64_gives_back_what_was_encoded(data: bytes, space: str, padded: bool) -> None:
    text = base64.b64encode(data).decode()
    spaced = space.join(text if padded else text.rstrip("="))
    assert decode_base64(spaced, max_bytes=len(data)) == data


@given(st.one_of(st.text(max_size=40), st.text("AZaz09+/=-_ \n", max_size=40)))
def test_base64_agrees_with_the_standard_library(text: str) -> None:
    packed = "".join(text.split(" ")).replace("\n", "")
    try:
        mine = decode_base64(text)
    except InvalidImageError:
        return
    kept = packed.translate({ord(c): None for c in "\t\r\v\f"}).rstrip("=")
    assert mine == base64.b64decode(kept + "=" * (-len(kept) % 4), validate=True)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    x0, y0 = draw(st.floats(0, 111)), draw(st.floats(0, 95))
    return Box(x0, y0, draw(st.floats(x0, 112)), draw(st.floats(y0, 96)))


@given(boxes(), st.floats(0.5, 6), st.integers(1, 140))
def test_crops_of_any_box(box: Box, scale: float, size: int) -> None:
    for rule in (shifted_crop, reflected_crop):
        crop = rule(IMAGE, box, scale, size)
        assert crop.shape == (size, size, 3)
        assert crop.dtype == np.uint8


@given(boxes(), st.floats(0.5, 6))
def test_crops_of_one_colour_stay_that_colour(box: Box, scale: float) -> None:
    flat = np.full((96, 112, 3), (10, 130, 250), np.uint8)
    assert np.all(shifted_crop(flat, box, scale, 24) == (10, 130, 250))
    assert np.all(reflected_crop(flat, box, scale, 24) == (10, 130, 250))
