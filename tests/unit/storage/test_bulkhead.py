"""Threads of its own, a wait that ends, and nothing asked of a database that is away."""

import asyncio
import gc
import threading
from collections.abc import Iterator

import pytest

from bonaface.errors import Overload, OverloadedError, StorageAwayError, UnauthorizedError
from bonaface.storage.breaker import CircuitBreaker
from bonaface.storage.bulkhead import Bulkhead
from support.waiting import wait_until

SHORT = 0.05
LONG = 20.0


class Hung:
    """Questions that are not answered until told so."""

    def __init__(self) -> None:
        self.began = threading.Semaphore(0)
        self.gate = threading.Event()

    def ask(self) -> str:
        self.began.release()
        assert self.gate.wait(LONG)
        return "late"


@pytest.fixture
def hung() -> Iterator[Hung]:
    hung = Hung()
    yield hung
    hung.gate.set()


def test_an_answer_and_an_error_come_as_they_are() -> None:
    def refuse() -> None:
        raise UnauthorizedError("no")

    async def test() -> None:
        bulkhead = Bulkhead(1)
        assert await bulkhead.ask(lambda: 7) == 7
        with pytest.raises(UnauthorizedError):
            await bulkhead.ask(refuse)
        bulkhead.close()

    asyncio.run(test())


def test_whoever_waits_in_one_takes_nothing_of_another(hung: Hung) -> None:
    async def test() -> None:
        strangers, others = Bulkhead(2, wait=LONG), Bulkhead(1, wait=LONG)
        waiting = [asyncio.create_task(strangers.ask(hung.ask)) for _ in range(50)]
        await asyncio.sleep(0)
        assert await others.ask(lambda: "at once") == "at once"
        assert not any(task.done() for task in waiting)
        hung.gate.set()
        assert await asyncio.gather(*waiting) == ["late"] * 50
        for bulkhead in (strangers, others):
            bulkhead.close()

    asyncio.run(test())


def test_no_answer_is_away_and_no_place_is_overload(hung: Hung) -> None:
    async def test() -> None:
        bulkhead = Bulkhead(1, wait=SHORT)
        first, second = await asyncio.gather(
            bulkhead.ask(hung.ask), bulkhead.ask(hung.ask), return_exceptions=True
        )
        assert isinstance(first, StorageAwayError)
        assert isinstance(second, OverloadedError)
        assert second.overload is Overload.DATABASE
        assert hung.began.acquire(timeout=LONG)
        hung.gate.set()
        assert await Bulkhead(1).ask(lambda: 7) == 7
        assert not hung.began.acquire(blocking=False)  # what nobody waits for any more is not asked
        bulkhead.close()

    asyncio.run(test())


def test_errors_that_come_too_late_are_no_noise(hung: Hung, caplog: pytest.LogCaptureFixture) -> None:
    ended = threading.Event()

    def fail() -> None:
        hung.ask()
        ended.set()
        raise UnauthorizedError("too late")

    async def test() -> None:
        bulkhead = Bulkhead(1, wait=SHORT)
        with pytest.raises(StorageAwayError):
            await bulkhead.ask(fail)
        hung.gate.set()
        await asyncio.to_thread(ended.wait, LONG)
        await asyncio.to_thread(bulkhead._threads.shutdown)
        await asyncio.sleep(0)
        gc.collect()

    asyncio.run(test())
    assert not caplog.records


def test_nothing_is_asked_of_a_database_that_is_known_to_be_away() -> None:
    asked: list[int] = []

    async def test() -> None:
        breaker = CircuitBreaker()
        bulkhead = Bulkhead(1, breaker)
        breaker.failed(StorageAwayError("away"))
        with pytest.raises(StorageAwayError):
            await bulkhead.ask(lambda: asked.append(1))
        bulkhead.send(lambda: asked.append(2))
        breaker.succeeded()
        await bulkhead.ask(lambda: asked.append(3))
        bulkhead.close()

    asyncio.run(test())
    assert asked == [3]


def test_what_is_sent_is_asked_and_a_closed_one_takes_nothing() -> None:
    asked: list[int] = []
    bulkhead = Bulkhead(1)
    bulkhead.send(lambda: asked.append(1))
    wait_until(lambda: asked == [1])
    bulkhead.close()
    bulkhead.send(lambda: asked.append(2))
    assert asked == [1]
