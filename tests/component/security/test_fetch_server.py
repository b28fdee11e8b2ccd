"""The real fetcher against real servers that do what they should not.

The servers listen on loopback, which the settings allow; everything else is as in production.
"""

import asyncio
import gzip
from collections.abc import Hashable

import pytest

from bonaface.errors import DownloadTooLargeError, ImageTimeoutError, ImageUrlError, UrlRefusal
from bonaface.fetch.address import Address
from bonaface.fetch.backend import UNREACHABLE
from bonaface.fetch.client import BROKEN, CODINGS, ENCODED, STATUS
from bonaface.fetch.location import CONTRADICTORY, NOWHERE
from support.network.fetching import LIMIT, OWNER, TIMEOUT, error_of, fetching, raw
from support.network.names import ScriptedResolver
from support.network.web import Exchange, Handler, blurt, serve

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


# What is refused

REASONS = {
    BROKEN: UrlRefusal.PROTOCOL,
    STATUS: UrlRefusal.STATUS,
    NOWHERE: UrlRefusal.LOCATION,
    CONTRADICTORY: UrlRefusal.LOCATION,
}


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"", BROKEN),
        (b"\x00\xff\xfe garbage \r\n\r\n", BROKEN),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", BROKEN),
        (b"HTTP/1.1 200 OK\r\ncontent-le", BROKEN),
        (b"HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\nimage", BROKEN),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nimage", BROKEN),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nimage", BROKEN),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nimage", BROKEN),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nimage", BROKEN),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nimage\r\n", BROKEN),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nimage\r\n0\r\n\r\n", BROKEN),
        (b"HTTP/1.1 200 OK\r\nX-Huge: " + b"a" * 400_000 + b"\r\n\r\n", BROKEN),
        (b"HTTP/1.1 200 OK\r\n" + b"X-Many: a\r\n" * 40_000 + b"\r\n", BROKEN),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nimage", STATUS),
        (b"HTTP/1.1 500 Oops\r\nContent-Length: 5\r\n\r\nimage", STATUS),
        (b"HTTP/1.1 204 No Content\r\n\r\n", STATUS),
        (b"HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\n\r\nimage", STATUS),
        (b"HTTP/1.1 304 Not Modified\r\n\r\n", STATUS),
        (b"HTTP/1.1 300 Multiple Choices\r\nContent-Length: 0\r\n\r\n", STATUS),
        (b"HTTP/1.1 305 Use Proxy\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n", STATUS),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", BROKEN),
        (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", NOWHERE),
        (b"HTTP/1.1 302 Found\r\nLocation:\r\nContent-Length: 0\r\n\r\n", NOWHERE),
        (b"HTTP/1.1 302 Found\r\nLocation: /a\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n", CONTRADICTORY),
    ],
)
async def test_broken_answers_are_url_errors(answer: bytes, sentence: str) -> None:
    error, _ = await error_of(raw(answer))
    assert isinstance(error, ImageUrlError)
    assert (str(error), error.refusal) == (sentence, REASONS[sentence])


@pytest.mark.parametrize(
    "coding", ["GZIP", "identity, gzip", "aws-chunked,gzip", "UTF-8, br", *sorted(CODINGS)]
)
async def test_compression_that_was_not_asked_for_is_refused(coding: str) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.answer(body=gzip.compress(bytes(10_000_000)), content_encoding=coding)

    error, server = await error_of(handler)
    assert isinstance(error, ImageUrlError)
    assert (str(error), error.refusal) == (ENCODED, UrlRefusal.CODING)
    assert server.exchanges[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "named",
    [
        *(
            "",
            "identity",
            "IDENTITY",
            "base64",
            "aws-chunked",
            "aws-chunked, identity",
            "UTF-8",
            "utf-8",
            "utf8",
        ),
        *("none", "null", "binary", "8bit", "7bit", "image/jpeg", "image/png; a=b", "x-unknown", "chunked"),
        *(",", "gzipped", "no gzip", '"', "\x80"),
    ],
)
async def test_what_is_no_content_coding_is_passed_over(named: str) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {named}\r\nContent-Length: 5\r\n\r\n".encode("latin-1")
    async with serve(raw(head, b"image")) as server, fetching() as fetcher:
        assert await fetcher.fetch(server.url(), OWNER) == b"image"


async def test_content_codings_in_several_fields_are_all_looked_at() -> None:
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Encoding: utf-8\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\n"
    )
    error, _ = await error_of(raw(head, b"image"))
    assert str(error) == ENCODED


async def test_a_refused_connection_is_a_url_error() -> None:
    async with serve(raw(b"")) as server:
        pass
    async with fetching() as fetcher:
        with pytest.raises(ImageUrlError) as caught:
            await fetcher.fetch(server.url(), OWNER)
    assert (str(caught.value), caught.value.refusal) == (UNREACHABLE, UrlRefusal.CONNECTION)


@pytest.mark.parametrize("data", [b"", b"\x00", b"HTTP/1.1 200 OK\r\n"])
async def test_a_server_that_closes_at_once_is_a_url_error(data: bytes) -> None:
    async with blurt(data) as server, fetching() as fetcher:
        with pytest.raises(ImageUrlError) as caught:
            await fetcher.fetch(server.url(), OWNER)
    assert server.accepted == 1
    assert str(caught.value) == BROKEN


# Time


async def _stall(_exchange: Exchange) -> None:
    await asyncio.Event().wait()


async def _stall_in_headers(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-")
    await _stall(exchange)


async def _stall_in_body(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nimage")
    await _stall(exchange)


async def _drip(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n")
    for _ in range(50_000):
        await exchange.send(b"x")
        await asyncio.sleep(0.02)


async def _drip_headers(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\n")
    for _ in range(50_000):
        await exchange.send(b"X-Drip: x\r\n")
        await asyncio.sleep(0.02)


async def _endless_early_hints(exchange: Exchange) -> None:
    while True:
        await exchange.send(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        await asyncio.sleep(0.02)


async def _slow_redirects(exchange: Exchange) -> None:
    await asyncio.sleep(TIMEOUT * 0.7)
    await exchange.answer("302 Found", location="/")


@pytest.mark.parametrize(
    "handler",
    [_stall, _stall_in_headers, _stall_in_body, _drip, _drip_headers, _endless_early_hints, _slow_redirects],
)
async def test_the_time_limit_holds_for_everything_together(handler: Handler) -> None:
    error, _ = await error_of(handler, seconds=TIMEOUT)
    assert isinstance(error, ImageTimeoutError)


async def test_the_time_limit_holds_for_the_name_server() -> None:
    class Stalled(ScriptedResolver):
        async def resolve(self, host: str, owner: Hashable = None) -> list[Address]:
            await asyncio.Event().wait()
            return []

    async with fetching(Stalled(), seconds=TIMEOUT) as fetcher:
        with pytest.raises(ImageTimeoutError):
            await fetcher.fetch("http://slow.example/", OWNER)


async def test_the_time_limit_holds_for_the_tls_handshake() -> None:
    async with serve(_stall) as server, fetching(seconds=TIMEOUT) as fetcher:
        with pytest.raises(ImageTimeoutError):
            await fetcher.fetch(server.url(scheme="https"), OWNER)
        assert server.accepted == 1


async def test_a_cancelled_fetch_leaves_nothing_open() -> None:
    asked = asyncio.Event()

    async def handler(exchange: Exchange) -> None:
        asked.set()
        await _stall_in_body(exchange)

    async with serve(handler) as server, fetching() as fetcher:
        task = asyncio.create_task(fetcher.fetch(server.url(), OWNER))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await server.exchanges[0].reader.read() == b""  # our side closed


# Size


async def test_an_image_of_exactly_the_limit_is_taken() -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.answer(body=bytes(LIMIT))

    async with serve(handler) as server, fetching() as fetcher:
        assert await fetcher.fetch(server.url(), OWNER) == bytes(LIMIT)


async def test_a_declared_length_over_the_limit_is_refused_without_reading() -> None:
    error, _ = await error_of(raw(f"HTTP/1.1 200 OK\r\nContent-Length: {LIMIT + 1}\r\n\r\n".encode()))
    assert isinstance(error, DownloadTooLargeError)
    assert str(LIMIT) in str(error)


@pytest.mark.parametrize(
    ("head", "frame"),
    [
        (b"Content-Length: 10000000000\r\n", b"%s"),
        (b"Transfer-Encoding: chunked\r\n", b"10000\r\n%s\r\n"),
        (b"", b"%s"),
        (b"Content-Length: 10\r\nTransfer-Encoding: chunked\r\n", b"10000\r\n%s\r\n"),
    ],
    ids=["declared", "chunked", "until closed", "declared small and chunked"],
)
async def test_ten_gigabytes_are_cut_off_soon(head: bytes, frame: bytes) -> None:
    chunk = frame % bytes(0x10000)

    async def flood(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n")
        while exchange.sent < 10_000_000_000:
            await exchange.send(chunk)

    error, server = await error_of(flood)
    assert isinstance(error, DownloadTooLargeError)
    assert server.exchanges[0].sent < 20_000_000  # the kernel's socket buffers take some


async def test_a_body_longer_than_declared_is_cut_at_the_declared_length() -> None:
    handler = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nimage and a second answer")
    async with serve(handler) as server, fetching() as fetcher:
        assert await fetcher.fetch(server.url(), OWNER) == b"image"


async def test_calls_side_by_side_do_not_disturb_each_other() -> None:
    async def handler(exchange: Exchange) -> None:
        if exchange.path == "/stall":
            await _stall(exchange)
        await exchange.answer(body=exchange.path.encode())

    paths = [f"/{number}" for number in range(30)]
    async with serve(handler) as server, fetching() as fetcher:
        stalled = asyncio.create_task(fetcher.fetch(server.url("/stall"), OWNER))
        answers = await asyncio.gather(*(fetcher.fetch(server.url(path), OWNER) for path in paths))
        stalled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await stalled
    assert answers == [path.encode() for path in paths]
    assert server.accepted == len(paths) + 1
