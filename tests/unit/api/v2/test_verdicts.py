"""What is made of a score."""

import pytest

from bonaface.api.v2.answer_schemas import VerdictWord
from bonaface.api.v2.schemas import Quality
from bonaface.api.v2.verdicts import decision, is_decidable, verdict
from bonaface.policies.decision_policy import Decision
from bonaface.types import Preset, Reason
from support.models.analyses import DECIDER, POLICY, a_face


@pytest.mark.parametrize(("score", "word"), [(0.5, VerdictWord.BONA_FIDE), (0.49, VerdictWord.ATTACK)])
def test_it_is_that_of_the_preset_or_none(score: float, word: VerdictWord) -> None:
    assert verdict(POLICY, score, Preset.BALANCED, decidable=True) is word
    assert verdict(POLICY, score, Preset.BALANCED, decidable=False) is VerdictWord.UNDECIDABLE


@pytest.mark.parametrize(("decidable", "outcome"), [(True, Decision.REVIEW), (False, Decision.UNDECIDABLE)])
def test_a_decision_tells_by_what_it_was_made(decidable: bool, outcome: Decision) -> None:
    made = decision(DECIDER, 0.5, decidable=decidable)
    assert made is not None
    assert (made.outcome, made.policy, made.version) == (outcome, "onboarding", 3)
    assert (made.reject_below, made.accept_from) == (0.2, 0.85)
    assert decision(None, 0.5, decidable=decidable) is None


def test_limits_forbid_where_quality_is_required() -> None:
    blurred = a_face(Reason.BLURRED)
    assert is_decidable(blurred, Quality.INFORM)
    assert not is_decidable(blurred, Quality.REQUIRE)
    assert is_decidable(a_face(), Quality.REQUIRE)
