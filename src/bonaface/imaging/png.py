"""PNG: the header without decoding, the whole file checked, and the pixels as stored.

Source: PNG specification, third edition (W3C, 2025).
"""

import struct
import zlib
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

import cv2
import numpy as np

from bonaface.errors import InvalidImageError
from bonaface.imaging.alpha import WHITE, lay_over_white, paint_key_white
from bonaface.imaging.animation import Frame, first_frame
from bonaface.imaging.exif import UPRIGHT, read_orientation
from bonaface.imaging.inflate import unpacks_past
from bonaface.imaging.types import ImageFormat, ImageHeader, RgbImage

if TYPE_CHECKING:
    from cv2.typing import MatLike

SIGNATURE = b"\x89PNG\r\n\x1a\n"

_IHDR, _PLTE, _TRNS, _IDAT, _IEND = b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"
_ACTL = b"acTL"
_HEADER = struct.Struct(">IIBBBBB")
_HEADER_END = 33
_SIDES = struct.Struct(">II")
_SIDES_AT = 16
_BITS_AT = 16
"""Within the chunk; the next byte is the colour type."""
_LONGEST_SIDE = 2**31 - 1
_ANCILLARY = 0x20

_GREY, _COLOUR, _PALETTE, _GREY_ALPHA, _COLOUR_ALPHA = 0, 2, 3, 4, 6
_CHANNELS = {_GREY: 1, _COLOUR: 3, _PALETTE: 1, _GREY_ALPHA: 2, _COLOUR_ALPHA: 4}
_DEPTHS = {
    _GREY: {1, 2, 4, 8, 16},
    _COLOUR: {8, 16},
    _PALETTE: {1, 2, 4, 8},
    _GREY_ALPHA: {8, 16},
    _COLOUR_ALPHA: {8, 16},
}
_KEY_SIZES = {_GREY: 2, _COLOUR: 6}

_BROKEN_HEADER = "The PNG's header is truncated or corrupt; send the whole file."
_EXCESSIVE = "The PNG holds far more data than its size needs; save it anew."
_BROKEN = "The PNG is truncated or corrupt; send the whole file."

MAX_EXCESS = 128 * 2**20
"""Bytes that the compressed data may unpack to beyond eight a pixel, the widest there is. The decoder unpacks
all of it, whatever the picture needs: three megabytes may stand for three gigabytes."""
MAX_CHUNKS = 32_768
"""Encoders write some hundreds in a file of the largest size; bounds the walk over tiny chunks."""

Parts = dict[bytes, list[bytes]]
"""Whole chunks by kind, those that make the picture."""


def read_header(data: bytes) -> ImageHeader:
    """What the PNG `data` (it starts with SIGNATURE) says about itself, an eXIf chunk anywhere included.

    Raises InvalidImageError for a first chunk that is not a whole and sensible IHDR.
    """
    chunk = data[len(SIGNATURE) : _HEADER_END]
    is_whole = len(chunk) == _HEADER_END - len(SIGNATURE) and chunk.startswith(b"\x00\x00\x00\x0dIHDR")
    if not is_whole or not _is_sound(chunk):
        raise InvalidImageError(_BROKEN_HEADER)
    width, height, bits, colour, compression, filtering, interlace = _HEADER.unpack(_payload(chunk))
    sides_hold = 1 <= width <= _LONGEST_SIDE and 1 <= height <= _LONGEST_SIDE
    if not sides_hold or bits not in _DEPTHS.get(colour, ()) or compression or filtering or interlace > 1:
        raise InvalidImageError(_BROKEN_HEADER)
    return ImageHeader(
        format=ImageFormat.PNG,
        width=width,
        height=height,
        orientation=_read_orientation(data),
        bits=bits,
        channels=_CHANNELS[colour],
        progressive=bool(interlace),
    )


def decode(data: bytes) -> RgbImage:
    """The picture of a PNG whose header was read, as stored: H x W x 3, uint8, RGB.

    Transparency is laid over white, 16 bits are scaled to 8. Colour profiles and gamma are not applied;
    of an animation this is the first frame on a clear canvas, the only one that is unpacked; whatever follows
    the last chunk is ignored.
    Raises InvalidImageError unless every critical chunk is whole, with its CRC, and the picture complete.
    """
    parts, is_animated = _collect(data)
    width, height = _SIDES.unpack_from(data, _SIDES_AT)
    frame = first_frame(_payloads(data), width, height) if is_animated else None
    if frame is None:
        return _picture(parts, width, height)
    area = frame.area
    canvas = np.full((height, width, 3), WHITE, np.uint8)
    drawn = _picture(_as_still(parts, frame), area.width, area.height)
    canvas[area.y : area.y + area.height, area.x : area.x + area.width] = drawn
    return canvas


def _as_still(parts: Parts, frame: Frame) -> Parts:
    """The parts of a file whose only picture is this frame."""
    (header,) = parts[_IHDR]
    size = _SIDES.pack(frame.area.width, frame.area.height)
    header = _chunk(_IHDR, size + _payload(header)[_SIDES.size :])
    return parts | {_IHDR: [header], _IDAT: [_chunk(_IDAT, part) for part in frame.data]}


def _picture(parts: Parts, width: int, height: int) -> RgbImage:
    """The picture that these parts make, laid over white."""
    if unpacks_past([_payload(chunk) for chunk in parts[_IDAT]], width * height * 8 + MAX_EXCESS):
        raise InvalidImageError(_EXCESSIVE)
    bits, colour = parts[_IHDR][0][_BITS_AT : _BITS_AT + 2]
    transparency = _transparency(parts, bits, colour)
    parts[_TRNS] = [transparency] if transparency else []
    if colour != _PALETTE:
        parts[_PLTE] = []
    file = b"".join([SIGNATURE, *chain.from_iterable(parts.values())])
    if transparency and colour == _GREY:
        return paint_key_white(_decoded(file, cv2.IMREAD_UNCHANGED), _grey_key(transparency, bits))
    if transparency or colour in {_GREY_ALPHA, _COLOUR_ALPHA}:
        return lay_over_white(_decoded(file, cv2.IMREAD_UNCHANGED))
    return np.asarray(_decoded(file, cv2.IMREAD_COLOR_RGB), dtype=np.uint8)


def _decoded(file: bytes, mode: int) -> "MatLike":
    """OpenCV's reading of a file of checked chunks; it returns nothing where pixels are missing."""
    image = cv2.imdecode(np.frombuffer(file, np.uint8), mode | cv2.IMREAD_IGNORE_ORIENTATION)
    if image is None:
        raise InvalidImageError(_BROKEN)
    return image


def _collect(data: bytes) -> tuple[Parts, bool]:
    """The chunks that make the picture, in the order of the standard; whether an acTL is among the others.

    The others are left out, so that no text, profile or animation reaches the decoder; so is an ancillary
    chunk with a wrong CRC (13.1). Raises InvalidImageError for a wrong CRC of a critical chunk, a missing or
    repeated part, or a critical chunk that is unknown.
    """
    parts: Parts = {_IHDR: [], _PLTE: [], _TRNS: [], _IDAT: [], _IEND: []}
    before, is_animated = b"", False
    for kind, start, end in _chunks(data):
        is_animated = is_animated or kind == _ACTL
        chunk = data[start:end]
        if not _is_sound(chunk):
            if kind[0] & _ANCILLARY:
                before = kind
                continue
            raise InvalidImageError(_BROKEN)
        if kind in parts:
            if parts[kind] and kind != _TRNS and not (kind == before == _IDAT):
                raise InvalidImageError(_BROKEN)
            if _is_in_place(kind, parts):
                parts[kind].append(chunk)
        elif not kind[0] & _ANCILLARY:
            raise InvalidImageError(_BROKEN)
        before = kind
    if not parts[_IDAT] or not parts[_IEND]:
        raise InvalidImageError(_BROKEN)
    return parts, is_animated


def _is_in_place(kind: bytes, parts: Parts) -> bool:
    """Whether a chunk counts behind these parts; decoders ignore a palette behind the picture's data, and
    transparency there, before the palette that it is of, and given again."""
    if kind == _TRNS:
        of_palette = parts[_IHDR] and parts[_IHDR][0][_BITS_AT + 1] == _PALETTE
        return not parts[_IDAT] and not parts[_TRNS] and bool(parts[_PLTE] or not of_palette)
    return kind != _PLTE or not parts[_IDAT]


def _transparency(parts: Parts, bits: int, colour: int) -> bytes:
    """The tRNS chunk, or b"" where there is none that fits the picture (viewers ignore such)."""
    chunk = b"".join(parts[_TRNS])
    size = len(_payload(chunk))
    if colour == _PALETTE:
        entries = len(_payload(b"".join(parts[_PLTE]))) // 3
        return chunk if 1 <= size <= min(entries, 1 << bits) else b""
    return chunk if chunk and size == _KEY_SIZES.get(colour) else b""


def _grey_key(transparency: bytes, bits: int) -> int:
    """The transparent grey in the scale that OpenCV decodes to: 0..65535 for 16 bits, else 0..255."""
    key = int.from_bytes(_payload(transparency), "big") & ((1 << bits) - 1)
    return key if bits == 16 else key * 255 // ((1 << bits) - 1)


def _read_orientation(data: bytes) -> int:
    for kind, start, end in _chunks(data):
        if kind == b"eXIf" and _is_sound(data[start:end]):
            return read_orientation(_payload(data[start:end]))
    return UPRIGHT


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end of each whole chunk, up to IEND or to where the file breaks off.

    Raises InvalidImageError past MAX_CHUNKS.
    """
    position = len(SIGNATURE)
    for _ in range(MAX_CHUNKS):
        length = int.from_bytes(data[position : position + 4], "big")
        kind, end = data[position + 4 : position + 8], position + 12 + length
        if end > len(data):
            return
        yield kind, position, end
        if kind == _IEND:
            return
        position = end
    raise InvalidImageError("The PNG has too many chunks; save it anew without metadata.")


def _payloads(data: bytes) -> Iterator[tuple[bytes, bytes | None]]:
    """Kind and payload of each whole chunk; None for a payload with a wrong CRC."""
    for kind, start, end in _chunks(data):
        chunk = data[start:end]
        yield kind, _payload(chunk) if _is_sound(chunk) else None


def _chunk(kind: bytes, payload: bytes) -> bytes:
    crc = zlib.crc32(kind + payload)
    return len(payload).to_bytes(4, "big") + kind + payload + crc.to_bytes(4, "big")


def _payload(chunk: bytes) -> bytes:
    return chunk[8:-4]


def _is_sound(chunk: bytes) -> bool:
    return zlib.crc32(memoryview(chunk)[4:-4]) == int.from_bytes(chunk[-4:], "big")
