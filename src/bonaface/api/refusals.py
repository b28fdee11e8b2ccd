"""Why a request was refused, in one word: for operators, who count refusals by reason."""

from collections.abc import Mapping
from types import MappingProxyType

from bonaface.accounts.month import MonthExceededError
from bonaface.accounts.rates import RateExceededError
from bonaface.errors import Overload, OverloadedError, UnauthorizedError

REFUSALS: Mapping[type[BaseException], str] = MappingProxyType(
    {RateExceededError: "rate", MonthExceededError: "month", UnauthorizedError: "unauthorized"}
)
"""Errors that refuse, besides those of the server's own capacity."""

REASONS = (*REFUSALS.values(), *(f"overload_{overload}" for overload in Overload))
"""Every reason there is."""


def refusal_of(error: BaseException) -> str | None:
    """The reason that `error` refuses a request for, one of REASONS; None for one that is no refusal."""
    if isinstance(error, OverloadedError):
        return f"overload_{error.overload}"
    return next((reason for kind, reason in REFUSALS.items() if isinstance(error, kind)), None)
