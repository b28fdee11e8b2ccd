"""Redirects as curl and browsers take them.

The same `Location` is given to us, to a real curl, and to a parser of the URL Standard (Node's). Where they
read it alike, we ask for what they ask for; where they do not, we refuse it.
"""

import asyncio
import json
import re
import shutil
import subprocess
from urllib.parse import unquote_to_bytes

import pytest

from bonaface.errors import ImageUrlError
from conftest import need_service
from support.network.fetching import OWNER, fetching
from support.network.names import ScriptedResolver
from support.network.web import Exchange, Handler, LocalServer, serve

pytestmark = pytest.mark.anyio

START = "/from/here?asked=1"
READ_ALIKE = [
    *(
        b"/b",
        b"b",
        b"./b",
        b"../b",
        b"../../../b",
        b".",
        b"..",
        b"?x=1",
        b";p",
        b"/a;b=c",
        b"./a:b",
    ),
    *(b"/x/../y", b"/a//..//b", b"b//c", b"../..//c", b"/b/", b"/b/.", b"/a/b/.."),
    *(b"/a b", b"/a b?c d", b"?q=a b+c", b"/a%20b", b"/a+b", b"/%zz%", b"/%EC%82%AC", b"/caf\xe9", b"?\xe9"),
    *(b"/\xec\x82\xac\xec\xa7\x84.jpg", b"?q=\xec\x82\xac", b"/a|b^`{}\"<>[]'!$&()*,=@:~-._", b"?q=a\\b"),
    *(
        b"?a|b^`{}\"<>[]'!$&()*,/:@?~",
        b"?u=http://127.0.0.1/",
        b"/b#part",
        b"/b#a b\\c",
        b"/b?x#y?z",
        b"  /b  ",
    ),
    *(b"//127.0.0.1:PORT/b", b"//127.0.0.1:PORT", b"//127.0.0.1:PORT?x", b"//127.0.0.1:PORT#x"),
    *(b"http://127.0.0.1:PORT/b", b"hTTp://localhost:PORT/B", b"http://LOCALHOST:PORT/b"),
    *(b"http://127.0.0.1:0PORT/b", b"//127.0.0.1:000PORT?x", b"?X-Amz-Signature=" + b"a" * 8_000),
]
READ_DIFFERENTLY = [
    *(b"/a\\b", b"\\b", b"\\\\127.0.0.1:PORT\\b", b"/a\tb", b"?a\tb", b"http:b", b"////127.0.0.1:PORT/b"),
]


def _answering(location: bytes) -> Handler:
    async def handler(exchange: Exchange) -> None:
        port = exchange.writer.get_extra_info("sockname")[1]
        head = b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n"
        if exchange.path == START:
            await exchange.send(head % location.replace(b"PORT", b"%d" % port))
        else:
            await exchange.answer(body=b"image")

    return handler


async def _asked_by_us(location: bytes) -> bytes | None:
    resolver = ScriptedResolver({"localhost": "127.0.0.1"})
    async with serve(_answering(location)) as server, fetching(resolver) as fetcher:
        try:
            assert await fetcher.fetch(server.url(START), OWNER) == b"image"
        except ImageUrlError:
            assert server.accepted == 1
    return _asked(server)


async def _asked_by_curl(location: bytes) -> bytes | None:
    need_service(None if shutil.which("curl") else "needs curl (Debian: apt-get install curl)")
    command = ["curl", "--disable", "--silent", "--location", "--max-redirs", "1", "--noproxy", "*"]
    async with serve(_answering(location)) as server:
        url = server.url(START)
        curl = await asyncio.create_subprocess_exec(*command, url, stdout=asyncio.subprocess.DEVNULL)
        await asyncio.wait_for(curl.wait(), 60)
    return _asked(server)


def _asked(server: LocalServer) -> bytes | None:
    """What was asked for after the redirect; None where it was not followed."""
    return _meaning(server.exchanges[1].path) if len(server.exchanges) > 1 else None


def _meaning(path: str) -> bytes:
    """Without the liberty to write a space as `+` in a query, and to escape what need not be."""
    before, mark, query = path.partition("?")
    return unquote_to_bytes(before + mark + query.replace("+", "%20"))


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def standard() -> dict[bytes, bytes | None]:
    """What the URL Standard makes of each location; a browser escapes bytes over 127 before that."""
    need_service(None if shutil.which("node") else "needs Node.js (Debian: apt-get install nodejs)")
    locations = [*READ_ALIKE, *READ_DIFFERENTLY]
    texts = [
        re.sub(rb"[\x80-\xff]", lambda byte: b"%%%02X" % byte[0][0], each).decode() for each in locations
    ]
    program = (
        "const read = (text) => { try { const url = new URL(text, process.argv[1]); "
        "return url.pathname + url.search; } catch { return null; } };"
        "console.log(JSON.stringify(JSON.parse(process.argv[2]).map(read)))"
    )
    arguments = [f"http://127.0.0.1:10000{START}", json.dumps(texts).replace("PORT", "10000")]
    told = subprocess.run(["node", "-e", program, *arguments], capture_output=True, check=True, timeout=60)
    paths = json.loads(told.stdout)
    return {
        location: None if path is None else _meaning(path)
        for location, path in zip(locations, paths, strict=True)
    }


@pytest.mark.parametrize("location", READ_ALIKE)
async def test_what_curl_and_browsers_read_alike_is_asked_for_like_that(
    location: bytes, standard: dict[bytes, bytes | None]
) -> None:
    asked = await _asked_by_us(location)
    assert asked is not None
    assert asked == await _asked_by_curl(location) == standard[location]


@pytest.mark.parametrize("location", READ_DIFFERENTLY)
async def test_what_they_read_differently_is_refused(
    location: bytes, standard: dict[bytes, bytes | None]
) -> None:
    assert await _asked_by_curl(location) != standard[location]
    assert await _asked_by_us(location) is None
