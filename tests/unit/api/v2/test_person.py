"""The verdict on the person of a capture."""

from dataclasses import replace

import pytest

from bonaface.api.v2.options import Options
from bonaface.api.v2.person import Person, person_in
from bonaface.api.v2.schemas import Quality
from bonaface.inspection import Inspection
from bonaface.types import Face, Finding, Inconsistency, Reason
from support.models.analyses import a_face, an_analysis, an_inspection

GOOD, FAKE, BLURRED = a_face(), a_face(spoofing=True), a_face(Reason.BLURRED)
REQUIRE = Options(quality=Quality.REQUIRE)


def capture(*faces: Face | None) -> Inspection:
    return an_inspection(*(an_analysis() if face is None else an_analysis(face) for face in faces))


def test_the_score_is_the_mean_of_the_frames_with_a_face() -> None:
    person = person_in(capture(GOOD, None, FAKE), Options())
    assert person == Person(0.5, (0, 2), True, ())


def test_nobody() -> None:
    assert person_in(capture(None, None), Options()) is None


def test_frames_that_do_not_meet_a_limit_do_not_count_where_quality_is_required() -> None:
    person = person_in(capture(GOOD, BLURRED, FAKE), REQUIRE)
    assert person == Person(0.5, (0, 2), True, (Reason.BLURRED,))
    informed = person_in(capture(GOOD, BLURRED, FAKE), Options())
    assert informed is not None
    assert informed.frames == (0, 1, 2)


@pytest.mark.parametrize(
    ("faces", "is_decidable"),
    [((GOOD, BLURRED), True), ((GOOD, BLURRED, None), False), ((BLURRED,), False), ((GOOD,), True)],
)
def test_at_least_half_of_the_frames_must_count(faces: tuple[Face | None, ...], is_decidable: bool) -> None:
    person = person_in(capture(*faces), REQUIRE)
    assert person is not None
    assert person.is_decidable is is_decidable


def test_frames_that_do_not_fit_are_undecidable_where_quality_is_required() -> None:
    frozen = replace(capture(GOOD, GOOD), findings=(Finding(1, Inconsistency.FROZEN, 0, 0.0),))
    for options, is_decidable in ((Options(), True), (REQUIRE, False)):
        person = person_in(frozen, options)
        assert person is not None
        assert person.is_decidable is is_decidable
