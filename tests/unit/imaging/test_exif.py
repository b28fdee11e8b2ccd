"""The orientation tag, in both byte orders and broken in every way."""

import struct

import pytest

from bonaface.imaging.exif import read_orientation

ORDERS = pytest.mark.parametrize("order", ["<", ">"])


def tiff(order: str, *entries: tuple[int, int, int, int], start: int = 8) -> bytes:
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", start)
    body = b"".join(struct.pack(f"{order}HHIHxx", *entry) for entry in entries)
    return head + bytes(start - 8) + struct.pack(f"{order}H", len(entries)) + body


@ORDERS
@pytest.mark.parametrize("value", range(1, 9))
def test_values(order: str, value: int) -> None:
    block = tiff(order, (0x010F, 3, 1, 5), (0x0112, 3, 1, value), start=20)
    assert read_orientation(block) == value
    assert read_orientation(b"Exif\0\0" + block) == value


@ORDERS
@pytest.mark.parametrize(
    "entry", [(0x0112, 3, 1, 0), (0x0112, 3, 1, 9), (0x0112, 3, 2, 6), (0x0112, 2, 1, 6), (0x0113, 3, 1, 6)]
)
def test_values_that_mean_nothing(order: str, entry: tuple[int, int, int, int]) -> None:
    assert read_orientation(tiff(order, entry)) == 1


def test_the_first_tag_counts() -> None:
    assert read_orientation(tiff("<", (0x0112, 3, 1, 6), (0x0112, 3, 1, 3))) == 6


def test_cut_anywhere() -> None:
    block = tiff(">", (0x0112, 3, 1, 6))
    assert {read_orientation(block[:length]) for length in range(18)} == {1}
    assert read_orientation(block[:20]) == 6


@pytest.mark.parametrize("block", [b"", b"Exif\0\0", b"IM*\0\0\0\0\x08", b"II*\0\xff\xff\xff\xff\xff\xff"])
def test_not_a_tiff(block: bytes) -> None:
    assert read_orientation(block) == 1


def test_more_entries_promised_than_there_are() -> None:
    assert read_orientation(b"II*\0\x08\0\0\0\xff\xff" + bytes(12 * 1000)) == 1
