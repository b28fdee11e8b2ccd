"""Open while the database is away; one attempt a second."""

import threading

import pytest
from structlog.testing import capture_logs

from bonaface.errors import StorageAwayError
from bonaface.storage.breaker import RETRY_SECONDS, CircuitBreaker
from support.clocks import Clock
from support.waiting import wait_until

AWAY = StorageAwayError("It is away.")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> CircuitBreaker:
    return CircuitBreaker(clock)


def refuses(breaker: CircuitBreaker) -> bool:
    try:
        breaker.check()
    except StorageAwayError:
        return True
    return False


def test_it_is_closed_until_something_fails(breaker: CircuitBreaker) -> None:
    breaker.succeeded()
    assert not breaker.is_open
    assert not refuses(breaker)


def test_after_a_failure_one_a_second_may_try(breaker: CircuitBreaker, clock: Clock) -> None:
    breaker.failed(AWAY)
    assert [refuses(breaker) for _ in range(3)] == [True] * 3
    clock.time += RETRY_SECONDS
    assert [refuses(breaker) for _ in range(3)] == [False, True, True]
    breaker.failed(AWAY)
    assert refuses(breaker)
    clock.time += RETRY_SECONDS
    assert not refuses(breaker)
    assert breaker.is_open  # whoever tries has not been answered yet
    breaker.succeeded()
    assert not breaker.is_open
    assert [refuses(breaker) for _ in range(3)] == [False] * 3


def test_a_failure_of_what_was_asked_before_another_answer_opens_nothing(
    breaker: CircuitBreaker, clock: Clock
) -> None:
    asked = breaker.now
    clock.time += 1
    breaker.succeeded()
    clock.time += 1
    breaker.failed(AWAY, asked)
    assert not breaker.is_open
    breaker.failed(AWAY, breaker.now)
    assert breaker.is_open


def test_with_a_probe_nobody_else_has_to_try(breaker: CircuitBreaker, clock: Clock) -> None:
    began, gate = threading.Semaphore(0), threading.Event()

    def probe() -> None:
        began.release()
        assert gate.wait(20)
        breaker.succeeded()

    breaker.probe_with(probe)
    breaker.failed(AWAY)
    assert refuses(breaker)
    clock.time += RETRY_SECONDS
    assert refuses(breaker)
    assert began.acquire(timeout=60)
    clock.time += 10 * RETRY_SECONDS
    assert refuses(breaker)
    assert not began.acquire(blocking=False)  # one at a time
    gate.set()
    wait_until(lambda: not breaker.is_open)
    assert not refuses(breaker)


def test_a_probe_that_finds_it_away_is_followed_by_another(breaker: CircuitBreaker, clock: Clock) -> None:
    ended = threading.Semaphore(0)

    def probe() -> None:
        breaker.failed(AWAY)
        ended.release()

    breaker.probe_with(probe)
    breaker.failed(AWAY)
    for _ in range(3):
        clock.time += RETRY_SECONDS
        wait_until(lambda: refuses(breaker) and ended.acquire(blocking=False))


def test_a_suspicion_has_it_tried_and_opens_nothing(breaker: CircuitBreaker) -> None:
    breaker.suspect()  # there is nobody to try
    tried = threading.Semaphore(0)
    breaker.probe_with(tried.release)
    breaker.suspect()
    assert tried.acquire(timeout=60)
    assert not breaker.is_open
    breaker.failed(AWAY)
    breaker.suspect()  # it is known already: the next turn is that of the next second
    assert not tried.acquire(blocking=False)


def test_the_log_tells_of_the_first_failure_and_of_the_end(breaker: CircuitBreaker) -> None:
    with capture_logs() as logs:
        for _ in range(3):
            breaker.failed(AWAY)
        for _ in range(3):
            breaker.succeeded()
    assert [log["event"] for log in logs] == ["storage.away", "storage.back"]
