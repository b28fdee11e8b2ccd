"""What a client can do to a connection: slowness, half of a close, garbage, framing that makes no sense."""

import contextlib
import itertools
import socket
import time
from contextlib import ExitStack

import pytest

from support.http.wire import connected, form
from support.pictures import images
from support.security.bombed import Bombed

CROWD = 100
CHUNKED = "Transfer-Encoding: chunked"
CONTENT_TYPE, BODY = form(("imageFile", "a", images.png()))


def good(target: Bombed) -> bytes:
    return target.request_of(CONTENT_TYPE, BODY)


def test_a_body_of_one_byte_a_second_is_cut_off_in_time(target: Bombed) -> None:
    with connected(target.address) as wire:
        wire.send(target.head(f"Content-Type: {CONTENT_TYPE}", f"Content-Length: {len(BODY)}"))
        with contextlib.suppress(ConnectionError):
            for byte in BODY[:3]:
                wire.send(bytes([byte]))
                time.sleep(1)
        answer = wire.read()
    assert answer.code == -40000
    assert "2 seconds" in answer.headers["x-error-detail"]


@pytest.mark.parametrize("share", [0, 20, 200, -1])
def test_a_crowd_that_stops_halfway_is_in_nobodys_way(target: Bombed, share: int) -> None:
    request = good(target)
    with ExitStack() as crowd:
        for _ in range(CROWD):
            crowd.enter_context(connected(target.address)).send(request[:share])
        assert target.post(CONTENT_TYPE, BODY).code == 0


@pytest.mark.parametrize("share", [30, 200, -1, None])
def test_a_half_closed_socket_counts_as_gone(target: Bombed, share: int | None) -> None:
    with socket.create_connection(target.address, timeout=60) as connection:
        connection.sendall(good(target)[:share])
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""


@pytest.mark.parametrize(
    "garbage", [b"\0\xff garbage\r\n\r\n", b"GET\r\n\r\n" * 1000, b"\x16\x03\x01\x02\0\x01\0"]
)
def test_garbage_behind_a_request_ends_the_connection(target: Bombed, garbage: bytes) -> None:
    with connected(target.address) as wire:
        wire.send(good(target))
        assert wire.read().code == 0
        wire.send(garbage)
        assert wire.read().status == 400
        assert wire.is_closed()


def test_thousands_of_requests_in_one_go(target: Bombed) -> None:
    many = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
    with connected(target.address) as wire:
        wire.send(many * 2000)
        assert all(wire.read().status == 200 for _ in range(2000))


SIZES = [b"fffffffffffffffff", b"-1", b"0x10", b"+5", b" 5", b"g", b"", b"5 ;\0", b"5\n", b"\xff"]


@pytest.mark.parametrize("size", SIZES)
def test_chunk_sizes_that_are_none(target: Bombed, size: bytes) -> None:
    with connected(target.address) as wire:
        wire.send(target.head(f"Content-Type: {CONTENT_TYPE}", CHUNKED) + size + b"\r\nabcde\r\n")
        assert wire.read().status == 400
        assert wire.is_closed()


@pytest.mark.parametrize("size", [b"ffffffffffffffff", b"7fffffffffffffff", b"0" * 60_000 + b"ff"])
def test_chunk_sizes_that_are_absurd(target: Bombed, size: bytes) -> None:
    with connected(target.address) as wire:
        wire.send(target.head(f"Content-Type: {CONTENT_TYPE}", CHUNKED) + size + b"\r\nabc")
        assert wire.read().code == -40000


def test_a_chunk_without_end_is_refused_at_the_limit(target: Bombed) -> None:
    with connected(target.address) as wire:
        wire.send(target.head(f"Content-Type: {CONTENT_TYPE}", CHUNKED) + b"ffffffffffffffff\r\n")
        wire.send(bytes(3_100_000))
        assert wire.read().code == -45020


ENDLESS = {
    "extension": (b"5;", b"a" * 10_000),
    "size": (b"", b"0" * 10_000),
    "trailers": (b"0\r\n", b"X: y\r\n" * 2_000),
    "trailer": (b"0\r\nX: ", b"a" * 10_000),
}


@pytest.mark.parametrize(("start", "more"), ENDLESS.values(), ids=ENDLESS)
def test_framing_without_end_is_cut_off(target: Bombed, start: bytes, more: bytes) -> None:
    with connected(target.address) as wire:
        wire.send(target.head(f"Content-Type: {CONTENT_TYPE}", CHUNKED) + start)
        with contextlib.suppress(ConnectionError):
            for sent in itertools.count():
                assert sent < 10_000, "the server reads on for ever"
                wire.send(more)


def test_a_head_without_end_is_cut_off(target: Bombed) -> None:
    with connected(target.address) as wire:
        wire.send(b"GET /healthz HTTP/1.1\r\n")
        with contextlib.suppress(ConnectionError):
            for sent in itertools.count():
                assert sent < 10_000, "the server reads on for ever"
                wire.send(b"X: y\r\n" * 2_000)
