"""Where one request ends and the next begins, however the reads of a connection split them."""

import time
from collections.abc import Callable, Iterator
from itertools import combinations, pairwise

import pytest

from bonaface.server.framing import FRAMING_BYTES
from bonaface.server.http_protocol import BoundedHttpProtocol
from bonaface.server.received import PIECE_BYTES
from bonaface.server.refusal import HEAD_BYTES, HEAD_LINES
from support.http.asgi import Told
from support.http.wire import RawAnswer, connected
from support.servers.thread import serving

HEAD = b"POST / HTTP/1.1\r\nHost: a\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
REQUESTS = {
    "no body": (GET, b"0"),
    "a length": (HEAD + b"Content-Length: 3\r\n\r\na\r\n", b"3"),
    "a length of none": (HEAD + b"Content-Length: 0\r\n\r\n", b"0"),
    "chunks": (CHUNKED + b"3\r\n\n\r\n\r\n0\r\n\r\n", b"3"),
    "trailers": (CHUNKED + b"1\r\na\r\n0\r\nX: y\r\n\r\n", b"1"),
    "an upgrade": (HEAD + b"Connection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 1\r\n\r\na", b"1"),
}
GARBAGE = {"bytes": b"\0\xff\r\n\r\n", "empty lines and bytes": b"\r\n\r\n\0", "a bad head": b"GET\r\n\r\n"}


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    with serving(Told(), BoundedHttpProtocol) as address:
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
    """The parser gets pieces of 4 KiB: its end falls on every byte of the empty line and beside it."""
    for length in range(PIECE_BYTES - 12, PIECE_BYTES + 4):
        request = b"GET / HTTP/1.1\r\nHost: a\r\nX: "
        request += b"a" * (length - len(request)) + b"\r\n\r\n"
        with connected(address) as wire:
            wire.send(request + GARBAGE["bytes"])
            assert [wire.read().status, wire.read().status] == [200, 400], length


def sized(length: int) -> bytes:
    """A head of so many bytes, its empty line included."""
    return (HEAD + b"Content-Length: 1\r\nX: ").ljust(length - 4, b"a") + b"\r\n\r\n"


def lined(lines: int) -> bytes:
    """A head of so many header lines."""
    return HEAD + b"Content-Length: 1\r\n" + b"X: y\r\n" * (lines - 2) + b"\r\n"


def trailed(lines: int) -> bytes:
    """A body with so many lines of trailers."""
    return CHUNKED + b"1\r\na\r\n0\r\n" + b"X: y\r\n" * lines + b"\r\n"


def trailing(length: int) -> bytes:
    """A body of nothing but so many bytes of framing."""
    return CHUNKED + b"0\r\nX: ".ljust(length - 4, b"a") + b"\r\n\r\n"


def framed(length: int) -> bytes:
    """A chunked body with so many bytes around what it holds."""
    chunk = b"1;" + b"x" * 995 + b"\r\na\r\n"
    count, rest = divmod(length - 5, len(chunk) - 1)
    return CHUNKED + chunk * count + b"1;".ljust(rest - 4, b"x") + b"\r\na\r\n0\r\n\r\n"


BORDERS: dict[str, tuple[Callable[[int], bytes], int, bytes]] = {
    "bytes of a head": (sized, HEAD_BYTES, b"a"),
    "lines of a head": (lined, HEAD_LINES, b"a"),
    "lines of trailers": (trailed, HEAD_LINES, b""),
    "bytes of trailers": (trailing, HEAD_BYTES, b""),
    "bytes of framing": (framed, FRAMING_BYTES, b""),
}
READS = {
    "one": [],
    "two": [-3],
    "its last byte alone": [-1],
    "three": [-5000, -2],
    "many": range(-9000, -1, 1000),
}


@pytest.mark.parametrize("cuts", READS.values(), ids=READS)
@pytest.mark.parametrize(("made", "limit", "body"), BORDERS.values(), ids=BORDERS)
def test_a_request_at_the_limit_is_read_and_one_beyond_it_is_not(
    address: tuple[str, int], made: Callable[[int], bytes], limit: int, body: bytes, cuts: list[int]
) -> None:
    def answer_to(size: int) -> RawAnswer:
        data = made(size)
        ends = [len(data) + cut for cut in cuts if len(data) + cut > 0]
        with connected(address) as wire:
            for start, end in pairwise((0, *ends, len(data))):
                wire.send(data[start:end])
                time.sleep(0.003)
            wire.send(body)
            return wire.read()

    assert answer_to(limit).status == 200
    refused = answer_to(limit + 1)
    assert (refused.status, refused.headers["connection"]) == (400, "close")


@pytest.mark.parametrize("made", [sized, lined])
@pytest.mark.parametrize("before", [b"", GET * 3], ids=["the first", "a later one"])
def test_far_beyond_the_limit_in_one_packet(
    address: tuple[str, int], made: Callable[[int], bytes], before: bytes
) -> None:
    with connected(address) as wire:
        wire.send(before + made(1000 if made is lined else 71_000) + b"a")
        assert [wire.read().status for _ in range(before.count(GET))] == [200] * before.count(GET)
        assert wire.read().status == 400
