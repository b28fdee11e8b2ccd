"""How the publishers of two PAD networks feed and read them, written out from their documents alone.

Nothing of bonaface's own cropping, batching or fusion is used here, so that it can be compared with it.
"""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bonaface.geometry import Box
from bonaface.runtime import onnx as _quiet  # noqa: F401 - imports ONNX Runtime with its reports off

import onnxruntime  # isort: skip

Pixels = NDArray[np.uint8]


def logits(model: Path, tensor: NDArray[np.float32]) -> NDArray[np.float64]:
    """The raw file's answer to one 1 x 3 x S x S picture."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return np.asarray(session.run(None, {name: tensor})[0][0], dtype=np.float64)


def softmax(values: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(values - values.max())
    return np.asarray(powers / powers.sum())


def minifasnet_input(image: Pixels, box: Box, scale: float) -> NDArray[np.float32]:
    """80 x 80, BGR, 0..255: the box grown about its centre and pushed back inside the image."""
    height, width = image.shape[:2]
    scale = min((height - 1) / box.height, (width - 1) / box.width, scale)
    new_width, new_height = box.width * scale, box.height * scale
    centre_x, centre_y = box.x0 + box.width / 2, box.y0 + box.height / 2
    left, top = centre_x - new_width / 2, centre_y - new_height / 2
    right, bottom = centre_x + new_width / 2, centre_y + new_height / 2
    if left < 0:
        right, left = right - left, 0
    if top < 0:
        bottom, top = bottom - top, 0
    if right > width - 1:
        left, right = left - (right - width + 1), width - 1
    if bottom > height - 1:
        top, bottom = top - (bottom - height + 1), height - 1
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    crop = bgr[int(max(top, 0)) : int(bottom) + 1, int(max(left, 0)) : int(right) + 1]
    return cv2.resize(crop, (80, 80)).astype(np.float32).transpose(2, 0, 1)[None]


def minifas128_input(image: Pixels, box: Box) -> NDArray[np.float32]:
    """128 x 128, RGB, 0..1: a square of 1.5 longer sides, mirrored where it leaves the image."""
    longer = max(box.width, box.height) * 1.5
    side = int(longer)
    left = int(box.x0 + box.width / 2 - longer / 2)
    top = int(box.y0 + box.height / 2 - longer / 2)
    mirrored = np.pad(image, ((side, side), (side, side), (0, 0)), mode="reflect")
    crop = mirrored[top + side : top + 2 * side, left + side : left + 2 * side]
    interpolation = cv2.INTER_AREA if side > 128 else cv2.INTER_LANCZOS4
    resized = cv2.resize(np.ascontiguousarray(crop), (128, 128), interpolation=interpolation)
    return np.asarray(resized.astype(np.float32) / 255, np.float32).transpose(2, 0, 1)[None]
