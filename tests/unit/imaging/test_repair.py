"""What loses no pixel is repaired, each kind alone and all at once; no damaged picture is saved by it."""

import contextlib
import random
import re
from collections.abc import Callable
from functools import reduce

import numpy as np
import pytest
import simplejpeg
from PIL import Image

from bonaface.errors import InvalidImageError
from bonaface.imaging.jpeg import decode
from bonaface.imaging.repair import repaired
from support.pictures.bombs import segment, with_segments
from support.pictures.odd_files import (
    BARE,
    EOI,
    INK,
    PLAIN,
    PROGRESSIVE,
    RESTARTS,
    SOS,
    behind_data,
    hurt,
    with_jfif_version,
    with_junk,
    with_profile,
    with_scan_values,
    with_transform,
)
from support.pictures.picture import encoded, jpeg, picture
from support.pictures.sampled import sampled_jpeg

Change = Callable[[bytes], bytes]
HARMLESS: dict[str, Change] = {
    "coefficients 0..0": lambda data: with_scan_values(data, 0, 0, 0),
    "coefficients 63..0": lambda data: with_scan_values(data, 63, 0, 0),
    "coefficients 1..63": lambda data: with_scan_values(data, 1, 63, 0),
    "precision": lambda data: with_scan_values(data, 0, 63, 1),
    "coefficients without end": lambda data: with_scan_values(data, 255, 255, 255),
    "junk": lambda data: with_junk(data, b"junk"),
    "much junk": lambda data: with_junk(data, b"\x00junk" * 9_000),
    "junk like a byte of data": lambda data: with_junk(data, b"\xff\x00"),
    "comment with a wrong length": lambda data: with_segments(data, segment(0xFE, b"hello") + b" world"),
    "profile of a missing part": lambda data: with_profile(data, b"\2\1abc"),
    "profile of part 0": lambda data: with_profile(data, b"\0\0abc"),
    "the same part twice": lambda data: with_profile(with_profile(data, b"\1\1abc"), b"\1\1abc"),
    "zeros behind the data": lambda data: behind_data(data, bytes(9)),
    "zeros and fill bytes behind the data": lambda data: behind_data(data, bytes(9) + b"\xff" * 9),
    "many zeros behind the data": lambda data: behind_data(data, bytes(90_000)),
}
JFIF: dict[str, Change] = {
    f"JFIF version {major}": lambda data, major=major: with_jfif_version(data, major)  # type: ignore[misc]
    for major in (0, 2, 255)
}


@pytest.mark.parametrize("least", [(0, 0), (20, 20)], ids=["whole", "reduced"])
@pytest.mark.parametrize("name", HARMLESS | JFIF)
def test_no_pixel_differs(name: str, least: tuple[int, int]) -> None:
    odd = (HARMLESS | JFIF)[name](PLAIN)
    np.testing.assert_array_equal(decode(odd, least), decode(PLAIN, least))


@pytest.mark.parametrize("name", HARMLESS | JFIF)
def test_each_is_what_libjpeg_warns_about(name: str) -> None:
    """Else it would be no test: strict decoding refuses it."""
    odd = (HARMLESS | JFIF)[name](PLAIN)
    with pytest.raises(ValueError, match=r"extraneous|Invalid SOS|JFIF|ICC"):
        simplejpeg.decode_jpeg(odd, strict=True)


def test_all_at_once() -> None:
    kinds = [HARMLESS[name] for name in HARMLESS if not name.startswith(("coefficients 6", "zeros and"))]
    odd = reduce(lambda data, change: change(data), [*kinds, JFIF["JFIF version 2"]], PLAIN)
    np.testing.assert_array_equal(decode(odd), decode(PLAIN))


@pytest.mark.parametrize(
    ("data", "transform", "meant"), [(BARE, 2, 1), (BARE, 7, 1), (INK, 1, 2), (INK, 9, 2)]
)
def test_an_unknown_transform_is_the_one_that_libjpeg_assumes(
    data: bytes, transform: int, meant: int
) -> None:
    bare = data.replace(b"Adobe", b"adobe")
    np.testing.assert_array_equal(
        decode(with_transform(bare, transform)), decode(with_transform(bare, meant))
    )


@pytest.mark.parametrize(("data", "transform"), [(BARE, 0), (BARE, 1), (INK, 0), (INK, 2)])
def test_a_known_transform_is_left(data: bytes, transform: int) -> None:
    assert repaired(with_transform(data, transform), 3 if data is BARE else 4) is None


def test_other_kinds_of_file() -> None:
    odd = [with_junk(data, b"junk") for data in (PROGRESSIVE, RESTARTS, INK)]
    for data, sound in zip(odd, (PROGRESSIVE, RESTARTS, INK), strict=True):
        np.testing.assert_array_equal(decode(data), decode(sound))
    rare = sampled_jpeg(picture(), [(3, 1), (1, 1), (1, 1)])
    for odd_one in (with_scan_values(rare, 0, 0, 0), behind_data(rare, bytes(9))):
        np.testing.assert_array_equal(decode(odd_one), decode(rare))


def test_junk_between_scans() -> None:
    scans = PROGRESSIVE.split(b"\xff\xc4")
    odd = b"\xff\xc4".join([*scans[:3], scans[3] + bytes(9), *scans[4:]])
    np.testing.assert_array_equal(decode(odd), decode(PROGRESSIVE))


def test_zeros_are_not_taken_from_a_last_byte_of_ones() -> None:
    data = PLAIN[:-2] + b"\xff\x00"
    assert repaired(data + bytes(20) + EOI, 3, padding=True) == data + EOI


@pytest.mark.parametrize("name", [*JFIF, "junk"])
def test_zeros_that_end_the_data_of_a_scan_are_left(name: str) -> None:
    """A scan's last code may be zeros that fill its last byte."""
    sound = encoded(Image.radial_gradient("L").resize((800, 600)).convert("RGB"), "JPEG", progressive=True)
    assert repaired(sound, 3, padding=True) is not None
    np.testing.assert_array_equal(decode((HARMLESS | JFIF)[name](sound)), decode(sound))


def test_nothing_to_repair() -> None:
    for data in (PLAIN, PROGRESSIVE, RESTARTS, INK, BARE):
        assert repaired(data, 3, padding=True) is None


def test_the_end_is_no_gift() -> None:
    """What breaks off still breaks off."""
    for cut in (PLAIN[:-2], PLAIN[:-1], PLAIN[:-300], PLAIN[: PLAIN.index(SOS)], PLAIN[:300]):
        odd = with_jfif_version(cut, 2)
        assert not (repaired(odd, 3, padding=True) or odd).endswith(EOI)
        with pytest.raises(InvalidImageError):
            decode(odd)


@pytest.mark.parametrize("name", HARMLESS | JFIF)
@pytest.mark.parametrize("cut", [2, 40, 400])
def test_no_picture_is_saved_that_is_cut(name: str, cut: int) -> None:
    odd = (HARMLESS | JFIF)[name](PLAIN[:-cut] + EOI if cut > 2 else PLAIN)
    with pytest.raises(InvalidImageError, match="truncated, corrupt"):
        decode(odd if cut > 2 else odd[:-cut])


@pytest.mark.parametrize("name", HARMLESS | JFIF)
def test_no_picture_is_saved_that_is_damaged(name: str) -> None:
    with pytest.raises(InvalidImageError, match="truncated, corrupt"):
        decode((HARMLESS | JFIF)[name](hurt(PLAIN)))


@pytest.mark.parametrize(
    "behind", [b"\x5a" * 40, bytes(40) + b"\x5a", b"\x5a" + bytes(40) + b"\x5a" * 9, bytes(range(200))]
)
@pytest.mark.parametrize("least", [(0, 0), (20, 20)], ids=["whole", "reduced"])
def test_other_bytes_behind_the_data(behind: bytes, least: tuple[int, int]) -> None:
    """What webcams leave in their buffers: it does not read as blocks to its end."""
    odd = behind_data(PLAIN, behind)
    np.testing.assert_array_equal(decode(odd, least), decode(PLAIN, least))
    np.testing.assert_array_equal(decode(with_jfif_version(odd, 2), least), decode(PLAIN, least))


@pytest.mark.parametrize("rows", [16, 32, 80])
def test_blocks_behind_the_last_one_may_be_what_damage_left(rows: int) -> None:
    """A decoder that lost count finds the like: here the header tells of fewer rows than there are."""
    data = jpeg(picture(112, 96))
    at = data.index(b"\xff\xc0") + 5
    odd = data[:at] + rows.to_bytes(2, "big") + data[at + 2 :]
    with pytest.raises(ValueError, match="before marker 0xd9"):
        simplejpeg.decode_jpeg(odd, strict=True)
    with pytest.raises(InvalidImageError, match="truncated, corrupt"):
        decode(odd)


def test_damage_that_leaves_bytes_over_is_refused() -> None:
    """Of files whose only warning is of bytes before the end marker, none is saved."""
    chance, refused = random.Random(7), 0
    data = jpeg(picture(200, 160), quality=95)
    start = data.index(SOS) + 14
    for _ in range(300):
        at = chance.randrange(start, len(data) - 2)
        odd = data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]
        with contextlib.suppress(ValueError):
            simplejpeg.decode_jpeg(odd, strict=True)
            continue
        with pytest.raises(InvalidImageError):
            decode(odd)
        refused += 1
    assert refused > 15


@pytest.mark.parametrize(
    ("size", "quality", "subsampling", "at", "byte"),
    [
        ((96, 112), 85, 0, 2231, 178),
        ((96, 112), 85, 0, 2232, 152),
        ((200, 160), 95, 0, 7617, 200),
    ],
)
def test_blocks_that_damage_left_over_need_not_begin_an_mcu(
    size: tuple[int, int], quality: int, subsampling: int, at: int, byte: int
) -> None:
    """Where the decoder lost a block or two, the few that are left over begin in the middle of an MCU."""
    data = jpeg(picture(*size), quality=quality, subsampling=subsampling)
    with pytest.raises(InvalidImageError, match="truncated, corrupt"):
        decode(data[:at] + bytes([byte]) + data[at + 1 :])


def test_scan_headers_of_a_progressive_frame_are_taken_at_their_word() -> None:
    with pytest.raises(InvalidImageError, match="truncated, corrupt"):
        decode(with_scan_values(PROGRESSIVE, 5, 2, 0))


def numbered(number: Callable[[int], int], data: bytes = RESTARTS) -> bytes:
    """`data` with other numbers of its restart markers."""
    head, coded = data.split(SOS)
    first, *others = re.split(rb"\xff[\xd0-\xd7]", coded)
    parts = (bytes([0xFF, 0xD0 + number(at) % 8]) + other for at, other in enumerate(others))
    return head + SOS + first + b"".join(parts)


IN_STEP: dict[str, Callable[[int], int]] = {
    "first is 3": lambda at: at + 3,
    "first is 5": lambda at: at + 5,
    "modulo 4": lambda at: at % 4,
    "one wrong": lambda at: at + 4 * (at == 3),
}
RARE = sampled_jpeg(picture(), [(3, 1), (1, 1), (1, 1)], restart=2)


@pytest.mark.parametrize("name", IN_STEP)
@pytest.mark.parametrize("sound", [RESTARTS, RARE], ids=["TurboJPEG", "OpenCV"])
def test_numbers_of_restart_markers_that_decoders_pass_over(name: str, sound: bytes) -> None:
    odd = numbered(IN_STEP[name], sound)
    assert odd != sound
    np.testing.assert_array_equal(decode(odd), decode(sound))


@pytest.mark.parametrize("number", [lambda _: 0, lambda at: at + 1, lambda at: at + 6, lambda at: -at])
def test_numbers_of_restart_markers_that_tell_of_a_loss(number: Callable[[int], int]) -> None:
    for odd in (numbered(number), numbered(number, RARE)):
        with pytest.raises(InvalidImageError, match="truncated, corrupt"):
            decode(odd)


@pytest.mark.parametrize("lost", range(1, 10))
def test_restart_markers_save_no_picture_that_lost_some(lost: int) -> None:
    """Whatever the numbers say: the lost stretches are missed at the end."""
    for sound in (RESTARTS, RARE):
        parts = re.split(rb"(?=\xff[\xd0-\xd7])", sound)
        assert len(parts) > 12
        with pytest.raises(InvalidImageError, match="truncated, corrupt"):
            decode(b"".join(parts[:2] + parts[2 + lost :]))


def test_a_frame_behind_junk_is_the_one_that_is_decoded() -> None:
    """The limits are those of the frame that the decoder sees."""
    large = jpeg(picture(160, 120))
    small = large.index(b"\xff\xc0")
    odd = large[:small] + b"\xff\x00\xc0\x00\x11\x08\x00\x08\x00\x08" + large[small:]
    assert decode(odd).shape == (120, 160, 3)
