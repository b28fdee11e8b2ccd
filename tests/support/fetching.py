"""The real fetcher with loopback allowed, and servers that misbehave in one line."""

import ssl
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest

from bonaface.errors import BonafaceError
from bonaface.fetch import ImageFetcher
from bonaface.settings import FetchSettings
from support.names import ScriptedResolver
from support.web import Exchange, Handler, LocalServer, serve

LIMIT = 100_000
TIMEOUT = 0.2
NO_TRUST = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@asynccontextmanager
async def fetching(
    resolver: ScriptedResolver | None = None, seconds: float = 5.0
) -> AsyncIterator[ImageFetcher]:
    settings = FetchSettings.model_validate({"allowed_networks": ["127.0.0.1/32"], "timeout": seconds})
    async with aclosing(
        ImageFetcher(settings, LIMIT, resolver=resolver or ScriptedResolver(), ssl_context=NO_TRUST)
    ) as fetcher:
        yield fetcher


async def error_of(
    handler: Handler, seconds: float = 5.0, path: str = "/"
) -> tuple[BonafaceError, LocalServer]:
    async with serve(handler) as server, fetching(seconds=seconds) as fetcher:
        with pytest.raises(BonafaceError) as caught:
            await fetcher.fetch(server.url(path))
    return caught.value, server


def raw(*parts: bytes) -> Handler:
    """Sends these bytes and closes."""

    async def handler(exchange: Exchange) -> None:
        await exchange.send(b"".join(parts))

    return handler
