"""The JSON of /v2 as models: the request, the answer, problem details."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt, StrictStr
from pydantic.alias_generators import to_camel
from pydantic.config import JsonDict

from bonaface.feedback.repository import Recorded
from bonaface.policies.decision_policy import MAX_NAME, Decision
from bonaface.types import Inconsistency, Preset, Reason

LEAST_FRAMES, MOST_FRAMES = 2, 10
ONE_WAY: JsonDict = {"oneOf": [{"required": ["image"]}, {"required": ["frames"]}]}
ONE_OF_TWO: JsonDict = {"oneOf": [{"required": ["url"]}, {"required": ["bytes"]}]}

PointType = Literal["leftEye", "rightEye", "nose", "leftLip", "rightLip"]


class Faces(StrEnum):
    """Which faces of an image are told."""

    ALL = "all"
    LARGEST = "largest"
    CENTRAL = "central"


class Quality(StrEnum):
    """What becomes of a face that does not meet a limit."""

    INFORM = "inform"
    REQUIRE = "require"


class VerdictWord(StrEnum):
    """What is made of a score."""

    BONA_FIDE = "bona_fide"
    ATTACK = "attack"
    UNDECIDABLE = "undecidable"


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


def _without_fraction(value: object) -> object:
    """JSON knows one kind of number: 5.0 is 5."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Uses = Annotated[StrictInt, Field(ge=1, le=1000), BeforeValidator(_without_fraction)]
Lifetime = Annotated[StrictInt, Field(ge=10, le=3600), BeforeValidator(_without_fraction)]


class CaptureTokenRequest(V2Object):
    """The JSON body that asks for a capture token; all of it may be left out."""

    uses: Uses | None = Field(
        None, description="captures that it may be used for; at most `tokens.max_uses`; 20 where left out"
    )
    lifetime: Lifetime | None = Field(
        None, description="seconds; at most `tokens.max_lifetime`; 300 where left out"
    )


class CaptureTokenAnswer(V2Object):
    """A capture token."""

    token: str = Field(description="shown once; /v2/liveness takes it as Authorization: Bearer")
    uses: int = Field(ge=1, description="captures that it may be used for")
    expires_at: datetime = Field(description="when it ends; RFC 3339, UTC")


class Presentation(StrEnum):
    """What was before the camera."""

    BONA_FIDE = "bona_fide"
    ATTACK = "attack"


Index = Annotated[StrictInt, Field(ge=0, le=999), BeforeValidator(_without_fraction)]


class FeedbackRequest(V2Object):
    """What an answer was about really. A member that is null counts as absent."""

    signature: StrictStr = Field(description="the member `signature` of the answer")
    presentation: Presentation
    attack_kind: StrictStr | None = Field(
        None,
        pattern="^[a-z][a-z0-9_]{0,39}$",
        description="of an attack: print, replay, mask, or a word of your own; unknown where left out",
    )
    face: Index | None = Field(
        None, description="index of the face that is meant, of an answer about one image; else the person"
    )
    correct: StrictBool | None = Field(
        None, description="whether this takes the place of what was told of the answer before"
    )


class FeedbackAnswer(V2Object):
    """What became of it, and how the presentation had been decided."""

    feedback: Recorded = Field(description="repeated: the same was told before, and counts once")
    decision: Decision = Field(description="of a preset, accept is bona fide and reject an attack")
    policy: str = Field(description="the policy that decided; the preset where none did")
    version: str


class PixelRectangle(V2Object):
    """In pixels of the upright image."""

    x0: float = Field(ge=0)
    y0: float = Field(ge=0)
    x1: float = Field(ge=0)
    y1: float = Field(ge=0)


class FractionRectangle(V2Object):
    """In fractions of the upright image's width and height."""

    x0: float = Field(ge=0, le=1)
    y0: float = Field(ge=0, le=1)
    x1: float = Field(ge=0, le=1)
    y1: float = Field(ge=0, le=1)


class FaceBox(V2Object):
    """Where the face is."""

    pixels: PixelRectangle
    fractions: FractionRectangle


class PixelPoint(V2Object):
    """In pixels of the upright image."""

    x: float = Field(ge=0)
    y: float = Field(ge=0)


class FractionPoint(V2Object):
    """In fractions of the upright image's width and height."""

    x: float = Field(ge=0, le=1)
    y: float = Field(ge=0, le=1)


class FacePoint(V2Object):
    """A point of a face; left is the image's left."""

    type: PointType
    pixels: PixelPoint
    fractions: FractionPoint


class FacePose(V2Object):
    """Estimated rotation of the head in degrees; zero faces the camera."""

    yaw: float = Field(description="over 0: the nose points to the image's right")
    pitch: float = Field(description="over 0: the nose is lifted")
    roll: float = Field(description="over 0: the head is tilted clockwise")


class PresetVerdict(V2Object):
    """What a preset makes of the score."""

    threshold: float = Field(ge=0, le=1, description="a score from here on is bona fide")
    verdict: VerdictWord


class PresetVerdicts(V2Object):
    """What each preset makes of the score."""

    weak: PresetVerdict
    balanced: PresetVerdict
    strict: PresetVerdict


class PolicyDecision(V2Object):
    """What a policy makes of the score: accept from `acceptFrom` on, reject below `rejectBelow`."""

    outcome: Decision
    policy: str
    version: int = Field(ge=1)
    reject_below: float = Field(ge=0, le=1)
    accept_from: float = Field(ge=0, le=1)


class QualityMeasure(V2Object):
    """What a reason goes by; units and which side of the limit is within it: docs/reasons.md."""

    reason: Reason
    value: float
    limit: float
    met: bool


class Tell(V2Object):
    """What to tell the person before the camera."""

    key: str = Field(description="for programs; it never changes")
    en: str
    ko: str


class FaceHeatmap(V2Object):
    """Which parts of the picture the score goes by: what hiding each does to its log-odds."""

    region: FaceBox = Field(description="what is mapped: twice the face, as far as it is in the image")
    cells: list[list[float]] = Field(
        description="log-odds lost where the part is hidden, by rows; over 0 it speaks for bona fide"
    )
    scale: float = Field(gt=0, description="log-odds at the picture's full colour")
    png: str = Field(
        description="Base64 of a PNG to lay over the region: blue for bona fide, red for an attack"
    )


class FaceLiveness(V2Object):
    """A face of an image."""

    box: FaceBox
    landmarks: list[FacePoint] = Field(
        min_length=5, max_length=5, description="leftEye, rightEye, nose, leftLip, rightLip in this order"
    )
    pose: FacePose
    detection_confidence: float = Field(
        ge=0, le=1, description="how sure it is that this is a face; no liveness score"
    )
    liveness_score: float = Field(ge=0, le=1, description="calibrated; high is bona fide")
    verdict: VerdictWord = Field(description="under the preset of the answer")
    presets: PresetVerdicts
    decision: PolicyDecision | None = Field(description="null where no policy decides")
    quality: list[QualityMeasure] = Field(description="what the verdict depends on, measured")
    tell: list[Tell] = Field(description="for each limit that is not met")
    heatmap: FaceHeatmap | None = Field(
        None, description="where it was asked for, of as many faces as one request may ask for"
    )


class FrameLiveness(V2Object):
    """An image: its size in pixels once upright, and its faces, the largest first."""

    width: int = Field(ge=1)
    height: int = Field(ge=1)
    faces: list[FaceLiveness]


class PersonLiveness(V2Object):
    """The person whom the capture is of: the largest face, or the most central one if asked for."""

    liveness_score: float = Field(
        ge=0, le=1, description="calibrated; high is bona fide; of several frames the mean"
    )
    frames: list[int] = Field(description="indices of the frames that the score is of")
    verdict: VerdictWord = Field(description="under the preset of the answer")
    presets: PresetVerdicts
    decision: PolicyDecision | None = Field(description="null where no policy decides")
    tell: list[Tell] = Field(description="for each limit that is not met")


class FrameFinding(V2Object):
    """What is wrong with the frame at `frame`, held against the one at `against`, if against one."""

    frame: int = Field(ge=0)
    finding: Inconsistency
    against: int | None
    value: float | None = Field(
        description="mean levels of luma between two pictures (duplicate, frozen); correlation (other_face)"
    )


class Consistency(V2Object):
    """Whether the frames are of one face, and each a picture of its own."""

    consistent: bool
    findings: list[FrameFinding]


class ModelEvidence(V2Object):
    """A model that judged."""

    name: str
    version: str
    sha256: list[str] = Field(description="of its files, in the order of the catalog")


class PolicyEvidence(V2Object):
    """What made verdicts of scores; the version changes with every figure of it."""

    name: str
    version: str


class DecisionPolicyEvidence(V2Object):
    """What made the decisions; what its version says never changes."""

    name: str
    version: int = Field(ge=1)


class ImageEvidence(V2Object):
    """A frame, known by its content."""

    sha256: str = Field(description="of the file's bytes, in hexadecimal digits")


class Evidence(V2Object):
    """What proves the answer without keeping an image."""

    request_id: str
    time: datetime = Field(description="of the answer; RFC 3339, UTC")
    models: list[ModelEvidence]
    policy: PolicyEvidence
    decision_policy: DecisionPolicyEvidence | None = Field(description="null where no policy decides")
    images: list[ImageEvidence]


class LivenessAnswer(V2Object):
    """The images were analysed."""

    preset: Preset
    person: PersonLiveness | None = Field(description="null where no face was found")
    frames: list[FrameLiveness] = Field(min_length=1)
    consistency: Consistency | None = Field(description="null where there is one image")
    evidence: Evidence
    signature: str | None = Field(
        description="JWS over the rest of the answer; null: the answer is not signed"
    )


class LivenessProblem(V2Object):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str = Field(description="one sentence that says what to do; it may change")
    code: str = Field(description="one word for programs")
    request_id: str
