"""How far compressed data unpacks, without keeping what comes out."""

import zlib
from collections.abc import Sequence

LARGEST_RATIO = 1032
"""Bytes that one byte of a deflate stream stands for at most (zlib technical details)."""
_PIECE = 64 * 1024


def unpacks_past(parts: Sequence[bytes], limit: int) -> bool:
    """Whether the zlib stream in `parts` unpacks to more than `limit` bytes; ends as soon as it is known.

    Nothing is unpacked where no stream of that length could. Data that is broken or cut off unpacks to
    what comes out before that.
    """
    if sum(map(len, parts)) * LARGEST_RATIO <= limit:
        return False
    unpacker = zlib.decompressobj()
    try:
        for part in parts:
            for start in range(0, len(part), _PIECE):
                limit -= _unpacked(unpacker, part[start : start + _PIECE], limit)
                if limit < 0:
                    return True
    except zlib.error:
        return False
    return False


def _unpacked(unpacker: "zlib._Decompress", piece: bytes, limit: int) -> int:
    """Bytes that `piece` unpacks to, counted to just past `limit`."""
    count = 0
    while piece and count <= limit:
        count += len(unpacker.decompress(piece, _PIECE))
        piece = unpacker.unconsumed_tail
    return count
