"""Who sent a request that came through a proxy: from the header that the proxy sets, and from no other.

A proxy is believed if its address is one of the trusted networks; what anybody else sends in these headers is
not read. Addresses are read from the nearest hop on, up to the first that is no trusted proxy: that one was
seen by a proxy that is, while whatever stands before it may be invented.
"""

import re
from collections.abc import Collection, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from bonaface.settings import ServerSettings

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

X_FOR, X_PROTO, FORWARDED = "x-forwarded-for", "x-forwarded-proto", "forwarded"
SCHEMES = frozenset({"http", "https"})
MOST_HOPS = 32
"""Hops that are read of a header; a request has three or four."""

_PAIR = re.compile(r'\s*([A-Za-z]+)=("(?:[^"\\]|\\.)*"|[^;,"\s]*)\s*')
"""A parameter of `Forwarded` (RFC 7239, section 4)."""
_NODE = re.compile(r"\[([0-9a-fA-F:.]+)\](?::\d+)?|([0-9.]+)(?::\d+)?|([0-9a-fA-F:.]+)")
"""An address, in brackets where IPv6 has a port, with or without a port."""


class ForwardedClient:
    """Puts the caller's own address and scheme in the place of a trusted proxy's into the scope."""

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self._app = app
        self._proxies = settings.trusted_proxies
        self._header = settings.proxy_header

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and is_within(peer_of(scope), self._proxies):
            headers = Headers(scope=scope)
            standard = self._header == FORWARDED
            hops = of_forwarded(headers) if standard else of_x_forwarded(headers)
            caller, scheme = nearest_stranger(hops, self._proxies)
            if caller is not None:
                scope["client"] = (str(caller), 0)
            if scheme in SCHEMES:
                scope["scheme"] = scheme
        await self._app(scope, receive, send)


Hop = tuple[Address | None, str | None]
"""An address, None where the header hides it or it is none; and the scheme that it spoke."""


def nearest_stranger(hops: Iterator[Hop], proxies: Collection[Network]) -> Hop:
    """The first hop, nearest first, that is no trusted proxy; the farthest where all are.

    What stands behind an address that is not one is not believed: then the last proxy that is known counts.
    """
    found: Hop = (None, None)
    for _, hop in zip(range(MOST_HOPS), hops, strict=False):
        if hop[0] is None:
            return found
        found = hop
        if not is_within(hop[0], proxies):
            break
    return found


def of_x_forwarded(headers: Headers) -> Iterator[Hop]:
    """Hops of X-Forwarded-For, nearest first; all have the scheme that X-Forwarded-Proto tells last."""
    scheme = ",".join(headers.getlist(X_PROTO)).rpartition(",")[2].strip().lower() or None
    for node in reversed(",".join(headers.getlist(X_FOR)).split(",")):
        yield address_of(node.strip()), scheme


def of_forwarded(headers: Headers) -> Iterator[Hop]:
    """Hops of Forwarded (RFC 7239), nearest first; a header that does not parse has none."""
    for element in reversed(elements_of(",".join(headers.getlist(FORWARDED)))):
        yield address_of(element.get("for", "")), element.get("proto", "").lower() or None


def elements_of(header: str) -> list[dict[str, str]]:
    """The parameters of each element by their names in small letters; [] where the header does not parse."""
    elements: list[dict[str, str]] = [{}]
    at = 0
    while at < len(header):
        pair = _PAIR.match(header, at)
        if pair is None or pair[1].lower() in elements[-1]:
            return []
        value = pair[2]
        elements[-1][pair[1].lower()] = re.sub(r"\\(.)", r"\1", value[1:-1]) if value[:1] == '"' else value
        at = pair.end()
        if at < len(header):
            if header[at] not in ",;":
                return []
            if header[at] == ",":
                elements.append({})
            at += 1
    return elements


def address_of(node: str) -> Address | None:
    """The address of a node; None for one that hides (`unknown`, `_name`) or is none."""
    found = _NODE.fullmatch(node)
    try:
        return None if found is None else plain(ip_address(next(filter(None, found.groups()))))
    except ValueError:
        return None


def peer_of(scope: Scope) -> Address | None:
    """Who is connected; None where that has no address, as at a Unix socket."""
    client = scope.get("client")
    return address_of(client[0]) if client else None


def is_within(address: Address | None, networks: Collection[Network]) -> bool:
    """Whether the address is of one of the networks."""
    return address is not None and any(address in network for network in networks)


def plain(address: Address) -> Address:
    """An IPv4 address also where it is written as IPv6."""
    return getattr(address, "ipv4_mapped", None) or address
