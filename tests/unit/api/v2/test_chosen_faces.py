"""Which faces are told."""

from bonaface.api.v2.chosen_faces import chosen, person_of
from bonaface.api.v2.schemas import Faces
from bonaface.geometry import Box
from support.models.analyses import a_face, an_analysis

LARGE = a_face(box=Box(0, 0, 200, 200))
CENTRAL = a_face(box=Box(240, 150, 310, 230))
SMALL = a_face(box=Box(480, 0, 540, 60))
CROWD = an_analysis(LARGE, CENTRAL, SMALL)


def test_all_the_largest_the_most_central() -> None:
    assert list(chosen(CROWD, Faces.ALL)) == [LARGE, CENTRAL, SMALL]
    assert list(chosen(CROWD, Faces.LARGEST)) == [LARGE]
    assert list(chosen(CROWD, Faces.CENTRAL)) == [CENTRAL]


def test_the_person_is_the_largest_unless_the_most_central_is_asked_for() -> None:
    assert person_of(CROWD, Faces.ALL) == person_of(CROWD, Faces.LARGEST) == LARGE
    assert person_of(CROWD, Faces.CENTRAL) == CENTRAL


def test_there_may_be_none() -> None:
    for faces in Faces:
        assert list(chosen(an_analysis(), faces)) == []
        assert person_of(an_analysis(), faces) is None
