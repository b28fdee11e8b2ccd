"""Image files that are small and mean a lot of work, sent to a real server.

Each gets its code of the contract; the server goes on, and its memory stays in bounds. No time is asserted:
what hangs fails by the time limit of a read.
"""

from functools import cache

import pytest
from PIL import Image

from support.http.wire import form
from support.pictures import animated, bombs, images
from support.pictures import png as pngs
from support.pictures.bombs import blank_jpeg, blank_png, scanned_jpeg, segment, with_chunks, with_segments
from support.pictures.picture import encoded
from support.security.bombed import Bombed

SIDES_50, SIDES_25 = (7071, 7071), (5000, 5000)
"""The most pixels taken, of the usual kind and of the widest."""
PNG, JPEG = images.png(), images.jpeg()
EXIF = b"II*\0\x08\0\0\0\xff\xff"
"""A directory that says it has 65,535 entries."""
LONG = 2_900_000


@cache
def zeros() -> bytes:
    """260 KB that unpack to a quarter of a gigabyte."""
    return bombs.zeros(1 << 28)


def post(target: Bombed, image: bytes) -> int:
    return target.post(*form(("imageFile", "a", image))).code


@pytest.mark.parametrize("sides", [(65_535, 65_535), (2**31 - 1, 2**31 - 1), (1, 2**31 - 1), (7072, 7071)])
def test_png_that_says_it_is_huge(target: Bombed, sides: tuple[int, int]) -> None:
    assert post(target, images.png_header_of(*sides)) == -45020


def test_jpeg_that_says_it_is_huge(target: Bombed) -> None:
    small = scanned_jpeg(0x140, 0x150, 2)
    assert post(target, small.replace(b"\x01\x50\x01\x40", b"\xff\xff\xff\xff")) == -45020


@pytest.mark.parametrize(
    ("sides", "colour", "depth"),
    [
        (SIDES_50, pngs.GREY, 1),
        (SIDES_50, pngs.COLOUR_ALPHA, 8),
        (SIDES_25, pngs.COLOUR_ALPHA, 16),
        (SIDES_25, pngs.GREY_ALPHA, 16),
    ],
)
def test_png_at_the_pixel_limit(target: Bombed, sides: tuple[int, int], colour: int, depth: int) -> None:
    assert post(target, blank_png(*sides, colour, depth)) == 0


def test_png_at_the_pixel_limit_all_of_it_transparent(target: Bombed) -> None:
    key = pngs.chunk(b"tRNS", bytes(2))
    assert post(target, blank_png(*SIDES_50, pngs.GREY, 8, [key])) == 0


def test_png_of_sixteen_bits_has_half_the_limit(target: Bombed) -> None:
    assert post(target, blank_png(SIDES_25[0] + 1, SIDES_25[1], pngs.GREY, 16)) == -45020


def test_cmyk_jpeg_at_its_pixel_limit(target: Bombed) -> None:
    assert post(target, encoded(Image.new("CMYK", SIDES_25), "JPEG", progressive=True)) == 0
    assert post(target, encoded(Image.new("CMYK", (SIDES_25[0] + 1, SIDES_25[1])), "JPEG")) == -45020


@pytest.mark.parametrize(("scans", "code"), [(20, 0), (21, -45030)])
def test_jpeg_with_many_scans_at_the_pixel_limit(target: Bombed, scans: int, code: int) -> None:
    assert post(target, scanned_jpeg(*SIDES_50, scans, 3)) == code


def test_jpeg_with_thousands_of_scans(target: Bombed) -> None:
    plain = scanned_jpeg(2000, 2000, 2)
    last = plain[plain.rindex(b"\xff\xda") : -2]
    assert post(target, plain[:-2] + last * 3000 + plain[-2:]) == -45030


def test_png_that_unpacks_past_its_picture(target: Bombed) -> None:
    header = pngs.header(100, 100)
    assert post(target, header + pngs.chunk(b"IDAT", zeros()) + pngs.END) == -45030
    pieces = b"".join(pngs.chunk(b"IDAT", zeros()[at : at + 99]) for at in range(0, len(zeros()), 99))
    assert post(target, header + pieces + pngs.END) == -45030


@pytest.mark.parametrize(
    ("kind", "start"),
    [(b"iCCP", b"x\0\0"), (b"zTXt", b"x\0\0"), (b"iTXt", b"x\0\1\0\0\0"), (b"fdAT", b"1234")],
)
def test_png_with_a_bomb_beside_the_picture(target: Bombed, kind: bytes, start: bytes) -> None:
    assert post(target, with_chunks(PNG, pngs.chunk(kind, start + zeros()))) == 0


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (b"tEXt", b"x\0" + b"a" * LONG),
        (b"eXIf", EXIF + bytes(LONG)),
        (b"iCCP", b"x" * LONG),
        (b"sPLT", b"x" * LONG),
    ],
)
def test_png_with_a_long_chunk(target: Bombed, kind: bytes, payload: bytes) -> None:
    assert post(target, with_chunks(PNG, pngs.chunk(kind, payload))) == 0


def test_an_animation_of_bombs(target: Bombed) -> None:
    """Only what is seen first is unpacked; it is bounded as a still is."""
    start = pngs.header(animated.WIDTH, animated.HEIGHT) + animated.animation(2**31 - 1)
    bomb, first = pngs.chunk(b"IDAT", zeros()), animated.control(0) + animated.frame_data(1, animated.ONE)
    later = animated.control(2) + animated.frame_data(3, zeros())
    assert post(target, start + animated.IDAT + first + later + pngs.END) == 0
    assert post(target, start + bomb + first + pngs.END) == 0
    shown = animated.control(0) + animated.frame_data(1, zeros())
    assert post(target, start + animated.IDAT + shown + pngs.END) == -45030


def test_jpeg_of_rare_sampling_as_large_as_may_be(target: Bombed) -> None:
    """OpenCV decodes it, and its coded data is walked before."""
    assert post(target, blank_jpeg(7_070, 7_070, [(1, 1), (2, 2), (2, 2)])) == 0
    assert post(target, blank_jpeg(4_999, 4_999, [(2, 2), (1, 1), (1, 1), (1, 1)])) == 0


def test_jpeg_with_long_metadata(target: Bombed) -> None:
    profile = [segment(0xE2, b"ICC_PROFILE\0" + bytes([n, 44]) + bytes(65_000)) for n in range(1, 45)]
    assert post(target, with_segments(JPEG, *profile)) == 0
    assert post(target, with_segments(JPEG, segment(0xE1, b"Exif\0\0" + EXIF + bytes(65_000)))) == 0
    assert post(target, with_segments(JPEG, *[segment(0xFE, b"a" * 65_000)] * 44)) == 0


@pytest.mark.parametrize(("count", "code"), [(32_000, 0), (200_000, -45030)])
def test_png_of_tiny_chunks(target: Bombed, count: int, code: int) -> None:
    assert post(target, with_chunks(PNG, pngs.chunk(b"tEXt") * count)) == code


@pytest.mark.parametrize(("count", "code"), [(4_000, 0), (700_000, -45030)])
def test_jpeg_of_tiny_segments(target: Bombed, count: int, code: int) -> None:
    assert post(target, with_segments(JPEG, segment(0xFE) * count)) == code
