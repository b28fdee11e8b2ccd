"""The JSON of /v2 as models: what they have in common, the request, problem details."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictStr
from pydantic.alias_generators import to_camel
from pydantic.config import JsonDict

from bonaface.policies.decision_policy import MAX_NAME
from bonaface.types import Preset

LEAST_FRAMES, MOST_FRAMES = 2, 10
ONE_WAY: JsonDict = {"oneOf": [{"required": ["image"]}, {"required": ["frames"]}]}
ONE_OF_TWO: JsonDict = {"oneOf": [{"required": ["url"]}, {"required": ["bytes"]}]}


class Faces(StrEnum):
    """Which faces of an image are told."""

    ALL = "all"
    LARGEST = "largest"
    CENTRAL = "central"


class Quality(StrEnum):
    """What becomes of a face that does not meet a limit."""

    INFORM = "inform"
    REQUIRE = "require"


class V2Object(BaseModel):
    """A JSON object whose members are in camel case, and no others."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, frozen=True, extra="forbid", serialize_by_alias=True
    )


class LivenessImage(V2Object):
    """Where the image is: exactly one of the two."""

    model_config = ConfigDict(json_schema_extra=ONE_OF_TWO)

    url: StrictStr | None = Field(None, description="http or https URL; port 80, 443 or 10000-12000")
    bytes: StrictStr | None = Field(None, description="Base64 of a PNG or JPEG file")


class LivenessFrame(V2Object):
    """One of several images."""

    bytes: StrictStr = Field(description="Base64 of a PNG or JPEG file")


class LivenessRequest(V2Object):
    """The JSON body. A member that is null counts as absent; one that is not named here is refused."""

    model_config = ConfigDict(json_schema_extra=ONE_WAY)

    image: LivenessImage | None = None
    frames: list[LivenessFrame] | None = Field(
        None,
        min_length=LEAST_FRAMES,
        max_length=MOST_FRAMES,
        description="images of one capture, in the order in which they were taken",
    )
    faces: Faces | None = Field(None, description="which faces are told; all where left out")
    preset: Preset | None = Field(
        None, description="sensitivity; balanced unless the server is set up otherwise"
    )
    quality: Quality | None = Field(
        None, description="require: a face that does not meet a limit is undecidable; inform where left out"
    )
    policy: StrictStr | None = Field(
        None,
        description="name of the policy that decides; the application's, or the default, where left out",
        json_schema_extra={"minLength": 1, "maxLength": MAX_NAME},
    )
    heatmap: StrictBool | None = Field(
        None,
        description="whether it is told which parts of the picture a score goes by; false where left out",
    )


def without_fraction(value: object) -> object:
    """JSON knows one kind of number: 5.0 is 5."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class LivenessProblem(V2Object):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str = Field(description="one sentence that says what to do; it may change")
    code: str = Field(description="one word for programs")
    request_id: str
