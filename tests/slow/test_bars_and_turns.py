"""The same verdict for a picture in flat bars, or turned by quarters, as for the picture: on real images."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from bonaface import Analyzer
from bonaface.evaluation.perturb import Bars, Change, Jpeg, Turn
from bonaface.geometry import Box
from bonaface.imaging.types import RgbImage
from support.pictures.labelled import some_of_each_source

MOST_TURNED = 0.05
KINDS: dict[str, Change] = {
    "white frame of a tenth": Bars(0.1, 0.1, 255),
    "black bars above and below": Bars(0.0, 0.3, 0),
    "grey bars beside": Bars(0.25, 0.0, 128),
    "lying on its right": Turn(1),
    "on its head": Turn(2),
    "lying on its left": Turn(3),
}


@dataclass(frozen=True)
class Case:
    pixels: RgbImage
    box: Box
    spoofing: bool


@pytest.fixture(scope="module", params=["bona_fide", "attack"])
def cases(request: pytest.FixtureRequest, analyzer: Analyzer, shared: Path) -> list[Case]:
    """Images with the right verdict, over all sources."""
    found = []
    for image in some_of_each_source(shared / "data", request.param, least_side=80):
        faces = analyzer.analyze(image).faces
        if faces and faces[0].spoofing == (request.param == "attack"):
            found.append(Case(image, faces[0].box, faces[0].spoofing))
    assert len(found) >= 60
    return found


@pytest.mark.shared
@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", KINDS)
def test_hardly_a_verdict_turns(analyzer: Analyzer, cases: list[Case], kind: str) -> None:
    """A face that is lost turns a bona fide verdict; of an attack it lets nobody in."""
    turned = lost = beside = 0
    for case in cases:
        changed = KINDS[kind](case.pixels, case.box)
        assert changed is not None
        image, box = changed
        faces = analyzer.analyze(Jpeg(90)(image, box)[0]).faces
        turned += bool(faces) and faces[0].spoofing != case.spoofing
        lost += not faces
        beside += bool(faces) and not _middle_in(box, faces[0].box)
    assert turned + (0 if cases[0].spoofing else lost) <= MOST_TURNED * len(cases)
    assert lost <= 2 * MOST_TURNED * len(cases)
    assert beside <= MOST_TURNED * len(cases)


def _middle_in(box: Box, other: Box) -> bool:
    """Whether the middle of `other` is in `box`."""
    x, y = (other.x0 + other.x1) / 2, (other.y0 + other.y1) / 2
    return box.x0 < x < box.x1 and box.y0 < y < box.y1
