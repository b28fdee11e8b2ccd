"""The marker segments of a JPEG, told apart without decoding (ITU-T T.81, annex B)."""

import re
from collections.abc import Iterator

from bonaface.errors import InvalidImageError

SOI, EOI, SOS, DHT, DRI, APP1 = 0xD8, 0xD9, 0xDA, 0xC4, 0xDD, 0xE1
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
PROGRESSIVE_FRAMES = frozenset({0xC2, 0xCA})

MAX_SEGMENTS = 4096
"""Far above any real file (an ICC profile takes at most 255); bounds the walk over tiny segments."""

_START = 2
_WITHOUT_PAYLOAD = frozenset({0x01, *range(0xD0, 0xD8)})
_NOT_A_SEGMENT = frozenset({0x00, SOI, EOI})
_FILL = re.compile(rb"\xff+")
_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of the payload of each segment of the first image, scans stepped over.

    Ends where the image or its sense ends. Raises InvalidImageError past MAX_SEGMENTS.
    """
    position = _START
    for _ in range(MAX_SEGMENTS):
        fill = _FILL.match(data, position)
        if fill is None or fill.end() == len(data) or data[fill.end()] in _NOT_A_SEGMENT:
            return
        marker, start = data[fill.end()], fill.end() + 1
        end = start if marker in _WITHOUT_PAYLOAD else start + int.from_bytes(data[start : start + 2], "big")
        if end > len(data):
            return
        yield marker, start + 2, end
        position = scan_end(data, end) if marker == SOS else end
    raise InvalidImageError("The JPEG has too many segments; save it anew without metadata.")


def scan_end(data: bytes, start: int) -> int:
    """Where the entropy-coded data that begins at `start` ends: at a marker, or with the file."""
    found = _SCAN_END.search(data, start)
    return found.start() if found else len(data)
