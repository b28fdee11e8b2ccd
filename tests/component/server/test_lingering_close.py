"""The end of a connection, on real sockets."""

import asyncio
import socket

import pytest

from bonaface.server import lingering_close
from bonaface.server.lingering_close import MAX_BYTES, Linger


class Farewell(asyncio.Protocol):
    """Says goodbye at once, and lingers."""

    def __init__(self, lost: asyncio.Event) -> None:
        self._lost = lost
        self._linger: Linger | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.pause_reading()
        transport.write(b"goodbye")
        self._linger = Linger(transport, asyncio.get_running_loop())

    def data_received(self, data: bytes) -> None:
        assert self._linger is not None
        self._linger.drop(data)

    def connection_lost(self, _exc: Exception | None) -> None:
        assert self._linger is not None
        self._linger.end()
        self._lost.set()


async def farewell(sent: int, ends: bool = False) -> bytes:
    """What a client reads that has sent `sent` bytes first, once the server has let go."""
    lost = asyncio.Event()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Farewell(lost), "127.0.0.1", 0)
    async with server:
        with socket.create_connection(server.sockets[0].getsockname()) as client:
            client.setblocking(False)
            await loop.sock_sendall(client, bytes(sent))
            if ends:
                client.shutdown(socket.SHUT_WR)
                await lost.wait()
            answer = await loop.sock_recv(client, 100)
            assert await loop.sock_recv(client, 100) == b""
            if not ends:
                await lost.wait()
    return answer


def test_the_end_of_the_client_is_the_end() -> None:
    assert asyncio.run(farewell(1_000_000, ends=True)) == b"goodbye"


def test_a_client_that_says_no_more_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lingering_close, "SECONDS", 0.05)
    assert asyncio.run(farewell(10)) == b"goodbye"


def test_a_client_that_never_ends_is_cut_off() -> None:
    with pytest.raises(ConnectionError):
        asyncio.run(farewell(4 * MAX_BYTES))
