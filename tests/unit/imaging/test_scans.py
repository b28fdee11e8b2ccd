"""The scans of a JPEG as its headers tell them."""

import struct

import pytest

from bonaface.imaging.huffman import NotWholeError
from bonaface.imaging.scans import Component, read_scans
from support.pictures.arithmetic import ARITHMETIC_JPEG
from support.pictures.picture import jpeg, picture

PIXELS = picture(101, 83)
JPEG = jpeg(PIXELS, subsampling=2, restart_marker_blocks=3)


def test_a_sequential_file() -> None:
    frame, (scan,) = read_scans(JPEG)
    assert list(frame.components.values()) == [
        Component(2, 2, 101, 83),
        *[Component(1, 1, 51, 42)] * 2,
    ]
    assert [part.blocks for part in frame.components.values()] == [13 * 11, 7 * 6, 7 * 6]
    assert (frame.units, scan.numbers, scan.restart) == (7 * 6, [1, 2, 3], 3)
    assert (scan.first, scan.last, scan.above, scan.low) == (0, 63, 0, 0)
    assert all(len(table) > 16 for pair in scan.tables for table in pair)
    assert JPEG.endswith(scan.data + b"\xff\xd9")


def test_a_progressive_file_has_its_dc_first() -> None:
    _, scans = read_scans(jpeg(PIXELS, progressive=True))
    assert (scans[0].first, scans[0].last) == (0, 0)
    assert all(scan.first == 0 or len(scan.numbers) == 1 for scan in scans)


@pytest.mark.parametrize(
    "data",
    [
        ARITHMETIC_JPEG,
        JPEG[:-2],
        JPEG.replace(b"\xff\xda", b"between\xff\xda", 1),
    ],
)
def test_another_coding_and_what_is_not_whole(data: bytes) -> None:
    with pytest.raises((NotWholeError, struct.error, ValueError)):
        read_scans(data)
