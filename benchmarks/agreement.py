"""How near two face detectors are on the labelled images, and which small faces they find.

    python -m benchmarks.agreement ../shared/data [--detector bonaface-face] [--reference centerface]

The largest face of each image counts. A small face is that face shrunk to 60 pixels on a grey canvas of
640 x 480, away from the middle.
"""

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer

from bonaface.detection.base import Detector
from bonaface.detection.registry import open_detector
from bonaface.imaging.decode import decode
from bonaface.imaging.types import RgbImage
from bonaface.models.catalog import load_catalog
from bonaface.models.store import ModelStore
from bonaface.runtime.engines import session_factory
from bonaface.settings import ImageLimits, load_settings
from bonaface.types import Detection

COLUMNS = (
    *("source", "images", "found", "by the reference", "overlap, median", "5th %"),
    *("landmarks, median", "95th %", "small found", "by the reference"),
)
SMALL = 60
CANVAS = (480, 640)


@dataclass
class Source:
    """Of one source: images, faces found by both, shared over united areas, landmark errors in shares of the
    reference's box, and small faces found by either."""

    images: int = 0
    found: list[int] = field(default_factory=lambda: [0, 0])
    overlaps: list[float] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)
    small: list[int] = field(default_factory=lambda: [0, 0])
    shrunk: int = 0


def main(
    data: Path,
    detector: str = "bonaface-face",
    reference: str = "centerface",
    use: Annotated[str, typer.Option(help="train or measure")] = "",
) -> None:
    """Prints a line a source."""
    detectors = [_open(detector), _open(reference)]
    sources: dict[str, Source] = {}
    with (data / "manifest.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if use in ("", row["use"]):
                image = decode((data / row["path"]).read_bytes(), ImageLimits(min_side=1))
                _compare(sources.setdefault(row["source"], Source()), detectors, image)
    typer.echo(f"| {' | '.join(COLUMNS)} |\n|---{'|---:' * (len(COLUMNS) - 1)}|")
    for name, source in [*sorted(sources.items()), ("all", _joined(list(sources.values())))]:
        typer.echo(_line(name, source))


def _compare(source: Source, detectors: list[Detector], image: RgbImage) -> None:
    source.images += 1
    faces = [next(iter(detector.detect(image)), None) for detector in detectors]
    for index, face in enumerate(faces):
        source.found[index] += face is not None
    ours, theirs = faces
    if theirs is None:
        return
    small = _shrunk(image, theirs)
    source.shrunk += 1
    for index, detector in enumerate(detectors):
        source.small[index] += bool(detector.detect(small))
    if ours is not None:
        source.overlaps.append(_overlap(ours, theirs))
        gaps = [np.hypot(a.x - b.x, a.y - b.y) for a, b in zip(ours.landmarks, theirs.landmarks, strict=True)]
        source.errors.append(float(np.mean(gaps)) / max(theirs.box.width, theirs.box.height))


def _overlap(one: Detection, other: Detection) -> float:
    """Intersection over union of both boxes; 0..1."""
    a, b = one.box, other.box
    width, height = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
    shared = max(width, 0.0) * max(height, 0.0)
    return shared / max(a.area + b.area - shared, 1e-9)


def _shrunk(image: RgbImage, face: Detection) -> RgbImage:
    """The part of the image round the face that fits, on a canvas."""
    ratio = SMALL / max(face.box.width, face.box.height)
    method = cv2.INTER_AREA if ratio < 1 else cv2.INTER_LINEAR
    small = cv2.resize(image, None, fx=ratio, fy=ratio, interpolation=method)
    left, top = max(int(face.box.x0 * ratio) - 200, 0), max(int(face.box.y0 * ratio) - 150, 0)
    part = small[top : top + CANVAS[0] - 40, left : left + CANVAS[1] - 60]
    canvas = np.full((*CANVAS, 3), 127, np.uint8)
    canvas[30 : 30 + part.shape[0], 50 : 50 + part.shape[1]] = part
    return canvas


def _joined(sources: list[Source]) -> Source:
    total = Source()
    for source in sources:
        total.images += source.images
        total.shrunk += source.shrunk
        total.overlaps += source.overlaps
        total.errors += source.errors
        for index in range(2):
            total.found[index] += source.found[index]
            total.small[index] += source.small[index]
    return total


def _line(name: str, source: Source) -> str:
    found = [f"{count / source.images:.1%}" for count in source.found]
    small = [f"{count / max(source.shrunk, 1):.1%}" for count in source.small]
    near = [f"{np.percentile(source.overlaps, share):.3f}" for share in (50, 5)]
    off = [f"{np.percentile(source.errors, share):.2%}" for share in (50, 95)]
    return f"| {name} | {source.images} | " + " | ".join([*found, *near, *off, *small]) + " |"


def _open(name: str) -> Detector:
    models = load_settings().models
    factory = session_factory(models.runtime)
    return open_detector(load_catalog().detector(name), ModelStore(models.directory), factory, lanes=1)


if __name__ == "__main__":
    typer.run(main)
