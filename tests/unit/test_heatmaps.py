"""Which faces get a heatmap."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from bonaface.geometry import Box
from bonaface.heatmaps import Heatmaps
from bonaface.imaging.picture import Picture
from bonaface.imaging.types import RgbImage
from bonaface.timings import Stage, Timings
from bonaface.types import Detection, HeatmapRequest
from support.models.analyses import a_face, an_analysis

BOXES = (Box(0, 0, 90, 90), Box(235, 150, 315, 225), Box(400, 300, 450, 340))
"""The largest one first; the second is in the middle of 550 x 375."""
ANALYSIS = an_analysis(*[a_face(box=box) for box in BOXES])
FOUND = [Detection(face.box, face.landmarks, 1.0) for face in ANALYSIS.faces]
PICTURE = Picture.of(np.zeros((375, 550, 3), np.uint8))


class Flat:
    """Says the same of every face."""

    def log_odds(self, image: RgbImage, boxes: Sequence[Box]) -> NDArray[np.float64]:
        return np.zeros(len(boxes))

    def warm_up(self) -> None:
        return


@pytest.mark.parametrize(
    ("request_", "most", "expected"),
    [
        (HeatmapRequest(), 4, [[0, 1, 2], [0]]),
        (HeatmapRequest(), 2, [[0, 1], []]),
        (HeatmapRequest(), 0, [[], []]),
        (HeatmapRequest(a_frame=1), 4, [[0], [0]]),
        (HeatmapRequest(is_central=True, a_frame=1), 4, [[1], [1]]),
        (HeatmapRequest(is_central=True), 2, [[1, 2], []]),
    ],
)
def test_as_many_as_one_request_may_have(
    request_: HeatmapRequest, most: int, expected: list[list[int]]
) -> None:
    maps = Heatmaps(Flat(), request_, most, lambda: None)
    timings = Timings()
    for places in expected:
        faces = maps.added(ANALYSIS, PICTURE, FOUND, timings).faces
        assert [place for place, face in enumerate(faces) if face.heatmap is not None] == places
        assert [face.box for face in faces] == list(BOXES)
    assert [timing.stage for timing in timings.entries] == [Stage.HEATMAP] * sum(map(len, expected))
