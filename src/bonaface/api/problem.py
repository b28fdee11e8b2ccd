"""Problem details (RFC 9457): how the admin API and /v2 tell errors, always with their real HTTP status."""

from collections.abc import Mapping
from http import HTTPStatus

import orjson
from fastapi import Response

from bonaface import errors

MEDIA_TYPE = "application/problem+json"
UNEXPECTED = "Something went wrong inside the server; its log tells what, under this request's X-Request-Id."


def problem(
    status: int,
    detail: str,
    headers: Mapping[str, str] | None = None,
    members: Mapping[str, str] | None = None,
) -> Response:
    """A response that tells `detail`: one sentence that says what to do. `members` are added to it."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **(members or {}),
    }
    return Response(orjson.dumps(body), status, dict(headers or {}), MEDIA_TYPE)


def headers_of(error: BaseException) -> dict[str, str]:
    """The headers that belong to the status of `error`."""
    if isinstance(error, errors.UnauthorizedError):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, errors.OverloadedError | errors.QuotaExceededError | errors.StorageUnavailableError):
        return {"Retry-After": str(error.retry_after)}
    return {}
