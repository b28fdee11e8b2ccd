"""Face detection on the labelled images beside the checkout: recall and right counts, per source.

    python -m benchmarks.detection ../shared/data

Every labelled image shows at least one face. Scenes were counted by eye where two detectors (CenterFace
and YuNet) did not both find exactly one face; `scene_counts.csv` holds those counts by sha256, and every
other scene counts one.
"""

import csv
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import typer

from bonaface.detection.base import Detector
from bonaface.detection.registry import open_detector
from bonaface.imaging.decode import decode
from bonaface.models.catalog import load_catalog
from bonaface.models.store import ModelStore
from bonaface.runtime.engines import session_factory
from bonaface.settings import ImageLimits, Settings, load_settings

COUNTS = Path(__file__).with_name("scene_counts.csv")


@dataclass
class Tally:
    """Images of one source: all, with a face found, with the right number of faces."""

    scene: str
    images: int = 0
    found: int = 0
    right: int = 0


def measure(data: Path, settings: Settings) -> dict[str, Tally]:
    """Tallies by source over every image of `data/manifest.csv`."""
    detector = _detector(settings)
    counts = {row["sha256"]: int(row["faces"]) for row in _rows(COUNTS)}
    tallies: dict[str, Tally] = {}
    for row in _rows(data / "manifest.csv"):
        tally = tallies.setdefault(row["source"], Tally(row["scene"]))
        image = decode((data / row["path"]).read_bytes(), ImageLimits(min_side=1))
        faces = detector.detect(image)
        tally.images += 1
        tally.found += bool(faces)
        tally.right += len(faces) == counts.get(row["sha256"], 1)
    return tallies


def markdown(tallies: dict[str, Tally]) -> str:
    """The tallies as a table; right counts for whole scenes only, since a crop is cut round one face."""
    lines = ["| source | images | a face found | right number of faces |", "|---|---:|---:|---:|"]
    total: dict[str, int] = defaultdict(int)
    for source, tally in sorted(tallies.items()):
        right = f"{tally.right / tally.images:.1%}" if tally.scene == "full" else "(crops)"
        lines.append(f"| {source} | {tally.images} | {tally.found / tally.images:.1%} | {right} |")
        total["images"] += tally.images
        total["found"] += tally.found
    lines.append(f"| all | {total['images']} | {total['found'] / total['images']:.1%} | |")
    return "\n".join(lines)


def _detector(settings: Settings) -> Detector:
    models = settings.models
    entry = load_catalog().detector(models.detector)
    return open_detector(entry, ModelStore(models.directory), session_factory(models.runtime), lanes=1)


def _rows(path: Path) -> Iterable[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


if __name__ == "__main__":
    typer.echo(markdown(measure(Path(sys.argv[1]), load_settings())))
