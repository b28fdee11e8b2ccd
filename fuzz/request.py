"""Gives bytes to the reader of request bodies as a server would: over ASGI, in chunks."""

import itertools
from collections.abc import Iterator

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


class Sender:
    """Reads bodies on an event loop in a thread of its own, which stays for the next, like a server's."""

    def __init__(self) -> None:
        self._running = start_blocking_portal()  # ends with the process
        self._portal = self._running.__enter__()

    def send(self, content_type: bytes, body: bytes) -> Submission:
        """What the route would make of `body`. Raises as `read_submission`; checks what it gives."""
        submission = self._portal.call(_read, content_type, body)
        check(submission)
        return submission


def check(submission: Submission) -> None:
    """Hold a submission against the contract: one image, in limits, and a preset that exists."""
    assert (submission.image is None) != (submission.url is None)
    assert submission.image is None or len(submission.image) <= MAX_BYTES
    assert submission.preset is None or isinstance(submission.preset, Preset)


async def _read(content_type: bytes, body: bytes) -> Submission:
    messages = _messages(body)

    async def receive() -> Message:
        return next(messages)

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"content-type", content_type)]}
    return await read_submission(Request(scope, receive), MAX_BYTES)


def _messages(body: bytes) -> Iterator[Message]:
    size = len(body) // CHUNKS + 1
    for start in range(0, len(body), size):
        yield {"type": "http.request", "body": body[start : start + size], "more_body": True}
    yield from itertools.repeat({"type": "http.request", "body": b"", "more_body": False})
