"""Files that are small and mean a lot of work: blank pictures of any size, with all the ballast asked for."""

import struct
import zlib
from collections.abc import Iterator, Sequence

from support.pictures import png as pngs

CHANNELS = {pngs.GREY: 1, pngs.COLOUR: 3, pngs.PALETTE: 1, pngs.GREY_ALPHA: 2, pngs.COLOUR_ALPHA: 4}
_BLOCK = bytes(1 << 20)
_EOB14 = 0xE0
_LONGEST_RUN = (1 << 15) - 1
_DC, _AC = 0x00, 0x10
_AFTER_IHDR = 33
_BITS = 14
_HALVES = ((1, 31), (32, 63))


def blank_png(
    width: int, height: int, colour: int = pngs.COLOUR, depth: int = 8, before: Sequence[bytes] = ()
) -> bytes:
    """A PNG of zeros, about a thousandth of what it unpacks to."""
    if colour == pngs.PALETTE:
        before = [pngs.chunk(b"PLTE", bytes(3 << depth)), *before]
    row = bytes(1 + (width * CHANNELS[colour] * depth + 7) // 8)
    packed = zeros(len(row) * height)
    return b"".join(
        (pngs.header(width, height, depth, colour), *before, pngs.chunk(b"IDAT", packed), pngs.END)
    )


def zeros(length: int, start: bytes = b"") -> bytes:
    """A zlib stream that unpacks to `start` and zeros, `length` bytes in all, without packing all of them."""
    blocks, rest = divmod(length - len(start), len(_BLOCK))
    block = _deflated(_BLOCK, zlib.Z_FULL_FLUSH)
    ends = _deflated(_BLOCK[:rest], zlib.Z_FINISH)
    check = zlib.adler32(start)
    for size in (*[len(_BLOCK)] * blocks, rest):
        check = zlib.adler32(_BLOCK[:size], check)
    whole = _deflated(start, zlib.Z_FULL_FLUSH) + block * blocks + ends
    return b"\x78\xda" + whole + struct.pack(">I", check)


def _deflated(data: bytes, flush: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush(flush)


def segment(marker: int, payload: bytes = b"") -> bytes:
    """One marker segment of a JPEG."""
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def scanned_jpeg(width: int, height: int, scans: int, components: int = 1) -> bytes:
    """A blank progressive JPEG: one scan of DC, then scans of AC that say in a few bytes "nothing here".

    At most 1 + 28 scans a component.
    """
    blocks = -(-width // 8) * -(-height // 8)
    fields = b"".join(bytes([number, 0x11, 0]) for number in range(1, components + 1))
    return b"".join(
        (
            b"\xff\xd8",
            segment(0xDB, b"\0" + b"\1" * 64),
            segment(0xC2, struct.pack(">BHHB", 8, height, width, components) + fields),
            _one_code(_DC, 0),
            _one_code(_AC, _EOB14),
            _scan(range(1, components + 1), 0, 0, 1, bytes(-(-blocks * components // 8))),
            *_empty_scans(scans - 1, components, _runs(blocks)),
            b"\xff\xd9",
        )
    )


def blank_jpeg(width: int, height: int, factors: Sequence[tuple[int, int]]) -> bytes:
    """A blank sequential JPEG with a scan for each component, whose blocks have two bits each."""
    widest, highest = max(across for across, _ in factors), max(down for _, down in factors)
    fields = b"".join(bytes([at, across << 4 | down, 0]) for at, (across, down) in enumerate(factors, 1))
    scans = []
    for number, (across, down) in enumerate(factors, 1):
        columns, rows = -(-width * across // (8 * widest)), -(-height * down // (8 * highest))
        scans.append(_scan([number], 0, 63, 0, bytes(-(-columns * rows // 4))))
    return b"".join(
        (
            b"\xff\xd8",
            segment(0xDB, b"\0" + b"\1" * 64),
            segment(0xC0, struct.pack(">BHHB", 8, height, width, len(factors)) + fields),
            _one_code(_DC, 0),
            _one_code(_AC, 0),
            *scans,
            b"\xff\xd9",
        )
    )


def _one_code(table: int, symbol: int) -> bytes:
    """A Huffman table whose only code is a single zero bit."""
    return segment(0xC4, bytes([table, 1]) + bytes(15) + bytes([symbol]))


def _runs(blocks: int) -> bytes:
    """Runs of empty blocks, each as long as can be: a zero bit and fourteen ones."""
    bits = ("0" + "1" * 14) * -(-blocks // _LONGEST_RUN)
    bits += "1" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\x00")


def _empty_scans(scans: int, components: int, runs: bytes) -> Iterator[bytes]:
    """Scans of one half of the AC coefficients of one component, from the thirteenth bit down to the last."""
    for number in range(scans):
        turn, component = divmod(number, components)
        half, step = divmod(turn, _BITS)
        first, last = _HALVES[half]
        above = _BITS - step if step else 0
        yield _scan([component + 1], first, last, above << 4 | _BITS - 1 - step, runs)


def _scan(components: Sequence[int], first: int, last: int, bits: int, data: bytes) -> bytes:
    selectors = b"".join(bytes([component, 0]) for component in components)
    return segment(0xDA, bytes([len(components)]) + selectors + bytes([first, last, bits])) + data


def with_chunks(image: bytes, *chunks: bytes) -> bytes:
    """A PNG with these chunks after its header."""
    return image[:_AFTER_IHDR] + b"".join(chunks) + image[_AFTER_IHDR:]


def with_segments(image: bytes, *segments: bytes) -> bytes:
    """A JPEG with these segments at its start."""
    return image[:2] + b"".join(segments) + image[2:]
