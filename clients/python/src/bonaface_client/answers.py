"""Answers as models. Members are in snake case; members that this version does not know are ignored."""

from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

Condition = Literal["weak", "balanced", "strict"]
"""How sensitive a verdict is: `spoofingCondition`."""


class Answer(BaseModel):
    """A JSON object of an answer."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True, extra="ignore")


class BoundingBox(Answer):
    """A rectangle in fractions of the image's width and height: x0 < x1, y0 < y1."""

    x0: float
    y0: float
    x1: float
    y1: float


class Landmark(Answer):
    """A point of a face in fractions of the image's width and height.

    type: `leftEye`, `rightEye`, `nose`, `leftLip` or `rightLip`; left is the image's left.
    """

    type: str
    x: float
    y: float


class FaceDetail(Answer):
    """A face. spoofing: true = presentation attack. confidence: that it is a face, 0..1; no spoof score."""

    bbox: BoundingBox
    landmarks: list[Landmark]
    spoofing: bool
    confidence: float


class SpoofingData(Answer):
    """The faces of the image, largest first. No face is no error: the count is 0."""

    face_detail_count: int
    face_details: list[FaceDetail]


class Header(Answer):
    """How a request of v1.0 went. result_code: 0, or a code of the error table."""

    is_successful: bool
    result_code: int
    result_message: str


class SpoofingResponse(Answer):
    """The envelope around each answer of v1.0. data: none where the request was refused."""

    header: Header
    data: SpoofingData | None = None
