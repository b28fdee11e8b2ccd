"""Tables against codes read one by one."""

import random

import numpy as np
import pytest

from bonaface.imaging.huffman import BLOCK, NotWholeError, ac_steps, dc_steps, without_markers, words_of
from support.pictures.sampled import tables

DC, AC, DC_CHROMA, AC_CHROMA = (one[1:] for one in sorted(tables(), key=lambda one: (one[0] & 1, one[0])))


def read(table: bytes, bits: str) -> tuple[int, int] | None:
    """Length and symbol of the code that `bits` begin with."""
    first = at = 0
    for length, count in enumerate(table[:16], 1):
        if len(bits) < length:
            return None
        code = int(bits[:length], 2)
        if code - first < count:
            return length, table[16 + at + code - first]
        first, at = (first + count) << 1, at + count
    return None


def walk(table: bytes, bits: str) -> tuple[int, int, int]:
    """Bits, coefficients before the last symbol, and coefficients of as many whole symbols; one at least."""
    done = before = way = 0
    while way < BLOCK and (found := read(table, bits[done:])) is not None:
        length, symbol = found
        size, run = symbol & 15, symbol >> 4
        if done and done + length + size > 16:
            break
        before, done = way, done + length + size
        way += BLOCK if not size and run != 15 else run + 1
    return done, before, way


@pytest.mark.parametrize("table", [DC, DC_CHROMA])
def test_dc_symbols(table: bytes) -> None:
    for window in range(0, 1 << 16, 37):
        found = read(table, f"{window:016b}")
        assert dc_steps(table)[window] == (sum(found) if found else 0)


@pytest.mark.parametrize("table", [AC, AC_CHROMA])
def test_ac_symbols(table: bytes) -> None:
    several, single = ac_steps(table)
    for window in range(0, 1 << 16, 37):
        bits, before, way = walk(table, f"{window:016b}")
        assert several[window] == bits | before << 8 | way << 16
        found = read(table, f"{window:016b}")
        assert (single[window] & 0xFF) == (found[0] + (found[1] & 15) if found else 0)


@pytest.mark.parametrize("table", [b"", bytes(16), bytes([3, *bytes(15), 1, 2, 3]), bytes([1, *bytes(15)])])
def test_tables_that_make_no_sense(table: bytes) -> None:
    with pytest.raises(NotWholeError):
        dc_steps(table)


def test_what_is_no_data_is_taken_out() -> None:
    data, ends = without_markers(b"\x01\xff\x00\x02\xff\xd0\xff\xff\xd1\x03\xff\xff\x00\xff")
    assert data.tobytes() == b"\x01\xff\x02\x03\xff"
    assert ends == [3, 3, 5]


def test_words_begin_at_each_byte() -> None:
    coded = np.frombuffer(random.Random(1).randbytes(50), np.uint8)
    words = words_of(coded)
    assert [word >> 24 for word in words[:50]] == coded.tolist()
    assert words[48] == int.from_bytes(coded[48:].tobytes(), "big") << 16
