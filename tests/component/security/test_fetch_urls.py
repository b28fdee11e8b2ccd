"""Hostile URLs through the real fetcher. None may open a connection, whatever answers at the other end.

`{port}` is a server that listens on 127.0.0.1 and ::1 at a port that URLs may name: were a check left out,
the request would arrive. A recorder on the sockets proves that no other address is dialled either.
"""

from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from bonaface.errors import ImageUrlError
from bonaface.fetch.backend import UNREACHABLE
from bonaface.settings import FetchSettings
from support.network.dialling import recorded_connects
from support.network.fetching import OWNER, fetcher_of
from support.network.names import ScriptedResolver
from support.network.web import Exchange, LocalServer, has_ipv6, serve
from support.security.disguised_urls import ADDRESS as DISGUISED_ADDRESS
from support.security.disguised_urls import FORM as DISGUISED_FORM
from support.security.hostile_urls import ADDRESS, FORM, NAMES

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def trap() -> AsyncIterator[LocalServer]:
    """Listens on both loopback addresses at one port."""
    hosts = ["127.0.0.1", "::1"] if has_ipv6() else ["127.0.0.1"]

    async def answer(exchange: Exchange) -> None:
        await exchange.answer(body=b"reached")

    async with serve(answer, host=hosts) as server:
        yield server
        assert server.accepted == 0


async def _refusal(url: str, resolver: ScriptedResolver, settings: FetchSettings) -> str:
    with recorded_connects() as connects:
        async with aclosing(fetcher_of(settings, 1000, resolver)) as fetcher:
            with pytest.raises(ImageUrlError) as caught:
                await fetcher.fetch(url, OWNER)
    assert connects == []
    return str(caught.value)


@pytest.mark.parametrize("url", [*FORM, *DISGUISED_FORM])
async def test_urls_of_a_refused_form(url: str, trap: LocalServer) -> None:
    resolver = ScriptedResolver(NAMES)
    message = await _refusal(url.replace("{port}", str(trap.port)), resolver, FetchSettings())
    assert message != UNREACHABLE
    assert resolver.asked == []


@pytest.mark.parametrize("url", [*ADDRESS, *DISGUISED_ADDRESS])
async def test_urls_that_lead_to_refused_addresses(url: str, trap: LocalServer) -> None:
    message = await _refusal(url.replace("{port}", str(trap.port)), ScriptedResolver(NAMES), FetchSettings())
    assert message == UNREACHABLE


@pytest.mark.parametrize(
    "url", ["http://[::ffff:127.0.0.1]:{port}/", "http://mixed.example:{port}/", "http://10.0.0.1/"]
)
async def test_allowing_one_network_opens_no_other(url: str, trap: LocalServer) -> None:
    settings = FetchSettings.model_validate({"allowed_networks": ["172.16.0.0/12", "::/0"]})
    message = await _refusal(url.replace("{port}", str(trap.port)), ScriptedResolver(NAMES), settings)
    assert message == UNREACHABLE


async def test_the_recorder_and_the_trap_see_a_connection_that_is_allowed() -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.answer(body=b"reached")

    settings = FetchSettings.model_validate({"allowed_networks": ["127.0.0.0/8"]})
    with recorded_connects() as connects:
        async with serve(answer) as server, aclosing(fetcher_of(settings, 1000)) as fetcher:
            assert await fetcher.fetch(server.url(), OWNER) == b"reached"
    assert server.accepted == 1
    assert connects == [("127.0.0.1", server.port)]
