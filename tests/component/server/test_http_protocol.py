"""Limits on the head of a request, on real connections."""

import asyncio
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from bonaface.api.middleware.security_headers import DEFAULTS
from bonaface.server.http_protocol import BoundedHttpProtocol
from bonaface.server.refusal import HEAD_BYTES
from support.http.asgi import Told, reply
from support.http.wire import SECONDS, connected
from support.servers.thread import serving


class Hasty(BoundedHttpProtocol):
    """Gives a head a fifth of a second, and a reader as long."""

    head_seconds = 0.2
    read_seconds = 0.2


class Ponderer:
    """Takes twice the time of a head to answer; asked for /stream, it sends its head before it thinks."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/stream":
            await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.sleep(2 * Hasty.head_seconds)
        await reply(send, b"2")


class Loud:
    """An application that answers with 20 MB in a hundred pieces."""

    def __init__(self) -> None:
        self.ended = threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": LENGTH})
        for left in reversed(range(PIECES)):
            await send({"type": "http.response.body", "body": PIECE, "more_body": left > 0})
        self.ended.set()


PIECES, PIECE = 100, bytes(200_000)
LENGTH = [(b"content-length", b"%d" % (PIECES * len(PIECE)))]


def served(app: ASGIApp) -> AbstractContextManager[tuple[str, int]]:
    return serving(app, Hasty)


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    """Of a server with its times as they come: on a busy machine those of `hasty` run out by themselves."""
    with serving(Told(), BoundedHttpProtocol) as address:
        yield address


@pytest.fixture(scope="module")
def hasty() -> Iterator[tuple[str, int]]:
    with served(Told()) as address:
        yield address


REQUEST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab"


@pytest.mark.parametrize("start", [b"", b"POST / HT", b"POST / HTTP/1.1\r\nHost: a\r\nX-A"])
def test_a_head_that_takes_too_long_ends_the_connection(hasty: tuple[str, int], start: bytes) -> None:
    with connected(hasty) as wire:
        wire.send(start)
        assert wire.is_closed()


def test_so_does_one_on_a_connection_that_was_used(hasty: tuple[str, int]) -> None:
    with connected(hasty) as wire:
        wire.send(REQUEST)
        assert wire.read().body == b"2"
        wire.send(REQUEST[:20])
        assert wire.is_closed()


def test_the_body_may_take_longer(hasty: tuple[str, int]) -> None:
    with connected(hasty) as idle, connected(hasty) as wire:
        wire.send(REQUEST[:-1])
        assert idle.is_closed()  # a head timer of the same length has run out
        wire.send(REQUEST[-1:])
        assert wire.read().body == b"2"


@pytest.mark.parametrize("pieces", [1, 3])
def test_a_head_that_is_too_long_is_refused(address: tuple[str, int], pieces: int) -> None:
    with connected(address) as wire:
        wire.send(b"GET / HTTP/1.1\r\nX: ")
        for _ in range(pieces):
            wire.send(b"a" * (HEAD_BYTES // pieces + 100))
        assert wire.read().status == 400
        assert wire.is_closed()


def test_a_client_that_sends_on_after_the_refusal_still_gets_it(address: tuple[str, int]) -> None:
    with connected(address) as wire:
        wire.send(b"nonsense\r\n\r\n")
        for _ in range(30):
            wire.send(bytes(100_000))
        assert wire.read().status == 400
        assert wire.is_closed()


def test_a_request_that_is_refused_in_its_body_gets_one_answer() -> None:
    with served(Ponderer()) as address, connected(address) as wire:
        wire.send(CHUNKED)
        wire.send(b"nonsense\r\n" + bytes(1000))
        assert wire.read().status == 400
        time.sleep(3 * Hasty.head_seconds)  # the application has answered meanwhile
        assert wire.is_closed()


def test_what_is_no_http_is_refused_with_the_headers_of_every_answer(address: tuple[str, int]) -> None:
    with connected(address) as wire:
        wire.send(b"\x16\x03\x01 hello\r\n\r\n")
        answer = wire.read()
        assert wire.is_closed()
    assert (answer.status, answer.code) == (400, -40000)
    assert "HTTP library" in answer.headers["x-error-detail"]
    assert answer.headers.items() >= {name.lower(): value for name, value in DEFAULTS.items()}.items()
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])


def test_a_long_head_within_the_limit_passes(address: tuple[str, int]) -> None:
    head = b"POST / HTTP/1.1\r\nX: " + b"a" * 60_000 + b"\r\nContent-Length: 1\r\n\r\nb"
    with connected(address) as wire:
        wire.send(head + REQUEST)
        assert [wire.read().body, wire.read().body] == [b"1", b"2"]


CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize("start", [b"0\r\n", b"0\r\nX: ", b"1;", b"0", b"1\r\na\r\n0\r\n"])
@pytest.mark.parametrize("filler", [b"X: b\r\n", b"a" * 100, b"0" * 100])
def test_framing_and_trailers_have_the_limit_of_a_head(
    address: tuple[str, int], start: bytes, filler: bytes
) -> None:
    with connected(address) as wire:
        wire.send(CHUNKED + start)
        with suppress(ConnectionError):
            for _ in range(100):
                wire.send(filler * (HEAD_BYTES // len(filler) // 10))
            assert wire.read().status == 400
            assert wire.is_closed()


def test_trailers_are_read_and_dropped(address: tuple[str, int]) -> None:
    trailers = b"0\r\n" + b"X: b\r\n" * 100 + b"\r\n"
    with connected(address) as wire:
        for start in (CHUNKED, CHUNKED + b"2;x=y\r\nab\r\n"):
            wire.send(start + trailers)
        assert [wire.read().body, wire.read().body] == [b"0", b"2"]


def test_tiny_chunks_are_no_excess(address: tuple[str, int]) -> None:
    with connected(address) as wire:
        wire.send(CHUNKED + b"1\r\na\r\n" * 40_000 + b"0\r\n\r\n")
        assert wire.read().body == b"40000"


def test_empty_lines_do_not_keep_a_connection(hasty: tuple[str, int]) -> None:
    with connected(hasty) as wire:
        wire.send(REQUEST)
        assert wire.read().body == b"2"
        with suppress(ConnectionError):
            for _ in range(200):
                wire.send(b"\r\n")
                time.sleep(0.01)
            raise AssertionError
        assert wire.is_closed()


def test_an_empty_line_after_a_body_does_no_harm(address: tuple[str, int]) -> None:
    with connected(address) as wire:
        for _ in range(3):
            wire.send(REQUEST + b"\r\n")
            assert wire.read().body == b"2"


def test_the_head_of_the_next_request_may_wait_for_an_answer() -> None:
    with served(Ponderer()) as address, connected(address) as wire:
        wire.send(REQUEST + REQUEST[:20])
        assert wire.read().body == b"2"
        wire.send(REQUEST[20:])
        assert wire.read().body == b"2"


def test_an_answer_that_has_begun_is_cut_and_nothing_is_put_into_it() -> None:
    with served(Ponderer()) as address, connected(address) as wire:
        wire.send(CHUNKED.replace(b"/ ", b"/stream "))
        assert wire.read().status == 200
        wire.send(b"0" * 2 * HEAD_BYTES)
        assert wire.is_closed()


GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def test_a_client_that_does_not_read_is_cut_off_and_nothing_waits_for_it() -> None:
    loud = Loud()
    with served(loud) as address, connected(address) as wire:
        wire.send(GET)
        assert loud.ended.wait(SECONDS)  # not written: given up
        assert len(wire.read().body) < PIECES * len(PIECE)  # what the kernel had
        assert wire.is_closed()


def test_one_that_reads_slowly_gets_it_all() -> None:
    with served(Loud()) as address, socket.create_connection(address, SECONDS) as connection:
        connection.sendall(GET)
        left = PIECES * len(PIECE)
        while left > 0:
            left -= len(connection.recv(1_000_000))
            time.sleep(0.01)
