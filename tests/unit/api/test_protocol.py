"""Limits on the head of a request, on real connections."""

import re
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
import uvicorn

from bonaface.api.middleware.security_headers import DEFAULTS
from bonaface.api.protocol import HEAD_BYTES, BoundedHttpProtocol
from bonaface.api.server import bind
from bonaface.settings import ServerSettings
from support.asgi import Reader
from support.server import wait_until
from support.wire import connected


class Hasty(BoundedHttpProtocol):
    """Gives a head a fifth of a second."""

    head_seconds = 0.2


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    with closing(bind(ServerSettings(port=0))) as listener:
        config = uvicorn.Config(Reader(), http=Hasty, ws="none", lifespan="off", log_config=None)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        wait_until(lambda: server.started)
        yield listener.getsockname()
        server.should_exit = True
        thread.join()


REQUEST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab"


@pytest.mark.parametrize("start", [b"", b"POST / HT", b"POST / HTTP/1.1\r\nHost: a\r\nX-A"])
def test_a_head_that_takes_too_long_ends_the_connection(address: tuple[str, int], start: bytes) -> None:
    with connected(address) as wire:
        wire.send(start)
        assert wire.is_closed()


def test_so_does_one_on_a_connection_that_was_used(address: tuple[str, int]) -> None:
    with connected(address) as wire:
        wire.send(REQUEST)
        assert wire.read().body == b"2"
        wire.send(REQUEST[:20])
        assert wire.is_closed()


def test_the_body_may_take_longer(address: tuple[str, int]) -> None:
    with connected(address) as idle, connected(address) as wire:
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


def test_what_is_no_http_is_refused_with_the_headers_of_every_answer(address: tuple[str, int]) -> None:
    with connected(address) as wire:
        wire.send(b"\x16\x03\x01 hello\r\n\r\n")
        answer = wire.read()
        assert wire.is_closed()
    assert (answer.status, answer.body) == (400, b"Invalid HTTP request received.")
    assert answer.headers.items() >= {name.lower(): value for name, value in DEFAULTS.items()}.items()
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])


def test_a_long_head_within_the_limit_passes(address: tuple[str, int]) -> None:
    head = b"POST / HTTP/1.1\r\nX: " + b"a" * 60_000 + b"\r\nContent-Length: 1\r\n\r\nb"
    with connected(address) as wire:
        wire.send(head + REQUEST)
        assert [wire.read().body, wire.read().body] == [b"1", b"2"]
