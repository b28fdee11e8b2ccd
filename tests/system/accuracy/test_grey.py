"""Grey pictures have their own log-odds: captures in colour never do, and attacks gain nothing by it."""

from pathlib import Path

import pytest

from bonaface import Analyzer
from bonaface.evaluation.perturb import grey
from bonaface.geometry import Box
from bonaface.imaging.chroma import MOST_COLOURED, coloured_share, is_grey
from bonaface.imaging.decode import decode
from bonaface.imaging.types import RgbImage
from support.pictures.labelled import LIMITS, sample, some_of_each_source

pytestmark = pytest.mark.shared


def _grey(image: RgbImage) -> RgbImage:
    return grey(image, Box(0, 0, 1, 1))[0]


def test_captures_in_colour_are_far_from_grey(shared: Path) -> None:
    for path in sample(shared, 300):
        image = decode(path.read_bytes(), LIMITS)
        assert coloured_share(image) > 10 * MOST_COLOURED, path
        assert is_grey(_grey(image))


@pytest.mark.timeout(300)
def test_no_more_attacks_pass_in_grey_than_in_colour(analyzer: Analyzer, shared: Path) -> None:
    passed = {"colour": 0, "grey": 0}
    for image in some_of_each_source(shared / "data", "attack", least_side=160):
        for name, made in (("colour", image), ("grey", _grey(image))):
            faces = analyzer.analyze(made).faces
            passed[name] += bool(faces) and not faces[0].spoofing
    assert 0 < passed["grey"] <= passed["colour"], passed
