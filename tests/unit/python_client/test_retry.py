from datetime import UTC, datetime

import pytest

from bonaface_client.errors import (
    ConnectionFailedError,
    InternalServiceError,
    QuotaExceededError,
    TimedOutError,
    UnauthorizedError,
    UnavailableError,
    UnexpectedAnswerError,
)
from bonaface_client.retry import NO_RETRY, Retry, retry_after

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def _unavailable(asked: float | None = None) -> UnavailableError:
    return UnavailableError(-50000, "ServiceUnavailable", status=503, retry_after=asked)


@pytest.mark.parametrize(("attempt", "longest"), [(1, 1.0), (2, 2.0), (3, 4.0), (4, 5.0), (40, 5.0)])
def test_each_wait_is_twice_as_long_up_to_a_bound_and_never_the_same(attempt: int, longest: float) -> None:
    retry = Retry(attempts=50, first_wait=1.0, longest_wait=5.0)
    waits = {retry.wait(attempt, _unavailable()) for _ in range(20)}
    assert all(wait is not None and longest / 2 <= wait <= longest for wait in waits)
    assert len(waits) > 1


def test_the_last_attempt_is_the_last() -> None:
    assert Retry(attempts=2, first_wait=0).wait(1, _unavailable()) == 0
    assert Retry(attempts=2).wait(2, _unavailable()) is None
    assert NO_RETRY.wait(1, _unavailable()) is None


def test_what_the_service_asks_for_is_the_least() -> None:
    assert Retry(first_wait=0).wait(1, _unavailable(7)) == 7
    assert Retry().wait(1, _unavailable(10)) == 10


def test_who_is_asked_to_wait_longer_than_wanted_is_told_at_once() -> None:
    assert Retry(longest_wait=10).wait(1, _unavailable(11)) is None


@pytest.mark.parametrize("error", [ConnectionFailedError("cut"), QuotaExceededError(-40070, "q", status=429)])
def test_network_faults_and_quotas_are_tried_again(error: ConnectionFailedError) -> None:
    assert Retry().wait(1, error) is not None


@pytest.mark.parametrize(
    "error",
    [
        TimedOutError("late"),
        UnexpectedAnswerError(500),
        InternalServiceError(-50000, "InternalServerError", status=500),
        UnauthorizedError(-41005, "UnauthorizedAppKeyOrSecretKey", status=401),
    ],
)
def test_nothing_else_is(error: TimedOutError) -> None:
    assert Retry().wait(1, error) is None


@pytest.mark.parametrize("given", [{"attempts": 0}, {"first_wait": -1}, {"longest_wait": -1}])
def test_what_cannot_be_is_refused(given: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least one attempt"):
        Retry(**given)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("0", 0),
        (" 120 ", 120),
        ("Mon, 30 Nov 2026 12:00:30 GMT", 30),
        ("Mon, 30 Nov 2026 11:00:00 GMT", 0),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("٣", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds
