"""The only way from a URL's host to a socket: resolve once, check every address, connect to a checked one.

The HTTP library above sees the name alone, so the name is what TLS verifies; this backend alone sees the
addresses, so nothing can resolve a second time between the check and the connection.
"""

from collections.abc import Hashable, Iterable, Sequence
from ipaddress import ip_address
from itertools import chain, zip_longest

import anyio
import httpcore2

from bonaface.errors import ImageUrlError, UrlRefusal
from bonaface.fetch.address import Address, Network, may_connect
from bonaface.fetch.resolver import Resolver
from bonaface.fetch.stream import FairStream

UNREACHABLE = (
    "The host of the image URL cannot be reached; give an address that anyone on the internet can open."
)
"""One sentence for a name that does not resolve, an address that is refused and a server that does not
answer: a caller learns nothing of the network behind us."""

MOST_TRIED = 4
"""Addresses of one name that are tried; all of them are checked."""


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Opens TCP connections to checked addresses only; opens nothing else (no Unix sockets).

    One object a hop. It closes what it opened: the HTTP library forgets a connection whose TLS handshake
    is cancelled.
    """

    def __init__(self, resolver: Resolver, allowed: Sequence[Network], owner: Hashable) -> None:
        """`owner` is whose URL leads there: look-ups are shared out among owners."""
        self._resolver = resolver
        self._allowed = allowed
        self._owner = owner
        self._dialer = httpcore2.AnyIOBackend()
        self._opened: list[httpcore2.AsyncNetworkStream] = []

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's interface
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """A connection to `host`, a name or an IP address; `local_address` and `socket_options` are not used.

        All addresses but the last one tried get an equal share of `timeout` seconds. Raises ImageUrlError
        when the name does not resolve, when any address is refused, and when none of them answers;
        OverloadedError when its owner may not have one more name looked up now.
        """
        candidates = _both_families(await self._checked(host))[:MOST_TRIED]
        share = None if timeout is None else timeout / len(candidates)
        limits = [share] * (len(candidates) - 1) + [timeout]
        for address, limit in zip(candidates, limits, strict=True):
            try:
                stream = await self._dialer.connect_tcp(str(address), port, limit)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
            self._opened.append(FairStream(stream))
            return self._opened[-1]
        raise ImageUrlError(UNREACHABLE, UrlRefusal.CONNECTION)

    async def aclose(self) -> None:
        """Close every connection that was opened here, also from a cancelled task."""
        with anyio.CancelScope(shield=True):
            for stream in self._opened:
                await stream.aclose()

    async def _checked(self, host: str) -> Sequence[Address]:
        try:
            addresses = await self._addresses(host)
        except OSError as error:
            raise ImageUrlError(UNREACHABLE, UrlRefusal.NAME) from error
        if not addresses:
            raise ImageUrlError(UNREACHABLE, UrlRefusal.NAME)
        if not all(may_connect(address, self._allowed) for address in addresses):
            raise ImageUrlError(UNREACHABLE, UrlRefusal.ADDRESS)
        return addresses

    async def _addresses(self, host: str) -> Sequence[Address]:
        try:
            return (ip_address(host),)
        except ValueError:
            return await self._resolver.resolve(host, self._owner)


def _both_families(addresses: Sequence[Address]) -> Sequence[Address]:
    """IPv6 and IPv4 in turn, the family of the first one first (RFC 8305, 4), each in its own order."""
    first = [address for address in addresses if address.version == addresses[0].version]
    other = [address for address in addresses if address.version != addresses[0].version]
    pairs = chain.from_iterable(zip_longest(first, other))
    return [address for address in pairs if address is not None]
