r"""The limit of an image is that of its bytes, however its Base64 is written in JSON."""

import base64
import zlib
from collections.abc import Callable, Iterator

import pytest

from support.http.wire import RawAnswer, exchange, head
from support.models.analyses import SteadyAnalyzer
from support.pictures import images
from support.servers.thread import RunningServer, running, settings_in

LIMIT = 3_000_000
FILLS = {
    "random": zlib.compress(bytes(range(256)) * 10_000, 0)[:LIMIT].ljust(LIMIT, b"\x5a"),
    "white": b"\xff" * LIMIT,
}


def folded(text: bytes, end: bytes = rb"\r\n", length: int = 76) -> bytes:
    return end.join(text[at : at + length] for at in range(0, len(text), length)) + end


def slashed(text: bytes) -> bytes:
    return text.replace(b"/", rb"\/")


WRITINGS: dict[str, Callable[[bytes], bytes]] = {
    "as PHP writes it": slashed,
    "folded": folded,
    "folded, as PHP writes it": lambda text: slashed(folded(text)),
    "in short lines": lambda text: slashed(folded(text, length=64)),
    "in lines of Unix": lambda text: slashed(folded(text, rb"\n")),
}
"""`json_encode` with `base64_encode`, with `chunk_split`, as PEM, as Python's `encodebytes`."""
OTHERS: dict[str, Callable[[bytes], bytes]] = {
    "a data: URL": lambda text: slashed(b"data:image/png;base64," + text),
    "a folded data: URL": lambda text: slashed(b"data:image/png;base64," + folded(text)),
    "the URL-safe alphabet": lambda text: text.replace(b"/", b"_").replace(b"+", b"-"),
}


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running(SteadyAnalyzer(), settings_in(tmp_path_factory.mktemp("steady"))) as server:
        yield server


def post(server: RunningServer, text: bytes, framing: str) -> RawAnswer:
    body = b'{"image":{"bytes":"%b"}}' % text
    lines = [f"Authorization: {server.secret}", "Content-Type: application/json"]
    if framing == "a length":
        data = head(server.path, *lines, f"Content-Length: {len(body)}") + body
    else:
        chunk = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
        data = head(server.path, *lines, "Transfer-Encoding: chunked") + chunk
    return exchange(server.address, data)


def encoded(fill: str, size: int) -> bytes:
    png = images.png()
    return base64.b64encode(png + FILLS[fill][: size - len(png)].ljust(size - len(png), b"\xff"))


@pytest.mark.parametrize("fill", FILLS)
@pytest.mark.parametrize("framing", ["a length", "chunks"])
@pytest.mark.parametrize("write", WRITINGS.values(), ids=WRITINGS)
def test_the_largest_image_is_taken_and_one_of_a_byte_more_is_not(
    steady: RunningServer, write: Callable[[bytes], bytes], fill: str, framing: str
) -> None:
    assert post(steady, write(encoded(fill, LIMIT)), framing).code == 0
    assert post(steady, write(encoded(fill, LIMIT + 1)), framing).code == -45020


@pytest.mark.parametrize("fill", FILLS)
@pytest.mark.parametrize("write", OTHERS.values(), ids=OTHERS)
def test_what_is_no_plain_base64_is_told_so_at_any_size(
    steady: RunningServer, write: Callable[[bytes], bytes], fill: str
) -> None:
    assert post(steady, write(encoded(fill, LIMIT)), "a length").code == -45030


def test_a_body_without_end_is_refused_at_the_bound(steady: RunningServer) -> None:
    for text in (b"A" * 5_000_000, b"\\/" * 5_000_000, b"\\\\" * 3_000_000):
        assert post(steady, text, "chunks").code == -45020
