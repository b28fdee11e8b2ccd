"""Flat bars round a picture, as letterboxing and fitting into a square leave them, and what is within them.

Nothing of the scene is in such bars, yet networks that look at what is round a face would judge it by them.
Only what was put there afterwards counts: rows, or columns, of one colour all along that end from one row to
the next. A burnt-out wall ends where things stand in front of it, and the dark bezel of a screen in a capture
ends over several rows, since no camera is that sharp or that straight: both stay.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bonaface.imaging.types import RgbImage

FLAT = 3
"""Levels by which a sample of a bar may differ from its colour: JPEG's rounding, far from anything else."""
RINGING = 16
"""Rows, at most, that are not flat any more though the picture has not begun: a JPEG block of chroma at half
resolution."""
NEAR = 24
"""Levels by which samples of those rows may differ from the bar's colour."""
CONTRAST = 12
"""Levels by which a sample of the picture differs that tells where it begins."""
TELLING = 0.15
"""Share of a row's samples that must tell it."""
ROWS = 5
"""Rows of the picture whose mean is what a sample differs by."""
SAMPLES = 96
"""Samples of a row that are looked at, about."""
STRIDE = 8
"""Rows from one that is looked at for being flat to the next."""
LUMA = np.array([0.299, 0.587, 0.114], np.float32)
LAYERS = 3
"""Bars within bars."""
SPAN = 0.2
"""Share of a side of the picture that lies between the first sample and the last that tell of it."""
LEAST_SIDE = 16
"""Pixels, at least, that are left of either side."""


@dataclass(frozen=True, slots=True)
class Content:
    """A rectangle of whole pixels: columns x0 to before x1, rows y0 to before y1."""

    x0: int
    y0: int
    x1: int
    y1: int


@dataclass(frozen=True, slots=True)
class _Edge:
    """sudden: share of a sample's difference that is reached within two rows, one more than an exact edge
    has, since a resize mixes a row; agreed: share of the samples that begin at the same row.
    """

    sudden: float
    agreed: float


_FIRST = _Edge(sudden=0.85, agreed=0.6)
_FURTHER = _Edge(sudden=0.5, agreed=0.35)
"""Where a picture has one bar for certain, others are likely."""


def content_of(image: RgbImage) -> Content:
    """What is left of H x W x 3, uint8, without flat bars at its edges: all of it where there are none."""
    left, top, edge = 0, 0, _FIRST
    bottom, right = image.shape[:2]
    for _ in range(LAYERS):
        above, below = _bars(image[top:bottom, left:right], edge)
        edge = _FURTHER if above + below else edge
        inside = image[top + above : bottom - below, left:right]
        before, after = _bars(inside.transpose(1, 0, 2), edge)
        if not above + below + before + after:
            break
        top, bottom, left, right = top + above, bottom - below, left + before, right - after
        edge = _FURTHER
    found = Content(left, top, right, bottom)
    height, width = image.shape[:2]
    return found if _ends_straight(image, found) else Content(0, 0, width, height)


def _ends_straight(image: RgbImage, found: Content) -> bool:
    """Whether the picture meets each of its bars along that bar, not as an oval or a cut-out head does, of
    which rows would be lost."""
    columns, rows = slice(found.x0, found.x1), slice(found.y0, found.y1)
    turned = image.transpose(1, 0, 2)
    sides = (
        (image[:, columns], found.y0),
        (image[::-1, columns], len(image) - found.y1),
        (turned[:, rows], found.x0),
        (turned[::-1, rows], len(turned) - found.x1),
    )
    return all(_spans(side, bar) for side, bar in sides if bar)


def _spans(side: RgbImage, bar: int) -> bool:
    """Whether what begins after `bar` rows reaches over enough of the side; true where nothing tells."""
    some = side[:, :: max(side.shape[1] // SAMPLES, 1)]
    begun = np.abs((some[bar : bar + 2] @ LUMA).mean(axis=0) - some[0] @ LUMA) >= CONTRAST
    places = np.flatnonzero(begun)
    return len(places) == 0 or bool(places[-1] - places[0] + 1 >= SPAN * len(begun))


def _bars(image: RgbImage, edge: _Edge) -> tuple[int, int]:
    """Rows of the bars at the top and at the bottom; none = 0."""
    some = image[:, :: max(image.shape[1] // SAMPLES, 1)]
    sides = some, some[::-1]
    flat = [_flat_rows(side) for side in sides]
    if not any(flat):
        return 0, 0
    above, below = (_bar(side, rows, edge) if rows else 0 for side, rows in zip(sides, flat, strict=True))
    above, below = above or _as_other(sides[0], below, flat[0]), below or _as_other(sides[1], above, flat[1])
    return (above, below) if len(image) - above - below >= LEAST_SIDE else (0, 0)


def _as_other(side: RgbImage, rows: int, flat: int) -> int:
    """A bar as wide as the other one, where nothing but ringing lies between what is flat and its end."""
    if not flat or flat + RINGING < rows:
        return 0
    ringing = _apart(side[flat:rows], side[0, side.shape[1] // 2])
    return rows if (ringing <= NEAR).all() else 0


def _flat_rows(side: RgbImage) -> int:
    """Rows from the first on that have its one colour; none = 0, and none where all have."""
    if np.ptp(side[0], axis=0).max() > 2 * FLAT:
        return 0
    colour = side[0, side.shape[1] // 2]
    for start in range(0, len(side), STRIDE * STRIDE):
        block = side[start : start + STRIDE * STRIDE]
        coarse = _apart(block[::STRIDE], colour).max(axis=1) > FLAT
        if coarse.any():
            first = max(start + (int(np.argmax(coarse)) - 1) * STRIDE, 0)
            fine = _apart(side[first : first + STRIDE + 1], colour).max(axis=1) > FLAT
            return first + int(np.argmax(fine))
    return 0


def _bar(side: RgbImage, flat: int, edge: _Edge) -> int:
    """Rows of the bar of which the first `flat` are flat; 0 where no picture begins suddenly after it."""
    light = side[flat - 1 : flat + RINGING + ROWS + 1] @ LUMA  # JPEG blurs colours
    apart = np.abs(light - side[0, side.shape[1] // 2] @ LUMA)
    if len(apart) < ROWS + 2:
        return 0
    sums = np.cumsum(apart, axis=0)
    full = (sums[ROWS + 1 :] - sums[1:-ROWS]) / ROWS  # of the rows after each but the first
    before, at, after = apart[: len(full)], apart[1 : len(full) + 1], apart[2 : len(full) + 2]
    telling = full >= CONTRAST
    sudden = telling & (before <= NEAR) & (after - before >= edge.sudden * full)
    counts = telling.sum(axis=1)
    begun = (counts >= TELLING * side.shape[1]) & (sudden.sum(axis=1) >= edge.agreed * counts)
    if not begun.any():
        return 0
    row = int(np.argmax(begun))
    is_mixed = (at[row] < full[row] / 2)[sudden[row]].mean() > 0.5
    return flat + row + int(is_mixed)


def _apart(rows: RgbImage, colour: NDArray[np.uint8]) -> NDArray[np.int32]:
    """By how many levels each sample differs from `colour`."""
    return np.asarray(np.abs(rows.astype(np.int32) - colour).max(axis=2), np.int32)
