"""Work stops when the client is gone."""

import asyncio

import pytest
from fastapi import Request
from starlette.requests import ClientDisconnect
from starlette.types import Message

from bonaface.api.disconnect import unless_gone


class Connection:
    """The receiving side of a request whose body was read."""

    def __init__(self, *, stray: int = 0) -> None:
        self.gone = asyncio.Event()
        self._stray = stray

    async def receive(self) -> Message:
        if self._stray:
            self._stray -= 1
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    def request(self) -> Request:
        return Request({"type": "http"}, self.receive)


async def answered() -> int:
    await asyncio.sleep(0)
    return 42


async def broken() -> int:
    raise KeyError("of its own")


class Endless:
    def __init__(self) -> None:
        self.was_cancelled = False
        self.began = asyncio.Event()

    async def run(self) -> None:
        self.began.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise


def test_gives_the_result_while_the_client_is_there() -> None:
    async def test() -> int:
        return await unless_gone(Connection(stray=2).request(), answered())

    assert asyncio.run(test()) == 42


def test_passes_on_errors() -> None:
    async def test() -> None:
        await unless_gone(Connection().request(), broken())

    with pytest.raises(KeyError):
        asyncio.run(test())


def test_cancels_the_work_of_a_client_that_is_gone() -> None:
    async def test() -> bool:
        connection, work = Connection(), Endless()
        waiting = asyncio.create_task(unless_gone(connection.request(), work.run()))
        await work.began.wait()
        connection.gone.set()
        with pytest.raises(ClientDisconnect):
            await waiting
        return work.was_cancelled

    assert asyncio.run(test())


def test_cancels_the_work_when_it_is_cancelled_itself() -> None:
    async def test() -> bool:
        work = Endless()
        waiting = asyncio.create_task(unless_gone(Connection().request(), work.run()))
        await work.began.wait()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        return work.was_cancelled

    assert asyncio.run(test())
