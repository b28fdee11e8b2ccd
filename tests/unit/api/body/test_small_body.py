"""Small bodies."""

import asyncio

import pytest
from fastapi import Request

from bonaface.api.body.small_body import MAX_BYTES, read_small
from bonaface.errors import InvalidParameterError
from support.http.asgi import Exchange, body_of, http_scope


def read(exchange: Exchange) -> bytes:
    return asyncio.run(read_small(Request(http_scope(), exchange.receive)))


def test_a_body_is_read_to_its_end() -> None:
    assert read(Exchange(body_of(b"a" * MAX_BYTES))) == b"a" * MAX_BYTES
    assert read(Exchange(body_of(b"ab", b"", b"c"))) == b"abc"


def test_a_long_one_is_refused_without_the_rest_of_it() -> None:
    exchange = Exchange(body_of(b"a" * MAX_BYTES, b"a", b"never read"))
    with pytest.raises(InvalidParameterError):
        read(exchange)
    assert exchange.unread == 1


def test_a_compressed_one_is_refused_unread() -> None:
    exchange = Exchange(body_of(b"never read"))
    with pytest.raises(InvalidParameterError, match="gzip"):
        asyncio.run(read_small(Request(http_scope(("Content-Encoding", "gzip")), exchange.receive)))
    assert exchange.unread == 1
