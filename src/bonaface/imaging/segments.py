"""The marker segments of a JPEG, told apart without decoding (ITU-T T.81, annex B)."""

import re
from collections.abc import Iterator

from bonaface.errors import InvalidImageError

SOI, EOI, SOS, DQT, DHT, DRI, RST0 = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xDD, 0xD0
APP0, APP1, APP2, APP14 = 0xE0, 0xE1, 0xE2, 0xEE
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
SEQUENTIAL_FRAMES = frozenset({0xC0, 0xC1, 0xC9})
PROGRESSIVE_FRAMES = frozenset({0xC2, 0xCA})

MAX_SEGMENTS = 4096
"""Far above any real file (an ICC profile takes at most 255); bounds the walk over tiny segments."""

_START = 2
_WITHOUT_PAYLOAD = frozenset({0x01, *range(0xD0, 0xD8)})
_NOT_A_SEGMENT = frozenset({SOI, EOI})
_LEAST_LENGTH = 2
_PASSED_OVER = frozenset({0xDC, *range(0xE0, 0xF0), 0xFE})
"""DNL, APPn and COM: decoders read on behind a length that is too small to be one."""
_MARKER = re.compile(rb"\xff[^\x00\xff]")
_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of the payload of each segment of the first image, scans stepped over.

    Bytes before a marker that belong to no segment are stepped over, as libjpeg does. Ends where the image or
    its sense ends. Raises InvalidImageError past MAX_SEGMENTS.
    """
    position = _START
    for _ in range(MAX_SEGMENTS):
        position = next_marker(data, position)
        if position == len(data) or data[position + 1] in _NOT_A_SEGMENT:
            return
        marker, start = data[position + 1], position + 2
        length = 0 if marker in _WITHOUT_PAYLOAD else int.from_bytes(data[start : start + 2], "big")
        if marker in _PASSED_OVER:
            length = max(length, _LEAST_LENGTH)
        end = start + length
        if end > len(data) or (length < _LEAST_LENGTH and marker not in _WITHOUT_PAYLOAD):
            return
        yield marker, start + 2, end
        position = scan_end(data, end) if marker == SOS else end
    raise InvalidImageError("The JPEG has too many segments; save it anew without metadata.")


def next_marker(data: bytes, start: int) -> int:
    """Where the next marker is from `start` on, whatever comes before it; the file's length if nowhere."""
    found = _MARKER.search(data, start)
    return found.start() if found else len(data)


def scan_end(data: bytes, start: int) -> int:
    """Where the entropy-coded data that begins at `start` ends: at a marker, or with the file."""
    found = _SCAN_END.search(data, start)
    return found.start() if found else len(data)
