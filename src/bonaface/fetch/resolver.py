"""Names to addresses."""

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import Protocol

from bonaface.fetch.address import Address

LOOKUPS = 32
"""Look-ups side by side; one that its server stalls holds a thread until the system gives up on it."""


class Resolver(Protocol):
    """Resolves the names of URLs."""

    async def resolve(self, host: str) -> Sequence[Address]:
        """Every address of `host`, best first. Raises OSError when there is none."""
        ...

    def close(self) -> None:
        """Give up what the resolver holds."""
        ...


class SystemResolver:
    """The operating system's resolver (`getaddrinfo`), on threads of its own.

    Not on the event loop's threads: a hostile name server could hold all of those.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(LOOKUPS, thread_name_prefix="bonaface-dns")

    async def resolve(self, host: str) -> Sequence[Address]:
        """Every address of `host`, an ASCII name, best first. Raises OSError when there is none."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, _lookup, host)

    def close(self) -> None:
        """Drop the look-ups that wait; those that run end by themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _lookup(host: str) -> Sequence[Address]:
    found = socket.getaddrinfo(host.encode("ascii"), None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(ip_address(socket_address[0]) for *_, socket_address in found))
