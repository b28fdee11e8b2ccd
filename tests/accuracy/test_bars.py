"""The same verdict for a picture in flat bars as for the picture, on real images."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from bonaface import Analyzer
from bonaface.evaluation.perturb import Bars, Jpeg
from bonaface.imaging.decode import decode
from bonaface.imaging.types import RgbImage
from bonaface.settings import ImageLimits
from bonaface.types import Box

PER_SOURCE = 4
MOST_TURNED = 0.05
LIMITS = ImageLimits(min_side=1)
KINDS = {
    "white frame of a tenth": Bars(0.1, 0.1, 255),
    "black bars above and below": Bars(0.0, 0.3, 0),
    "grey bars beside": Bars(0.25, 0.0, 128),
}


@dataclass(frozen=True)
class Case:
    pixels: RgbImage
    box: Box
    spoofing: bool


def _images(data: Path, label: str) -> Iterator[RgbImage]:
    groups: dict[str, list[Path]] = defaultdict(list)
    with (data / "manifest.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["label"] == label:
                groups[row["source"]].append(data / row["path"])
    for paths in groups.values():
        for path in sorted(paths)[:: max(len(paths) // PER_SOURCE, 1)][:PER_SOURCE]:
            image = decode(path.read_bytes(), LIMITS)
            if min(image.shape[:2]) >= 80:
                yield image


@pytest.fixture(scope="module", params=["bona_fide", "attack"])
def cases(request: pytest.FixtureRequest, analyzer: Analyzer, shared: Path) -> list[Case]:
    """Images with the right verdict, over all sources."""
    found = []
    for image in _images(shared / "data", request.param):
        faces = analyzer.analyze(image).faces
        if faces and faces[0].spoofing == (request.param == "attack"):
            found.append(Case(image, faces[0].box, faces[0].spoofing))
    assert len(found) >= 60
    return found


@pytest.mark.shared
@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", KINDS)
def test_bars_turn_hardly_a_verdict(analyzer: Analyzer, cases: list[Case], kind: str) -> None:
    turned = 0
    for case in cases:
        barred, box = KINDS[kind](case.pixels, case.box)
        faces = analyzer.analyze(Jpeg(90)(barred, box)[0]).faces
        turned += not faces or faces[0].spoofing != case.spoofing
        if faces:
            middle = np.add((faces[0].box.x0, faces[0].box.y0), (faces[0].box.x1, faces[0].box.y1)) / 2
            assert box.x0 < middle[0] < box.x1 or len(faces) > 1
            assert box.y0 < middle[1] < box.y1 or len(faces) > 1
    assert turned <= MOST_TURNED * len(cases)
