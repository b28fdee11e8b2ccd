"""The real fetcher with loopback allowed, and servers that misbehave in one line."""

import ssl
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest

from bonaface.errors import BonafaceError, Overload
from bonaface.fetch import ImageFetcher, Resolver, SystemResolver
from bonaface.serving.places import Places
from bonaface.settings import FetchSettings
from support.network.names import ScriptedResolver
from support.network.web import Exchange, Handler, LocalServer, serve

OWNER = 7
"""Whose downloads these are."""
LIMIT = 100_000
TIMEOUT = 0.2
NO_TRUST = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def fetcher_of(
    settings: FetchSettings,
    limit: int,
    resolver: Resolver | None = None,
    trust: ssl.SSLContext | None = NO_TRUST,
) -> ImageFetcher:
    """A fetcher with the system's resolver unless another is given."""
    share = settings.application_share
    downloads = Places(settings.max_downloads, share, Overload.DOWNLOADS, "Later.")
    lookups = Places(settings.max_lookups, share, Overload.LOOKUPS, "Later.")
    resolver = resolver or SystemResolver(settings.max_lookups, lookups)
    return ImageFetcher(settings, limit, downloads, resolver, trust)


@asynccontextmanager
async def fetching(
    resolver: ScriptedResolver | None = None, seconds: float = 5.0
) -> AsyncIterator[ImageFetcher]:
    settings = FetchSettings.model_validate({"allowed_networks": ["127.0.0.1/32"], "timeout": seconds})
    async with aclosing(fetcher_of(settings, LIMIT, resolver or ScriptedResolver())) as fetcher:
        yield fetcher


async def error_of(
    handler: Handler, seconds: float = 5.0, path: str = "/"
) -> tuple[BonafaceError, LocalServer]:
    async with serve(handler) as server, fetching(seconds=seconds) as fetcher:
        with pytest.raises(BonafaceError) as caught:
            await fetcher.fetch(server.url(path), OWNER)
    return caught.value, server


def raw(*parts: bytes) -> Handler:
    """Sends these bytes and closes."""

    async def handler(exchange: Exchange) -> None:
        await exchange.send(b"".join(parts))

    return handler
