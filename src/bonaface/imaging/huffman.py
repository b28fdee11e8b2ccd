"""The tables and the bytes of Huffman-coded data, ready for a walk over its codes (ITU-T T.81, F.2.2)."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

WINDOW = 16
"""Bits that are looked up at once; no code is longer."""
BLOCK = 64

_KEPT_TABLES = 8
"""Most files have those of T.81, annex K; making one takes 20 ms, keeping one half a megabyte."""
_LENGTHS = 16
_LONG_RUN = 15
_SYMBOLS_AT_ONCE = 7

Steps = Sequence[int]
"""For each window of bits how far to go: bits, from the ninth bit on the coefficients before the last symbol,
from the seventeenth on all coefficients; 0 where no code begins with these bits."""


class NotWholeError(ValueError):
    """The coded data is damaged, cut off, or of a kind that is not walked."""


@lru_cache(_KEPT_TABLES)
def dc_steps(table: bytes) -> Steps:
    """Bits of a DC symbol and of the difference that follows it."""
    lengths, symbols = _symbols(table)
    return np.where((lengths > 0) & (symbols < WINDOW), lengths + symbols, 0).data


@lru_cache(_KEPT_TABLES)
def ac_steps(table: bytes) -> tuple[Steps, Steps]:
    """As many whole AC symbols as the window holds, at least one; and one. A block's end is a long way."""
    lengths, symbols = _symbols(table)
    sizes, runs = symbols & 15, symbols >> 4
    one = np.where(lengths > 0, lengths + sizes, 0)
    way = np.where((sizes == 0) & (runs != _LONG_RUN), BLOCK, runs + 1)
    bits, ways, before = one.copy(), way.copy(), np.zeros_like(one)
    windows = np.arange(1 << WINDOW, dtype=np.int32)
    for _ in range(_SYMBOLS_AT_ONCE):
        ahead = windows << np.minimum(bits, WINDOW) & 0xFFFF
        more = (one[ahead] > 0) & (bits > 0) & (bits + one[ahead] <= WINDOW) & (ways < BLOCK)
        before[more] = ways[more]
        bits[more] += one[ahead][more]
        ways[more] += way[ahead][more]
    several, single = (
        np.where(one > 0, some, 0) for some in (bits | before << 8 | ways << 16, one | way << 16)
    )
    return several.data, single.data


def _symbols(table: bytes) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Length and symbol of the code that each window begins with; zeros where there is none."""
    if len(table) <= _LENGTHS:
        raise NotWholeError
    lengths = np.repeat(np.arange(1, _LENGTHS + 1, dtype=np.int32), list(table[:_LENGTHS]))
    spans = 1 << WINDOW - lengths
    if len(table) != _LENGTHS + len(lengths) or not 0 < spans.sum() <= 1 << WINDOW:
        raise NotWholeError
    found = np.zeros((2, 1 << WINDOW), np.int32)
    found[0, : spans.sum()] = np.repeat(lengths, spans)
    found[1, : spans.sum()] = np.repeat(np.frombuffer(table, np.uint8, offset=_LENGTHS), spans)
    return found[0], found[1]


def without_markers(data: bytes) -> tuple[NDArray[np.uint8], list[int]]:
    """The data without restart markers, stuffed zeros and fill bytes; where each of its stretches ends."""
    raw = np.frombuffer(data.rstrip(b"\xff") + b"\0\0", np.uint8)
    escapes = raw[:-1] == 0xFF
    follows = raw[1:]
    restarts = np.flatnonzero(escapes & (follows & 0xF8 == 0xD0))
    if np.any((raw[restarts + 1] & 7) != np.arange(len(restarts)) % 8):
        raise NotWholeError
    kept = np.ones(len(raw), bool)
    kept[np.flatnonzero(escapes & (follows == 0)) + 1] = False
    kept[np.flatnonzero(escapes & (follows == 0xFF))] = False
    kept[restarts] = kept[restarts + 1] = False
    kept[-2:] = False
    before = np.concatenate([[0], np.cumsum(kept)])
    ends = [*before[restarts].tolist(), int(before[-1])]
    if len(ends) > 1 and ends[-1] == ends[-2]:
        ends.pop()
    return raw[kept], ends


def words_of(coded: NDArray[np.uint8]) -> memoryview:
    """The 32 bits from each byte on, and a little past the end."""
    padded = np.concatenate([coded, np.zeros(BLOCK, np.uint8)])
    words = np.ndarray((len(padded) - 3,), ">u4", padded, strides=(1,)).astype(np.uint32)
    return words.data
