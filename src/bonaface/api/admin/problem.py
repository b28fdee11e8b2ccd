"""How the admin API tells an error: problem details (RFC 9457), always with their real HTTP status."""

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import Response
from fastapi.exceptions import RequestValidationError

from bonaface import errors
from bonaface.api.problem import UNEXPECTED, headers_of, problem

ROOT = "/admin/v1"

STATUSES: Mapping[type[BaseException], int] = MappingProxyType(
    {
        errors.InvalidParameterError: 400,
        errors.NotFoundError: 404,
        errors.UnauthorizedError: 401,
        errors.ForbiddenError: 403,
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


def problem_of(error: BaseException) -> Response:
    """The response that tells `error`; what nobody expected tells nothing of its inside."""
    status = next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), 500)
    return problem(status, UNEXPECTED if status == 500 else _detail(error), headers_of(error))


def _detail(error: BaseException) -> str:
    """The sentence; of a parameter that does not hold, its name and what is wrong, never what was sent."""
    if not isinstance(error, RequestValidationError):
        return str(error)
    fault = error.errors()[0]
    return f"{'.'.join(map(str, fault['loc'][1:]))}: {fault['msg']}."
