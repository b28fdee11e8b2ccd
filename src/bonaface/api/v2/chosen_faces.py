"""Which faces of an image are told, and which of them is the person whom it is of."""

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
        return min(analysis.faces, key=analysis.off_centre, default=None)
    return next(iter(analysis.faces), None)
