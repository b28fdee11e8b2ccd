"""The fetcher as its callers see it, on both event loops that the server may run on."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from bonaface.errors import ImageTimeoutError, ImageTooLargeError, ImageUrlError, Overload, OverloadedError
from bonaface.fetch import ImageFetcher, backend, client, policy
from bonaface.settings import FetchSettings
from support.network.fetching import OWNER, fetcher_of
from support.network.names import ScriptedResolver
from support.network.web import Exchange, needs_ipv6, serve

pytestmark = pytest.mark.anyio

ALLOWED = ["127.0.0.0/8", "::1/128"]


@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": request.param}


@asynccontextmanager
async def fetching(
    resolver: ScriptedResolver | None = None, **settings: object
) -> AsyncIterator[ImageFetcher]:
    chosen = FetchSettings.model_validate({"allowed_networks": ALLOWED, "timeout": 5.0, **settings})
    async with aclosing(fetcher_of(chosen, 1000, resolver)) as fetcher:
        yield fetcher


async def _image(exchange: Exchange) -> None:
    await exchange.answer(body=b"image", content_type="text/html")


async def test_the_bytes_come_as_they_are_whatever_their_declared_type() -> None:
    async with serve(_image) as server, fetching() as fetcher:
        assert await fetcher.fetch(server.url("/a/b.png?x=1#here"), OWNER) == b"image"
    assert server.exchanges[0].head.startswith(b"GET /a/b.png?x=1 HTTP/1.1\r\n")


async def test_the_request_carries_nothing_but_what_it_must() -> None:
    async with serve(_image) as server, fetching() as fetcher:
        await fetcher.fetch(server.url(), OWNER)
    assert server.exchanges[0].headers == {
        "host": f"127.0.0.1:{server.port}",
        "accept": "image/png, image/jpeg, */*;q=0.5",
        "accept-encoding": "identity",
        "connection": "close",
        "user-agent": "bonaface",
    }


@needs_ipv6
async def test_an_ipv6_host_is_bracketed_in_the_host_header() -> None:
    async with serve(_image, host="::1") as server, fetching() as fetcher:
        assert await fetcher.fetch(server.url(host="[0:0::1]"), OWNER) == b"image"
    assert server.exchanges[0].headers["host"] == f"[::1]:{server.port}"


async def test_the_systems_resolver_is_the_default() -> None:
    async with serve(_image) as server, fetching() as fetcher:
        assert await fetcher.fetch(server.url(host="LOCALHOST."), OWNER) == b"image"
    assert server.exchanges[0].headers["host"] == f"localhost:{server.port}"


async def test_an_empty_body_is_empty_bytes() -> None:
    async def nothing(exchange: Exchange) -> None:
        await exchange.answer(content_encoding="identity")

    async with serve(nothing) as server, fetching() as fetcher:
        assert await fetcher.fetch(server.url(), OWNER) == b""


async def test_the_environment_changes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login someone password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    async with serve(_image) as proxy, serve(_image) as server, fetching() as fetcher:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url())
            monkeypatch.setenv(name.lower(), proxy.url())
        assert await fetcher.fetch(server.url(), OWNER) == b"image"
    assert proxy.accepted == 0
    assert "authorization" not in server.exchanges[0].headers


async def test_each_limit_has_its_error() -> None:
    async def large(exchange: Exchange) -> None:
        await exchange.answer(body=bytes(1001))

    async def late(exchange: Exchange) -> None:
        await exchange.reader.read()

    async with serve(large) as server, fetching() as fetcher:
        with pytest.raises(ImageTooLargeError, match="1000 bytes"):
            await fetcher.fetch(server.url(), OWNER)
    async with serve(late) as server, fetching(timeout=0.1) as fetcher:
        with pytest.raises(ImageTimeoutError):
            await fetcher.fetch(server.url(), OWNER)
        with pytest.raises(ImageTimeoutError):
            await fetcher.fetch(server.url(scheme="https"), OWNER)


@pytest.mark.parametrize(("most", "fetched"), [(0, ["/"]), (1, ["/", "/x"])])
async def test_the_number_of_redirects_is_a_setting(most: int, fetched: list[str]) -> None:
    async def onward(exchange: Exchange) -> None:
        await exchange.answer("302 Found", location=exchange.path + "x")

    async with serve(onward) as server, fetching(max_redirects=most) as fetcher:
        with pytest.raises(ImageUrlError):
            await fetcher.fetch(server.url(), OWNER)
    assert [exchange.path for exchange in server.exchanges] == fetched


async def test_the_length_of_urls_is_a_setting() -> None:
    async with fetching(max_url_length=30) as fetcher:
        with pytest.raises(ImageUrlError, match="too long"):
            await fetcher.fetch("http://public.example/" + "a" * 30, OWNER)


async def test_downloads_at_once_are_shared_out() -> None:
    async def handler(exchange: Exchange) -> None:
        await (exchange.reader.read() if exchange.path == "/silent" else _image(exchange))

    async with serve(handler) as server, fetching(max_downloads=4, application_share=0.5) as fetcher:
        silent = [asyncio.create_task(fetcher.fetch(server.url("/silent"), 1)) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(OverloadedError) as refused:
            await fetcher.fetch(server.url(), 1)
        assert refused.value.overload is Overload.DOWNLOADS
        assert await fetcher.fetch(server.url(), 2) == b"image"
        silent[0].cancel()
        await asyncio.wait(silent[:1])
        assert await fetcher.fetch(server.url(), 1) == b"image"
        silent[1].cancel()


async def test_a_url_that_may_not_be_fetched_needs_no_place() -> None:
    async with fetching(max_downloads=1) as fetcher:
        for _ in range(3):
            with pytest.raises(ImageUrlError):
                await fetcher.fetch("ftp://public.example/", OWNER)


async def test_closing_closes_the_resolver() -> None:
    resolver = ScriptedResolver()
    async with fetching(resolver):
        assert not resolver.closed
    assert resolver.closed


def test_every_message_is_one_sentence_without_an_address() -> None:
    messages = [
        value
        for module in (backend, client, policy)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str)
    ]
    assert len(messages) >= 13
    for message in messages:
        assert re.fullmatch(r"[A-Z][^.]*\.", message.replace("http://", "")), message
        assert not re.search(r"\d+[.:]\d+", message)
