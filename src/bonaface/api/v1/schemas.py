"""The contract's JSON as models: the request, the answer, their OpenAPI description."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, StrictStr
from pydantic.alias_generators import to_camel
from pydantic.config import JsonDict

from bonaface.types import Preset

ONE_OF_TWO: JsonDict = {"oneOf": [{"required": ["url"]}, {"required": ["bytes"]}]}

LandmarkType = Literal["leftEye", "rightEye", "nose", "leftLip", "rightLip"]


class Wire(BaseModel):
    """A JSON object whose members are in camel case."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class ImageSource(Wire):
    """Where the image is: exactly one of the two."""

    model_config = ConfigDict(json_schema_extra=ONE_OF_TWO)

    url: StrictStr | None = Field(None, description="http or https URL; port 80, 443 or 10000-12000")
    bytes: StrictStr | None = Field(None, description="Base64 of a PNG or JPEG file")


class SpoofingRequest(Wire):
    """The JSON body. A member that is null counts as absent; members not named here are ignored."""

    image: ImageSource
    spoofing_condition: Preset | None = Field(
        None, description="sensitivity; balanced unless the server is set up otherwise"
    )


class Header(Wire):
    """How the request went."""

    is_successful: bool
    result_code: int = Field(description="0, or a code of the error table")
    result_message: str = Field(description="Success, or a name of the error table")


class BoundingBox(Wire):
    """A rectangle in fractions of the image's width and height."""

    x0: float = Field(ge=0, le=1)
    y0: float = Field(ge=0, le=1)
    x1: float = Field(ge=0, le=1)
    y1: float = Field(ge=0, le=1)


class Landmark(Wire):
    """A point of a face in fractions of the image's width and height; left is the image's left."""

    type: LandmarkType
    x: float = Field(ge=0, le=1)
    y: float = Field(ge=0, le=1)


class FaceDetail(Wire):
    """A face."""

    bbox: BoundingBox
    landmarks: list[Landmark] = Field(
        min_length=5, max_length=5, description="leftEye, rightEye, nose, leftLip, rightLip in this order"
    )
    spoofing: bool = Field(description="true: presentation attack")
    confidence: float = Field(ge=0, le=1, description="how sure it is that this is a face; no spoof score")


class SpoofingData(Wire):
    """The faces of the image, largest first."""

    face_detail_count: int = Field(ge=0)
    face_details: list[FaceDetail]


class SpoofingResponse(Wire):
    """The image was analysed."""

    header: Header
    data: SpoofingData


class FailureResponse(Wire):
    """The request was refused."""

    header: Header
