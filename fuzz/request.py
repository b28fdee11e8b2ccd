"""Gives bytes to the reader of request bodies as a server would: over ASGI, in chunks."""

import itertools
from collections.abc import Awaitable, Callable, Iterator
from typing import Generic, TypeVar

from anyio.from_thread import start_blocking_portal
from starlette.requests import Request
from starlette.types import Message

from fuzz import harness

with harness.instrumented():
    from bonaface.api.v1.body import Submission, read_submission
    from bonaface.types import Preset

MAX_BYTES = 3_000_000
CHUNKS = 7
"""A body is cut into this many chunks at most, so that no border is special."""


Read = TypeVar("Read")


class BodySender(Generic[Read]):
    """Has `read` read bodies on an event loop in a thread of its own, which stays, like a server's."""

    def __init__(self, read: Callable[[Request, int], Awaitable[Read]]) -> None:
        self._read = read
        self._running = start_blocking_portal()  # ends with the process
        self._portal = self._running.__enter__()

    def send(self, content_type: bytes, body: bytes) -> Read:
        """What the route would make of `body`. Raises what reading it raises."""
        return self._portal.call(self._sent, content_type, body)

    async def _sent(self, content_type: bytes, body: bytes) -> Read:
        messages = _messages(body)

        async def receive() -> Message:
            return next(messages)

        scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"content-type", content_type)]}
        return await self._read(Request(scope, receive), MAX_BYTES)


class Sender(BodySender[Submission]):
    """Sends to the v1.0 route, and checks what it makes of a body."""

    def __init__(self) -> None:
        super().__init__(read_submission)

    def send(self, content_type: bytes, body: bytes) -> Submission:
        """What the route would make of `body`. Raises as `read_submission`; checks what it gives."""
        submission = super().send(content_type, body)
        check(submission)
        return submission


def check(submission: Submission) -> None:
    """Hold a submission against the contract: one image, in limits, and a preset that exists."""
    assert (submission.image is None) != (submission.url is None)
    assert submission.image is None or len(submission.image) <= MAX_BYTES
    assert submission.preset is None or isinstance(submission.preset, Preset)


def _messages(body: bytes) -> Iterator[Message]:
    size = len(body) // CHUNKS + 1
    for start in range(0, len(body), size):
        yield {"type": "http.request", "body": body[start : start + size], "more_body": True}
    yield from itertools.repeat({"type": "http.request", "body": b"", "more_body": False})
