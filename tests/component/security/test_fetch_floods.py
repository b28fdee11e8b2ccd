"""Origins that send tiny pieces without end: the download ends in time, and the loop serves the others."""

import asyncio
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bonaface.errors import ImageTimeoutError, ImageUrlError
from bonaface.fetch.client import BROKEN
from support.models.analyses import SteadyAnalyzer
from support.network.fetching import OWNER, fetching
from support.network.flooding import flooding
from support.network.web import Exchange, serve
from support.servers.thread import running, settings_in

DOWNLOADS = 16
TIMEOUT = 1.5
LONG = 30
"""Seconds for what is refused for what it is, however slowly a busy machine reads as far as that."""
PATIENCE = 3
"""Seconds that somebody else waits for an answer at most, on a machine that does other things as well."""
TURN = 0.5
"""Seconds of processor time between two turns of somebody else. Parsed in one go it would be one and more."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def turns() -> AsyncIterator[list[float]]:
    """The loop's seconds of processor time between each two turns of somebody else, while the block runs."""
    taken: list[float] = []

    async def watch() -> None:
        while True:
            begun = time.thread_time()
            await asyncio.sleep(0.001)
            taken.append(time.thread_time() - begun)

    task = asyncio.create_task(watch())
    try:
        yield taken
    finally:
        task.cancel()


async def flooded(kind: str, seconds: float) -> tuple[list[bytes | BaseException], float]:
    """How downloads side by side ended, and the most that was done between two turns of somebody else."""
    with flooding(kind) as port:
        async with fetching(seconds=seconds) as fetcher, turns() as taken:
            downloads = (fetcher.fetch(f"http://127.0.0.1:{port}/", OWNER) for _ in range(DOWNLOADS))
            ends = await asyncio.gather(*downloads, return_exceptions=True)
    return ends, max(taken)


@pytest.mark.anyio
@pytest.mark.parametrize("kind", ["tiny pieces", "interim answers"])
async def test_what_never_ends_ends_in_time_and_leaves_turns_to_others(kind: str) -> None:
    ends, longest = await flooded(kind, TIMEOUT)
    assert {type(end) for end in ends} == {ImageTimeoutError}
    assert longest < TURN


@pytest.mark.anyio
@pytest.mark.parametrize("kind", ["header lines", "trailer lines", "extensions", "endless line"])
async def test_heads_and_framing_without_end_are_refused(kind: str) -> None:
    ends, longest = await flooded(kind, LONG)
    assert {str(end) for end in ends} == {BROKEN}
    assert {type(end) for end in ends} == {ImageUrlError}
    assert longest < TURN


@pytest.mark.anyio
async def test_an_image_in_pieces_of_one_byte_is_an_image_and_so_is_one_behind_interim_answers() -> None:
    image = bytes(range(256)) * 4

    async def handler(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 100)
        await exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        await exchange.send(b"".join(b"1\r\n%c\r\n" % byte for byte in image) + b"0\r\nX-Trailer: a\r\n\r\n")

    async with serve(handler) as server, fetching() as fetcher:
        assert await fetcher.fetch(server.url(), OWNER) == image


@pytest.mark.alone
@pytest.mark.parametrize("kind", ["tiny pieces", "interim answers"])
def test_a_server_answers_others_meanwhile(tmp_path: Path, kind: str) -> None:
    fetch = {"allowed_networks": ["127.0.0.1/32"], "timeout": TIMEOUT}
    with (
        flooding(kind) as port,
        running(SteadyAnalyzer(), settings_in(tmp_path, fetch=fetch)) as server,
        server.client() as client,
        server.client() as other,
        ThreadPoolExecutor(DOWNLOADS) as pool,
    ):
        body = {"image": {"url": f"http://127.0.0.1:{port}/"}}
        asked = [pool.submit(client.post, server.path, json=body) for _ in range(DOWNLOADS)]
        while not all(each.done() for each in asked):
            begun = time.perf_counter()
            assert other.get("/healthz").status_code == 200
            assert time.perf_counter() - begun < PATIENCE
            time.sleep(0.02)
        assert {each.result().json()["header"]["resultCode"] for each in asked} == {-45060}
