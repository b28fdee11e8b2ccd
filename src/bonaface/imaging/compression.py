"""How strongly an image file was compressed, by its header alone."""

import numpy as np
from numpy.typing import NDArray

from bonaface.imaging import jpeg
from bonaface.imaging.segments import DQT, SOS, segments

LOSSLESS = 100.0
"""The quality of what loses nothing."""

_STANDARD = np.array(
    [
        *(16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40),
        *(26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51),
        *(56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87),
        *(95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99),
    ],
    np.float64,
)
"""Luma (ITU-T T.81, table K.1) in zigzag order, as files have it: quality 50."""
_STEPS = len(_STANDARD)
_LUMA = 0
_LARGEST = 255
"""Steps end there in most files, whatever the quality."""
_WORST = 5000.0


def compression_quality(data: bytes) -> float:
    """The quality, 1..100, of libjpeg's scale whose luma table is nearest to that of a JPEG file.

    100 for a PNG, and for a JPEG without such a table. What an image went through before it was saved as this
    file is not seen.
    """
    table = _luma_table(data) if data.startswith(jpeg.SIGNATURE) else None
    if table is None:
        return LOSSLESS
    told = table < _LARGEST
    scale = float(np.mean(100 * table[told] / _STANDARD[told])) if told.any() else _WORST
    quality = 5000 / scale if scale > 100 else (200 - scale) / 2
    return min(max(quality, 1.0), LOSSLESS)


def _luma_table(data: bytes) -> NDArray[np.float64] | None:
    """The steps of the first table of luma, in zigzag order."""
    for marker, start, end in segments(data):
        if marker == SOS:
            break
        if marker != DQT:
            continue
        at = start
        while at < end:
            size = 2 if data[at] >> 4 else 1
            values = data[at + 1 : min(at + 1 + size * _STEPS, end)]
            if data[at] & 15 == _LUMA and len(values) == size * _STEPS:
                return np.maximum(np.frombuffer(values, f">u{size}").astype(np.float64), 1.0)
            at += 1 + size * _STEPS
    return None
