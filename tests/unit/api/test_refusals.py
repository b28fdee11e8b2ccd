"""Why a request was refused."""

import pytest

from bonaface.api.refusals import REASONS, refusal_of
from bonaface.errors import (
    DownloadTooLargeError,
    ImageTimeoutError,
    ImageTooLargeError,
    ImageUrlError,
    InvalidImageError,
    Overload,
    OverloadedError,
    StorageAwayError,
    StorageError,
    StorageUnavailableError,
    UnauthorizedError,
    UrlRefusal,
)
from bonaface.quotas.monthly_quota import MonthExceededError
from bonaface.quotas.rate_limiter import RateExceededError


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (RateExceededError("x"), "rate"),
        (MonthExceededError("x"), "month"),
        (UnauthorizedError("x"), "unauthorized"),
        (StorageUnavailableError("x"), "storage"),
        (StorageAwayError("x"), "storage"),
        (OverloadedError("x"), "overload_queue"),
        *((OverloadedError("x", overload=each), f"overload_{each}") for each in Overload),
        (ImageTimeoutError("x"), "url_timeout"),
        (DownloadTooLargeError("x"), "url_size"),
        *((ImageUrlError("x", each), f"url_{each}") for each in UrlRefusal),
    ],
)
def test_every_refusal_has_one_reason(error: Exception, reason: str) -> None:
    assert refusal_of(error) == reason
    assert reason in REASONS


@pytest.mark.parametrize(
    "error", [InvalidImageError("x"), ImageTooLargeError("x"), StorageError("x"), KeyError("x")]
)
def test_what_failed_was_not_refused(error: Exception) -> None:
    assert refusal_of(error) is None


def test_reasons_are_told_once_each() -> None:
    assert len(REASONS) == len(set(REASONS)) == 4 + len(Overload) + len(UrlRefusal)
