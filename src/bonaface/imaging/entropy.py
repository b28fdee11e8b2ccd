"""Whether the Huffman-coded data of a JPEG is whole, told without making a pixel.

libjpeg warns where it is not, but of the decoders here only TurboJPEG hands its warnings on; this is for the
files that it does not take. Source: ITU-T T.81, annexes F.2.2 and G.2.
"""

import struct
from collections.abc import Sequence

import simplejpeg

from bonaface.imaging.huffman import (
    BLOCK,
    WINDOW,
    NotWholeError,
    Steps,
    ac_steps,
    dc_steps,
    without_markers,
    words_of,
)
from bonaface.imaging.scans import AC, Component, Frame, Scan, read_scans
from bonaface.imaging.segments import PROGRESSIVE_FRAMES, SOS

MAX_WALKED = 4 * 2**20
"""Bytes of coded data that are walked at most: about a second of work."""
MAX_PASSED = 300_000_000
"""Samples in all scans of a progressive file; the usual CMYK of the largest size has about as many."""

_UNREAD = 7
"""Bytes behind the last block that libjpeg has read by then, and says nothing of."""
_FEW_BITS = 256
"""As many as are left over when damage cost a decoder some blocks; buffers of webcams leave more."""
_NOTHING = [BLOCK << 16] * (1 << WINDOW)

Blocks = Sequence[tuple[Steps, Steps, Steps]]
"""For each block of an MCU: one DC symbol, several AC symbols, one AC symbol."""


def check(data: bytes) -> None:
    """Return where every block of the first image of a JPEG is there, its header as read_header takes it.

    Raises NotWholeError where it is not, for arithmetic coding, and past MAX_WALKED and MAX_PASSED.
    """
    try:
        frame, scans = read_scans(data)
        if sum(len(scan.data) for scan in scans) > MAX_WALKED:
            raise NotWholeError
        if frame.marker in PROGRESSIVE_FRAMES:
            _check_progressive(frame, scans)
        else:
            _check_sequential(frame, scans)
    except (IndexError, KeyError, ValueError, ZeroDivisionError, struct.error) as error:
        raise NotWholeError from error


def _check_sequential(frame: Frame, scans: Sequence[Scan]) -> None:
    if sorted(number for scan in scans for number in scan.numbers) != sorted(frame.components):
        raise NotWholeError
    steps = {pair: (dc_steps(pair[0]), *ac_steps(pair[1])) for scan in scans for pair in scan.tables}
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
        steps = [([1] * len(_NOTHING) if scan.above else dc_steps(dc)) for dc, _ in scan.tables]
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
            _table(AC, scan.tables[0][1]),
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
    units, blocks = _units(frame, scan, tables)
    coded, ends = without_markers(scan.data)
    interval = scan.restart or units
    if len(ends) != -(-units // interval):
        raise NotWholeError
    words = words_of(coded)
    start = 0
    for number, end in enumerate(ends):
        unread = 8 * end - _walked(words, 8 * start, blocks, min(interval, units - number * interval))
        if not 0 <= unread < (8 if number < len(ends) - 1 else 8 * (_UNREAD + 1)):
            raise NotWholeError
        start = end


def _units(frame: Frame, scan: Scan, tables: Blocks) -> tuple[int, Blocks]:
    """MCUs of a scan, and the blocks of each."""
    components = [frame.components[number] for number in scan.numbers]
    if len(components) == 1:
        return components[0].blocks, tables
    counts = [one.across * one.down for one in components]
    return frame.units, [table for table, count in zip(tables, counts, strict=True) for _ in range(count)]


def trimmed(data: bytes) -> bytes | None:
    """A sequential JPEG of one scan without the bytes behind its last block; None where they may be its own.

    They do not where the last block ends as it must (T.81, F.1.2.3: ones up to the next byte), and what comes
    then does not. Where damage made a decoder lose count, the blocks that are left over end as they must; a
    few bytes may begin with any block of an MCU.
    """
    try:
        frame, (scan,) = read_scans(data)
        coded, ends = without_markers(scan.data)
        if frame.marker in PROGRESSIVE_FRAMES or len(ends) > 1 or len(coded) > MAX_WALKED:
            return None
        tables = [(dc_steps(dc), *ac_steps(ac)) for dc, ac in scan.tables]
        units, blocks = _units(frame, scan, tables)
        words, bits = words_of(coded), coded.tobytes()
        at = _walked(words, 0, blocks, units)
    except (IndexError, KeyError, ValueError, ZeroDivisionError, struct.error):
        return None
    firsts = range(len(blocks) if 8 * len(bits) - at <= _FEW_BITS else 1)
    if not _ends_well(bits, at) or any(_reads_to_end(words, at, blocks, first, bits) for first in firsts):
        return None
    own = bits[: -(-at // 8)].replace(b"\xff", b"\xff\x00")
    start = data.index(scan.data, data.index(bytes([0xFF, SOS])))
    return data[:start] + own + data[start + len(scan.data) :]


def _ends_well(coded: bytes, at: int) -> bool:
    """Whether nothing but ones stands between this bit and the next byte."""
    ones = (1 << -at % 8) - 1
    return at <= 8 * len(coded) and (not ones or coded[at // 8] & ones == ones)


def _reads_to_end(words: memoryview, at: int, blocks: Blocks, first: int, coded: bytes) -> bool:
    """Whether MCUs begin at this bit, the first with its block `first`, and end where the data ends."""
    try:
        at = _walked(words, at, blocks[first:], 1)
        while at + 8 <= 8 * len(coded):
            at = _walked(words, at, blocks, 1)
    except (IndexError, NotWholeError):
        return False
    return _ends_well(coded, at)


def _walked(words: memoryview, at: int, blocks: Blocks, units: int) -> int:
    """The bit behind `units` MCUs that begin at the bit `at`. Raises NotWholeError where no code is."""
    for _ in range(units):
        for dc, several, single in blocks:
            step = dc[words[at >> 3] >> 16 - (at & 7) & 0xFFFF]
            if not step:
                raise NotWholeError
            at += step
            coefficient = 1
            while coefficient < BLOCK:
                window = words[at >> 3] >> 16 - (at & 7) & 0xFFFF
                step = several[window]
                if coefficient + (step >> 8 & 0xFF) >= BLOCK:
                    step = single[window]
                if not step:
                    raise NotWholeError
                at += step & 0xFF
                coefficient += step >> 16
    return at
