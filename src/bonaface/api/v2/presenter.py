"""An inspection as the answer of /v2: one plain JSON object."""

from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime
from typing import Any, get_args

from bonaface.analysis import Analysis
from bonaface.api.v2 import answer_schemas
from bonaface.api.v2.chosen_faces import chosen
from bonaface.api.v2.options import Options
from bonaface.api.v2.person import person_in
from bonaface.api.v2.verdicts import decision, is_decidable, verdict
from bonaface.geometry import Box, Landmarks
from bonaface.inspection import Inspection
from bonaface.policies.decision_policy import DecisionPolicy
from bonaface.quality.guidance import guidance_for
from bonaface.types import Face, Heatmap, Policy, Preset, Reason

POINT_TYPES: tuple[answer_schemas.PointType, ...] = get_args(answer_schemas.PointType)
"""In the order of `Landmarks`."""


def answer_of(
    inspection: Inspection,
    options: Options,
    request_id: str,
    at: datetime,
    decider: DecisionPolicy | None = None,
) -> dict[str, Any]:
    """The answer, yet to be signed: its `signature` is null. `at` is an aware time, told in UTC.

    decider: the policy by which it is decided, if by any.
    """
    return answer_schemas.LivenessAnswer(
        preset=preset_of(inspection),
        person=_person(inspection, options, decider),
        frames=[_frame(analysis, inspection.policy, options, decider) for analysis in inspection.analyses],
        consistency=_consistency(inspection),
        evidence=_evidence(inspection, request_id, at, decider),
        signature=None,
    ).model_dump(mode="json")


def preset_of(inspection: Inspection) -> Preset:
    """Under which all of its frames were judged."""
    return inspection.analyses[0].preset


def _person(
    inspection: Inspection, options: Options, decider: DecisionPolicy | None
) -> answer_schemas.PersonLiveness | None:
    person = person_in(inspection, options)
    if person is None:
        return None
    policy, decidable = inspection.policy, person.is_decidable
    return answer_schemas.PersonLiveness(
        liveness_score=person.score,
        frames=list(person.frames),
        verdict=verdict(policy, person.score, preset_of(inspection), decidable=decidable),
        presets=_presets(policy, person.score, decidable),
        decision=decision(decider, person.score, decidable=decidable),
        tell=_tell(person.reasons),
    )


def _consistency(inspection: Inspection) -> answer_schemas.Consistency | None:
    if len(inspection.analyses) == 1:
        return None
    findings = [
        answer_schemas.FrameFinding(frame=each.index, finding=each.kind, against=each.of, value=each.value)
        for each in inspection.findings
    ]
    return answer_schemas.Consistency(consistent=not findings, findings=findings)


def _frame(
    analysis: Analysis, policy: Policy, options: Options, decider: DecisionPolicy | None
) -> answer_schemas.FrameLiveness:
    return answer_schemas.FrameLiveness(
        width=analysis.width,
        height=analysis.height,
        faces=[_face(face, analysis, policy, options, decider) for face in chosen(analysis, options.faces)],
    )


def _face(
    face: Face, analysis: Analysis, policy: Policy, options: Options, decider: DecisionPolicy | None
) -> answer_schemas.FaceLiveness:
    score, decidable = face.liveness_score, is_decidable(face, options.quality)
    return answer_schemas.FaceLiveness(
        box=_box(face.box, analysis),
        landmarks=_landmarks(face.landmarks, analysis),
        pose=answer_schemas.FacePose(yaw=face.pose.yaw, pitch=face.pose.pitch, roll=face.pose.roll),
        detection_confidence=_clipped(face.confidence),
        liveness_score=score,
        verdict=verdict(policy, score, analysis.preset, decidable=decidable),
        presets=_presets(policy, score, decidable),
        decision=decision(decider, score, decidable=decidable),
        quality=[
            answer_schemas.QualityMeasure(
                reason=measure.reason, value=measure.value, limit=measure.limit, met=measure.is_met
            )
            for measure in face.measures
        ],
        tell=_tell(face.reasons),
        heatmap=None if face.heatmap is None else _heatmap(face.heatmap, analysis),
    )


def _heatmap(heatmap: Heatmap, analysis: Analysis) -> answer_schemas.FaceHeatmap:
    return answer_schemas.FaceHeatmap(
        region=_box(heatmap.region, analysis),
        cells=[list(row) for row in heatmap.cells],
        scale=heatmap.scale,
        png=b64encode(heatmap.png).decode(),
    )


def _tell(reasons: Iterable[Reason]) -> list[answer_schemas.Tell]:
    return [answer_schemas.Tell(key=each.key, en=each.en, ko=each.ko) for each in guidance_for(reasons)]


def _presets(policy: Policy, score: float, decidable: bool) -> answer_schemas.PresetVerdicts:
    return answer_schemas.PresetVerdicts(
        **{
            preset.value: answer_schemas.PresetVerdict(
                threshold=policy.thresholds[preset],
                verdict=verdict(policy, score, preset, decidable=decidable),
            )
            for preset in Preset
        }
    )


def _box(box: Box, analysis: Analysis) -> answer_schemas.FaceBox:
    width, height = analysis.width, analysis.height
    sides = {"x0": box.x0, "y0": box.y0, "x1": box.x1, "y1": box.y1}
    shares = {"x0": box.x0 / width, "y0": box.y0 / height, "x1": box.x1 / width, "y1": box.y1 / height}
    return answer_schemas.FaceBox(
        pixels=answer_schemas.PixelRectangle(**{name: max(value, 0.0) for name, value in sides.items()}),
        fractions=answer_schemas.FractionRectangle(
            **{name: _clipped(value) for name, value in shares.items()}
        ),
    )


def _landmarks(landmarks: Landmarks, analysis: Analysis) -> list[answer_schemas.FacePoint]:
    return [
        answer_schemas.FacePoint(
            type=kind,
            pixels=answer_schemas.PixelPoint(x=max(point.x, 0.0), y=max(point.y, 0.0)),
            fractions=answer_schemas.FractionPoint(
                x=_clipped(point.x / analysis.width), y=_clipped(point.y / analysis.height)
            ),
        )
        for kind, point in zip(POINT_TYPES, landmarks, strict=True)
    ]


def _evidence(
    inspection: Inspection, request_id: str, at: datetime, decider: DecisionPolicy | None
) -> answer_schemas.Evidence:
    return answer_schemas.Evidence(
        request_id=request_id,
        time=at,
        models=[
            answer_schemas.ModelEvidence(name=model.name, version=model.version, sha256=list(model.sha256))
            for model in inspection.models
        ],
        policy=answer_schemas.PolicyEvidence(name=inspection.policy.name, version=inspection.policy.version),
        decision_policy=None
        if decider is None
        else answer_schemas.DecisionPolicyEvidence(name=decider.name, version=decider.version),
        images=[answer_schemas.ImageEvidence(sha256=digest) for digest in inspection.sha256],
    )


def _clipped(value: float) -> float:
    return min(max(float(value), 0.0), 1.0)
