"""Which faces of an image are told, and which of them is the person whom it is of."""

import math
from collections.abc import Sequence

from bonaface.analysis import Analysis
from bonaface.api.v2.schemas import Faces
from bonaface.types import Face


def chosen(analysis: Analysis, faces: Faces) -> Sequence[Face]:
    """The faces that are told; the person, if there is one, comes first where only one is asked for."""
    if faces is Faces.ALL:
        return analysis.faces
    person = person_of(analysis, faces)
    return [] if person is None else [person]


def person_of(analysis: Analysis, faces: Faces) -> Face | None:
    """The most central face where that was asked for, else the largest; none where there is no face."""
    if faces is Faces.CENTRAL:
        return min(analysis.faces, key=lambda face: _off_centre(face, analysis), default=None)
    return next(iter(analysis.faces), None)


def _off_centre(face: Face, analysis: Analysis) -> float:
    """Pixels from the middle of the box to the middle of the image."""
    box = face.box
    across, down = box.x0 + box.x1 - analysis.width, box.y0 + box.y1 - analysis.height
    return math.hypot(across, down) / 2
