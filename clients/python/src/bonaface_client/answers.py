"""Answers as models. Members are in snake case; members that this version does not know are ignored."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr
from pydantic.alias_generators import to_camel

Condition = Literal["weak", "balanced", "strict"]
"""How sensitive a verdict is: `spoofingCondition`."""


Faces = Literal["all", "largest", "central"]
"""Which faces of an image are told."""
Quality = Literal["inform", "require"]
"""What becomes of a face that does not meet a limit: it is told, or it gets no verdict."""

Presentation = Literal["bona_fide", "attack"]
"""What was before the camera."""


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


class PixelRectangle(Answer):
    """In pixels of the upright image."""

    x0: float
    y0: float
    x1: float
    y1: float


class FractionRectangle(Answer):
    """In fractions of the upright image's width and height."""

    x0: float
    y0: float
    x1: float
    y1: float


class FaceBox(Answer):
    """Where a face is."""

    pixels: PixelRectangle
    fractions: FractionRectangle


class PixelPoint(Answer):
    """In pixels of the upright image."""

    x: float
    y: float


class FractionPoint(Answer):
    """In fractions of the upright image's width and height."""

    x: float
    y: float


class FacePoint(Answer):
    """A point of a face. type: as of `Landmark`."""

    type: str
    pixels: PixelPoint
    fractions: FractionPoint


class FacePose(Answer):
    """Estimated rotation of the head in degrees; zero faces the camera."""

    yaw: float
    pitch: float
    roll: float


class PresetVerdict(Answer):
    """What a preset makes of the score: `bona_fide` from the threshold on, or `attack`, or `undecidable`."""

    threshold: float
    verdict: str


class PresetVerdicts(Answer):
    """What each preset makes of the score."""

    weak: PresetVerdict
    balanced: PresetVerdict
    strict: PresetVerdict


class PolicyDecision(Answer):
    """What a policy of the service makes of the score.

    outcome: `accept` from `accept_from` on, `reject` below `reject_below`, `review` between them;
    `undecidable` as of a verdict.
    """

    outcome: str
    policy: str
    version: int
    reject_below: float
    accept_from: float


class QualityMeasure(Answer):
    """What a verdict depends on, measured, and whether its limit is met."""

    reason: str
    value: float
    limit: float
    met: bool


class Tell(Answer):
    """What to tell the person before the camera, in English and Korean; `key` never changes."""

    key: str
    en: str
    ko: str


class FaceHeatmap(Answer):
    """Which parts of the picture a score goes by.

    cells: log-odds lost where the part of `region` is hidden, by rows; over 0 it speaks for bona fide.
    scale: log-odds at the picture's full colour. png: Base64 of a PNG to lay over the region.
    """

    region: FaceBox
    cells: list[list[float]]
    scale: float
    png: str


class FaceLiveness(Answer):
    """A face of an image.

    detection_confidence: that it is a face, 0..1. liveness_score: calibrated, 0..1, high is bona fide.
    verdict: `bona_fide` or `attack`, under the preset of the answer; `undecidable` where quality is required
    and a limit is not met. decision: None where no policy decides. tell: what to tell the person for each
    limit that is not met. heatmap: where it was asked for.
    """

    box: FaceBox
    landmarks: list[FacePoint]
    pose: FacePose
    detection_confidence: float
    liveness_score: float
    verdict: str
    presets: PresetVerdicts
    decision: PolicyDecision | None
    quality: list[QualityMeasure]
    tell: list[Tell]
    heatmap: FaceHeatmap | None = None


class FrameLiveness(Answer):
    """An image: its size in pixels once upright, and its faces, the largest first."""

    width: int
    height: int
    faces: list[FaceLiveness]


class PersonLiveness(Answer):
    """The person whom the capture is of. frames: indices of those that the score is of."""

    liveness_score: float
    verdict: str
    presets: PresetVerdicts
    decision: PolicyDecision | None
    tell: list[Tell]
    frames: list[int]


class FrameFinding(Answer):
    """What is wrong with a frame, held against another one if against one; both by index from 0.

    finding: `duplicate`, `frozen`, `other_face` or `no_face`.
    """

    frame: int
    finding: str
    against: int | None
    value: float | None


class Consistency(Answer):
    """Whether the frames are of one face, and each a picture of its own."""

    consistent: bool
    findings: list[FrameFinding]


class ModelEvidence(Answer):
    """A model that judged, and the SHA-256 of its files."""

    name: str
    version: str
    sha256: list[str]


class PolicyEvidence(Answer):
    """What made verdicts of scores."""

    name: str
    version: str


class DecisionPolicyEvidence(Answer):
    """What made the decisions; what its version says never changes."""

    name: str
    version: int


class ImageEvidence(Answer):
    """An image, by the SHA-256 of its bytes as they were sent."""

    sha256: str


class Evidence(Answer):
    """What proves the answer without keeping an image."""

    request_id: str
    time: datetime
    models: list[ModelEvidence]
    policy: PolicyEvidence
    decision_policy: DecisionPolicyEvidence | None
    images: list[ImageEvidence]


class LivenessAnswer(Answer):
    """What was made of a capture.

    person: None where no face was found. consistency: None for one image. signature: None where not signed.
    """

    preset: str
    person: PersonLiveness | None
    frames: list[FrameLiveness]
    consistency: Consistency | None
    evidence: Evidence
    signature: str | None

    _raw: bytes = PrivateAttr(b"")

    @property
    def raw(self) -> bytes:
        """The answer as it came: keep it, and `bonaface verify` proves it later."""
        return self._raw

    @classmethod
    def read(cls, content: bytes) -> "LivenessAnswer":
        """The answer of JSON. Raises pydantic's ValidationError."""
        found = cls.model_validate_json(content)
        found._raw = content
        return found


class CaptureTokenAnswer(Answer):
    """A capture token: what a page shows in place of the secret. expires_at: aware, in UTC."""

    token: str = Field(repr=False)
    uses: int
    expires_at: datetime


class FeedbackAnswer(Answer):
    """What became of a report, and how the presentation had been decided.

    feedback: `counted`, `repeated` or `corrected`. decision: `accept`, `review`, `reject` or `undecidable`.
    policy, version: by which it was decided; the preset and its version where no policy decided.
    """

    feedback: str
    decision: str
    policy: str
    version: str


class LivenessProblem(Answer):
    """Why a request of v2 was refused (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
