"""Streams that unpack to just the limit, and to one byte more."""

import zlib

import pytest

from bonaface.imaging.inflate import LARGEST_RATIO, unpacks_past
from support.pictures.bombs import zeros

LENGTH = 300_000
STREAM = zlib.compress(bytes(range(256)) * (LENGTH // 256) + bytes(LENGTH % 256))


@pytest.mark.parametrize("cut", [1, 5, len(STREAM) // 2, len(STREAM)])
def test_the_limit_is_inclusive(cut: int) -> None:
    parts = [STREAM[:cut], b"", STREAM[cut:]]
    assert not unpacks_past(parts, LENGTH)
    assert unpacks_past(parts, LENGTH - 1)


def test_a_bomb_is_left_at_the_limit() -> None:
    bomb = zeros(1 << 26)
    assert unpacks_past([bomb], 1_000_000)
    assert unpacks_past([bomb[:-5]], 1_000_000)  # cut off, but past it already


def test_what_is_broken_counts_as_far_as_it_goes() -> None:
    broken = STREAM[:-20] + b"\xff" * 20
    assert not unpacks_past([broken], LENGTH)
    assert unpacks_past([broken], 1000)
    assert not unpacks_past([b"no stream at all" * 100], 10)
    assert not unpacks_past([], 0)


def test_no_stream_is_denser_than_the_ratio() -> None:
    bomb = zeros(1 << 22)
    assert len(bomb) * LARGEST_RATIO > 1 << 22
    assert not unpacks_past([bomb], len(bomb) * LARGEST_RATIO)
