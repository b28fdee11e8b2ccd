"""Changes inside a PNG that a decoder gets to see: every chunk keeps a right length and CRC.

Without this nearly every input ends at its first checksum.
"""

import random
import struct
import zlib
from collections.abc import Callable

import atheris

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KINDS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"eXIf", b"iCCP", b"zTXt", b"acTL", b"gAMA", b"QQQQ")
UNPACKED = 1 << 20
"""Bytes of pixel data that are unpacked at most."""

Chunk = tuple[bytes, bytes]


def mutate(data: bytes, max_size: int, seed: int) -> bytes:
    """Another input: a PNG three times in four by its chunks, anything else byte by byte."""
    chance = random.Random(seed)  # noqa: S311 - libFuzzer gives the seed
    chunks = _split(data)
    if not chunks or chance.randrange(4) == 0:
        return _bytes(data, max_size)
    chance.choice(_CHANGES)(chunks, chance)
    return _joined(chunks)[:max_size]


def _split(data: bytes) -> list[Chunk]:
    if not data.startswith(SIGNATURE):
        return []
    chunks, position = [], len(SIGNATURE)
    while position + 8 <= len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        chunks.append((data[position + 4 : position + 8], data[position + 8 : position + 8 + length]))
        position += length + 12
    return chunks


def _joined(chunks: list[Chunk]) -> bytes:
    return SIGNATURE + b"".join(
        struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))
        for kind, payload in chunks
    )


def _bytes(data: bytes, max_size: int) -> bytes:
    mutated: bytes = atheris.Mutate(data, max(max_size, 1))
    return mutated


def _change_payload(chunks: list[Chunk], chance: random.Random) -> None:
    at = chance.randrange(len(chunks))
    kind, payload = chunks[at]
    chunks[at] = kind, _bytes(payload, len(payload) + 64)


def _change_header(chunks: list[Chunk], chance: random.Random) -> None:
    kind, payload = chunks[0]
    changed = bytearray(payload.ljust(13, b"\0"))
    changed[chance.choice((2, 3, 6, 7, 8, 9, 12))] = chance.choice((0, 1, 2, 3, 4, 6, 8, 16, 80, 255))
    chunks[0] = kind, bytes(changed)


def _change_pixels(chunks: list[Chunk], chance: random.Random) -> None:
    places = [at for at, (kind, _) in enumerate(chunks) if kind == b"IDAT"]
    if not places:
        return
    at = chance.choice(places)
    unpacker = zlib.decompressobj()
    try:
        pixels = unpacker.decompress(chunks[at][1], UNPACKED)
    except zlib.error:
        return
    chunks[at] = b"IDAT", zlib.compress(_bytes(pixels, len(pixels) + 64), chance.randrange(10))


def _change_order(chunks: list[Chunk], chance: random.Random) -> None:
    at = chance.randrange(len(chunks))
    moved = chunks[at] if chance.randrange(2) else chunks.pop(at)
    chunks.insert(chance.randrange(len(chunks) + 1), moved)


def _change_kind(chunks: list[Chunk], chance: random.Random) -> None:
    at = chance.randrange(len(chunks))
    chunks[at] = chance.choice(KINDS), chunks[at][1]


def _drop(chunks: list[Chunk], chance: random.Random) -> None:
    del chunks[chance.randrange(len(chunks))]


_CHANGES: tuple[Callable[[list[Chunk], random.Random], None], ...] = (
    _change_payload,
    _change_payload,
    _change_header,
    _change_pixels,
    _change_order,
    _change_kind,
    _drop,
)
