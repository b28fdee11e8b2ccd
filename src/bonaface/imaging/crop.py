"""Square crops around a face, as PAD networks want them.

Two published rules, each with the exact rounding of its origin, so that weights trained with one see
the same pixels here. Training uses these very functions.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import cv2
import numpy as np

from bonaface.geometry import Box
from bonaface.imaging.types import RgbImage as RgbImage

if TYPE_CHECKING:
    from cv2.typing import MatLike

CropRule = Callable[[RgbImage, Box, float, int], RgbImage]


def shifted_crop(image: RgbImage, box: Box, scale: float, size: int) -> RgbImage:
    """The box grown by `scale`, moved rather than cut to stay inside the image, resized to size x size.

    The growth is limited by the image: no side of the crop is longer than the image's. The aspect ratio
    changes with the resize, as in the training of the MiniFASNet family
    (minivision-ai, Silent-Face-Anti-Spoofing, Apache-2.0: described, not copied).
    Returns uint8 RGB, size x size x 3.
    """
    height, width = image.shape[:2]
    box_width, box_height = max(box.width, 1.0), max(box.height, 1.0)
    scale = min((height - 1) / box_height, (width - 1) / box_width, scale)
    half_width, half_height = box_width * scale / 2, box_height * scale / 2
    centre_x, centre_y = box.x0 + box_width / 2, box.y0 + box_height / 2
    x0, x1 = _shifted_span(centre_x, half_width, width)
    y0, y1 = _shifted_span(centre_y, half_height, height)
    return _resized(image[y0 : y1 + 1, x0 : x1 + 1], size, cv2.INTER_LINEAR)


def reflected_crop(image: RgbImage, box: Box, scale: float, size: int) -> RgbImage:
    """A square of `scale` times the box's longer side, mirrored where it leaves the image.

    The rule of the 128 x 128 MiniFAS releases (facenox, face-antispoof-onnx, Apache-2.0).
    Returns uint8 RGB, size x size x 3.
    """
    height, width = image.shape[:2]
    grown = max(box.width, box.height) * scale
    side = max(int(grown), 1)
    x0 = int(box.x0 + box.width / 2 - grown / 2)
    y0 = int(box.y0 + box.height / 2 - grown / 2)
    inside = image[max(y0, 0) : min(y0 + side, height), max(x0, 0) : min(x0 + side, width)]
    padded = cv2.copyMakeBorder(
        inside,
        max(-y0, 0),
        max(y0 + side - height, 0),
        max(-x0, 0),
        max(x0 + side - width, 0),
        cv2.BORDER_REFLECT_101,
    )
    return _averaged(padded, size) if side > size else _resized(padded, size, cv2.INTER_LANCZOS4)


CROP_RULES: dict[str, CropRule] = {"shifted": shifted_crop, "reflected": reflected_crop}
"""Rules by the name that the model catalog uses."""

_FLOATS_UP_TO = 800
"""Side, in pixels, of crops whose mean OpenCV takes faster in floats, conversion included: by a quarter."""


def pixels_under(image: RgbImage, box: Box) -> RgbImage:
    """The pixels of H x W x 3 under the box, a view of them; at least one."""
    x0, y0 = min(max(int(box.x0), 0), image.shape[1] - 1), min(max(int(box.y0), 0), image.shape[0] - 1)
    x1, y1 = max(int(np.ceil(box.x1)), x0 + 1), max(int(np.ceil(box.y1)), y0 + 1)
    return image[y0:y1, x0:x1]


def _shifted_span(centre: float, half: float, limit: int) -> tuple[int, int]:
    low, high = centre - half, centre + half
    if low < 0:
        low, high = 0.0, high - low
    if high > limit - 1:
        low, high = max(low - (high - limit + 1), 0.0), limit - 1.0
    return int(low), int(high)


def _averaged(crop: "MatLike", size: int) -> RgbImage:
    """Means over areas: to the bit those of OpenCV's own integers, which it has a faster way for where whole
    pixels are averaged.
    """
    side = len(crop)
    if side > _FLOATS_UP_TO or side % size == 0:
        return _resized(crop, size, cv2.INTER_AREA)
    means = cv2.resize(np.asarray(crop, np.float32), (size, size), interpolation=cv2.INTER_AREA)
    return np.rint(means).astype(np.uint8)


def _resized(crop: "MatLike", size: int, interpolation: int) -> RgbImage:
    return np.asarray(cv2.resize(crop, (size, size), interpolation=interpolation), dtype=np.uint8)
