"""Whether the Huffman-coded data of a JPEG is whole, told without making a pixel.

libjpeg warns where it is not, but of the decoders here only TurboJPEG hands its warnings on; this is for the
files that it does not take. Source: ITU-T T.81, annexes B.2, F.2.2 and G.2.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from bonaface.imaging.segments import DHT, DRI, EOI, FRAMES, PROGRESSIVE_FRAMES, SOS, scan_end, segments

MAX_WALKED = 4 * 2**20
"""Bytes of coded data that are walked at most: about a second of work."""
MAX_PASSED = 300_000_000
"""Samples in all scans of a progressive file; the usual CMYK of the largest size has about as many."""

_HUFFMAN_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_MAX_COMPONENTS = 4
_BLOCK = 64
_WINDOW = 16
"""Bits that are looked up at once; no code is longer."""
_AC = 0x10
_SEGMENT_HEAD = 4
"""Bytes of a marker and a length."""
_LONG_RUN = 15
_UNREAD = 7
"""Bytes behind the last block that libjpeg has read by then, and says nothing of."""
_SYMBOLS_AT_ONCE = 7
_NOTHING = [_BLOCK << 16] * (1 << _WINDOW)

Steps = list[int]
"""For each window of bits how far to go: bits, from the ninth bit on the coefficients before the last symbol,
from the seventeenth on all coefficients; 0 where no code begins with these bits."""
Blocks = Sequence[tuple[Steps, Steps, Steps]]
"""For each block of an MCU: one DC symbol, several AC symbols, one AC symbol."""


class NotWholeError(ValueError):
    """The coded data is damaged, cut off, or of a kind that is not walked."""


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


def check(data: bytes) -> None:
    """Return where every block of the first image of a JPEG is there, its header as read_header takes it.

    Raises NotWholeError where it is not, for arithmetic coding, and past MAX_WALKED and MAX_PASSED.
    """
    try:
        frame, scans = _parsed(data)
        if sum(len(scan.data) for scan in scans) > MAX_WALKED:
            raise NotWholeError
        if frame.marker in PROGRESSIVE_FRAMES:
            _check_progressive(frame, scans)
        else:
            _check_sequential(frame, scans)
    except (IndexError, KeyError, ValueError, ZeroDivisionError, struct.error) as error:
        raise NotWholeError from error


def _parsed(data: bytes) -> tuple[Frame, list[Scan]]:
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
    chosen = [(tables.get(one >> 4, b""), tables.get(_AC | one & 15, b"")) for _, one in selectors]
    numbers = [number for number, _ in selectors]
    return Scan(numbers, chosen, first, last, approximation >> 4, approximation & 15, restart, data)


def _check_sequential(frame: Frame, scans: Sequence[Scan]) -> None:
    if sorted(number for scan in scans for number in scan.numbers) != sorted(frame.components):
        raise NotWholeError
    steps = {pair: (_dc_steps(pair[0]), *_ac_steps(pair[1])) for scan in scans for pair in scan.tables}
    for scan in scans:
        _check_bits(frame, scan, [steps[pair] for pair in scan.tables])


def _check_progressive(frame: Frame, scans: Sequence[Scan]) -> None:
    """DC scans are walked, each bit of a component once; AC scans are put before libjpeg by component."""
    if sum(frame.components[number].samples for scan in scans for number in scan.numbers) > MAX_PASSED:
        raise NotWholeError
    low = dict.fromkeys(frame.components, 0)
    begun: set[int] = set()
    for scan in scans:
        if scan.first:
            continue
        for number in scan.numbers:
            if scan.above != low[number] or (number in begun) != bool(scan.above):
                raise NotWholeError
            low[number] = scan.low
            begun.add(number)
        steps = [([1] * len(_NOTHING) if scan.above else _dc_steps(dc)) for dc, _ in scan.tables]
        _check_bits(frame, scan, [(one, _NOTHING, _NOTHING) for one in steps])
    if begun != set(frame.components):
        raise NotWholeError
    for number, component in frame.components.items():
        own = [scan for scan in scans if scan.first and scan.numbers == [number]]
        simplejpeg.decode_jpeg(_as_grey(component, own), "GRAY", min_width=1, min_height=1)


def _as_grey(component: Component, scans: Sequence[Scan]) -> bytes:
    """A grey JPEG of a component's AC scans behind a DC scan of zeros, of which they do not depend."""
    parts = [
        b"\xff\xd8\xff\xdb\x00\x43\x00" + b"\x01" * 64,
        struct.pack(">HHBHHB3B", 0xFFC2, 11, 8, component.height, component.width, 1, 1, 0x11, 0),
        _table(0, b"\x01" + bytes(16)),
        _scan_header(0, 0, 0) + bytes(-(-component.blocks // 8)),
    ]
    for scan in scans:
        parts += [
            _table(_AC, scan.tables[0][1]),
            struct.pack(">HHH", 0xFFDD, 4, scan.restart),
            _scan_header(scan.first, scan.last, scan.above << 4 | scan.low) + scan.data,
        ]
    return b"".join([*parts, b"\xff\xd9"])


def _table(number: int, table: bytes) -> bytes:
    return struct.pack(">HHB", 0xFFC4, 3 + len(table), number) + table


def _scan_header(first: int, last: int, approximation: int) -> bytes:
    return struct.pack(">HH6B", 0xFFDA, 8, 1, 1, 0, first, last, approximation)


def _check_bits(frame: Frame, scan: Scan, tables: Blocks) -> None:
    """Walk the data of a scan, MCU by MCU, from restart marker to restart marker."""
    components = [frame.components[number] for number in scan.numbers]
    if len(components) == 1:
        units, blocks = components[0].blocks, tables
    else:
        units = frame.units
        blocks = [
            table for one, table in zip(components, tables, strict=True) for _ in range(one.across * one.down)
        ]
    coded, ends = _without_markers(scan.data)
    interval = scan.restart or units
    if len(ends) != -(-units // interval):
        raise NotWholeError
    words = _words(coded)
    start = 0
    for number, end in enumerate(ends):
        unread = 8 * end - _walked(words, 8 * start, blocks, min(interval, units - number * interval))
        if not 0 <= unread < (8 if number < len(ends) - 1 else 8 * (_UNREAD + 1)):
            raise NotWholeError
        start = end


def _without_markers(data: bytes) -> tuple[NDArray[np.uint8], list[int]]:
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


def _words(coded: NDArray[np.uint8]) -> memoryview:
    """The 32 bits from each byte on, and a little past the end."""
    padded = np.concatenate([coded, np.zeros(_BLOCK, np.uint8)])
    words = np.ndarray((len(padded) - 3,), ">u4", padded, strides=(1,)).astype(np.uint32)
    return words.data


def _walked(words: memoryview, at: int, blocks: Blocks, units: int) -> int:
    """The bit behind `units` MCUs that begin at the bit `at`. Raises NotWholeError where no code is."""
    for _ in range(units):
        for dc, several, single in blocks:
            step = dc[words[at >> 3] >> 16 - (at & 7) & 0xFFFF]
            if not step:
                raise NotWholeError
            at += step
            coefficient = 1
            while coefficient < _BLOCK:
                window = words[at >> 3] >> 16 - (at & 7) & 0xFFFF
                step = several[window]
                if coefficient + (step >> 8 & 0xFF) >= _BLOCK:
                    step = single[window]
                if not step:
                    raise NotWholeError
                at += step & 0xFF
                coefficient += step >> 16
    return at


def _dc_steps(table: bytes) -> Steps:
    """Bits of a DC symbol and of the difference that follows it."""
    lengths, symbols = _symbols(table)
    steps: Steps = np.where((lengths > 0) & (symbols < _WINDOW), lengths + symbols, 0).tolist()
    return steps


def _ac_steps(table: bytes) -> tuple[Steps, Steps]:
    """As many whole AC symbols as the window holds, at least one; and one. A block's end is a long way."""
    lengths, symbols = _symbols(table)
    sizes, runs = symbols & 15, symbols >> 4
    one = np.where(lengths > 0, lengths + sizes, 0)
    way = np.where((sizes == 0) & (runs != _LONG_RUN), _BLOCK, runs + 1)
    bits, ways, before = one.copy(), way.copy(), np.zeros_like(one)
    windows = np.arange(1 << _WINDOW)
    for _ in range(_SYMBOLS_AT_ONCE):
        ahead = windows << np.minimum(bits, _WINDOW) & 0xFFFF
        more = (one[ahead] > 0) & (bits > 0) & (bits + one[ahead] <= _WINDOW) & (ways < _BLOCK)
        before[more] = ways[more]
        bits[more] += one[ahead][more]
        ways[more] += way[ahead][more]
    several, single = (
        np.where(one > 0, some, 0) for some in (bits | before << 8 | ways << 16, one | way << 16)
    )
    return several.tolist(), single.tolist()


def _symbols(table: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Length and symbol of the code that each window begins with; zeros where there is none."""
    lengths = np.repeat(np.arange(1, 17), list(table[:16]))
    spans = 1 << _WINDOW - lengths
    if len(table) != 16 + len(lengths) or not 0 < spans.sum() <= 1 << _WINDOW:
        raise NotWholeError
    found = np.zeros((2, 1 << _WINDOW), np.int64)
    found[0, : spans.sum()] = np.repeat(lengths, spans)
    found[1, : spans.sum()] = np.repeat(np.frombuffer(table, np.uint8, offset=16), spans)
    return found[0], found[1]
