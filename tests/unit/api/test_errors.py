"""The table from exceptions to the wire is the contract's, and it is complete."""

import inspect

import orjson
import pytest
from structlog.testing import capture_logs

from bonaface import errors
from bonaface.api.context import context_of
from bonaface.api.envelope import DETAIL_HEADER
from bonaface.api.errors import TABLE, ErrorRenderer, log_internal, outcome_of
from bonaface.api.outcome import NO_STORAGE, Outcome
from bonaface.errors import (
    BonafaceError,
    ConflictError,
    ImageTimeoutError,
    ImageTooLargeError,
    ImageTooSmallError,
    ImageUrlError,
    InvalidImageError,
    InvalidParameterError,
    ModelMissingError,
    OverloadedError,
    QuotaExceededError,
    StorageAwayError,
    StorageError,
    StorageUnavailableError,
    UnauthorizedError,
    UnsupportedImageFormatError,
)
from bonaface.quotas.monthly_quota import MonthExceededError
from bonaface.quotas.rate_limiter import RateExceededError
from support.http.asgi import http_scope

ROWS = [
    (InvalidParameterError, -40000, "InvalidParam", 400),
    (ImageTooSmallError, -40000, "InvalidParam", 400),
    (ConflictError, -40000, "InvalidParam", 400),
    (UnauthorizedError, -41005, "UnauthorizedAppKeyOrSecretKey", 401),
    (ImageTooLargeError, -45020, "ImageTooLargeException", 413),
    (InvalidImageError, -45030, "InvalidImageParameterException", 400),
    (UnsupportedImageFormatError, -45040, "InvalidImageFormatException", 415),
    (ImageUrlError, -45050, "InvalidImageURLException", 400),
    (ImageTimeoutError, -45060, "ImageTimeoutError", 408),
    (StorageError, -50000, "InternalServerError", 500),
    (ModelMissingError, -50000, "InternalServerError", 500),
    (KeyError, -50000, "InternalServerError", 500),
]


def every_error() -> list[type[BonafaceError]]:
    classes = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]
    return [kind for kind in classes if issubclass(kind, BonafaceError)]


@pytest.mark.parametrize("kind", [kind for kind in every_error() if kind is not BonafaceError])
def test_every_error_of_the_package_has_a_row(kind: type[BonafaceError]) -> None:
    assert any(base in TABLE for base in kind.__mro__)


@pytest.mark.parametrize(("kind", "code", "message", "status"), ROWS)
@pytest.mark.parametrize("real", [False, True])
def test_rows(kind: type[Exception], code: int, message: str, status: int, real: bool) -> None:
    response = ErrorRenderer(real_status_codes=real).answer(kind("Do this."))
    assert response.status_code == (status if real else 200)
    assert orjson.loads(response.body)["header"] == {
        "isSuccessful": False,
        "resultCode": code,
        "resultMessage": message,
    }


@pytest.mark.parametrize("real", [False, True])
@pytest.mark.parametrize(
    ("error", "code", "message", "status"),
    [
        (OverloadedError("Wait.", 7), -50000, "ServiceUnavailable", 503),
        (QuotaExceededError("Wait.", 7), -40070, "ServiceQuotaExceededException", 429),
    ],
)
def test_rows_of_our_own_keep_their_status(
    error: BonafaceError, code: int, message: str, status: int, real: bool
) -> None:
    response = ErrorRenderer(real_status_codes=real).answer(error)
    assert response.status_code == status
    assert response.headers["retry-after"] == "7"
    assert response.headers[DETAIL_HEADER] == "Wait."
    assert (outcome_of(error).code, outcome_of(error).message) == (code, message)


@pytest.mark.parametrize("real", [False, True])
@pytest.mark.parametrize("kind", [StorageUnavailableError, StorageAwayError])
def test_storage_that_cannot_be_reached_is_503_and_tells_nothing_of_it(
    kind: type[StorageUnavailableError], real: bool
) -> None:
    response = ErrorRenderer(real_status_codes=real).answer(kind("db at 10.0.0.1"))
    assert response.status_code == 503
    assert response.headers["retry-after"] == "1"
    assert response.headers[DETAIL_HEADER] == NO_STORAGE
    assert orjson.loads(response.body)["header"]["resultMessage"] == "ServiceUnavailable"


@pytest.mark.parametrize("error", [KeyError("/srv/secret"), StorageError("db at 10.0.0.1"), Exception()])
def test_an_internal_error_tells_nothing(error: Exception) -> None:
    response = ErrorRenderer(real_status_codes=True).answer(error)
    assert outcome_of(error) is Outcome.INTERNAL
    assert DETAIL_HEADER not in response.headers
    assert b"secret" not in bytes(response.body)


def test_a_class_made_elsewhere_is_told_by_its_base() -> None:
    class OddUrlError(ImageUrlError):
        """Not in the table."""

    assert outcome_of(OddUrlError("x")).code == -45050


def test_an_error_is_noted_where_the_request_is_known() -> None:
    scope, renderer = http_scope(path="/v1.0/x"), ErrorRenderer(real_status_codes=False)
    renderer.render(scope, OverloadedError("Wait."))
    assert (context_of(scope).outcome, context_of(scope).refusal) == (Outcome.OVERLOAD, "overload_queue")
    renderer.render(scope, KeyError("later"))
    assert (context_of(scope).outcome, context_of(scope).refusal) == (Outcome.INTERNAL, None)


def test_a_problem_of_the_admin_api_is_no_outcome_of_the_contract() -> None:
    scope = http_scope(path="/admin/v1/applications")
    response = ErrorRenderer(real_status_codes=False).render(scope, UnauthorizedError("No."))
    assert response.status_code == 401
    assert (context_of(scope).outcome, context_of(scope).refusal) == (None, "unauthorized")


def test_rate_and_quota_are_counted_apart() -> None:
    assert outcome_of(RateExceededError("x")) is Outcome.RATE
    assert outcome_of(MonthExceededError("x")) is Outcome.QUOTA


def test_what_a_caller_is_not_told_is_logged() -> None:
    away, missing = StorageError("Restore it."), ModelMissingError("Pull it.")
    away.__cause__ = ConnectionError("10.0.0.7 refused")
    with capture_logs() as logs:
        for error in (InvalidImageError("Send another."), OverloadedError("Wait."), away, missing):
            log_internal(error)
    assert logs == [
        {"event": "request.failed", "log_level": "error", "error": "Restore it.", "cause": "ConnectionError"},
        {"event": "request.failed", "log_level": "error", "exc_info": missing},
    ]
