"""A PNG encoder of our own for what Pillow does not write: any depth, any chunk, broken on request."""

import struct
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, COLOUR, PALETTE, GREY_ALPHA, COLOUR_ALPHA = 0, 2, 3, 4, 6
END = b"\x00\x00\x00\x00IEND\xaeB`\x82"

_ADAM7 = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))

Samples = NDArray[np.integer]


def chunk(kind: bytes, payload: bytes = b"") -> bytes:
    """One whole chunk with its length and CRC."""
    crc = zlib.crc32(kind + payload)
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", crc)


def header(width: int, height: int, depth: int = 8, colour: int = COLOUR, interlace: int = 0) -> bytes:
    """The signature and the IHDR chunk."""
    return SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace))


def encode(
    samples: Samples,
    colour: int,
    depth: int = 8,
    before: Sequence[bytes] = (),
    after: Sequence[bytes] = (),
    interlaced: bool = False,
) -> bytes:
    """A whole file; `samples` is H x W or H x W x C, `before` and `after` are chunks around IDAT."""
    height, width = samples.shape[:2]
    packed = pack_interlaced(samples, depth) if interlaced else pack(samples, depth)
    start = header(width, height, depth, colour, int(interlaced))
    return b"".join((start, *before, chunk(b"IDAT", zlib.compress(packed)), *after, END))


def pack(samples: Samples, depth: int) -> bytes:
    """Unfiltered rows, each after its filter byte, most significant bit first."""
    rows = samples.reshape(samples.shape[0], -1)
    return b"".join(b"\x00" + _pack_row(row, depth) for row in rows)


def pack_interlaced(samples: Samples, depth: int) -> bytes:
    """The seven passes of Adam7."""
    passes = (samples[y::dy, x::dx] for y, x, dy, dx in _ADAM7)
    return b"".join(pack(part, depth) for part in passes if part.size)


def _pack_row(row: Samples, depth: int) -> bytes:
    if depth == 16:
        return row.astype(">u2").tobytes()
    bits = np.unpackbits(row.astype(np.uint8)[:, None], axis=1)[:, 8 - depth :]
    return np.packbits(bits.reshape(-1)).tobytes()
