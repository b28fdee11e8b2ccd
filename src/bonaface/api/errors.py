"""The one table from exceptions to the wire contract, and the handlers that use it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import cast

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException

from bonaface import errors
from bonaface.api.admin.problem import is_admin, problem, problem_of
from bonaface.api.envelope import failure
from bonaface.api.refusals import refusal_of
from bonaface.api.services import services_of

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WireError:
    """A row of the contract's error table.

    `has_real_status` rows keep their HTTP status whatever the server's setting. What an error says whose row
    `is_internal` is for the log alone; callers get `detail` in its place, if any.
    """

    code: int
    message: str
    status: int
    has_real_status: bool = False
    is_internal: bool = False
    detail: str | None = None


INVALID = WireError(-40000, "InvalidParam", 400)
INTERNAL = WireError(-50000, "InternalServerError", 500, is_internal=True)
QUOTA = WireError(-40070, "ServiceQuotaExceededException", 429, has_real_status=True)
OVERLOAD = WireError(-50000, "ServiceUnavailable", 503, has_real_status=True)
NO_STORAGE = "The server cannot reach its storage now; try again after Retry-After."
STORAGE = replace(OVERLOAD, is_internal=True, detail=NO_STORAGE)

TABLE: Mapping[type[BaseException], WireError] = MappingProxyType(
    {
        errors.InvalidParameterError: INVALID,
        errors.UnauthorizedError: WireError(-41005, "UnauthorizedAppKeyOrSecretKey", 401),
        errors.ImageTooLargeError: WireError(-45020, "ImageTooLargeException", 413),
        errors.InvalidImageError: WireError(-45030, "InvalidImageParameterException", 400),
        errors.UnsupportedImageFormatError: WireError(-45040, "InvalidImageFormatException", 415),
        errors.ImageUrlError: WireError(-45050, "InvalidImageURLException", 400),
        errors.ImageTimeoutError: WireError(-45060, "ImageTimeoutError", 408),
        errors.QuotaExceededError: QUOTA,
        errors.OverloadedError: OVERLOAD,
        errors.ConfigurationError: INTERNAL,
        errors.ModelError: INTERNAL,
        errors.StorageError: INTERNAL,
        errors.StorageUnavailableError: STORAGE,
        RequestValidationError: INVALID,
    }
)
"""A class that is not named here is told by its nearest base that is; any other exception is INTERNAL."""


def wire_error(error: BaseException) -> WireError:
    """The row for `error`."""
    return next((TABLE[kind] for kind in type(error).__mro__ if kind in TABLE), INTERNAL)


def answer(error: BaseException, *, real_status_codes: bool) -> Response:
    """The response that tells `error`."""
    row = wire_error(error)
    status = row.status if real_status_codes or row.has_real_status else 200
    detail = row.detail if row.is_internal else str(error)
    return failure(row.code, row.message, status, detail, headers=_retry_headers(error))


def add_handlers(app: FastAPI) -> None:
    """Have `app` answer the errors of the package, and the framework's own.

    In the contract's envelope; under /admin/ as problem details.
    """
    app.add_exception_handler(errors.BonafaceError, handle_error)
    app.add_exception_handler(RequestValidationError, handle_error)
    app.add_exception_handler(HTTPException, handle_http_exception)


async def handle_error(request: Request, error: Exception) -> Response:
    """Answer an error that the package raised on purpose, or a parameter that does not hold.

    The log alone learns of one that is internal.
    """
    request.state.refusal = refusal_of(error)
    log_internal(error)
    real_status_codes = services_of(request).settings.server.real_status_codes
    return answer_at(request.url.path, error, real_status_codes=real_status_codes)


def log_internal(error: BaseException) -> None:
    """Log `error` if its caller is told nothing of it.

    Of the database only its sentence and the kind of its cause: in an outage there are many, and writing a
    traceback for each would hold up the event loop.
    """
    if isinstance(error, errors.StorageError):
        log.error("request.failed", error=str(error), cause=type(error.__cause__).__name__)
    elif wire_error(error).is_internal:
        log.error("request.failed", exc_info=error)


def answer_at(path: str, error: BaseException, *, real_status_codes: bool) -> Response:
    """The response that tells `error` to whoever asked for `path`."""
    if is_admin(path):
        return problem_of(error)
    return answer(error, real_status_codes=real_status_codes)


async def handle_http_exception(request: Request, error: Exception) -> Response:
    """Answer what the router refuses: no such path, or not with this method. The status is always real."""
    refused = cast(HTTPException, error)
    status = refused.status_code
    headers = {**(refused.headers or {}), **({"Allow": _allowed(request)} if status == 405 else {})}
    if is_admin(request.url.path):
        detail = refused.detail if status == 404 and refused.detail != "Not Found" else _router_detail(status)
        return problem(status, detail, headers)
    return failure(INVALID.code, INVALID.message, status, _router_detail(status), headers=headers)


def _retry_headers(error: BaseException) -> dict[str, str] | None:
    if isinstance(error, errors.OverloadedError | errors.QuotaExceededError | errors.StorageUnavailableError):
        return {"Retry-After": str(error.retry_after)}
    return None


def _allowed(request: Request) -> str:
    """The methods of every route at the path of `request`; the framework tells those of the first alone."""
    path, routes = request.scope["path"], iter_route_contexts(request.app.routes)
    methods = {method for route in routes if route.path_regex.match(path) for method in route.methods or ()}
    return ", ".join(sorted(methods))


def _router_detail(status: int) -> str:
    if status == 405:
        return "This path does not take this method; the Allow header names those that it takes."
    return "There is nothing at this path; /docs lists the paths of this server."
