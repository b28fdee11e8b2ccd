"""An inspection as the answer of /v2: one plain JSON object."""

from datetime import datetime
from typing import Any, get_args

from bonaface.analysis import Analysis
from bonaface.api.v2 import schemas
from bonaface.api.v2.chosen_faces import chosen, person_of
from bonaface.api.v2.options import Options
from bonaface.inspection import Inspection
from bonaface.types import Box, Face, Landmarks, Policy, Preset

POINT_TYPES: tuple[schemas.PointType, ...] = get_args(schemas.PointType)
"""In the order of `Landmarks`."""


def answer_of(inspection: Inspection, options: Options, request_id: str, at: datetime) -> dict[str, Any]:
    """The answer, yet to be signed: its `signature` is null. `at` is an aware time, told in UTC."""
    return schemas.LivenessAnswer(
        preset=preset_of(inspection),
        person=_person(inspection, options),
        frames=[_frame(analysis, inspection.policy, options) for analysis in inspection.analyses],
        evidence=_evidence(inspection, request_id, at),
        signature=None,
    ).model_dump(mode="json")


def preset_of(inspection: Inspection) -> Preset:
    """Under which all of its frames were judged."""
    return inspection.analyses[0].preset


def verdict(policy: Policy, score: float, preset: Preset) -> schemas.VerdictWord:
    """What `preset` makes of a liveness score."""
    words = schemas.VerdictWord
    return words.BONA_FIDE if policy.accepts(score, preset) else words.ATTACK


def _person(inspection: Inspection, options: Options) -> schemas.PersonLiveness | None:
    face = person_of(inspection.analyses[0], options.faces)
    if face is None:
        return None
    score = face.liveness_score
    return schemas.PersonLiveness(
        liveness_score=score,
        verdict=verdict(inspection.policy, score, preset_of(inspection)),
        presets=_presets(inspection.policy, score),
    )


def _frame(analysis: Analysis, policy: Policy, options: Options) -> schemas.FrameLiveness:
    return schemas.FrameLiveness(
        width=analysis.width,
        height=analysis.height,
        faces=[_face(face, analysis, policy) for face in chosen(analysis, options.faces)],
    )


def _face(face: Face, analysis: Analysis, policy: Policy) -> schemas.FaceLiveness:
    score = face.liveness_score
    return schemas.FaceLiveness(
        box=_box(face.box, analysis),
        landmarks=_landmarks(face.landmarks, analysis),
        pose=schemas.FacePose(yaw=face.pose.yaw, pitch=face.pose.pitch, roll=face.pose.roll),
        detection_confidence=_clipped(face.confidence),
        liveness_score=score,
        verdict=verdict(policy, score, analysis.preset),
        presets=_presets(policy, score),
        reasons=list(face.reasons),
    )


def _presets(policy: Policy, score: float) -> schemas.PresetVerdicts:
    return schemas.PresetVerdicts(
        **{
            preset.value: schemas.PresetVerdict(
                threshold=policy.thresholds[preset], verdict=verdict(policy, score, preset)
            )
            for preset in Preset
        }
    )


def _box(box: Box, analysis: Analysis) -> schemas.FaceBox:
    width, height = analysis.width, analysis.height
    sides = {"x0": box.x0, "y0": box.y0, "x1": box.x1, "y1": box.y1}
    shares = {"x0": box.x0 / width, "y0": box.y0 / height, "x1": box.x1 / width, "y1": box.y1 / height}
    return schemas.FaceBox(
        pixels=schemas.PixelRectangle(**{name: max(value, 0.0) for name, value in sides.items()}),
        fractions=schemas.FractionRectangle(**{name: _clipped(value) for name, value in shares.items()}),
    )


def _landmarks(landmarks: Landmarks, analysis: Analysis) -> list[schemas.FacePoint]:
    return [
        schemas.FacePoint(
            type=kind,
            pixels=schemas.PixelPoint(x=max(point.x, 0.0), y=max(point.y, 0.0)),
            fractions=schemas.FractionPoint(
                x=_clipped(point.x / analysis.width), y=_clipped(point.y / analysis.height)
            ),
        )
        for kind, point in zip(POINT_TYPES, landmarks, strict=True)
    ]


def _evidence(inspection: Inspection, request_id: str, at: datetime) -> schemas.Evidence:
    return schemas.Evidence(
        request_id=request_id,
        time=at,
        models=[
            schemas.ModelEvidence(name=model.name, version=model.version, sha256=list(model.sha256))
            for model in inspection.models
        ],
        policy=schemas.PolicyEvidence(name=inspection.policy.name, version=inspection.policy.version),
        images=[schemas.ImageEvidence(sha256=digest) for digest in inspection.sha256],
    )


def _clipped(value: float) -> float:
    return min(max(float(value), 0.0), 1.0)
