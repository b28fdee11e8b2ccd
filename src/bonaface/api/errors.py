"""The one table from exceptions to the wire contract, and the one renderer that uses it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.types import Scope

from bonaface import errors
from bonaface.api.admin.problem import is_admin, problem_of
from bonaface.api.context import context_of
from bonaface.api.envelope import failure
from bonaface.api.outcome import Outcome
from bonaface.api.problem import problem
from bonaface.api.refusals import refusal_of
from bonaface.api.v2.problem import is_v2, liveness_problem, router_problem
from bonaface.quotas.rate_limiter import RateExceededError

log = structlog.get_logger(__name__)

TABLE: Mapping[type[BaseException], Outcome] = MappingProxyType(
    {
        errors.InvalidParameterError: Outcome.INVALID,
        errors.UnauthorizedError: Outcome.UNAUTHORIZED,
        errors.ForbiddenError: Outcome.UNAUTHORIZED,  # of the admin API alone, which tells it as 403
        errors.ImageTooLargeError: Outcome.IMAGE_TOO_LARGE,
        errors.InvalidImageError: Outcome.INVALID_IMAGE,
        errors.UnsupportedImageFormatError: Outcome.UNSUPPORTED_FORMAT,
        errors.ImageUrlError: Outcome.IMAGE_URL,
        errors.ImageTimeoutError: Outcome.IMAGE_TIMEOUT,
        errors.QuotaExceededError: Outcome.QUOTA,
        RateExceededError: Outcome.RATE,
        errors.OverloadedError: Outcome.OVERLOAD,
        errors.ConfigurationError: Outcome.INTERNAL,
        errors.ModelError: Outcome.INTERNAL,
        errors.StorageError: Outcome.INTERNAL,
        errors.StorageUnavailableError: Outcome.STORAGE,
        RequestValidationError: Outcome.INVALID,
    }
)
"""A class that is not named here is told by its nearest base that is; any other exception is INTERNAL."""


def outcome_of(error: BaseException) -> Outcome:
    """The row for `error`."""
    return next((TABLE[kind] for kind in type(error).__mro__ if kind in TABLE), Outcome.INTERNAL)


class ErrorRenderer:
    """Writes the answers that tell errors, and notes in a request's context which one it was.

    In the contract's envelope; under /admin/ and /v2/ as problem details, whose status is always real.
    """

    def __init__(self, *, real_status_codes: bool) -> None:
        self._real_status_codes = real_status_codes

    def render(self, scope: Scope, error: BaseException) -> Response:
        """The response that tells `error` to whoever sent the request of `scope`."""
        context = context_of(scope)
        context.refusal = refusal_of(error)
        if is_admin(scope["path"]):
            context.outcome = None
            return problem_of(error)
        context.outcome = outcome_of(error)
        if is_v2(scope["path"]):
            return liveness_problem(error, context.outcome, context.id)
        return self.answer(error)

    def answer(self, error: BaseException) -> Response:
        """The response in the envelope that tells `error`, for any request."""
        outcome = outcome_of(error)
        status = outcome.http_status(real_status_codes=self._real_status_codes)
        detail = outcome.detail if outcome.is_internal else str(error)
        return failure(outcome, status, detail, _retry_headers(error))

    async def handle(self, request: Request, error: Exception) -> Response:
        """Answer an error that the package raised on purpose, or a parameter that does not hold.

        The log alone learns of one that is internal.
        """
        log_internal(error)
        return self.render(request.scope, error)

    async def handle_http(self, request: Request, error: Exception) -> Response:
        """Answer what the router refuses: no such path, or not with this method. The status is real."""
        refused = cast(HTTPException, error)
        status = refused.status_code
        allow = {"Allow": _allowed(request)} if status == 405 else {}
        headers = {**(refused.headers or {}), **allow}
        context = context_of(request.scope)
        if is_admin(request.url.path):
            is_told = status == 404 and refused.detail != "Not Found"
            context.outcome = None
            return problem(status, refused.detail if is_told else _router_detail(status), headers)
        context.outcome = Outcome.INVALID
        if is_v2(request.url.path):
            return router_problem(status, _router_detail(status), headers, context.id)
        return failure(Outcome.INVALID, status, _router_detail(status), headers)


def add_handlers(app: FastAPI, renderer: ErrorRenderer) -> None:
    """Have `app` answer the errors of the package, and the framework's own, by `renderer`."""
    app.add_exception_handler(errors.BonafaceError, renderer.handle)
    app.add_exception_handler(RequestValidationError, renderer.handle)
    app.add_exception_handler(HTTPException, renderer.handle_http)


def log_internal(error: BaseException) -> None:
    """Log `error` if its caller is told nothing of it.

    Of the database only its sentence and the kind of its cause: in an outage there are many, and writing a
    traceback for each would hold up the event loop.
    """
    if isinstance(error, errors.StorageError):
        log.error("request.failed", error=str(error), cause=type(error.__cause__).__name__)
    elif outcome_of(error).is_internal:
        log.error("request.failed", exc_info=error)


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
