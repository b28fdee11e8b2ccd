"""What an early answer of the face finder would change.

A first look at a smaller picture would be the answer where it shows a large, sure face. A picture that is no
larger anyway is not looked at twice.

    python -m benchmarks.first_look ../shared/data [--side 192] [--share 0.2] [--every 5]

Of labelled images: how many would be answered early, how near the largest face's box is to today's, how far
its log-odds move and how many verdicts at balanced turn, and how many pictures lose a face. Nothing ships.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from bonaface import Analyzer
from bonaface.detection.base import Detector
from bonaface.detection.refiner import INPUT_SHAPES as REFINER_SHAPES
from bonaface.detection.refiner import Refiner
from bonaface.detection.two_stage import TwoStageDetector
from bonaface.detection.upright import AnyOrientation
from bonaface.detection.yunet import INPUT_SHAPES, YuNetDetector, YuNetOptions
from bonaface.imaging.picture import Picture
from bonaface.models.catalog import load_catalog
from bonaface.models.store import ModelStore
from bonaface.runtime.engines import session_factory
from bonaface.runtime.session import SessionOptions
from bonaface.settings import ImageLimits, load_settings
from bonaface.types import Detection, Preset

CONFIDENCE = 0.9
SMALL_TOO = ImageLimits(min_side=1)


@dataclass(frozen=True, slots=True)
class Early:
    """An image that is answered early; faces and log-odds are today's and then those of the first look.

    overlap: of the largest faces' boxes, shared over united area.
    """

    faces: tuple[int, int]
    overlap: float
    log_odds: tuple[float, float]


def main(
    data: Path,
    side: Annotated[int, typer.Option(help="longer side of the first look, in pixels")] = 192,
    share: Annotated[float, typer.Option(help="least side of the face in shares of the picture's")] = 0.2,
    every: Annotated[int, typer.Option(help="one image in so many")] = 5,
) -> None:
    """Prints what would change."""
    analyzer, first = Analyzer(load_settings().model_copy(update={"images": SMALL_TOO})), first_look(side)
    images, found = 0, []
    for path in islice(paths(data), 0, None, every):
        picture = analyzer.decode(path.read_bytes())
        images += 1
        is_smaller = max(picture.overview.pixels.shape[:2]) > side
        early = answered_early(analyzer, first, picture, share) if is_smaller else None
        if early is not None:
            found.append(early)
    typer.echo(told(analyzer, images, found))


def first_look(side: int) -> Detector:
    """The shipped finder and refiner, the finder at `side` alone."""
    models = load_settings().models
    entry, store = load_catalog().detector(models.detector), ModelStore(models.directory)
    factory = session_factory(models.runtime)
    finder = factory(partial(store.read, entry, entry.file), SessionOptions(lanes=1, shapes=INPUT_SHAPES))
    assert entry.refiner is not None, "the shipped detector has a refiner"
    refiner = factory(
        partial(store.read, entry, entry.refiner), SessionOptions(lanes=1, shapes=REFINER_SHAPES)
    )
    options = YuNetOptions(first_side=side, second_side=side)
    return TwoStageDetector(AnyOrientation(YuNetDetector(finder, options)), Refiner(refiner))


def paths(data: Path) -> Iterator[Path]:
    """Of all labelled images, in the manifest's order."""
    with (data / "manifest.csv").open(encoding="utf-8", newline="") as file:
        yield from (data / row["path"] for row in csv.DictReader(file))


def answered_early(analyzer: Analyzer, first: Detector, picture: Picture, share: float) -> Early | None:
    """What becomes of the image, or None where today's look is asked all the same or finds nothing."""
    view = picture.overview
    looked = [view.face_of(face).within(picture.width, picture.height) for face in first.detect(view.pixels)]
    if not looked or not is_large_and_sure(looked[0], picture, share):
        return None
    today = analyzer.detect(picture)
    if not today:
        return None
    scores = [
        float(analyzer.log_odds(picture, [faces[0].box], [faces[0].landmarks.quarters])[0])
        for faces in (today, looked)
    ]
    return Early((len(today), len(looked)), overlap(today[0], looked[0]), (scores[0], scores[1]))


def is_large_and_sure(face: Detection, picture: Picture, share: float) -> bool:
    """Whether a first look is enough."""
    longer = max(picture.width, picture.height)
    return face.confidence >= CONFIDENCE and max(face.box.width, face.box.height) >= share * longer


def overlap(one: Detection, other: Detection) -> float:
    """Shared over united area of the boxes."""
    a, b = one.box, other.box
    width = max(0.0, min(a.x1, b.x1) - max(a.x0, b.x0))
    height = max(0.0, min(a.y1, b.y1) - max(a.y0, b.y0))
    shared = width * height
    return shared / (a.area + b.area - shared)


def told(analyzer: Analyzer, images: int, found: list[Early]) -> str:
    """The figures, in words."""
    threshold = analyzer.policy.thresholds[Preset.BALANCED]
    verdicts = [[analyzer.score(one) >= threshold for one in early.log_odds] for early in found]
    moved = [abs(early.log_odds[0] - early.log_odds[1]) for early in found]
    return (
        f"{images} images, {len(found)} answered early; overlap {np.median([e.overlap for e in found]):.2f}, "
        f"log-odds move {np.median(moved):.2f} (medians); {sum(a != b for a, b in verdicts)} verdicts turn; "
        f"{sum(e.faces[1] < e.faces[0] for e in found)} lose a face"
    )


if __name__ == "__main__":
    typer.run(main)
