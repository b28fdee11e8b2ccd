"""Real servers on the loopback address, on ports that image URLs may name, and what they saw."""

import asyncio
import random
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

PORTS = range(10_000, 12_001)


def has_ipv6() -> bool:
    """Whether this machine has an IPv6 loopback address; many containers have none."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="no IPv6 loopback address here")


@dataclass
class Exchange:
    """One connection: what came in and how to answer."""

    head: bytes
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    sent: int = 0

    @property
    def path(self) -> str:
        return self.head.split(b" ", 2)[1].decode()

    @property
    def headers(self) -> dict[str, str]:
        lines = self.head.decode("latin-1").split("\r\n")[1:]
        return {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)
        }

    async def send(self, data: bytes) -> None:
        """Send and wait until the kernel took it, so that `sent` is what a slow reader let us send."""
        self.writer.write(data)
        await self.writer.drain()
        self.sent += len(data)

    async def answer(self, status: str = "200 OK", body: bytes = b"", **headers: str) -> None:
        """A whole, honest answer. `content_type="image/png"` becomes `content-type: image/png`."""
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        head = "\r\n".join([f"HTTP/1.1 {status}", f"content-length: {len(body)}", *lines, "", ""])
        await self.send(head.encode() + body)


Handler = Callable[[Exchange], Awaitable[None]]


@dataclass
class LocalServer:
    """A listening server. `accepted` counts connections, also those that never sent a request."""

    port: int = 0
    accepted: int = 0
    exchanges: list[Exchange] = field(default_factory=list)
    server_names: list[str | None] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"


@asynccontextmanager
async def serve(
    handler: Handler, tls: ssl.SSLContext | None = None, host: str | Sequence[str] = "127.0.0.1"
) -> AsyncIterator[LocalServer]:
    """Serve `handler` while the block runs; every connection still open at its end is cut."""
    local = LocalServer()
    tasks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        local.accepted += 1
        tasks.add(asyncio.create_task(_talk(local, handler, reader, writer)))

    if tls is not None:
        tls.sni_callback = lambda _socket, name, _context: local.server_names.append(name)
    server = await _listen(connected, tls, host)
    local.port = server.sockets[0].getsockname()[1]
    try:
        yield local
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


async def _talk(
    local: LocalServer, handler: Handler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    try:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            exchange = Exchange(head, reader, writer)
            local.exchanges.append(exchange)
            await handler(exchange)
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def _listen(
    connected: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None] | None],
    tls: ssl.SSLContext | None,
    host: str | Sequence[str],
) -> asyncio.Server:
    for port in random.sample(PORTS, len(PORTS)):
        with suppress(OSError):
            return await asyncio.start_server(connected, host, port, ssl=tls)
    raise RuntimeError("no port is free")


@asynccontextmanager
async def blurt(data: bytes) -> AsyncIterator[LocalServer]:
    """A server that sends `data` and closes at once, whatever the client says."""
    local = LocalServer()

    async def connected(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        local.accepted += 1
        writer.write(data)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    server = await _listen(connected, None, "127.0.0.1")
    local.port = server.sockets[0].getsockname()[1]
    async with server:
        yield local
