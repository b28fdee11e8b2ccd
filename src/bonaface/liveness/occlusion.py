"""Which parts of a face and of what is round it a verdict goes by: hidden one by one.

Occlusion (Zeiler and Fergus, *Visualizing and Understanding Convolutional Networks*, 2014): a part is
covered, and the log-odds are asked for again; by what they fall, the part spoke for bona fide. It needs no
gradient, so it works on any engine, and it looks at the fused networks as one.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bonaface.geometry import Box
from bonaface.imaging.picture import Picture
from bonaface.imaging.turn import turned
from bonaface.imaging.types import RgbImage
from bonaface.liveness.base import LivenessModel
from bonaface.liveness.heatmap_picture import heatmap_picture
from bonaface.types import Detection, Heatmap

GRID = 8
"""Parts a side: what a map costs is 65 times the log-odds of the face, whatever the image."""
REACH = 2.0
"""Side of what is mapped, in longer sides of the face's box; it ends at the image."""
DECIMALS = 3

Check = Callable[[], None]
Cells = NDArray[np.float64]


def heatmap_of(model: LivenessModel, picture: Picture, face: Detection, check: Check) -> Heatmap:
    """The map of a face in pixels of the full image, found in the smallest view that will do.

    check: is called before each row, and may raise. Raises what `model` does.
    """
    view, quarters = picture.view_of(face.box), face.landmarks.quarters
    height, width = view.pixels.shape[:2]
    image = turned(view.pixels, -quarters)
    box = view.box_in(face.box).rounded().turned(-quarters, width, height)
    region = region_of(box, image.shape[1], image.shape[0])
    cells = np.rot90(occluded(model, image, box, region, check), -quarters)  # of a quarter-turn clockwise
    there = region.turned(quarters, image.shape[1], image.shape[0])
    whole = there.moved(view.left, view.top).scaled(view.reduction).within(picture.width, picture.height)
    rounded = np.round(cells, DECIMALS) + 0.0  # no -0.0
    return Heatmap(whole, tuple(map(tuple, rounded.tolist())), *heatmap_picture(rounded))


def region_of(box: Box, width: int, height: int) -> Box:
    """The square round a box that is mapped, on whole pixels, as far as it is in the image."""
    half = REACH * max(box.width, box.height) / 2
    x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    x0, y0 = max(round(x - half), 0), max(round(y - half), 0)
    return Box(x0, y0, max(min(round(x + half), width), x0 + 1), max(min(round(y + half), height), y0 + 1))


def occluded(model: LivenessModel, image: RgbImage, box: Box, region: Box, check: Check) -> Cells:
    """By what the log-odds of the face in `box` fall when a part of `region` is hidden: GRID x GRID, by rows.

    Above 0: what is there speaks for bona fide; below: for an attack. A part is hidden under its mean colour.
    image: H x W x 3 uint8 RGB, left as it is.
    """
    canvas = image.copy()
    plain = model.log_odds(canvas, [box])[0]
    columns = np.linspace(region.x0, region.x1, GRID + 1).round().astype(int)
    rows = np.linspace(region.y0, region.y1, GRID + 1).round().astype(int)
    cells = np.zeros((GRID, GRID))
    for row in range(GRID):
        check()
        for column in range(GRID):
            part = canvas[rows[row] : rows[row + 1], columns[column] : columns[column + 1]]
            if part.size:
                before = part.copy()
                part[:] = part.mean(axis=(0, 1)).round()
                cells[row, column] = plain - model.log_odds(canvas, [box])[0]
                part[:] = before
    return cells
