"""Where one request ends and the next begins, however the reads of a connection split them."""

import time
from collections.abc import Iterator
from itertools import combinations, pairwise

import pytest

from bonaface.api.protocol import PIECE_BYTES, BoundedHttpProtocol
from support.asgi import Reader
from support.server import serving
from support.wire import connected

HEAD = b"POST / HTTP/1.1\r\nHost: a\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
REQUESTS = {
    "no body": (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"0"),
    "a length": (HEAD + b"Content-Length: 3\r\n\r\na\r\n", b"3"),
    "a length of none": (HEAD + b"Content-Length: 0\r\n\r\n", b"0"),
    "chunks": (CHUNKED + b"3\r\n\n\r\n\r\n0\r\n\r\n", b"3"),
    "trailers": (CHUNKED + b"1\r\na\r\n0\r\nX: y\r\n\r\n", b"1"),
    "an upgrade": (HEAD + b"Connection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 1\r\n\r\na", b"1"),
}
GARBAGE = {"bytes": b"\0\xff\r\n\r\n", "empty lines and bytes": b"\r\n\r\n\0", "a bad head": b"GET\r\n\r\n"}


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    with serving(Reader(), BoundedHttpProtocol) as address:
        yield address


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE)
@pytest.mark.parametrize(("request_", "answer"), REQUESTS.values(), ids=REQUESTS)
def test_a_good_request_is_answered_whatever_follows_it_in_the_same_read(
    address: tuple[str, int], request_: bytes, answer: bytes, garbage: bytes
) -> None:
    """Every split from the last line's start to the garbage's end, in two reads and in three."""
    data = request_ + garbage
    around = range(len(request_) - 6, len(data))
    for cuts in [*((cut,) for cut in around), *combinations(range(len(request_) - 3, len(request_) + 2), 2)]:
        with connected(address) as wire:
            for start, end in pairwise((0, *cuts, len(data))):
                wire.send(data[start:end])
                time.sleep(0.003)  # a read of its own
            first, second = wire.read(), wire.read()
            assert (first.status, first.body, second.status) == (200, answer, 400), cuts
            assert wire.is_closed()


def test_a_request_longer_than_a_piece_may_end_at_any_byte_of_one(address: tuple[str, int]) -> None:
    """The parser gets pieces of 8 KiB: its end falls on every byte of the empty line and beside it."""
    for length in range(PIECE_BYTES - 12, PIECE_BYTES + 4):
        request = b"GET / HTTP/1.1\r\nHost: a\r\nX: "
        request += b"a" * (length - len(request)) + b"\r\n\r\n"
        with connected(address) as wire:
            wire.send(request + GARBAGE["bytes"])
            assert [wire.read().status, wire.read().status] == [200, 400], length
