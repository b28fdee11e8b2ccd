"""Why a request was refused, in one word: for operators, who count refusals by reason."""

from collections.abc import Mapping
from types import MappingProxyType

from bonaface.errors import (
    DownloadTooLargeError,
    ImageTimeoutError,
    ImageUrlError,
    Overload,
    OverloadedError,
    StorageUnavailableError,
    UnauthorizedError,
    UrlRefusal,
)
from bonaface.quotas.monthly_quota import MonthExceededError
from bonaface.quotas.rate_limiter import RateExceededError

REFUSALS: Mapping[type[BaseException], str] = MappingProxyType(
    {
        RateExceededError: "rate",
        MonthExceededError: "month",
        UnauthorizedError: "unauthorized",
        StorageUnavailableError: "storage",
    }
)
"""Errors that refuse, besides those of the server's own capacity and of image URLs."""

REASONS = (
    *REFUSALS.values(),
    *(f"overload_{overload}" for overload in Overload),
    *(f"url_{refusal}" for refusal in UrlRefusal),
)
"""Every reason there is."""


def refusal_of(error: BaseException) -> str | None:
    """The reason that `error` refuses a request for, one of REASONS; None for one that is no refusal."""
    if isinstance(error, OverloadedError):
        return f"overload_{error.overload}"
    if isinstance(error, ImageUrlError | ImageTimeoutError | DownloadTooLargeError):
        return f"url_{error.refusal}"
    return next((reason for kind, reason in REFUSALS.items() if isinstance(error, kind)), None)
