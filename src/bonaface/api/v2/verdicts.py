"""What is made of a score under a policy, or that nothing is."""

from bonaface.api.v2.answer_schemas import PolicyDecision, VerdictWord
from bonaface.api.v2.schemas import Quality
from bonaface.policies.decision_policy import Decision, DecisionPolicy
from bonaface.types import Face, Policy, Preset


def is_decidable(face: Face, quality: Quality) -> bool:
    """Whether a verdict is given on the face: where quality is required, every limit must be met."""
    return quality is Quality.INFORM or all(measure.is_met for measure in face.measures)


def verdict(policy: Policy, score: float, preset: Preset, *, decidable: bool) -> VerdictWord:
    """What `preset` makes of a liveness score."""
    if not decidable:
        return VerdictWord.UNDECIDABLE
    return VerdictWord.BONA_FIDE if policy.accepts(score, preset) else VerdictWord.ATTACK


def decision(policy: DecisionPolicy | None, score: float, *, decidable: bool) -> PolicyDecision | None:
    """What a decision policy makes of a liveness score; nothing where there is none."""
    if policy is None:
        return None
    return PolicyDecision(
        outcome=policy.decide(score) if decidable else Decision.UNDECIDABLE,
        policy=policy.name,
        version=policy.version,
        reject_below=policy.reject_below,
        accept_from=policy.accept_from,
    )
