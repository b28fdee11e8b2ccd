"""One thing after a while."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from bonaface.server.timer import Timer

SOON = 0.01


async def let_it_be(timer: Timer, done: list[str]) -> None:
    timer.start(SOON, lambda: done.append("a"))


async def put_it_off(timer: Timer, done: list[str]) -> None:
    timer.start(SOON, lambda: done.append("a"))
    timer.start(SOON, lambda: done.append("b"))


async def call_it_off(timer: Timer, done: list[str]) -> None:
    timer.start(SOON, lambda: done.append("a"))
    timer.cancel()
    timer.cancel()


Work = Callable[[Timer, list[str]], Coroutine[Any, Any, None]]


@pytest.mark.parametrize(("work", "expected"), [(let_it_be, ["a"]), (put_it_off, ["b"]), (call_it_off, [])])
def test_what_it_calls(work: Work, expected: list[str]) -> None:
    done: list[str] = []

    async def main() -> None:
        timer = Timer(asyncio.get_running_loop())
        assert not timer.is_running
        await work(timer, done)
        assert timer.is_running is bool(expected)
        await asyncio.sleep(10 * SOON)

    asyncio.run(main())
    assert done == expected
