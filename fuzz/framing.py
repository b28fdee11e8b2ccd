"""Fuzzing target: the bytes of a connection, which mean the same however reads split them.

Every input is read in one go, split at random and, if it is short, byte by byte: the same requests with the
same bodies must reach the application, the same answers leave, and the connection end alike.
"""

import asyncio
import random
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from fuzz import harness

with harness.instrumented():
    from bonaface.errors import InvalidParameterError
    from bonaface.server.http_protocol import BoundedHttpProtocol

SHORT = 200
"""Bytes of an input that is also read byte by byte."""
TURNS = 6
"""Of the event loop, after which whatever is going to happen has happened."""
STUCK = 1000
ANSWER = re.compile(rb"HTTP/1\.1 (\d{3})")


@dataclass
class Outcome:
    """What reached the application whole, as (method, path, headers, body), and what left."""

    requests: list[tuple[Any, ...]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    is_closed: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application: reads a body, and answers."""
        status = 200
        try:
            body = await _body(receive)
        except InvalidParameterError:
            status = 400
        else:
            if body is None:
                return
            self.requests.append((scope["method"], scope["raw_path"], tuple(scope["headers"]), body))
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})


class Pipe(asyncio.Transport):
    """What the server's side of a connection is to a protocol."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self._outcome = outcome
        self.is_paused = False

    def write(self, data: "bytes | bytearray | memoryview[Any]") -> None:
        found = ANSWER.match(data)
        if found and found[1] != b"100":  # asked for when a body is read before it is there
            self._outcome.statuses.append(int(found[1]))

    def close(self) -> None:
        self._outcome.is_closed = True

    def is_closing(self) -> bool:
        return self._outcome.is_closed

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self.close()

    def pause_reading(self) -> None:
        self.is_paused = True

    def resume_reading(self) -> None:
        self.is_paused = False

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """There is no buffer."""


class Framing:
    """Reads every input as the bytes of a connection."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._told = Outcome()
        self._config = uvicorn.Config(
            self._app, interface="asgi3", ws="none", lifespan="off", log_config=None, proxy_headers=False
        )
        self._config.load()

    def __call__(self, data: bytes) -> None:
        whole = self.outcome([data])
        assert self.outcome(split(data)) == whole
        if len(data) < SHORT:
            assert self.outcome([bytes([byte]) for byte in data]) == whole

    def outcome(self, pieces: Sequence[bytes]) -> Outcome:
        """What comes of a connection that gives these pieces, one after the other."""
        self._told = told = Outcome()
        self._loop.run_until_complete(self._serve(pieces, told))
        return told

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._told(scope, receive, send)

    async def _serve(self, pieces: Sequence[bytes], told: Outcome) -> None:
        protocol = BoundedHttpProtocol(self._config, ServerState(), {}, self._loop)
        pipe = Pipe(told)
        protocol.connection_made(pipe)
        for piece in pieces:
            if told.is_closed:
                break
            protocol.data_received(piece)
            await _settle(pipe)
        await _turns(TURNS)
        is_closed = told.is_closed
        protocol.connection_lost(None)
        await _turns(TURNS)
        told.is_closed = is_closed


def split(data: bytes) -> list[bytes]:
    """The input in pieces, always the same."""
    chance = random.Random(zlib.crc32(data))  # noqa: S311 - no secret
    cuts = sorted({0, len(data), *(chance.randint(0, len(data)) for _ in range(chance.randint(1, 12)))})
    return [data[start:end] for start, end in pairwise(cuts)]


async def _body(receive: Receive) -> bytes | None:
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message["body"]
        more = message["more_body"]
    return body


async def _settle(pipe: Pipe) -> None:
    for _ in range(STUCK):
        await _turns(1)
        if pipe.is_closing() or not pipe.is_paused:
            return
    raise AssertionError("the connection reads no more")


async def _turns(number: int) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


if __name__ == "__main__":
    harness.main(harness.Target(Framing(), lambda _error: False))
