"""The frame header and the scans of a JPEG, as its segments have them. Source: ITU-T T.81, annex B.2."""

import struct
from dataclasses import dataclass

from bonaface.imaging.huffman import NotWholeError
from bonaface.imaging.segments import DHT, DRI, EOI, FRAMES, SOS, scan_end, segments

AC = 0x10
"""What is added to the number of an AC table."""
_HUFFMAN_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_MAX_COMPONENTS = 4
_SEGMENT_HEAD = 4
"""Bytes of a marker and a length."""


@dataclass(frozen=True, slots=True)
class Component:
    """Factors, and width and height in samples."""

    across: int
    down: int
    width: int
    height: int

    @property
    def blocks(self) -> int:
        """How many it has in a scan of its own."""
        return -(-self.width // 8) * -(-self.height // 8)

    @property
    def samples(self) -> int:
        return self.width * self.height


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame header: marker, components by number, MCUs of a scan of several components."""

    marker: int
    components: dict[int, Component]
    units: int


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan: numbers of its components, for each the DC and the AC table (DHT from the counts on).

    `first` and `last` are coefficients, `above` and `low` the successive approximation; `restart` counts the
    MCUs between restart markers, 0 = none.
    """

    numbers: list[int]
    tables: list[tuple[bytes, bytes]]
    first: int
    last: int
    above: int
    low: int
    restart: int
    data: bytes


def read_scans(data: bytes) -> tuple[Frame, list[Scan]]:
    """The frame header of a JPEG of one frame, Huffman-coded, and its scans in their order.

    Raises NotWholeError where it is another one, or cut; IndexError, KeyError, ValueError, ZeroDivisionError
    or struct.error where a header does not hold.
    """
    frames, scans, tables, restart = [], [], dict[int, bytes](), 0
    over = 2
    for marker, start, end in segments(data):
        if data[over : start - _SEGMENT_HEAD].strip(b"\xff"):
            raise NotWholeError
        payload, over = data[start:end], scan_end(data, end) if marker == SOS else end
        if marker in FRAMES:
            frames.append(_frame(marker, payload))
        elif marker == DHT:
            tables |= _tables(payload)
        elif marker == DRI:
            (restart,) = struct.unpack(">H", payload)
        elif marker == SOS:
            scans.append(_scan(payload, tables, restart, data[end:over]))
    if not data[over:].lstrip(b"\xff").startswith(bytes([EOI])):
        raise NotWholeError
    if len(frames) != 1 or frames[0].marker not in _HUFFMAN_FRAMES:
        raise NotWholeError
    return frames[0], scans


def _frame(marker: int, payload: bytes) -> Frame:
    _, height, width, count = struct.unpack_from(">BHHB", payload)
    fields = list(struct.iter_unpack("BBB", payload[6 : 6 + 3 * count]))
    factors = [(factor >> 4, factor & 15) for _, factor, _ in fields]
    if not 1 <= count <= _MAX_COMPONENTS:
        raise NotWholeError
    widest, highest = max(across for across, _ in factors), max(down for _, down in factors)
    components = {
        number: Component(across, down, -(-width * across // widest), -(-height * down // highest))
        for (number, _, _), (across, down) in zip(fields, factors, strict=True)
    }
    units = -(-width // (8 * widest)) * -(-height // (8 * highest))
    return Frame(marker, components, units)


def _tables(payload: bytes) -> dict[int, bytes]:
    """Each table of a DHT segment by its class and number: 16 counts, then the symbols."""
    tables = {}
    while payload:
        end = 17 + sum(payload[1:17])
        tables[payload[0]] = payload[1:end]
        payload = payload[end:]
    return tables


def _scan(payload: bytes, tables: dict[int, bytes], restart: int, data: bytes) -> Scan:
    count = payload[0]
    selectors = [(payload[at], payload[at + 1]) for at in range(1, 1 + 2 * count, 2)]
    first, last, approximation = payload[1 + 2 * count : 4 + 2 * count]
    chosen = [(tables.get(one >> 4, b""), tables.get(AC | one & 15, b"")) for _, one in selectors]
    numbers = [number for number, _ in selectors]
    return Scan(numbers, chosen, first, last, approximation >> 4, approximation & 15, restart, data)
