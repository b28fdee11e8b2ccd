"""The system's resolver, asked for names that every machine knows without a network."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address

import pytest

from bonaface.errors import Overload, OverloadedError
from bonaface.fetch.resolver import SystemResolver
from bonaface.serving.places import Places
from support.network.fetching import OWNER

pytestmark = pytest.mark.anyio

THREADS = 4


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def places() -> Places:
    """Two for each owner, four in all."""
    return Places(THREADS, 0.5, Overload.LOOKUPS, "Later.")


@pytest.fixture
def resolver(places: Places) -> Iterator[SystemResolver]:
    resolver = SystemResolver(THREADS, places)
    yield resolver
    resolver.close()


class Gate:
    """Names ending in `.silent` that no name server answers before `open`; `asked` are those looked up."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._opened = threading.Event()

    def open(self) -> None:
        self._opened.set()

    def wait(self, name: bytes) -> None:
        if name.endswith(b".silent"):
            self.asked.append(name.decode())
            self._opened.wait(20)
            raise socket.gaierror


@contextmanager
def gated() -> Iterator[Gate]:
    """The system's resolver with a gate before it."""
    gate, getaddrinfo = Gate(), socket.getaddrinfo

    def gated_getaddrinfo(host: bytes, *rest: object, **options: object) -> object:
        gate.wait(host)
        return getaddrinfo(host, *rest, **options)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", gated_getaddrinfo)
        try:
            yield gate
        finally:
            gate.open()


async def given_up(resolver: SystemResolver, name: str, owner: int) -> None:
    """Have `owner` ask for `name` and leave before there is an answer."""
    task = asyncio.create_task(resolver.resolve(name, owner))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_localhost_resolves_to_loopback_addresses_each_once(resolver: SystemResolver) -> None:
    found = await resolver.resolve("localhost", OWNER)
    assert ip_address("127.0.0.1") in found or ip_address("::1") in found
    assert len(found) == len(set(found))
    assert all(address.is_loopback for address in found)


async def test_an_address_is_its_own_answer(resolver: SystemResolver, places: Places) -> None:
    assert await resolver.resolve("192.0.2.7", OWNER) == (ip_address("192.0.2.7"),)
    assert places.taken == 0


@pytest.mark.parametrize("name", ["no name", "a" * 300, "\x00", "-"])
async def test_what_is_no_name_is_an_oserror(resolver: SystemResolver, places: Places, name: str) -> None:
    with pytest.raises(socket.gaierror):
        await resolver.resolve(name, OWNER)
    assert places.taken == 0


async def test_a_closed_resolver_resolves_nothing(resolver: SystemResolver, places: Places) -> None:
    resolver.close()
    with pytest.raises(RuntimeError):
        await resolver.resolve("localhost", OWNER)
    assert places.taken == 0


async def test_a_look_up_that_nobody_waits_for_keeps_its_place_and_the_others_have_theirs(
    resolver: SystemResolver, places: Places
) -> None:
    with gated() as gate:
        for name in ("a.silent", "b.silent"):
            await given_up(resolver, name, owner=1)
        with pytest.raises(OverloadedError) as refused:
            await resolver.resolve("localhost", owner=1)
        assert refused.value.overload is Overload.LOOKUPS
        assert all(address.is_loopback for address in await resolver.resolve("localhost", owner=2))
        assert places.taken == 2
        gate.open()
        for name in ("a.silent", "b.silent"):
            with pytest.raises(socket.gaierror):  # it waits for the answer, and the place is free then
                await resolver.resolve(name, owner=2)
        assert all(address.is_loopback for address in await resolver.resolve("localhost", owner=1))


async def test_a_name_that_is_being_looked_up_is_not_looked_up_again(
    resolver: SystemResolver, places: Places
) -> None:
    with gated() as gate:
        for owner in range(10):
            await given_up(resolver, "same.silent", owner)
        waiting = [asyncio.create_task(resolver.resolve("same.silent", owner)) for owner in range(10)]
        await asyncio.sleep(0.01)
        assert (gate.asked, places.taken) == (["same.silent"], 1)
        gate.open()
        answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(answer) for answer in answers} == {socket.gaierror}
    assert places.taken == 0
