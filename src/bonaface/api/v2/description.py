"""What the OpenAPI document says of /v2 beyond its models."""

from typing import Any

from bonaface.api.body.content_type import JSON, MULTIPART
from bonaface.api.inlined_schema import inlined_schema
from bonaface.api.v2.body import (
    FACES_PART,
    FRAMES_PART,
    HEATMAP_PART,
    IMAGE_PART,
    POLICY_PART,
    PRESET_PART,
    QUALITY_PART,
)
from bonaface.api.v2.feedback_schemas import FeedbackAnswer, FeedbackRequest
from bonaface.api.v2.schemas import (
    LEAST_FRAMES,
    MOST_FRAMES,
    Faces,
    LivenessProblem,
    LivenessRequest,
    Quality,
)
from bonaface.api.v2.token_schemas import CaptureTokenRequest
from bonaface.policies.decision_policy import MAX_NAME
from bonaface.types import Preset

FORM = {
    "type": "object",
    "oneOf": [{"required": [IMAGE_PART]}, {"required": [FRAMES_PART]}],
    "properties": {
        IMAGE_PART: {"type": "string", "format": "binary", "description": "a PNG or JPEG file"},
        FRAMES_PART: {
            "type": "array",
            "minItems": LEAST_FRAMES,
            "maxItems": MOST_FRAMES,
            "items": {"type": "string", "format": "binary", "description": "a PNG or JPEG file"},
        },
        FACES_PART: {"type": "string", "enum": [*Faces], "default": Faces.ALL},
        PRESET_PART: {"type": "string", "enum": [*Preset], "default": Preset.BALANCED},
        QUALITY_PART: {"type": "string", "enum": [*Quality], "default": Quality.INFORM},
        POLICY_PART: {"type": "string", "minLength": 1, "maxLength": MAX_NAME},
        HEATMAP_PART: {"type": "boolean", "default": False},
    },
}

EXTRA: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {JSON: {"schema": inlined_schema(LivenessRequest)}, MULTIPART: {"schema": FORM}},
    },
}

RETRY = {"Retry-After": {"description": "seconds to wait", "schema": {"type": "integer"}}}

SENTENCES = {
    400: "The request does not hold: invalid_parameter, unknown_policy, image_too_small, invalid_image or "
    "invalid_url",
    401: "unauthorized: unknown or disabled appKey, missing or wrong secretKey, a capture token that ended",
    408: "timeout: the download of the image did not finish in time",
    413: "image_too_large or download_too_large",
    415: "unsupported_format of the image, or unsupported_media_type of the body",
    429: "quota_exceeded: the application used up its rate or quota",
    500: "internal",
    503: "overloaded or unavailable: the server has no capacity now, or cannot reach its storage",
}
"""By status; the words are those of `code`."""
TRY_AGAIN = frozenset({429, 503})

TOKEN_SENTENCES = {
    **{status: SENTENCES[status] for status in (401, 429, 500, 503)},
    400: "invalid_parameter: the request does not hold, or asks for more than the server's settings allow",
    413: "image_too_large: the body is over the limit",
    415: "unsupported_media_type",
}
"""The same of /v2/tokens."""

FEEDBACK_SENTENCES = {
    **{status: TOKEN_SENTENCES[status] for status in (401, 413, 415, 429, 500, 503)},
    400: "invalid_parameter: the request does not hold, or the answer is too old; untrusted_signature: it is "
    "no answer of this server",
    409: "already_reported: something else was told of the answer; not_signing: the server signs no answers",
}
"""The same of /v2/feedback."""


def _responses(sentences: dict[int, str]) -> dict[int | str, dict[str, Any]]:
    return {
        status: {
            "model": LivenessProblem,
            "description": sentence,
            **({"headers": RETRY} if status in TRY_AGAIN else {}),
        }
        for status, sentence in sorted(sentences.items())
    }


RESPONSES = _responses(SENTENCES)
TOKEN_RESPONSES = _responses(TOKEN_SENTENCES)
TOKEN_EXTRA: dict[str, Any] = {
    "requestBody": {"required": False, "content": {JSON: {"schema": inlined_schema(CaptureTokenRequest)}}},
}
FEEDBACK_RESPONSES = {
    200: {"model": FeedbackAnswer, "description": "It was told before: repeated, or corrected"},
    **_responses(FEEDBACK_SENTENCES),
}
FEEDBACK_EXTRA: dict[str, Any] = {
    "requestBody": {"required": True, "content": {JSON: {"schema": inlined_schema(FeedbackRequest)}}},
}
