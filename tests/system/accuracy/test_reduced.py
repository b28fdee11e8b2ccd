"""A large JPEG, of which half is decoded, is judged as if all of it had been looked at.

The labelled images are small: they are enlarged to a phone photo's size. docs/adr/0004-reduced-size.md has
what the error rates do.
"""

from pathlib import Path

import numpy as np
import pytest

from bonaface import Analyzer
from bonaface.imaging.decode import decode, open_picture
from bonaface.quality.pose import estimate_pose
from bonaface.quality.reasons import find_reasons
from bonaface.settings import FaceSettings, ImageLimits
from bonaface.types import Reason
from support.pictures.labelled import sample
from support.pictures.large import InFull, enlarged, jpeg_of

COUNT = 36
LONGER = 4000
LIMITS = ImageLimits(max_bytes=20_000_000, min_side=1)
EACH, ON_AVERAGE = 0.08, 0.015
"""How far the score of a face may move: the largest of 300 measured is 0.05, their mean 0.005."""


@pytest.mark.shared
@pytest.mark.timeout(300)
def test_scores_faces_and_reasons_are_those_of_all_pixels(analyzer: Analyzer, shared: Path) -> None:
    moves, reduced, blurred = [], 0, 0
    for path in sample(shared, COUNT):
        data = jpeg_of(enlarged(decode(path.read_bytes(), LIMITS), LONGER))
        picture, full = open_picture(data, LIMITS), InFull(decode(data, LIMITS))
        reduced += picture.finest > 1
        found, others = analyzer.detect(picture), analyzer.detect(full)
        assert len(found) == len(others), path
        if not found:
            continue
        one, other = found[0], others[0]
        assert one.confidence == pytest.approx(other.confidence, abs=0.05), path
        assert one.box.x0 == pytest.approx(other.box.x0, abs=0.03 * other.box.width), path
        assert one.box.y1 == pytest.approx(other.box.y1, abs=0.03 * other.box.height), path
        odds = (analyzer.log_odds(seen, [other.box])[0] for seen in (picture, full))
        score, expected = (analyzer.score(float(value)) for value in odds)
        moves.append(abs(score - expected))
        assert moves[-1] <= EACH, path
        pose = estimate_pose(other.landmarks)
        reasons = [set(find_reasons(seen, other.box, pose, FaceSettings())) for seen in (picture, full)]
        assert reasons[0] ^ reasons[1] <= {Reason.BLURRED}, path
        blurred += Reason.BLURRED in reasons[0] ^ reasons[1]
    assert reduced == COUNT
    assert len(moves) >= COUNT - 4
    assert np.mean(moves) <= ON_AVERAGE
    assert blurred <= 1
