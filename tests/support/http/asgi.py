"""One ASGI request by hand: what a server would send to an application, and what it sends back."""

import asyncio
from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bonaface.api.context import KEY, RequestContext
from bonaface.errors import InvalidParameterError


def http_scope(*headers: tuple[str, str], method: str = "POST", path: str = "/") -> Scope:
    """A request with a context, as the outermost middleware makes it."""
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    return {
        "type": "http",
        "method": method,
        "path": path,
        "headers": raw,
        "query_string": b"",
        KEY: RequestContext("abc"),
    }


def body_of(*chunks: bytes) -> list[Message]:
    """The messages of a body in chunks."""
    last = len(chunks) - 1
    return [
        {"type": "http.request", "body": chunk, "more_body": index < last}
        for index, chunk in enumerate(chunks)
    ]


class Exchange:
    """Hands out `incoming`, then nothing for ever; keeps what the application sends."""

    def __init__(self, incoming: Iterable[Message] = ()) -> None:
        self._incoming = list(incoming)
        self.sent: list[Message] = []

    @property
    def unread(self) -> int:
        return len(self._incoming)

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode().lower(): value.decode() for name, value in self.sent[0]["headers"]}

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)

    async def receive(self) -> Message:
        if not self._incoming:
            await asyncio.Event().wait()
        return self._incoming.pop(0)

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    def run(self, app: ASGIApp, scope: Scope) -> "Exchange":
        async def main() -> None:
            await app(scope, self.receive, self.send)

        asyncio.run(main())
        return self


class Reader:
    """An application that reads the body to its end and says its length."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length, more = 0, True
        while more:
            message = await receive()
            length += len(message.get("body", b""))
            more = message.get("more_body", False)
        await reply(send, b"%d" % length)


class Told:
    """A Reader that tells the fault of a body, as routes do."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await Reader()(scope, receive, send)
        except InvalidParameterError as error:
            await reply(send, str(error).encode(), status=400)


class Refuser:
    """An application that answers without reading."""

    def __init__(self, status: int = 200) -> None:
        self._status = status

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await reply(send, b"no", status=self._status)


class Recorder:
    """An application that takes anything and keeps the types of scope it was given."""

    def __init__(self) -> None:
        self.types: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.types.append(scope["type"])


async def reply(send: Send, body: bytes, *headers: tuple[bytes, bytes], status: int = 200) -> None:
    """Send a plain answer."""
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": status, "headers": [length, *headers]})
    await send({"type": "http.response.body", "body": body, "more_body": False})
