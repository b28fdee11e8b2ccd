"""The labelled images beside the checkout, read through their manifest."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from bonaface.imaging.decode import decode
from bonaface.imaging.types import RgbImage
from bonaface.settings import ImageLimits

PER_SOURCE = 4
LIMITS = ImageLimits(min_side=1)


def sample(shared: Path, count: int) -> list[Path]:
    """`count` images, the same ones every time, spread evenly over every source and label."""
    groups: dict[tuple[str, str], list[Path]] = defaultdict(list)
    with (shared / "data" / "manifest.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            groups[row["source"], row["label"]].append(shared / "data" / row["path"])
    chosen: list[Path] = []
    turn = 0
    while len(chosen) < count:
        for key in sorted(groups):
            paths = sorted(groups[key])
            chosen.append(paths[turn * 7 % len(paths)])
        turn += 1
    return chosen[:count]


def some_of_each_source(data: Path, label: str, least_side: int) -> Iterator[RgbImage]:
    """label: `bona_fide` or `attack`; least_side: of the images, in pixels; smaller ones are left out."""
    groups: dict[str, list[Path]] = defaultdict(list)
    with (data / "manifest.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["label"] == label:
                groups[row["source"]].append(data / row["path"])
    for paths in groups.values():
        for path in sorted(paths)[:: max(len(paths) // PER_SOURCE, 1)][:PER_SOURCE]:
            image = decode(path.read_bytes(), LIMITS)
            if min(image.shape[:2]) >= least_side:
                yield image
