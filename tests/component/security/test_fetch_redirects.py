"""Redirects, each hop of which is a new URL from a stranger."""

from collections.abc import Callable

import pytest

from bonaface.errors import ImageUrlError
from bonaface.fetch.backend import UNREACHABLE
from bonaface.fetch.client import REDIRECTED_TOO_OFTEN
from bonaface.fetch.policy import CREDENTIALS, FORM, LENGTH, PORT
from bonaface.settings import FetchSettings
from support.network.dialling import recorded_connects
from support.network.fetching import OWNER, error_of, fetching, raw
from support.network.names import ScriptedResolver
from support.network.web import Exchange, Handler, serve
from support.security.hostile_urls import NAMES

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


def _redirect(location: Callable[[Exchange], str], status: str = "302 Found") -> Handler:
    async def handler(exchange: Exchange) -> None:
        await exchange.answer(status, location=location(exchange))

    return handler


@pytest.mark.parametrize("status", ["300 z", "301 a", "302 b", "303 c", "307 d", "308 e"])
async def test_redirects_are_followed_on_fresh_connections(status: str) -> None:
    async def handler(exchange: Exchange) -> None:
        if exchange.path == "/3":
            await exchange.answer(body=b"image")
        else:
            await exchange.answer(status, location=str(int(exchange.path[1:]) + 1), set_cookie="a=b")

    async with serve(handler) as server, fetching() as fetcher:
        assert await fetcher.fetch(server.url("/0"), OWNER) == b"image"
    assert server.accepted == 4
    assert [exchange.path for exchange in server.exchanges] == ["/0", "/1", "/2", "/3"]
    assert not any("cookie" in exchange.headers for exchange in server.exchanges)


async def test_one_redirect_too_many() -> None:
    error, server = await error_of(_redirect(lambda exchange: f"{exchange.path}x"), path="/")
    assert str(error) == REDIRECTED_TOO_OFTEN
    assert [exchange.path for exchange in server.exchanges] == ["/", "/x", "/xx", "/xxx"]


async def test_a_loop_ends() -> None:
    error, server = await error_of(_redirect(lambda _: "/"))
    assert str(error) == REDIRECTED_TOO_OFTEN
    assert server.accepted == 4


@pytest.mark.parametrize(
    ("location", "sentence"),
    [
        ("file:///etc/passwd", FORM),
        ("gopher://127.0.0.1:11111/_GET", FORM),
        ("ftp://public.example/a.png", FORM),
        ("data:image/png;base64,iVBORw0KGgo=", FORM),
        ("unix:///run/docker.sock", FORM),
        ("http://127.1/", FORM),
        ("http://0x7f000001/", FORM),
        ("http://0177.0.0.1/", FORM),
        ("//１２７.０.０.１/", FORM),
        ("//[::1%25lo]/", FORM),
        ("/\t/127.0.0.1/", FORM),
        ("https:///etc/passwd", FORM),
        ("//public.example%40127.0.0.1/", FORM),
        ("http://2130706433/", FORM),
        ("//a b/", FORM),
        ("/a\\b", FORM),
        ("\\\\127.0.0.1\\a", FORM),
        ("http://user:secret@127.0.0.1/", CREDENTIALS),
        ("//@127.0.0.1/", CREDENTIALS),
        ("http://127.0.0.1:22/", PORT),
        ("https://127.0.0.1:6379/", PORT),
        ("http://127.0.0.1:9200/", PORT),
        ("http://10.0.0.1/", UNREACHABLE),
        ("//10.0.0.1/", UNREACHABLE),
        ("http://127.0.0.2/", UNREACHABLE),
        ("http://[::1]/", UNREACHABLE),
        ("http://[::ffff:127.0.0.1]/", UNREACHABLE),
        ("http://[64:ff9b::7f00:1]/", UNREACHABLE),
        ("http://[2002:7f00:1::]/", UNREACHABLE),
        ("http://0.0.0.0/", UNREACHABLE),
        ("//127。0。0。2/", UNREACHABLE),
        ("http://mixed46.example/", UNREACHABLE),
        ("http://169.254.169.254/latest/meta-data/", UNREACHABLE),
        ("https://metadata.example/", UNREACHABLE),
        ("http://nowhere.example/", UNREACHABLE),
    ],
)
async def test_redirects_to_what_is_refused(location: str, sentence: str) -> None:
    resolver = ScriptedResolver(NAMES | {"metadata.example": "169.254.169.254"})
    async with serve(_redirect(lambda _: location)) as server, fetching(resolver) as fetcher:
        with recorded_connects() as connects, pytest.raises(ImageUrlError) as caught:
            await fetcher.fetch(server.url(), OWNER)
    assert str(caught.value) == sentence
    assert connects == [("127.0.0.1", server.port)]


async def test_signed_urls_of_8000_octets_work_at_each_hop() -> None:
    signature = "x" * 8_000

    async def handler(exchange: Exchange) -> None:
        path, _, token = exchange.path.partition("?token=")
        assert len(token) == len(signature)
        if path == "/3":
            await exchange.answer(body=b"image")
        else:
            await exchange.answer("302 Found", location=f"/{int(path[1:]) + 1}?token={token[1:] + token[0]}")

    async with serve(handler) as server, fetching() as fetcher:
        assert await fetcher.fetch(server.url(f"/0?token={signature}"), OWNER) == b"image"
    assert [len(exchange.path) > 8_000 for exchange in server.exchanges] == [True] * 4


async def test_a_location_over_the_limit_of_urls_is_refused() -> None:
    error, server = await error_of(_redirect(lambda _: "/" + "a" * FetchSettings().max_url_length))
    assert str(error) == LENGTH
    assert server.accepted == 1


async def test_a_name_that_turns_private_between_two_hops_is_refused() -> None:
    resolver = ScriptedResolver({"rebind.example": ["127.0.0.1", "10.0.0.1"]})
    async with serve(_redirect(lambda _: "/again")) as server, fetching(resolver) as fetcher:
        with recorded_connects() as connects, pytest.raises(ImageUrlError) as caught:
            await fetcher.fetch(server.url(host="rebind.example"), OWNER)
    assert str(caught.value) == UNREACHABLE
    assert resolver.asked == ["rebind.example", "rebind.example"]
    assert connects == [("127.0.0.1", server.port)]


async def test_a_name_is_resolved_once_a_hop_and_the_checked_answer_is_used() -> None:
    resolver = ScriptedResolver({"rebind.example": ["127.0.0.1", "10.0.0.1"]})
    handler = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nimage")
    async with serve(handler) as server, fetching(resolver) as fetcher:
        assert await fetcher.fetch(server.url(host="rebind.example"), OWNER) == b"image"
    assert resolver.asked == ["rebind.example"]
    assert server.exchanges[0].headers["host"] == f"rebind.example:{server.port}"
