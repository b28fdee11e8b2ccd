"""Which picture of an animated PNG is seen first: that is the one that is read.

Source: PNG specification, third edition (W3C, 2025), 4.9 and 11.3.6. What is wrong in acTL makes the file a
still; what is wrong in the first frame is an error, as in Chromium, which then shows nothing.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bonaface.errors import InvalidImageError

_ACTL, _FCTL, _FDAT, _IDAT = b"acTL", b"fcTL", b"fdAT", b"IDAT"
_PLAYS = struct.Struct(">II")
_CONTROL = struct.Struct(">IIIIIHHBB")
_NUMBER = struct.Struct(">I")
_MOST_FRAMES = 2**31 - 1
_LAST_DISPOSAL, _LAST_BLENDING = 2, 1
_BROKEN = "The first frame of the animated PNG is truncated or corrupt; send the whole file."

Chunk = tuple[bytes, bytes | None]
"""Kind and payload; None in place of a payload with a wrong CRC."""


@dataclass(frozen=True, slots=True)
class Area:
    """Where a frame lies on the canvas, in pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame that is not the still picture: its place, and the parts of its compressed data."""

    area: Area
    data: list[bytes]


def first_frame(chunks: Iterable[Chunk], width: int, height: int) -> Frame | None:
    """The first frame of the animation; None where the still picture (IDAT) is what is seen first.

    That is so without a sound acTL before the still, and where a fcTL stands before it. `width` and `height`
    are the canvas. Nothing is unpacked. Raises InvalidImageError where the first frame leaves the canvas or
    a chunk of it is damaged, missing or out of order.
    """
    every = list(chunks)
    still = next((at for at, (kind, _) in enumerate(every) if kind == _IDAT), 0)
    if not any(kind == _ACTL and _announces_frames(payload) for kind, payload in every[:still]):
        return None
    controls = [payload for kind, payload in every[:still] if kind == _FCTL and payload is not None]
    if not controls:
        return _behind_still(every[still:], Area(0, 0, width, height))
    if any(_area(control, number) != Area(0, 0, width, height) for number, control in enumerate(controls)):
        raise InvalidImageError(_BROKEN)
    return None


def _behind_still(chunks: Sequence[Chunk], canvas: Area) -> Frame:
    area, data, number, before = None, list[bytes](), 0, b""
    for kind, payload in chunks:
        if kind == _FCTL and data:
            break
        if kind == _FCTL and payload is not None:
            area = _area(payload, number)
        elif kind == _FDAT:
            data.append(_part(payload, number, follows=before == _FDAT or not data))
        number += kind == _FDAT or (kind == _FCTL and payload is not None)
        before = kind
    if area is None or not data or not _lies_within(area, canvas):
        raise InvalidImageError(_BROKEN)
    return Frame(area, data)


def _announces_frames(payload: bytes | None) -> bool:
    """Whether this is the payload of an acTL, with a number of frames that may be."""
    if payload is None or len(payload) != _PLAYS.size:
        return False
    return 1 <= int(_PLAYS.unpack(payload)[0]) <= _MOST_FRAMES


def _area(payload: bytes, number: int) -> Area:
    """What a fcTL says, which must be the chunk of this number."""
    if len(payload) != _CONTROL.size:
        raise InvalidImageError(_BROKEN)
    found, width, height, x, y, _, _, disposal, blending = _CONTROL.unpack(payload)
    if found != number or disposal > _LAST_DISPOSAL or blending > _LAST_BLENDING:
        raise InvalidImageError(_BROKEN)
    return Area(x, y, width, height)


def _part(payload: bytes | None, number: int, *, follows: bool) -> bytes:
    """The compressed data of a fdAT, which must be the chunk of this number and follow the last one."""
    if payload is None or not follows or payload[: _NUMBER.size] != _NUMBER.pack(number):
        raise InvalidImageError(_BROKEN)
    return payload[_NUMBER.size :]


def _lies_within(area: Area, canvas: Area) -> bool:
    fits = area.x + area.width <= canvas.width and area.y + area.height <= canvas.height
    return fits and area.width > 0 and area.height > 0
