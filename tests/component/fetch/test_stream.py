"""Reads in turns."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from ipaddress import ip_network

import pytest

from bonaface.fetch.backend import GuardedBackend
from bonaface.fetch.stream import BODY_READ, HEAD_READ, FairStream
from support.network.fetching import OWNER
from support.network.names import ScriptedResolver
from support.network.tls import TestAuthority
from support.network.web import Exchange, LocalServer, serve

pytestmark = pytest.mark.anyio

NAME = "images.example"
BLOCK = bytes(4 * HEAD_READ)
LOOPBACK = (ip_network("127.0.0.0/8"),)


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


async def _block(exchange: Exchange) -> None:
    await exchange.send(BLOCK)


@asynccontextmanager
async def dialled(server: LocalServer) -> AsyncIterator[FairStream]:
    """A stream to `server` that the server has heard of."""
    async with aclosing(GuardedBackend(ScriptedResolver({NAME: "127.0.0.1"}), LOOPBACK, OWNER)) as backend:
        stream = await backend.connect_tcp(NAME, server.port)
        assert isinstance(stream, FairStream)
        yield stream


async def whole(stream: FairStream) -> list[int]:
    """The sizes of the reads that it took to read BLOCK."""
    sizes: list[int] = []
    while sum(sizes) < len(BLOCK):
        sizes.append(len(await stream.read(BODY_READ)))
    return sizes


async def test_a_head_comes_little_by_little_and_a_body_as_it_is_asked_for() -> None:
    async with serve(_block) as server, dialled(server) as stream:
        await stream.write(b"GET / HTTP/1.1\r\n\r\n")
        assert max(await whole(stream)) <= HEAD_READ
        stream.most = BODY_READ
        assert await stream.read(BODY_READ) == b""


async def test_what_is_there_already_comes_after_a_turn_of_the_others_also_through_tls() -> None:
    authority, turns = TestAuthority(), 0

    async def others() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    async with serve(_block, authority.server(NAME)) as server, dialled(server) as stream:
        assert await stream.start_tls(authority.client(), NAME) is stream
        await stream.write(b"GET / HTTP/1.1\r\n\r\n")
        task = asyncio.create_task(others())
        sizes = await whole(stream)
        task.cancel()
    assert max(sizes) <= HEAD_READ
    assert turns >= len(sizes)


async def test_it_tells_what_is_known_of_the_connection() -> None:
    async with serve(_block) as server, dialled(server) as stream:
        assert stream.get_extra_info("server_addr") == ("127.0.0.1", server.port)
