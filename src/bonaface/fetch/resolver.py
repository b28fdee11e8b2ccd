"""Names to addresses."""

import asyncio
import socket
from collections.abc import Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from ipaddress import ip_address
from typing import Protocol

from bonaface.fetch.address import Address
from bonaface.fetch.places import Place, Places

Lookup = asyncio.Future[Sequence[Address]]


class Resolver(Protocol):
    """Resolves the names of URLs."""

    async def resolve(self, host: str, owner: Hashable) -> Sequence[Address]:
        """Every address of `host`, best first, for a URL of `owner`.

        Raises OSError when there is none, OverloadedError when there is no place for one more look-up.
        """
        ...

    def close(self) -> None:
        """Give up what the resolver holds."""
        ...


class SystemResolver:
    """The operating system's resolver (`getaddrinfo`), on threads of its own.

    Not on the event loop's threads: a name server that never answers could hold all of those. Nothing ends
    such a look-up before the system gives up on it, so it keeps its place until then, also when nobody waits
    for it any more. Whoever asks for a name that is being looked up waits for the same answer. For one event
    loop.
    """

    def __init__(self, threads: int, places: Places) -> None:
        """`threads` look-ups run at once; each has one of `places`."""
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="bonaface-dns")
        self._places = places
        self._running: dict[str, Lookup] = {}

    async def resolve(self, host: str, owner: Hashable) -> Sequence[Address]:
        """Every address of `host`, an ASCII name, best first. Raises OSError and OverloadedError."""
        running = self._running.get(host)
        return await asyncio.shield(self._begun(host, owner) if running is None else running)

    def close(self) -> None:
        """Tell nobody the answers of look-ups that run; they end by themselves."""
        for lookup in self._running.values():
            lookup.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _begun(self, host: str, owner: Hashable) -> Lookup:
        place = self._places.admit(owner)
        try:
            lookup = asyncio.get_running_loop().run_in_executor(self._threads, _lookup, host)
        except RuntimeError:  # it is closed
            place.release()
            raise
        self._running[host] = lookup
        lookup.add_done_callback(partial(self._ended, host, place))
        return lookup

    def _ended(self, host: str, place: Place, lookup: Lookup) -> None:
        del self._running[host]
        place.release()
        if not lookup.cancelled():
            lookup.exception()  # nobody may be waiting for it any more


def _lookup(host: str) -> Sequence[Address]:
    found = socket.getaddrinfo(host.encode("ascii"), None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(ip_address(socket_address[0]) for *_, socket_address in found))
