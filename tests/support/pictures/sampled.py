"""A JPEG encoder of our own for what Pillow does not write: any sampling factors, any scans, restart markers.

Sequential, Huffman; the tables of T.81, annex K, are taken from a file of Pillow's.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from support.pictures.bombs import segment
from support.pictures.picture import Pixels, jpeg

Plane = NDArray[np.float32]
Factors = Sequence[tuple[int, int]]
"""Across and down, for each component."""

QUANTUM = 2
_LONGEST_RUN = 15
_ZIGZAG = sorted(
    range(64), key=lambda at: (at // 8 + at % 8, (at // 8 if (at // 8 + at % 8) % 2 else at % 8))
)


def sampled_jpeg(pixels: Pixels, factors: Factors, restart: int = 0, separate: bool = False) -> bytes:
    """`pixels`, H x W x 3, RGB, as YCbCr (three factors), or as inverted CMYK without black (four).

    restart: MCUs between restart markers; separate: a scan of its own for each component.
    """
    planes = ycc(pixels) if len(factors) == 3 else [*np.moveaxis(pixels.astype(np.float32), -1, 0)]
    planes += [np.full(pixels.shape[:2], 255, np.float32)] * (len(factors) - len(planes))
    return encode(planes, factors, restart, separate)


def ycc(pixels: Pixels) -> list[Plane]:
    """Y, Cb and Cr of RGB pixels."""
    y, cr, cb = np.moveaxis(cv2.cvtColor(pixels, cv2.COLOR_RGB2YCrCb).astype(np.float32), -1, 0)
    return [y, cb, cr]


def encode(planes: Sequence[Plane], factors: Factors, restart: int = 0, separate: bool = False) -> bytes:
    """A whole file of these components; one of four has no Adobe marker and is CMYK."""
    height, width = planes[0].shape
    numbers = range(1, len(planes) + 1)
    is_ink = len(planes) == 4
    fields = b"".join(
        bytes([n, across << 4 | down, 0]) for n, (across, down) in zip(numbers, factors, strict=True)
    )
    coders = [_Coder(0 if is_ink or not at else 1) for at in range(len(planes))]
    grids = _grids(planes, factors)
    groups = [[at] for at in range(len(planes))] if separate else [list(range(len(planes)))]
    scans = b"".join(_scan(group, grids, factors, coders, restart, planes[0].shape) for group in groups)
    return b"".join(
        (
            b"\xff\xd8",
            segment(0xDB, b"\0" + bytes([QUANTUM]) * 64),
            segment(0xC0, struct.pack(">BHHB", 8, height, width, len(planes)) + fields),
            *(segment(0xC4, payload) for payload in tables()),
            segment(0xDD, struct.pack(">H", restart)) if restart else b"",
            scans,
            b"\xff\xd9",
        )
    )


def tables() -> list[bytes]:
    """DHT payloads of a file that was not optimised, one table each."""
    data, found, at = jpeg(optimize=False), [], 2
    while data[at + 1] != 0xDA:
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] == 0xC4:
            found.append(data[at + 4 : at + 2 + length])
        at += 2 + length
    return found


def _codes(kind: int, table: int) -> dict[int, str]:
    """The code, in ones and zeros, of each symbol. kind: 0 = DC, 1 = AC."""
    payload = next(one for one in tables() if one[0] == kind << 4 | table)
    symbols, code, codes = iter(payload[17:]), 0, {}
    for length, count in enumerate(payload[1:17], 1):
        for _ in range(count):
            codes[next(symbols)] = f"{code:0{length}b}"
            code += 1
        code <<= 1
    return codes


def _grids(planes: Sequence[Plane], factors: Factors) -> list[NDArray[np.int64]]:
    """Quantised coefficients of each component, in zigzag: rows x columns x 64, padded to whole MCUs."""
    most = [max(one[axis] for one in factors) for axis in (0, 1)]
    height, width = planes[0].shape
    columns, rows = -(-width // (8 * most[0])), -(-height // (8 * most[1]))
    padded = columns * 8 * most[0], rows * 8 * most[1]
    grids = []
    for plane, (across, down) in zip(planes, factors, strict=True):
        full = cv2.copyMakeBorder(plane, 0, padded[1] - height, 0, padded[0] - width, cv2.BORDER_REPLICATE)
        small = cv2.resize(full, (columns * 8 * across, rows * 8 * down), interpolation=cv2.INTER_AREA) - 128
        grids.append(_coefficients(np.asarray(small, np.float32)))
    return grids


def _coefficients(plane: Plane) -> NDArray[np.int64]:
    rows, columns = plane.shape[0] // 8, plane.shape[1] // 8
    grid = np.empty((rows, columns, 64), np.int64)
    for row in range(rows):
        for column in range(columns):
            block = cv2.dct(np.ascontiguousarray(plane[row * 8 : row * 8 + 8, column * 8 : column * 8 + 8]))
            grid[row, column] = np.rint(block.reshape(64)[_ZIGZAG] / QUANTUM)
    return grid


@dataclass
class _Coder:
    """Codes the blocks of one component; `table` 0 or 1."""

    table: int
    last: int = 0
    dc: dict[int, str] = field(init=False)
    ac: dict[int, str] = field(init=False)

    def __post_init__(self) -> None:
        self.dc, self.ac = _codes(0, self.table), _codes(1, self.table)

    def bits(self, block: NDArray[np.int64]) -> Iterator[str]:
        change, self.last = int(block[0]) - self.last, int(block[0])
        yield self.dc[abs(change).bit_length()] + _extra(change)
        run, end = 0, int(np.flatnonzero(block).max(initial=0))
        for value in map(int, block[1 : end + 1]):
            if not value:
                run += 1
                continue
            yield (
                self.ac[0xF0] * (run // 16) + self.ac[run % 16 << 4 | abs(value).bit_length()] + _extra(value)
            )
            run = 0
        if end < 63:
            yield self.ac[0]


def _extra(value: int) -> str:
    size = abs(value).bit_length()
    return f"{value if value > 0 else value + (1 << size) - 1:0{size}b}" if size else ""


def _scan(
    group: list[int],
    grids: list[NDArray[np.int64]],
    factors: Factors,
    coders: list[_Coder],
    restart: int,
    shape: tuple[int, ...],
) -> bytes:
    selectors = b"".join(bytes([at + 1, coders[at].table * 0x11]) for at in group)
    head = segment(0xDA, bytes([len(group)]) + selectors + b"\0\x3f\0")
    units = list(_units(group, grids, factors, shape))
    step = restart or len(units)
    pieces = []
    for start in range(0, len(units), step):
        for coder in coders:
            coder.last = 0
        bits = "".join(
            part
            for unit in units[start : start + step]
            for at, block in unit
            for part in coders[at].bits(block)
        )
        bits += "1" * (-len(bits) % 8)
        pieces.append(int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\x00"))
    return head + b"".join(
        piece + (bytes([0xFF, 0xD0 + at % 8]) if at < len(pieces) - 1 else b"")
        for at, piece in enumerate(pieces)
    )


def _units(
    group: list[int], grids: list[NDArray[np.int64]], factors: Factors, shape: tuple[int, ...]
) -> Iterator[list[tuple[int, NDArray[np.int64]]]]:
    """Blocks of each MCU with the component that they belong to."""
    if len(group) == 1:
        at = group[0]
        most = [max(one[axis] for one in factors) for axis in (0, 1)]
        columns = -(-shape[1] * factors[at][0] // (8 * most[0]))
        rows = -(-shape[0] * factors[at][1] // (8 * most[1]))
        yield from ([(at, grids[at][row, column])] for row in range(rows) for column in range(columns))
        return
    rows, columns = (grids[0].shape[axis] // factors[0][1 - axis] for axis in (0, 1))
    for row in range(rows):
        for column in range(columns):
            yield [
                (at, grids[at][row * factors[at][1] + y, column * factors[at][0] + x])
                for at in group
                for y in range(factors[at][1])
                for x in range(factors[at][0])
            ]
