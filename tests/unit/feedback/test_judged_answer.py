"""What of an answer is judged: the person or a face, by the policy or by the preset."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from bonaface.analysis import Analysis
from bonaface.api.v2.options import Options
from bonaface.api.v2.presenter import answer_of
from bonaface.api.v2.schemas import Quality
from bonaface.errors import InvalidParameterError
from bonaface.evidence.canonical_json import canonical_json
from bonaface.feedback.judged_answer import NO_ANSWER, judged_answer
from bonaface.geometry import Box
from bonaface.policies.decision_policy import Decision, DecisionPolicy
from bonaface.types import Face, Reason
from support.models.analyses import DECIDER, POLICY, a_face, an_analysis, an_inspection

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
REAL, FAKE = a_face(), a_face(spoofing=True, box=Box(300, 110, 340, 150))


def payload(
    *faces: Face,
    decider: DecisionPolicy | None = DECIDER,
    quality: Quality = Quality.INFORM,
    more: Sequence[Analysis] = (),
) -> bytes:
    inspection = an_inspection(an_analysis(*faces), *more)
    answer = answer_of(inspection, Options(quality=quality), "id", NOW, decider)
    del answer["signature"]
    return canonical_json(answer)


def test_the_person_by_the_policy_that_decided() -> None:
    text = payload(REAL, FAKE)
    told = judged_answer(text)
    assert (told.policy, told.version, told.decision) == ("onboarding", "3", Decision.ACCEPT)
    assert (told.digest, told.answered_at) == (hashlib.sha256(text).digest(), NOW)


def test_a_face_by_its_index() -> None:
    text = payload(REAL, FAKE)
    assert [judged_answer(text, face).decision for face in (0, 1)] == [Decision.ACCEPT, Decision.REJECT]


@pytest.mark.parametrize(
    ("face", "decision"), [(REAL, Decision.ACCEPT), (FAKE, Decision.REJECT)], ids=["real", "fake"]
)
def test_else_by_the_preset(face: Face, decision: Decision) -> None:
    told = judged_answer(payload(face, decider=None))
    assert (told.policy, told.version, told.decision) == ("balanced", POLICY.version, decision)


@pytest.mark.parametrize("decider", [DECIDER, None])
def test_what_was_not_decided_is_told_so(decider: DecisionPolicy | None) -> None:
    text = payload(a_face(Reason.BLURRED), decider=decider, quality=Quality.REQUIRE)
    assert judged_answer(text).decision is Decision.UNDECIDABLE


def test_several_frames_have_a_person_alone() -> None:
    text = payload(REAL, more=[an_analysis(REAL)])
    assert judged_answer(text).decision is Decision.ACCEPT
    with pytest.raises(InvalidParameterError, match="one image alone"):
        judged_answer(text, 0)


@pytest.mark.parametrize("face", [None, 0])
def test_without_a_face_nothing_was_judged(face: int | None) -> None:
    with pytest.raises(InvalidParameterError, match="no face"):
        judged_answer(payload(), face)


@pytest.mark.parametrize("face", [-1, 2])
def test_a_face_that_is_not_there(face: int) -> None:
    with pytest.raises(InvalidParameterError, match="no face of this index"):
        judged_answer(payload(REAL, FAKE), face)


@pytest.mark.parametrize("text", [b"", b"{}", b"[]", b"\xff", b'{"preset": "balanced"}'])
def test_what_is_no_answer(text: bytes) -> None:
    with pytest.raises(InvalidParameterError) as caught:
        judged_answer(text)
    assert str(caught.value) == NO_ANSWER
