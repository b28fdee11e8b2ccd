"""The client against a server that says what the test wants."""

import asyncio

import pytest

from bonaface.speed.client import Answer, Connection, upload

VERDICT = b"HTTP/1.1 200 OK\r\nX-Result-Code: 0\r\nContent-Length: 2\r\n\r\n{}"
REFUSED = b"HTTP/1.1 200 OK\r\nX-Result-Code: -45030\r\nContent-Length: 2\r\n\r\n{}"
BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nX-Result-Code: -50000\r\n"
    b"Connection: close\r\nContent-Length: 2\r\n\r\n{}"
)
REQUEST = b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n"


class _Server:
    """Sends one reply after the other, whatever is asked, and counts its connections."""

    def __init__(self, *replies: bytes) -> None:
        self._replies = list(replies)
        self.connections = 0
        self._serving: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        while await reader.read(1000) and self._replies:
            writer.write(reply := self._replies.pop(0))
            if b"close" in reply or b"Length" not in reply:
                break
        writer.close()
        await writer.wait_closed()

    async def end(self) -> None:
        """Return when every connection is closed."""
        await asyncio.wait(self._serving)


def _ask(server: _Server, times: int) -> list[Answer]:
    async def main() -> list[Answer]:
        async with await asyncio.start_server(server.serve, "127.0.0.1", 0) as listening:
            host, port = listening.sockets[0].getsockname()
            connection = Connection((host, port))
            try:
                return [await connection.ask(REQUEST) for _ in range(times)]
            finally:
                await connection.close()
                await connection.close()
                await server.end()

    return asyncio.run(main())


def test_a_connection_carries_many_requests() -> None:
    server = _Server(VERDICT, REFUSED, VERDICT)
    verdict = Answer(status=200, is_success=True, retry_after=False, is_last=False)
    refused = Answer(status=200, is_success=False, retry_after=False, is_last=False)

    assert _ask(server, 3) == [verdict, refused, verdict]
    assert server.connections == 1


def test_a_server_that_closes_is_connected_to_again() -> None:
    server = _Server(BUSY, VERDICT)
    busy, verdict = _ask(server, 2)

    assert busy == Answer(status=503, is_success=False, retry_after=True, is_last=True)
    assert verdict.is_success
    assert server.connections == 2


def test_a_connection_that_breaks_is_an_error() -> None:
    with pytest.raises(EOFError):
        _ask(_Server(b"HTTP/1.1 200"), 1)


def test_the_upload_is_a_form_with_the_image() -> None:
    request = upload("key", "secret", b"\xff\xd8image")
    head, _, body = request.partition(b"\r\n\r\n")

    assert head.startswith(b"POST /v1.0/appkeys/key/spoofing HTTP/1.1\r\n")
    assert b"\r\nAuthorization: secret\r\n" in head
    assert f"Content-Length: {len(body)}".encode() in head
    assert b'name="imageFile"' in body
    assert b"\r\n\r\n\xff\xd8image\r\n--" in body
