"""What is made of a score under a policy, or that nothing is."""

from bonaface.api.v2.schemas import Quality, VerdictWord
from bonaface.types import Face, Policy, Preset


def is_decidable(face: Face, quality: Quality) -> bool:
    """Whether a verdict is given on the face: where quality is required, every limit must be met."""
    return quality is Quality.INFORM or all(measure.is_met for measure in face.measures)


def verdict(policy: Policy, score: float, preset: Preset, *, decidable: bool) -> VerdictWord:
    """What `preset` makes of a liveness score."""
    if not decidable:
        return VerdictWord.UNDECIDABLE
    return VerdictWord.BONA_FIDE if policy.accepts(score, preset) else VerdictWord.ATTACK
