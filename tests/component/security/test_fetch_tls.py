"""TLS: the name of the URL is what is sent and verified, whatever address it is connected to."""

import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest

from bonaface.errors import ImageUrlError
from bonaface.fetch import ImageFetcher
from bonaface.fetch.client import BROKEN, INSECURE
from bonaface.fetch.policy import DOWNGRADE
from bonaface.settings import FetchSettings
from support.network.fetching import OWNER, fetcher_of
from support.network.names import ScriptedResolver
from support.network.tls import TestAuthority
from support.network.web import Exchange, blurt, serve

pytestmark = pytest.mark.anyio

NAME = "images.example"


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def authority() -> TestAuthority:
    return TestAuthority()


@asynccontextmanager
async def fetching(trust: ssl.SSLContext | None) -> AsyncIterator[ImageFetcher]:
    settings = FetchSettings.model_validate({"allowed_networks": ["127.0.0.1/32"], "timeout": 5.0})
    resolver = ScriptedResolver({NAME: "127.0.0.1"})
    async with aclosing(fetcher_of(settings, 1000, resolver, trust)) as fetcher:
        yield fetcher


async def _image(exchange: Exchange) -> None:
    await exchange.answer(body=b"image")


async def test_the_name_is_what_server_name_host_and_certificate_carry(authority: TestAuthority) -> None:
    async with serve(_image, authority.server(NAME)) as server, fetching(authority.client()) as fetcher:
        assert await fetcher.fetch(server.url(host=NAME, scheme="https"), OWNER) == b"image"
    assert server.server_names == [NAME]
    assert server.exchanges[0].headers["host"] == f"{NAME}:{server.port}"


async def test_an_address_in_the_url_is_verified_as_an_address(authority: TestAuthority) -> None:
    tls = authority.server("127.0.0.1")
    async with serve(_image, tls) as server, fetching(authority.client()) as fetcher:
        assert await fetcher.fetch(server.url(scheme="https"), OWNER) == b"image"


@pytest.mark.parametrize("certified", ["127.0.0.1", "other.example", "*.images.example", "a.images.example"])
async def test_a_certificate_for_anything_but_the_name_is_refused(
    certified: str, authority: TestAuthority
) -> None:
    async with serve(_image, authority.server(certified)) as server, fetching(authority.client()) as fetcher:
        with pytest.raises(ImageUrlError) as caught:
            await fetcher.fetch(server.url(host=NAME, scheme="https"), OWNER)
    assert str(caught.value) == INSECURE
    assert server.exchanges == []


async def test_by_default_only_the_systems_authorities_are_trusted(authority: TestAuthority) -> None:
    async with serve(_image, authority.server(NAME)) as server, fetching(None) as fetcher:
        with pytest.raises(ImageUrlError) as caught:
            await fetcher.fetch(server.url(host=NAME, scheme="https"), OWNER)
    assert str(caught.value) == INSECURE


@pytest.mark.parametrize(
    "data", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nimage", b"\x15\x03\x01\x00\x02\x02\x28"]
)
async def test_a_server_that_does_not_speak_tls_is_refused(data: bytes, authority: TestAuthority) -> None:
    async with blurt(data) as server, fetching(authority.client()) as fetcher:
        with pytest.raises(ImageUrlError) as caught:
            await fetcher.fetch(server.url(host=NAME, scheme="https"), OWNER)
    assert server.accepted == 1
    assert str(caught.value) == INSECURE


async def test_a_redirect_from_https_to_http_is_refused(authority: TestAuthority) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.answer("302 Found", location=f"http://{exchange.headers['host']}/")

    async with serve(handler, authority.server(NAME)) as server, fetching(authority.client()) as fetcher:
        with pytest.raises(ImageUrlError) as caught:
            await fetcher.fetch(server.url(host=NAME, scheme="https"), OWNER)
    assert str(caught.value) == DOWNGRADE
    assert server.accepted == 1


async def test_a_broken_record_in_the_answer_is_a_url_error(authority: TestAuthority) -> None:
    async def corrupt(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")
        beneath = exchange.writer.get_extra_info("socket").fileno()
        with socket.fromfd(beneath, socket.AF_INET, socket.SOCK_STREAM) as plain:
            plain.send(b"\x17\x03\x03\x00\x20" + bytes(32))

    async with serve(corrupt, authority.server(NAME)) as server, fetching(authority.client()) as fetcher:
        with pytest.raises(ImageUrlError) as caught:
            await fetcher.fetch(server.url(host=NAME, scheme="https"), OWNER)
    assert str(caught.value) == BROKEN
