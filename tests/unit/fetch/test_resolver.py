"""The system's resolver, asked for names that every machine knows without a network."""

import socket
from ipaddress import ip_address

import pytest

from bonaface.fetch.resolver import SystemResolver

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_localhost_resolves_to_loopback_addresses_each_once() -> None:
    resolver = SystemResolver()
    found = await resolver.resolve("localhost")
    resolver.close()
    assert ip_address("127.0.0.1") in found or ip_address("::1") in found
    assert len(found) == len(set(found))
    assert all(address.is_loopback for address in found)


async def test_an_address_is_its_own_answer() -> None:
    resolver = SystemResolver()
    assert await resolver.resolve("192.0.2.7") == (ip_address("192.0.2.7"),)
    resolver.close()


@pytest.mark.parametrize("name", ["no name", "a" * 300, "\x00", "-"])
async def test_what_is_no_name_is_an_oserror(name: str) -> None:
    resolver = SystemResolver()
    with pytest.raises(socket.gaierror):
        await resolver.resolve(name)
    resolver.close()


async def test_a_closed_resolver_resolves_nothing() -> None:
    resolver = SystemResolver()
    resolver.close()
    with pytest.raises(RuntimeError):
        await resolver.resolve("localhost")
