"""Connections to checked addresses, over real sockets."""

from collections.abc import Iterator
from contextlib import aclosing
from ipaddress import ip_network

import pytest

from bonaface.errors import ImageUrlError, UrlRefusal
from bonaface.fetch.address import Network
from bonaface.fetch.backend import MOST_TRIED, UNREACHABLE, GuardedBackend
from support.network.dialling import recorded_connects
from support.network.fetching import OWNER
from support.network.names import ScriptedResolver
from support.network.web import Exchange, LocalServer, needs_ipv6, serve

pytestmark = pytest.mark.anyio

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def connects() -> Iterator[list[object]]:
    with recorded_connects() as recorder:
        yield recorder


async def _silent(exchange: Exchange) -> None:
    await exchange.reader.read()


async def _peer(
    server: LocalServer, host: str, names: dict[str, str], allowed: tuple[Network, ...]
) -> object:
    async with aclosing(GuardedBackend(ScriptedResolver(names), allowed, OWNER)) as backend:
        stream = await backend.connect_tcp(host, server.port, timeout=2.0)
        return stream.get_extra_info("server_addr")[0]


async def test_a_name_is_connected_to_its_checked_address(connects: list[object]) -> None:
    async with serve(_silent) as server:
        assert await _peer(server, "a.example", {"a.example": "127.0.0.1"}, LOOPBACK) == "127.0.0.1"
    assert connects == [("127.0.0.1", server.port)]


async def test_an_address_is_not_resolved() -> None:
    async with serve(_silent) as server:
        assert await _peer(server, "127.0.0.1", {}, LOOPBACK) == "127.0.0.1"


@pytest.mark.parametrize("others", ["127.0.0.9", "127.0.0.9 127.0.0.8", "::1", "::1 127.0.0.9"])
async def test_the_next_address_is_tried_when_one_does_not_answer(
    others: str, connects: list[object]
) -> None:
    async with serve(_silent) as server:
        peer = await _peer(server, "a.example", {"a.example": f"{others} 127.0.0.1"}, LOOPBACK)
    assert peer == "127.0.0.1"
    assert len(connects) == len(others.split()) + 1


@needs_ipv6
async def test_ipv6_is_connected_to() -> None:
    async with serve(_silent, host="::1") as server:
        assert await _peer(server, "a.example", {"a.example": "127.0.0.9 ::1"}, LOOPBACK) == "::1"


@needs_ipv6
async def test_both_families_are_tried_before_the_tries_are_used_up(connects: list[object]) -> None:
    deaf = " ".join(f"127.0.0.{last}" for last in range(100, 120))
    async with serve(_silent, host="::1") as server:
        assert await _peer(server, "a.example", {"a.example": f"{deaf} ::1"}, LOOPBACK) == "::1"
    assert len(connects) == 2


@pytest.mark.parametrize(
    ("names", "allowed", "tried", "refusal"),
    [
        ({}, LOOPBACK, 0, UrlRefusal.NAME),
        ({"a.example": ""}, LOOPBACK, 0, UrlRefusal.NAME),
        ({"a.example": "127.0.0.1"}, (), 0, UrlRefusal.ADDRESS),
        ({"a.example": "127.0.0.1 10.0.0.1"}, LOOPBACK, 0, UrlRefusal.ADDRESS),
        ({"a.example": "93.184.216.34 127.0.0.1"}, (), 0, UrlRefusal.ADDRESS),
        ({"a.example": "2606:4700::1111 ::ffff:127.0.0.1"}, LOOPBACK, 0, UrlRefusal.ADDRESS),
        (
            {"a.example": " ".join(f"127.0.0.{last}" for last in range(2, 9))},
            LOOPBACK,
            MOST_TRIED,
            UrlRefusal.CONNECTION,
        ),
    ],
)
async def test_all_that_fails_fails_with_one_sentence(
    names: dict[str, str],
    allowed: tuple[Network, ...],
    tried: int,
    refusal: UrlRefusal,
    connects: list[object],
) -> None:
    async with serve(_silent) as server:
        with pytest.raises(ImageUrlError) as caught:
            await _peer(server, "a.example", names, allowed)
        assert server.accepted == 0
    assert (str(caught.value), caught.value.refusal) == (UNREACHABLE, refusal)
    assert len(connects) == tried


async def test_without_a_time_limit_the_addresses_are_tried_alike() -> None:
    async with serve(_silent) as server:
        names = ScriptedResolver({"a.example": "127.0.0.9 127.0.0.1"})
        async with aclosing(GuardedBackend(names, LOOPBACK, OWNER)) as backend:
            stream = await backend.connect_tcp("a.example", server.port)
            assert stream.get_extra_info("server_addr")[0] == "127.0.0.1"


async def test_unix_sockets_are_not_opened() -> None:
    backend = GuardedBackend(ScriptedResolver(), LOOPBACK, OWNER)
    with pytest.raises(NotImplementedError):
        await backend.connect_unix_socket("/run/some.sock")
