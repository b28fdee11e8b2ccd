"""Pixels made fewer, cheaply: exact means of 2 x 2 first, whatever is left in one smooth step.

OpenCV's mean over any other area costs 40 ms for 12 megapixels; this takes 6 (docs/adr/0004-reduced-size.md).
"""

import cv2
import numpy as np

from bonaface.imaging.types import RgbImage


def halved(image: RgbImage) -> RgbImage:
    """Half the width and height, rounded up: means of 2 x 2 pixels, or of what an odd edge leaves of them."""
    height, width = image.shape[0] // 2, image.shape[1] // 2
    if image.shape[:2] == (2 * height, 2 * width):
        return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    half = np.empty((-(-image.shape[0] // 2), -(-image.shape[1] // 2), 3), dtype=np.uint8)
    blocks = (
        (half[:height, :width], image[: 2 * height, : 2 * width]),
        (half[:height, width:], image[: 2 * height, 2 * width :]),
        (half[height:, :width], image[2 * height :, : 2 * width]),
        (half[height:, width:], image[2 * height :, 2 * width :]),
    )
    for target, block in blocks:
        if target.size:
            size = target.shape[1], target.shape[0]
            target[...] = cv2.resize(block, size, interpolation=cv2.INTER_AREA)
    return half


def resized(image: RgbImage, width: int, height: int) -> RgbImage:
    """The image at `width` x `height` pixels, smooth where it becomes smaller; itself where it has that size.

    Halved while neither side falls under its target, then interpolated between four neighbours: over less
    than two pixels a side that leaves none out.
    """
    while image.shape[0] >= 2 * height and image.shape[1] >= 2 * width:
        image = halved(image)
    if image.shape[:2] == (height, width):
        return image
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
