"""Odd files, as cameras and programs write them or as damage makes them; docs/imaging.md tells of each.

Each comes with the sound file whose picture it holds, if there is one.
"""

import re
import zlib

import numpy as np
from PIL import Image

from support.pictures import animated, bombs, sampled
from support.pictures import png as pngs
from support.pictures.arithmetic import ARITHMETIC_JPEG
from support.pictures.bombs import segment
from support.pictures.picture import encoded, jpeg, picture, png

SOI, EOI, SOS = b"\xff\xd8", b"\xff\xd9", b"\xff\xda"
PLAIN = jpeg()
PROGRESSIVE = jpeg(progressive=True)
RESTARTS = jpeg(restart_marker_blocks=3)
BARE = sampled.sampled_jpeg(picture(), [(2, 2), (1, 1), (1, 1)])
"""Without JFIF and Adobe markers."""
INK = encoded(Image.fromarray(picture()).convert("CMYK"), "JPEG", subsampling="4:4:4")
PNG = png()
_IHDR_END = 33


def with_scan_values(data: bytes, *values: int) -> bytes:
    """The first scan's first and last coefficient, and its bits of precision."""
    at = data.index(SOS) + 2
    end = at + int.from_bytes(data[at : at + 2], "big")
    return data[: end - 3] + bytes(values) + data[end:]


def with_junk(data: bytes, junk: bytes) -> bytes:
    """Bytes that belong to no segment, before the first table."""
    at = data.index(b"\xff\xdb")
    return data[:at] + junk + data[at:]


def with_jfif_version(data: bytes, major: int) -> bytes:
    at = data.index(b"JFIF\0") + 5
    return data[:at] + bytes([major]) + data[at + 1 :]


def with_transform(data: bytes, transform: int) -> bytes:
    """With an Adobe marker first, which says how colours are coded."""
    return bombs.with_segments(data, segment(0xEE, b"Adobe\0\x64\0\0\0\0" + bytes([transform])))


def with_profile(data: bytes, profile: bytes) -> bytes:
    """With an APP2 segment that calls itself a part of an ICC profile."""
    return bombs.with_segments(data, segment(0xE2, b"ICC_PROFILE\0" + profile))


def behind_data(data: bytes, extra: bytes) -> bytes:
    """Bytes between the coded data and the end marker."""
    return data[:-2] + extra + data[-2:]


def without_tables(data: bytes) -> bytes:
    """As webcams send MJPEG: the Huffman tables of T.81, annex K, are implied."""
    while (at := data.find(b"\xff\xc4")) > 0:
        data = data[:at] + data[at + 2 + int.from_bytes(data[at + 2 : at + 4], "big") :]
    return data


def hurt(data: bytes) -> bytes:
    """Five bytes of ones in the middle of the coded data."""
    at = (data.index(SOS) + len(data)) // 2
    return data[:at] + b"\xff\x00" * 5 + data[at + 10 :]


def numbered_from(data: bytes, first: int) -> bytes:
    """With restart markers whose numbers begin with this one, not with 0."""
    head, coded = data.split(SOS)
    return head + SOS + re.sub(rb"\xff[\xd0-\xd7]", lambda at: _restart(at[0][1] + first), coded)


def _restart(number: int) -> bytes:
    return bytes([0xFF, 0xD0 + number % 8])


def _without_scan(number: int) -> bytes:
    scans = PROGRESSIVE.split(SOS)
    del scans[number]
    return SOS.join(scans)


def _with_marker(marker: int) -> bytes:
    at = PLAIN.index(b"\xff\xc0") + 1
    return PLAIN[:at] + bytes([marker]) + PLAIN[at + 1 :]


def _twelve_bits() -> bytes:
    at = PLAIN.index(b"\xff\xc0") + 4
    return PLAIN[:at] + b"\x0c" + PLAIN[at + 1 :]


def _flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def _of_pixels(raw: bytes) -> bytes:
    return pngs.header(112, 96) + pngs.chunk(b"IDAT", raw) + pngs.END


def _with_keys(*keys: int) -> bytes:
    return pngs.encode(
        picture()[..., 0] // 128, pngs.GREY, 8, [pngs.chunk(b"tRNS", bytes([0, key])) for key in keys]
    )


def _parted_png() -> bytes:
    squeezed = zlib.compress(pngs.pack(picture(), 8))
    text = pngs.chunk(b"tEXt", b"a\0b")
    parts = (pngs.chunk(b"IDAT", squeezed[:50]), text, pngs.chunk(b"IDAT", squeezed[50:]))
    return pngs.header(112, 96) + b"".join(parts) + pngs.END


def _mpo() -> bytes:
    other = Image.new("RGB", (112, 96), "black")
    return encoded(Image.fromarray(picture()), "MPO", save_all=True, append_images=[other], quality=90)


_THREE, _INK = [(3, 1), (1, 1), (1, 1)], [(2, 2), (1, 1), (1, 1), (1, 1)]
_SMALL_LUMA = [(1, 1), (2, 2), (2, 2)]
_APART = sampled.sampled_jpeg(picture(), [(2, 2), (1, 1), (1, 1)], separate=True)
_SCANS = _APART.split(SOS)
_SQUEEZED = zlib.compress(pngs.pack(picture(), 8))
_DEEP = np.full((96, 112), 300)

ODD: dict[str, tuple[bytes, bytes | None]] = {
    "JPEG: scan header of other coefficients (front cameras of phones)": (
        with_scan_values(PLAIN, 0, 0, 0),
        PLAIN,
    ),
    "JPEG: bytes between segments (a comment with a wrong length)": (with_junk(PLAIN, b"comment"), PLAIN),
    "JPEG: a comment with a length of 0": (bombs.with_segments(PLAIN, b"\xff\xfe\0\0"), PLAIN),
    "JPEG: JFIF version 2": (with_jfif_version(PLAIN, 2), PLAIN),
    "JPEG: unknown Adobe transform": (with_transform(BARE, 7), BARE),
    "JPEG: broken ICC profile": (with_profile(PLAIN, b"\2\1abc"), PLAIN),
    "JPEG: 40 zeros behind the coded data": (behind_data(PLAIN, bytes(40)), PLAIN),
    "JPEG: 4 bytes of anything behind the coded data": (behind_data(PLAIN, b"\x5a" * 4), PLAIN),
    "JPEG: 40 bytes of anything behind the coded data": (behind_data(PLAIN, b"\x5a" * 40), PLAIN),
    "JPEG: fill bytes before markers": (PLAIN.replace(b"\xff\xc0", b"\xff\xff\xff\xc0"), PLAIN),
    "JPEG: no Huffman tables (MJPEG of webcams)": (without_tables(PLAIN), PLAIN),
    "JPEG: bytes behind the end marker": (PLAIN + b"\x5a" * 40, PLAIN),
    "JPEG: a second picture behind the first (MPO of phones)": (_mpo(), _mpo().split(EOI)[0] + EOI),
    "JPEG: restart marker behind the last block": (behind_data(PLAIN, b"\xff\xd0"), PLAIN),
    "JPEG: sampling 3x1": (sampled.sampled_jpeg(picture(), _THREE), sampled.sampled_jpeg(picture(), _THREE)),
    "JPEG: luma smaller than chroma": (sampled.sampled_jpeg(picture(), _SMALL_LUMA),) * 2,
    "JPEG: CMYK at 4:2:0": (sampled.sampled_jpeg(picture(), _INK),) * 2,
    "JPEG: arithmetic coding": (ARITHMETIC_JPEG, ARITHMETIC_JPEG),
    "JPEG: arithmetic coding, cut in the middle, an end marker put behind": (
        ARITHMETIC_JPEG[: len(ARITHMETIC_JPEG) * 2 // 3] + EOI,
        ARITHMETIC_JPEG,
    ),
    "JPEG: no end marker": (PLAIN[:-2], PLAIN),
    "JPEG: cut in the middle": (PLAIN[: len(PLAIN) * 2 // 3], PLAIN),
    "JPEG: cut in the middle, an end marker put behind": (PLAIN[: len(PLAIN) * 2 // 3] + EOI, PLAIN),
    "JPEG: damaged coded data": (hurt(PLAIN), PLAIN),
    "JPEG: a stretch between restart markers lost": (b"".join(RESTARTS.split(b"\xff\xd2")[::2]), RESTARTS),
    "JPEG: restart markers out of step by 3 to 5": (numbered_from(RESTARTS, 3), RESTARTS),
    "JPEG: restart markers out of step by less": (numbered_from(RESTARTS, 1), RESTARTS),
    "JPEG: the scan of a colour lost": (SOS.join(_SCANS[:2] + _SCANS[3:]), _APART),
    "JPEG: progressive, a scan lost": (_without_scan(3), PROGRESSIVE),
    "JPEG: progressive, the last scan lost": (PROGRESSIVE[: PROGRESSIVE.rindex(SOS)] + EOI, PROGRESSIVE),
    "JPEG: 12 bits": (_twelve_bits(), None),
    "JPEG: lossless": (_with_marker(0xC3), None),
    "PNG: wrong CRC in an ancillary chunk": (
        bombs.with_chunks(PNG, animated.damaged(pngs.chunk(b"pHYs", bytes(9)))),
        PNG,
    ),
    "PNG: colour key of a wrong length": (bombs.with_chunks(PNG, pngs.chunk(b"tRNS", b"\0")), PNG),
    "PNG: two colour keys": (_with_keys(0, 1), _with_keys(0)),
    "PNG: bytes behind the end": (PNG + bytes(40), PNG),
    "PNG: 16-bit grey": (pngs.encode(_DEEP, pngs.GREY, 16), pngs.encode(_DEEP * 0 + 1, pngs.GREY, 8)),
    "PNG: data behind the picture's rows": (
        _of_pixels(zlib.compress(pngs.pack(picture(), 8) + bytes(99))),
        PNG,
    ),
    "PNG: animated, the still is no frame": (
        animated.SHOW_FIRST["still is hidden"],
        pngs.encode(animated.plain(animated.FIRST), pngs.COLOUR),
    ),
    "PNG: animated, the first frame is junk": (animated.SHOW_NOTHING["frame's data is junk"], None),
    "PNG: wrong CRC in the header": (_flip(PNG, _IHDR_END - 1), PNG),
    "PNG: wrong CRC in the picture's data": (_flip(PNG, len(PNG) - 13), PNG),
    "PNG: no end": (PNG[:-12], PNG),
    "PNG: cut in the middle": (PNG[: len(PNG) // 2], PNG),
    "PNG: rows missing": (_of_pixels(zlib.compress(pngs.pack(picture()[:50], 8))), PNG),
    "PNG: wrong checksum of the compressed data": (_of_pixels(_flip(_SQUEEZED, len(_SQUEEZED) - 1)), PNG),
    "PNG: picture's data parted by text": (_parted_png(), PNG),
    "PNG: an unknown critical chunk": (bombs.with_chunks(PNG, pngs.chunk(b"CgBI", bytes(4))), PNG),
}
