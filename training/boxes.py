"""Face boxes of all images, found once by the product's own detector and kept in a file; and its teacher."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from bonaface.detection.base import Detector
from bonaface.detection.centerface import INPUT_SHAPES, CenterFaceDetector
from bonaface.detection.registry import open_detector
from bonaface.geometry import Box
from bonaface.imaging.crop import RgbImage
from bonaface.models.catalog import load_catalog
from bonaface.models.store import ModelStore
from bonaface.runtime.engines import session_factory
from bonaface.runtime.session import SessionOptions
from bonaface.settings import load_settings
from training.data import Sample, read_image

SHIPPED = "bonaface-face"
_BORDER = 0.3


def shipped_detector() -> Detector:
    """The detector that is part of the package, as the product runs it."""
    entry, store = load_catalog().detector(SHIPPED), ModelStore(load_settings().models.directory)
    return open_detector(entry, store, session_factory("auto"), lanes=1)


def open_centerface(centerface: Path) -> Detector:
    """CenterFace as the product runs it: what the shipped detector learns from."""
    session = session_factory("auto")(centerface.read_bytes, SessionOptions(shapes=INPUT_SHAPES))
    return CenterFaceDetector(session)


def find_box(detector: Detector, image: RgbImage) -> tuple[Box, str]:
    """The largest face and how it was found: `detected`, `bordered` (only with a border) or `assumed`.

    Tight crops of a face leave the detector nothing to see round it: a mirrored border helps there.
    """
    found = detector.detect(image)
    if found:
        return found[0].box, "detected"
    height, width = image.shape[:2]
    dx, dy = int(width * _BORDER), int(height * _BORDER)
    bordered = cv2.copyMakeBorder(image, dy, dy, dx, dx, cv2.BORDER_REFLECT_101)
    found = detector.detect(np.asarray(bordered, dtype=np.uint8))
    for face in found:
        box = _inside(face.box, dx, dy, width, height)
        if box.width > width * 0.25 and box.height > height * 0.25:
            return box, "bordered"
    return Box(width * 0.1, height * 0.1, width * 0.9, height * 0.95), "assumed"


def boxes_of(samples: Sequence[Sample], detector: Detector, cache: Path) -> dict[str, Box]:
    """Box of each sample by its path; those already in `cache` are not searched again."""
    known: dict[str, list[object]] = json.loads(cache.read_text()) if cache.exists() else {}
    for number, sample in enumerate(samples):
        if sample.path not in known:
            box, how = find_box(detector, read_image(sample))
            known[sample.path] = [box.x0, box.y0, box.x1, box.y1, how]
        if number % 500 == 499:
            print(f"boxes: {number + 1} of {len(samples)}", flush=True)
    cache.parent.mkdir(parents=True, exist_ok=True)
    cache.write_text(json.dumps(known))
    return {sample.path: Box(*map(_number, known[sample.path][:4])) for sample in samples}


def how_found(samples: Sequence[Sample], cache: Path) -> dict[str, dict[str, int]]:
    """Per source: how many boxes were detected, bordered, assumed."""
    known = json.loads(cache.read_text())
    counts: dict[str, Counter[str]] = {}
    for sample in samples:
        counts.setdefault(sample.source, Counter())[known[sample.path][4]] += 1
    return {source: dict(counter) for source, counter in sorted(counts.items())}


def _inside(box: Box, dx: int, dy: int, width: int, height: int) -> Box:
    x0, x1 = np.clip([box.x0 - dx, box.x1 - dx], 0, width).tolist()
    y0, y1 = np.clip([box.y0 - dy, box.y1 - dy], 0, height).tolist()
    return Box(x0, y0, x1, y1)


def _number(value: object) -> float:
    if not isinstance(value, int | float):
        raise TypeError("the box cache is damaged; remove it")
    return float(value)
