"""How the admin API tells an error: problem details (RFC 9457), always with their real HTTP status."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

import orjson
from fastapi import Response
from fastapi.exceptions import RequestValidationError

from bonaface import errors

MEDIA_TYPE = "application/problem+json"
ROOT = "/admin/v1"
UNEXPECTED = "Something went wrong inside the server; its log tells what, under this request's X-Request-Id."

STATUSES: Mapping[type[BaseException], int] = MappingProxyType(
    {
        errors.InvalidParameterError: 400,
        errors.NotFoundError: 404,
        errors.UnauthorizedError: 401,
        errors.ConflictError: 409,
        errors.ImageTooLargeError: 413,  # what the body limit raises, whatever the body was meant to be
        errors.OverloadedError: 503,
        errors.StorageError: 503,
        RequestValidationError: 400,
    }
)
"""A class that is not named here is told by its nearest base that is; any other exception is a 500."""


def is_admin(path: str) -> bool:
    """Whether errors at `path` are told as problem details."""
    return path.startswith(f"{ROOT}/")


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """A response that tells `detail`: one sentence that says what to do."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    return Response(orjson.dumps(body), status, dict(headers or {}), MEDIA_TYPE)


def problem_of(error: BaseException) -> Response:
    """The response that tells `error`; what nobody expected tells nothing of its inside."""
    status = next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), 500)
    return problem(status, UNEXPECTED if status == 500 else _detail(error), _headers(error))


def _detail(error: BaseException) -> str:
    """The sentence; of a parameter that does not hold, its name and what is wrong, never what was sent."""
    if not isinstance(error, RequestValidationError):
        return str(error)
    fault = error.errors()[0]
    return f"{'.'.join(map(str, fault['loc'][1:]))}: {fault['msg']}."


def _headers(error: BaseException) -> dict[str, str]:
    if isinstance(error, errors.UnauthorizedError):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, errors.OverloadedError | errors.StorageUnavailableError):
        return {"Retry-After": str(error.retry_after)}
    return {}
