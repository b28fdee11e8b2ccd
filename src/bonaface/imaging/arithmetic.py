"""Arithmetic-coded data of a JPEG that ends early, which no decoder warns of.

An encoder leaves out zeros at the end of a scan, so a decoder reads zeros where the data ends, for as long as
there are blocks to fill (ITU-T T.81, D.1.8 and D.2.6). Data that is whole needs a few of them; data that was
cut needs more, and shows other pixels when it finds other bytes there.
"""

import re

from bonaface.imaging.segments import FRAMES, SOS, scan_end, segments

FRAMES_CODED_SO = frozenset({0xC9, 0xCA})
_LEFT_OUT = bytes(3)
"""Enough for all that a whole file leaves out: of 28,480 ends of data none asked for a third."""
_OTHER = b"\xaa\x55" * 4
_ENDS = re.compile(rb"(\xff[\xd0-\xd7])")


def is_arithmetic(data: bytes) -> bool:
    """Whether the first frame of a JPEG is coded so."""
    return next((marker in FRAMES_CODED_SO for marker, _, _ in segments(data) if marker in FRAMES), False)


def followed(data: bytes) -> bytes:
    """The JPEG with other bytes behind the data of each scan and before each restart marker, zeros between.

    To be decoded without regard to warnings of the bytes: the pixels are the same where the data is whole.
    """
    parts, position = [], 0
    for marker, _, end in segments(data):
        if marker == SOS:
            until = scan_end(data, end)
            coded = _ENDS.sub(_LEFT_OUT + _OTHER + rb"\1", data[end:until])
            parts += [data[position:end], coded, _LEFT_OUT, _OTHER]
            position = until
    return b"".join([*parts, data[position:]])
