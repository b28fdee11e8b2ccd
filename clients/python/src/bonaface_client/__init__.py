"""Client of bonaface, a self-hosted face liveness service, and of NHN Cloud's Face Liveness v1.0.

>>> from bonaface_client import Client
>>> with Client("http://127.0.0.1:8000", app_key="...", secret_key="...") as client:  # doctest: +SKIP
...     client.detect_spoofing("selfie.jpg").face_details[0].spoofing
False
"""

from bonaface_client.answers import (
    BoundingBox,
    CaptureTokenAnswer,
    Consistency,
    Evidence,
    FaceDetail,
    FaceHeatmap,
    FaceLiveness,
    FeedbackAnswer,
    FrameFinding,
    FrameLiveness,
    Landmark,
    LivenessAnswer,
    PersonLiveness,
    PolicyDecision,
    QualityMeasure,
    SpoofingData,
    Tell,
)
from bonaface_client.async_client import AsyncClient
from bonaface_client.client import Client
from bonaface_client.errors import (
    BonafaceClientError,
    ConflictError,
    ConnectionFailedError,
    ImageTimeoutError,
    ImageTooLargeError,
    ImageUrlError,
    InternalServiceError,
    InvalidImageError,
    InvalidParameterError,
    QuotaExceededError,
    ServiceError,
    TimedOutError,
    UnauthorizedError,
    UnavailableError,
    UnexpectedAnswerError,
    UnsupportedFormatError,
)
from bonaface_client.retry import NO_RETRY, Retry
from bonaface_client.version import __version__

__all__ = [
    "NO_RETRY",
    "AsyncClient",
    "BonafaceClientError",
    "BoundingBox",
    "CaptureTokenAnswer",
    "Client",
    "ConflictError",
    "ConnectionFailedError",
    "Consistency",
    "Evidence",
    "FaceDetail",
    "FaceHeatmap",
    "FaceLiveness",
    "FeedbackAnswer",
    "FrameFinding",
    "FrameLiveness",
    "ImageTimeoutError",
    "ImageTooLargeError",
    "ImageUrlError",
    "InternalServiceError",
    "InvalidImageError",
    "InvalidParameterError",
    "Landmark",
    "LivenessAnswer",
    "PersonLiveness",
    "PolicyDecision",
    "QualityMeasure",
    "QuotaExceededError",
    "Retry",
    "ServiceError",
    "SpoofingData",
    "Tell",
    "TimedOutError",
    "UnauthorizedError",
    "UnavailableError",
    "UnexpectedAnswerError",
    "UnsupportedFormatError",
    "__version__",
]
