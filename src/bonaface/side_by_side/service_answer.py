"""What a service said of one image, whichever of the two it was."""

import math
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

SUCCESS = 0


class Corners(BaseModel):
    """A box in fractions of the image's width and height."""

    model_config = ConfigDict(frozen=True)

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def area(self) -> float:
        """Of the image's, 0..1."""
        return max(self.x1 - self.x0, 0.0) * max(self.y1 - self.y0, 0.0)

    def overlap(self, other: "Corners") -> float:
        """Intersection over union, 0..1."""
        low_x, low_y = max(self.x0, other.x0), max(self.y0, other.y0)
        high_x, high_y = min(self.x1, other.x1), min(self.y1, other.y1)
        both = Corners(x0=low_x, y0=low_y, x1=high_x, y1=high_y).area
        either = self.area + other.area - both
        return both / either if either > 0 and math.isfinite(either) else 0.0


class FaceAnswer(BaseModel):
    """A face. `spoofing` is none where the service leaves it out: its guide does not promise it."""

    model_config = ConfigDict(frozen=True)

    bbox: Corners
    spoofing: bool | None = None
    confidence: float | None = None


class ServiceAnswer(BaseModel):
    """The result code with its name, the faces of a success, and the seconds that it took.

    code: none where there was no answer that will stay (no connection, 429, 503); `message` says why then.
    """

    model_config = ConfigDict(frozen=True)

    code: int | None
    message: str
    faces: tuple[FaceAnswer, ...] = ()
    seconds: float = 0.0

    @property
    def is_success(self) -> bool:
        """Whether the image was analysed."""
        return self.code == SUCCESS


class _Header(BaseModel):
    result_code: int = Field(alias="resultCode")
    result_message: str = Field(alias="resultMessage")


class _Data(BaseModel):
    face_details: tuple[FaceAnswer, ...] = Field(alias="faceDetails")


class _Envelope(BaseModel):
    header: _Header
    data: _Data | None = None


def read_answer(body: bytes, seconds: float) -> ServiceAnswer | None:
    """The answer in a body of the v1.0 route, without members that nobody knows; none where it is no such."""
    try:
        envelope = _Envelope.model_validate_json(body)
    except ValidationError:
        return None
    faces = envelope.data.face_details if envelope.data else ()
    header = envelope.header
    return ServiceAnswer(code=header.result_code, message=header.result_message, faces=faces, seconds=seconds)


def answer_with(data: dict[str, Any], message: str, seconds: float) -> ServiceAnswer:
    """The answer of a success with the `data` of the contract."""
    faces = _Data.model_validate(data).face_details
    return ServiceAnswer(code=SUCCESS, message=message, faces=faces, seconds=seconds)
