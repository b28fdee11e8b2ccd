"""Animated PNG, whole and wrong in every chunk: what is seen first is one plain colour for each picture."""

import struct
import zlib

import numpy as np

from support.pictures import png as pngs
from support.pictures.png import END, Samples, chunk

WIDTH, HEIGHT = 96, 88
STILL, FIRST, SECOND, CLEAR = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
"""Colours: of the still picture, of the frames behind it, of the canvas."""
PART = (30, 20, 10, 5)
"""Width, height, x and y of a frame that is smaller than the canvas."""
INSIDE, OUTSIDE = (15, 10), (80, 80)
"""Points, x and y, inside and outside of PART."""
START = pngs.header(WIDTH, HEIGHT)


def plain(colour: tuple[int, ...], width: int = WIDTH, height: int = HEIGHT) -> Samples:
    """A picture of one colour."""
    return np.full((height, width, len(colour)), colour)


def animation(frames: int = 2) -> bytes:
    """How many frames there are."""
    return chunk(b"acTL", struct.pack(">II", frames, 0))


def control(
    number: int, place: tuple[int, ...] = (WIDTH, HEIGHT, 0, 0), dispose: int = 0, blend: int = 0
) -> bytes:
    """Where the next frame lies."""
    return chunk(b"fcTL", struct.pack(">IIIIIHHBB", number, *place, 1, 10, dispose, blend))


def packed(samples: Samples) -> bytes:
    """Pixels as IDAT and fdAT hold them."""
    return zlib.compress(pngs.pack(samples, 8))


def frame_data(number: int, data: bytes) -> bytes:
    """Data of a frame."""
    return chunk(b"fdAT", struct.pack(">I", number) + data)


def damaged(sound: bytes) -> bytes:
    """The chunk with a wrong CRC."""
    return sound[:-1] + bytes([sound[-1] ^ 1])


IDAT = chunk(b"IDAT", packed(plain(STILL)))
ONE, TWO = packed(plain(FIRST)), packed(plain(SECOND))
SMALL = packed(plain(FIRST, *PART[:2]))
LAST = control(2) + frame_data(3, TWO)
FRAMES = control(0) + frame_data(1, ONE) + LAST
NEXT = control(1) + frame_data(2, ONE)
TEXT = chunk(b"tEXt", b"a\0b")


def _file(*parts: bytes) -> bytes:
    return START + b"".join(parts) + END


def _hidden(*frames: bytes) -> bytes:
    """The still is no frame of the animation."""
    return _file(animation(), IDAT, *frames)


SHOW_STILL = {
    "still is the first frame": _file(animation(), control(0), IDAT, NEXT),
    "still is the first frame, fcTL before acTL": _file(control(0), animation(), IDAT, NEXT),
    "two whole fcTL before the still": _file(
        animation(), control(0), control(1), IDAT, control(2), frame_data(3, ONE)
    ),
    "no acTL": _file(IDAT, FRAMES),
    "acTL of no frames": _file(animation(0), IDAT, FRAMES),
    "acTL of too many frames": _file(animation(2**31), IDAT, FRAMES),
    "acTL behind the still": _file(IDAT, animation(), FRAMES),
    "acTL with a wrong CRC": _file(damaged(animation()), IDAT, FRAMES),
    "acTL too short": _file(chunk(b"acTL", bytes(3) + b"\2"), IDAT, FRAMES),
    "acTL too long": _file(chunk(b"acTL", bytes(3) + b"\2" + bytes(5)), IDAT, FRAMES),
}
SHOW_FIRST = {
    "still is hidden": _hidden(FRAMES),
    "one frame": _file(animation(1), IDAT, control(0), frame_data(1, ONE)),
    "more frames announced than there are": _file(animation(5), IDAT, FRAMES),
    "fewer frames announced than there are": _file(animation(1), IDAT, FRAMES),
    "a second acTL": _file(animation(), animation(0), IDAT, FRAMES),
    "a good acTL after bad ones": _file(damaged(animation()), animation(0), animation(), IDAT, FRAMES),
    "data in two chunks": _hidden(
        control(0), frame_data(1, ONE[:9]), frame_data(2, ONE[9:]), control(3), frame_data(4, TWO)
    ),
    "text around the frame": _hidden(TEXT, control(0), TEXT, frame_data(1, ONE), TEXT, LAST),
    "fcTL before the still has a wrong CRC": _file(animation(), damaged(control(0)), IDAT, FRAMES),
    "fcTL with a wrong CRC, then a good one": _hidden(damaged(control(0)), FRAMES),
    "two fcTL before the frame": _hidden(control(0, PART), control(1), frame_data(2, ONE)),
    "second frame is junk": _hidden(control(0), frame_data(1, ONE), control(2), frame_data(3, b"junk")),
    "second fcTL makes no sense": _hidden(
        control(0), frame_data(1, ONE), control(2, (0, 0, 0, 0)), frame_data(3, TWO)
    ),
    "second fcTL has a wrong number": _hidden(control(0), frame_data(1, ONE), control(7), frame_data(3, TWO)),
    "data of the hidden still is cut": _file(
        animation(), chunk(b"IDAT", packed(plain(STILL, WIDTH, 9))), FRAMES
    ),
}
SHOW_PART = {
    f"a small frame, dispose {dispose}, blend {blend}": _hidden(
        control(0, PART, dispose, blend), frame_data(1, SMALL), LAST
    )
    for dispose in (0, 1, 2)
    for blend in (0, 1)
}
SHOW_NOTHING = {
    "fcTL before the still is small": _file(animation(), control(0, (30, 20, 0, 0)), IDAT, NEXT),
    "fcTL before the still and acTL is small": _file(control(0, (30, 20, 0, 0)), animation(), IDAT, NEXT),
    "fcTL before the still has a wrong number": _file(animation(), control(5), IDAT, NEXT),
    "fcTL before the still is short": _file(animation(), chunk(b"fcTL", bytes(20)), IDAT, NEXT),
    "fcTL before the still has dispose 3": _file(animation(), control(0, dispose=3), IDAT, NEXT),
    "fcTL with a wrong CRC": _hidden(damaged(control(0)), frame_data(1, ONE), LAST),
    "fcTL too short": _hidden(chunk(b"fcTL", control(0)[8:-5]), frame_data(1, ONE), LAST),
    "fcTL with a wrong number": _hidden(control(5), frame_data(1, ONE), LAST),
    "fcTL with dispose 3": _hidden(control(0, dispose=3), frame_data(1, ONE), LAST),
    "fcTL with blend 2": _hidden(control(0, blend=2), frame_data(1, ONE), LAST),
    "frame leaves the canvas": _hidden(control(0, (WIDTH, HEIGHT, 1, 0)), frame_data(1, ONE), LAST),
    "frame without width": _hidden(control(0, (0, HEIGHT, 0, 0)), frame_data(1, ONE), LAST),
    "frame of billions of pixels": _hidden(
        control(0, (2**31 - 1, 2**31 - 1, 0, 0)), frame_data(1, ONE), LAST
    ),
    "fdAT with a wrong number": _hidden(control(0), frame_data(5, ONE), LAST),
    "fdAT without a number": _hidden(control(0), chunk(b"fdAT", b"\0"), LAST),
    "fdAT before fcTL": _hidden(frame_data(0, ONE), control(1), frame_data(2, TWO)),
    "frame's data is cut": _hidden(control(0), frame_data(1, packed(plain(FIRST, WIDTH, 9))), LAST),
    "frame's data is junk": _hidden(control(0), frame_data(1, b"junkjunk"), LAST),
    "frame's data with text between": _hidden(
        control(0), frame_data(1, ONE[:9]), TEXT, frame_data(2, ONE[9:])
    ),
    "no frame": _hidden(),
    "no data": _hidden(control(0)),
    "hidden still has a wrong CRC": _file(animation(), damaged(IDAT), FRAMES),
}
"""In Chromium; the product refuses them."""
DAMAGED = {
    "fdAT with a wrong CRC": _hidden(control(0), damaged(frame_data(1, ONE)), LAST),
    "no IEND": _hidden(FRAMES)[: -len(END)],
    "cut in the second frame": _hidden(FRAMES)[: -len(END) - 30],
    "unknown critical chunk between frames": _hidden(control(0), frame_data(1, ONE), chunk(b"CgBI"), LAST),
}
"""Chromium shows the first frame; the product refuses them, as it does a still that is damaged so."""
