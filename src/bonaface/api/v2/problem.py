"""How /v2 tells an error: problem details (RFC 9457) with a word for programs and the request's name."""

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import Response

from bonaface.api.outcome import Outcome
from bonaface.api.problem import UNEXPECTED, headers_of, problem
from bonaface.errors import BonafaceError, ConflictError, UnsupportedMediaTypeError

ROOT = "/v2"
INTERNAL = "internal"
UNAVAILABLE = "unavailable"
ROUTER_CODES: Mapping[int, str] = MappingProxyType({404: "not_found", 405: "method_not_allowed"})
STATUSES: Mapping[type[BaseException], int] = MappingProxyType(
    {UnsupportedMediaTypeError: 415, ConflictError: 409}
)
"""Of errors that v1.0 has no code for; the others have the status of the contract's table."""


def is_v2(path: str) -> bool:
    """Whether errors at `path` are told by this module."""
    return path == ROOT or path.startswith(f"{ROOT}/")


def liveness_problem(error: BaseException, outcome: Outcome, request_id: str) -> Response:
    """The response that tells `error`, whose row of the contract's table is `outcome`.

    What nobody expected, and what is of the server's inside, is told in one sentence that says nothing of it.
    """
    detail = (outcome.detail or UNEXPECTED) if outcome.is_internal else str(error)
    return problem(
        _status(error, outcome), detail, headers_of(error), _members(_code(error, outcome), request_id)
    )


def router_problem(status: int, detail: str, headers: Mapping[str, str], request_id: str) -> Response:
    """What the router refuses: no such path, or not with this method."""
    return problem(status, detail, headers, _members(ROUTER_CODES.get(status, INTERNAL), request_id))


def _status(error: BaseException, outcome: Outcome) -> int:
    return next((status for kind, status in STATUSES.items() if isinstance(error, kind)), outcome.status)


def _code(error: BaseException, outcome: Outcome) -> str:
    if outcome is Outcome.STORAGE:
        return UNAVAILABLE
    if outcome.is_internal or not isinstance(error, BonafaceError):
        return INTERNAL
    return error.code


def _members(code: str, request_id: str) -> dict[str, str]:
    return {"code": code, "requestId": request_id}
