"""What of a signed answer is judged: by which policy, in which version, how."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from types import MappingProxyType
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from bonaface.errors import InvalidParameterError
from bonaface.policies.decision_policy import Decision
from bonaface.types import Preset

NO_ANSWER = "The signature holds no answer of /v2/liveness; send the member `signature` of one."
NO_FACE = "The answer judged no face, so nothing of it can be right or wrong."
NO_SUCH_FACE = "The answer has no face of this index; count from 0, as its list of faces does."
ONE_FRAME = "Give a face of an answer about one image alone; of several frames the person was judged."

Verdict = Literal["bona_fide", "attack", "undecidable"]
AS_DECISION: Mapping[Verdict, Decision] = MappingProxyType(
    {"bona_fide": Decision.ACCEPT, "attack": Decision.REJECT, "undecidable": Decision.UNDECIDABLE}
)
"""A preset accepts or rejects: nothing is for review."""


@dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """digest: SHA-256 of what was signed. answered_at: aware, in UTC.

    policy: name of the decision policy, with its number as version; where none decided the preset, with the
    version of the thresholds.
    """

    digest: bytes
    answered_at: AwareDatetime
    policy: str
    version: str
    decision: Decision


class _Part(BaseModel):
    """Of an answer: newer ones may have more members."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True, extra="ignore")


class _Decided(_Part):
    outcome: Decision


class _Judged(_Part):
    verdict: Verdict
    decision: _Decided | None


class _Frame(_Part):
    faces: Sequence[_Judged]


class _Policy(_Part):
    name: str
    version: str | int


class _Evidence(_Part):
    time: AwareDatetime
    policy: _Policy
    decision_policy: _Policy | None


class _Answer(_Part):
    preset: Preset
    person: _Judged | None
    frames: Sequence[_Frame]
    evidence: _Evidence


def judged_answer(payload: bytes, face: int | None = None) -> JudgedAnswer:
    """What a server's answer says of the person, or of the face with that index, counted from 0.

    payload: the answer as it was signed, JSON in UTF-8; its signature holds.
    Raises InvalidParameterError where it is no answer of /v2/liveness, or has no such face.
    """
    try:
        answer = _Answer.model_validate_json(payload)
    except ValidationError:
        raise InvalidParameterError(NO_ANSWER) from None
    judged = _judged(answer, face)
    evidence = answer.evidence
    if evidence.decision_policy is None or judged.decision is None:
        policy, version = answer.preset.value, evidence.policy.version
        decision = AS_DECISION[judged.verdict]
    else:
        policy, version = evidence.decision_policy.name, evidence.decision_policy.version
        decision = judged.decision.outcome
    digest = hashlib.sha256(payload).digest()
    return JudgedAnswer(digest, evidence.time.astimezone(UTC), policy, str(version), decision)


def _judged(answer: _Answer, face: int | None) -> _Judged:
    if answer.person is None:
        raise InvalidParameterError(NO_FACE)
    if face is None:
        return answer.person
    if len(answer.frames) != 1:
        raise InvalidParameterError(ONE_FRAME)
    faces = answer.frames[0].faces
    if not 0 <= face < len(faces):
        raise InvalidParameterError(NO_SUCH_FACE)
    return faces[face]
