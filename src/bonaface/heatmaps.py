"""The heatmaps of one request: which faces get one, until as many are made as one may have."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bonaface.analysis import Analysis
from bonaface.imaging.picture import Picture
from bonaface.liveness.base import LivenessModel
from bonaface.liveness.occlusion import heatmap_of
from bonaface.timings import Stage, Timings
from bonaface.types import Detection, HeatmapRequest


class Heatmaps:
    """Made for one request, used by nothing else."""

    def __init__(
        self, model: LivenessModel, request: HeatmapRequest, most: int, check: Callable[[], None]
    ) -> None:
        """most: in all. check: is called before each row of a map, and may raise."""
        self._model = model
        self._request = request
        self._left = most
        self._check = check

    def added(
        self, analysis: Analysis, picture: Picture, found: Sequence[Detection], timings: Timings
    ) -> Analysis:
        """The analysis of a picture with a heatmap on each face that gets one; found: its faces in order."""
        if not self._left:
            return analysis
        faces = list(analysis.faces)
        places = sorted(range(len(faces)), key=lambda place: self._rank(analysis, place))
        count = self._left if self._request.a_frame is None else min(self._left, self._request.a_frame)
        for place in places[:count]:
            with timings.of(Stage.HEATMAP):
                heatmap = heatmap_of(self._model, picture, found[place], self._check)
            faces[place] = replace(faces[place], heatmap=heatmap)
            self._left -= 1
        return replace(analysis, faces=tuple(faces))

    def _rank(self, analysis: Analysis, place: int) -> float:
        return analysis.off_centre(analysis.faces[place]) if self._request.is_central else place
