"""An analysis as the contract's `data`: fractions of the image, and only the faces that count."""

from collections.abc import Sequence
from typing import Any, get_args

from bonaface.analysis import Analysis
from bonaface.api.v1.schemas import BoundingBox, FaceDetail, Landmark, LandmarkType, SpoofingData
from bonaface.geometry import Box, Landmarks
from bonaface.types import Face, Reason

LEFT_OUT = frozenset({Reason.TOO_SMALL, Reason.TURNED_AWAY})
LANDMARK_TYPES: tuple[LandmarkType, ...] = get_args(LandmarkType)
"""In the order of `Landmarks`."""


def reported(analysis: Analysis) -> list[Face]:
    """The faces that count: those under the smallest size or turned too far are left out."""
    return [face for face in analysis.faces if LEFT_OUT.isdisjoint(face.reasons)]


def present(analysis: Analysis, faces: Sequence[Face]) -> dict[str, Any]:
    """The `data` of a success with `faces`, those of `analysis` that count (`reported`)."""
    details = [_detail(face, analysis.width, analysis.height) for face in faces]
    return SpoofingData(face_detail_count=len(details), face_details=details).model_dump(by_alias=True)


def _detail(face: Face, width: int, height: int) -> FaceDetail:
    return FaceDetail(
        bbox=_box(face.box, width, height),
        landmarks=_landmarks(face.landmarks, width, height),
        spoofing=face.spoofing,
        confidence=_clipped(face.confidence),
    )


def _box(box: Box, width: int, height: int) -> BoundingBox:
    return BoundingBox(
        x0=_clipped(box.x0 / width),
        y0=_clipped(box.y0 / height),
        x1=_clipped(box.x1 / width),
        y1=_clipped(box.y1 / height),
    )


def _landmarks(landmarks: Landmarks, width: int, height: int) -> list[Landmark]:
    return [
        Landmark(type=kind, x=_clipped(point.x / width), y=_clipped(point.y / height))
        for kind, point in zip(LANDMARK_TYPES, landmarks, strict=True)
    ]


def _clipped(value: float) -> float:
    return min(max(float(value), 0.0), 1.0)
