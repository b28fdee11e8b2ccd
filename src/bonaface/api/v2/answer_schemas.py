"""The answer of /v2/liveness as models."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field

from bonaface.api.v2.schemas import V2Object
from bonaface.policies.decision_policy import Decision
from bonaface.types import Inconsistency, Preset, Reason

PointType = Literal["leftEye", "rightEye", "nose", "leftLip", "rightLip"]


class VerdictWord(StrEnum):
    """What is made of a score."""

    BONA_FIDE = "bona_fide"
    ATTACK = "attack"
    UNDECIDABLE = "undecidable"


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
