"""Markers of a JPEG: what the walk takes, refuses and bounds."""

import itertools
import struct
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from bonaface.errors import InvalidImageError, UnsupportedImageFormatError
from bonaface.imaging.jpeg import (
    FEW_SCANS,
    MAX_SCANNED,
    MAX_SCANS,
    _may_have_more_scans,
    decode,
    read_header,
)
from bonaface.imaging.segments import MAX_SEGMENTS
from support.pictures import sampled
from support.pictures.arithmetic import ARITHMETIC_JPEG, gradient
from support.pictures.bombs import scanned_jpeg, segment
from support.pictures.picture import averaged, difference, encoded, jpeg, picture, read_by_pillow
from support.pictures.sampled import Factors, sampled_jpeg

SOI, EOI, SOS = b"\xff\xd8", b"\xff\xd9", b"\xff\xda"
PLAIN, PROGRESSIVE = jpeg(), jpeg(progressive=True)
THREE_MEGABYTES = 3_000_000


def frame(marker: int = 0xC0, width: int = 90, height: int = 80) -> bytes:
    return segment(marker, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00")


def exif(orientation: int) -> bytes:
    values = Image.Exif()
    values[0x0112] = orientation
    payload = values.tobytes()
    return segment(0xE1, payload if payload.startswith(b"Exif") else b"Exif\0\0" + payload)


def with_marker(marker: int) -> bytes:
    at = PLAIN.index(b"\xff\xc0") + 1
    return PLAIN[:at] + bytes([marker]) + PLAIN[at + 1 :]


@pytest.mark.parametrize("marker", [0xC0, 0xC1, 0xC2, 0xC9, 0xCA])
def test_frames_that_are_read(marker: int) -> None:
    header = read_header(SOI + frame(marker))
    assert (header.width, header.height) == (90, 80)
    assert header.progressive is (marker in {0xC2, 0xCA})


@pytest.mark.parametrize("marker", [0xC3, 0xC5, 0xC6, 0xC7, 0xCB, 0xCD, 0xCE, 0xCF])
def test_lossless_and_hierarchical(marker: int) -> None:
    with pytest.raises(UnsupportedImageFormatError, match="Lossless"):
        read_header(with_marker(marker))


@pytest.mark.parametrize("marker", [0xC4, 0xC8, 0xCC])
def test_tables_are_not_frames(marker: int) -> None:
    with pytest.raises(InvalidImageError):
        read_header(SOI + frame(marker))
    assert read_header(SOI + segment(marker, b"x" * 9) + frame()).width == 90


@pytest.mark.parametrize(("width", "height"), [(0, 80), (90, 0)])
def test_no_size(width: int, height: int) -> None:
    with pytest.raises(InvalidImageError):
        read_header(SOI + frame(width=width, height=height))


@pytest.mark.parametrize("length", range(2, 15))
def test_cut_before_the_size(length: int) -> None:
    with pytest.raises(InvalidImageError):
        read_header((SOI + frame())[:length])


def test_frame_too_short_for_its_fields() -> None:
    with pytest.raises(InvalidImageError):
        read_header(SOI + segment(0xC0, b"\x08\x00\x50\x00\x5a"))


@pytest.mark.parametrize(
    "between",
    [EOI, SOI, segment(0xDA, b"\0" * 8), b"\xff\xdb\x00\x01", b"\xff\xe0\xff\xff"],
)
def test_nothing_is_read_past_what_ends_the_header(between: bytes) -> None:
    with pytest.raises(InvalidImageError):
        read_header(SOI + between + frame())


@pytest.mark.parametrize(
    "between", [b"\xff" * 5, b"\xff\x01", b"\xff\xd3", segment(0xFE, b"\xff\xc0\0"), b"junk", b"\xff\x00"]
)
def test_fill_bytes_lone_markers_comments_and_junk_are_stepped_over(between: bytes) -> None:
    assert read_header(SOI + between + frame()).width == 90


@pytest.mark.parametrize("marker", [0xDC, 0xE0, 0xE1, 0xEF, 0xFE])
@pytest.mark.parametrize("length", [0, 1])
def test_a_length_that_is_none_is_passed_over(marker: int, length: int) -> None:
    data = PLAIN[:2] + bytes([0xFF, marker, 0, length]) + PLAIN[2:]
    np.testing.assert_array_equal(decode(data), decode(PLAIN))


@pytest.mark.parametrize("factors", [((2, 2), (1, 1), (1, 1)), ((3, 1), (1, 1), (1, 1)), ((1, 1),) * 4])
@pytest.mark.parametrize("lost", [0, 1, 2])
def test_a_file_without_the_scan_of_a_component(factors: Factors, lost: int) -> None:
    """Cut between scans, with an end marker put behind; decoders fill the component with zeros in silence."""
    head, *scans = sampled_jpeg(picture(), factors, separate=True).removesuffix(EOI).split(SOS)
    assert decode(SOS.join([head, *scans]) + EOI).shape == (96, 112, 3)
    with pytest.raises(InvalidImageError, match="truncated, corrupt"):
        decode(SOS.join([head, *scans[:lost], *scans[lost + 1 :]]) + EOI)


def test_orientation_before_or_after_the_frame_and_the_first_counts() -> None:
    assert read_header(SOI + exif(6) + frame()).orientation == 6
    assert read_header(SOI + frame() + exif(5)).orientation == 5
    assert read_header(SOI + exif(6) + exif(3) + frame()).orientation == 6
    assert (
        read_header(SOI + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0") + exif(8) + frame()).orientation
        == 8
    )


def test_orientation_after_the_scan_does_not_count() -> None:
    assert read_header(PLAIN[:-2] + exif(6) + EOI).orientation == 1


def test_the_first_frame_counts() -> None:
    assert read_header(SOI + frame() + frame(width=7)).width == 90


def test_many_fill_bytes() -> None:
    data = SOI + b"\xff" * THREE_MEGABYTES
    with pytest.raises(InvalidImageError):
        read_header(data)
    assert read_header(data + frame()[1:]).width == 90


def test_many_segments() -> None:
    assert read_header(SOI + segment(0xE5) * (MAX_SEGMENTS - 2) + frame()).width == 90
    with pytest.raises(InvalidImageError, match="too many segments"):
        read_header(SOI + segment(0xE5) * (THREE_MEGABYTES // 4) + frame())
    with pytest.raises(InvalidImageError, match="too many segments"):
        read_header(SOI + b"\xff\xd0" * (THREE_MEGABYTES // 2))


def test_too_many_scans() -> None:
    first = PROGRESSIVE.index(b"\xff\xda")
    second = PROGRESSIVE.index(b"\xff\xda", first + 2)
    hostile = PROGRESSIVE[:second] + PROGRESSIVE[first:second] * MAX_SCANS + PROGRESSIVE[second:]
    with pytest.raises(InvalidImageError, match="too many scans"):
        decode(hostile)


def test_the_larger_the_fewer_scans() -> None:
    width, height = 3200, 2500
    scans = MAX_SCANNED // (width * height)
    assert FEW_SCANS < scans < MAX_SCANS
    assert decode(scanned_jpeg(width, height, scans, 3)).shape == (height, width, 3)
    with pytest.raises(InvalidImageError, match="too many scans"):
        decode(scanned_jpeg(width, height, scans + 1, 3))


def test_a_few_scans_are_taken_at_any_size() -> None:
    side = 5_100
    assert side * side * FEW_SCANS > MAX_SCANNED
    assert decode(scanned_jpeg(side, side, FEW_SCANS)).shape == (side, side, 3)


def test_what_only_looks_like_scans() -> None:
    thumbnails = segment(0xE2, b"\xff\xda" * MAX_SCANS * 2)
    data = PROGRESSIVE[:2] + thumbnails + PROGRESSIVE[2:] + b"\xff\xda" * MAX_SCANS
    assert difference(decode(data), read_by_pillow(PROGRESSIVE)) <= 2


def test_a_scan_without_end_among_many() -> None:
    with pytest.raises(InvalidImageError):
        decode(PLAIN[:-2] + segment(0xE2, b"\xff\xda" * (MAX_SCANS + 1))[:-1])


@pytest.mark.parametrize("damage", [b"\0" * 40, b"\xff\xd9" * 2, b"\xff\x00" * 30])
def test_damaged_data(damage: bytes) -> None:
    middle = (PLAIN.index(b"\xff\xda") + len(PLAIN)) // 2
    with pytest.raises(InvalidImageError, match="truncated, corrupt"):
        decode(PLAIN[:middle] + damage + PLAIN[middle + len(damage) :])


@pytest.mark.parametrize("scans", [FEW_SCANS, FEW_SCANS + 1])
@pytest.mark.parametrize("start", [0, 1])
@pytest.mark.parametrize("apart", [0, 1, 2])
def test_scan_markers_are_seen_wherever_they_lie(scans: int, start: int, apart: int) -> None:
    data = bytes(start) + (b"\xff\xda" + bytes(apart)) * scans
    assert _may_have_more_scans(data, FEW_SCANS) == (data.count(b"\xff\xda") > FEW_SCANS)
    assert _may_have_more_scans(data[:-1], scans - 1) == (data[:-1].count(b"\xff\xda") > scans - 1)


SIZES = [(112, 96), (56, 48), (28, 24), (14, 12)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("options", [{}, {"progressive": 1}, {"restart_marker_blocks": 2}, {"keep_rgb": 1}])
@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0", "4:1:1"])
def test_a_smaller_size_shows_the_same(
    size: tuple[int, int], options: dict[str, int], subsampling: str
) -> None:
    chroma = {} if "keep_rgb" in options else {"subsampling": subsampling}
    image = decode(jpeg(picture(), **options, **chroma), least=size)
    assert image.shape == (size[1], size[0], 3)
    error = np.abs(image.astype(int) - averaged(picture(), 112 // size[0]))
    assert error.max() <= 24  # colour is doubled, not blended, where it has half the width at an eighth
    assert error.mean() < 6


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_a_smaller_size_of_grey_and_of_ink(mode: str) -> None:
    data = encoded(Image.fromarray(picture()).convert(mode), "JPEG", quality=95)
    assert difference(decode(data, least=(28, 24)), averaged(decode(data), 4)) <= 6


def test_a_smaller_size_of_arithmetic_coding() -> None:
    assert difference(decode(ARITHMETIC_JPEG, least=(48, 40)), averaged(gradient(), 2)) <= 12


@pytest.mark.parametrize("size", [(113, 97), (115, 99), (111, 95), (105, 89)])
@pytest.mark.parametrize("reduction", [2, 4, 8])
def test_sides_that_do_not_divide_are_rounded_up(size: tuple[int, int], reduction: int) -> None:
    width, height = -(-size[0] // reduction), -(-size[1] // reduction)
    assert decode(jpeg(picture(*size)), least=(width, height)).shape == (height, width, 3)


def factors_of(components: int) -> list[Factors]:
    """All that T.81 allows and libjpeg reads: each divides the largest, and ten blocks make an MCU."""
    most = 10 - (components - 1)  # the others have a block each at least
    sides = (1, 2, 3, 4)
    pairs = [(across, down) for across in sides for down in sides if across * down <= most]
    every: Iterator[Factors] = itertools.product(pairs, repeat=components)
    return [factors for factors in every if _is_readable(factors)]


def _is_readable(factors: Factors) -> bool:
    across, down = (max(one[axis] for one in factors) for axis in (0, 1))
    divides = all(across % one[0] == 0 and down % one[1] == 0 for one in factors)
    return divides and sum(one[0] * one[1] for one in factors) <= 10


COLOUR, INK = factors_of(3), factors_of(4)
NAMED = [
    ((4, 1), (1, 1), (1, 1)),
    ((1, 2), (1, 1), (1, 1)),
    ((3, 1), (1, 1), (1, 1)),
    ((1, 1), (2, 2), (2, 2)),
]


@pytest.mark.parametrize("factors", [*NAMED, *COLOUR[::19], *INK[::47]], ids=str)
def test_any_sampling_factors(factors: Factors) -> None:
    data = sampled_jpeg(picture(61, 43), factors)
    assert difference(decode(data), read_by_pillow(data)) <= 2
    with pytest.raises(InvalidImageError):
        decode(data[:-30] + EOI)


def test_there_are_many_sampling_factors() -> None:
    assert (len(COLOUR), len(INK)) == (311, 719)


@pytest.mark.parametrize("restart", [0, 3])
@pytest.mark.parametrize("separate", [False, True])
@pytest.mark.parametrize("factors", [((3, 1), (1, 1), (1, 1)), ((2, 2), (1, 1), (1, 1), (1, 1))])
def test_any_sampling_factors_with_any_scans(factors: Factors, separate: bool, restart: int) -> None:
    data = sampled_jpeg(picture(101, 83), factors, restart, separate)
    assert difference(decode(data), read_by_pillow(data)) <= 2


@pytest.mark.parametrize("factor", [(2, 2), (4, 1), (1, 3)])
def test_grey_has_no_sampling(factor: tuple[int, int]) -> None:
    grey = picture()[..., 1].astype(np.float32)
    data = sampled.encode([grey], [factor])
    assert difference(decode(data), np.repeat(picture()[..., 1:2], 3, axis=2)) <= 6


def ink(**options: object) -> bytes:
    return encoded(Image.fromarray(picture()).convert("CMYK"), "JPEG", quality=95, **options)


@pytest.mark.parametrize("subsampling", ["4:2:2", "4:2:0", "4:1:1"])
@pytest.mark.parametrize("options", [{}, {"progressive": 1}, {"restart_marker_blocks": 3}, {"optimize": 1}])
def test_ink_as_pillow_writes_it(subsampling: str, options: dict[str, int]) -> None:
    """Only its first ink is stored at full size; ImageMagick does the same."""
    data = ink(subsampling=subsampling, **options)
    assert difference(decode(data), read_by_pillow(data)) <= 2
    assert difference(decode(data), decode(ink(subsampling="4:4:4", **options))) <= 60


@pytest.mark.parametrize("transform", [0, 2])
def test_ink_at_every_resolution_has_the_same_colours(transform: int) -> None:
    """The same components, 8 x 8 pixels of each colour, so that halving loses nothing."""
    flat = np.kron(np.random.default_rng(2).integers(0, 256, (6, 8, 4)), np.ones((16, 16, 1)))
    planes = list(np.moveaxis(flat.astype(np.float32), -1, 0))
    adobe = segment(0xEE, b"Adobe\0\x64\0\0\0\0" + bytes([transform]))
    files = [sampled.encode(planes, factors) for factors in ([(1, 1)] * 4, [(2, 2), (1, 1), (1, 1), (2, 2)])]
    files.append(sampled.encode(planes, [(2, 2), (1, 1), (1, 1), (1, 1)]))
    full, half, odd = (decode(data[:2] + adobe + data[2:]) for data in files)
    middles = np.s_[8::16, 8::16]
    assert difference(half[middles], full[middles]) <= 3
    assert difference(odd[middles], full[middles]) <= 3


@pytest.mark.parametrize("size", SIZES)
def test_a_smaller_size_of_any_sampling(size: tuple[int, int]) -> None:
    for data in (ink(subsampling="4:2:0"), sampled_jpeg(picture(), [(3, 1), (1, 1), (1, 1)])):
        image = decode(data, least=size)
        assert image.shape == (size[1], size[0], 3)
        assert difference(image, averaged(decode(data), 112 // size[0])) <= 3


@pytest.mark.parametrize("where", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("options", [{}, {"progressive": 1}])
def test_any_sampling_saves_no_damaged_picture(where: float, options: dict[str, int]) -> None:
    data = ink(subsampling="4:2:0", **options)
    at = int(len(data) * where)
    for damaged in (data[:at], data[:at] + EOI, data[:at] + b"\xff\x00" * 9 + data[at:]):
        with pytest.raises(InvalidImageError, match="truncated, corrupt"):
            decode(damaged)


def test_twelve_bits_is_a_clean_error() -> None:
    at = PLAIN.index(b"\xff\xc0") + 4
    data = PLAIN[:at] + b"\x0c" + PLAIN[at + 1 :]
    assert read_header(data).bits == 12
    with pytest.raises(InvalidImageError, match="rare kind"):
        decode(data)


def test_pixels_are_as_stored() -> None:
    data = PLAIN[:2] + exif(6) + PLAIN[2:]
    assert np.array_equal(decode(data), decode(PLAIN))
    assert decode(data).shape == picture().shape
