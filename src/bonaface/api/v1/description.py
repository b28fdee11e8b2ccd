"""What the OpenAPI document says of the v1.0 route beyond its models."""

from typing import Any

from bonaface.api.body.content_type import JSON, MULTIPART
from bonaface.api.envelope import CODE_HEADER, DETAIL_HEADER
from bonaface.api.inlined_schema import inlined_schema
from bonaface.api.v1.form import CONDITION_PART, IMAGE_PART
from bonaface.api.v1.schemas import FailureResponse, SpoofingRequest, SpoofingResponse
from bonaface.types import Preset

CONDITION = {"type": "string", "enum": [*Preset], "default": Preset.BALANCED}

FORM = {
    "type": "object",
    "required": [IMAGE_PART],
    "properties": {
        IMAGE_PART: {"type": "string", "format": "binary", "description": "a PNG or JPEG file"},
        CONDITION_PART: CONDITION,
    },
}

APP_KEY = {"name": "appKey", "in": "path", "required": True, "schema": {"type": "string"}}

EXTRA: dict[str, Any] = {
    "parameters": [APP_KEY],
    "requestBody": {
        "required": True,
        "content": {JSON: {"schema": inlined_schema(SpoofingRequest)}, MULTIPART: {"schema": FORM}},
    },
}

CODE = {"description": "header.resultCode of the body", "schema": {"type": "integer"}}
DETAIL = {
    "description": "on a refusal: one sentence that says what to do",
    "schema": {"type": "string"},
}
RETRY = {"description": "seconds to wait", "schema": {"type": "integer"}}
HEADERS = {CODE_HEADER: CODE, DETAIL_HEADER: DETAIL}


def _refusal(sentence: str) -> dict[str, Any]:
    return {
        "model": FailureResponse,
        "description": sentence,
        "headers": {**HEADERS, "Retry-After": RETRY},
    }


REAL_STATUSES = {
    200: "The image was analysed",
    400: "InvalidParam, InvalidImageParameterException or InvalidImageURLException: see header.resultCode",
    401: "UnauthorizedAppKeyOrSecretKey",
    408: "ImageTimeoutError",
    413: "ImageTooLargeException",
    415: "InvalidImageFormatException",
    500: "InternalServerError",
}
"""What a server answers that is set up to send real statuses, beside 429 and 503."""

REAL_RESPONSES: dict[str, dict[str, Any]] = {
    str(status): {
        "description": sentence,
        "headers": HEADERS,
        "content": {JSON: {"schema": inlined_schema(SpoofingResponse if status == 200 else FailureResponse)}},
    }
    for status, sentence in REAL_STATUSES.items()
}

RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "model": SpoofingResponse | FailureResponse,
        "description": "Every answer but the two below, success or failure: see header.isSuccessful",
        "headers": HEADERS,
    },
    429: _refusal("The application used up its rate or quota"),
    503: _refusal("The server has no capacity now"),
}
