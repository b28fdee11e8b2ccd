"""The limits of a body's size and time."""

import asyncio

import pytest
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from bonaface.api.body.pace import MinimumRate
from bonaface.api.middleware.body_limit import BodyLimit, BodyLimits
from bonaface.errors import ImageTooLargeError, InvalidParameterError
from bonaface.settings import ImageLimits, ServerSettings, Settings
from support.http.asgi import Exchange, Reader, Recorder, Refuser, body_of, http_scope, reply


class Waiter:
    """Reads the body, then waits longer than a body may take."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        try:
            async with asyncio.timeout(0.05):
                await receive()
        except TimeoutError:
            await reply(send, b"still waiting")


class LateReader:
    """Reads a piece, does something else for a while, and reads the next."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await asyncio.sleep(0.01)
        await reply(send, (await receive())["body"][:1])


LIMITS = BodyLimits(json=10, multipart=5, seconds=20, image=3)
FORM = ("Content-Type", "multipart/form-data; boundary=x")


def read(*chunks: bytes, headers: tuple[tuple[str, str], ...] = ()) -> bytes:
    return Exchange(body_of(*chunks)).run(BodyLimit(Reader(), LIMITS), http_scope(*headers)).body


def test_a_body_up_to_the_limit_passes() -> None:
    assert read(b"12345", b"67890", headers=(("Content-Length", "10"),)) == b"10"
    assert read(b"12345", headers=(FORM,)) == b"5"


def test_a_body_that_grows_over_the_limit_is_refused() -> None:
    with pytest.raises(ImageTooLargeError):
        read(b"12345", b"67890", b"1")
    with pytest.raises(ImageTooLargeError):
        read(b"123456", headers=(FORM,))


def test_a_declared_length_over_the_limit_is_refused_without_a_read() -> None:
    exchange = Exchange(body_of(b"1"))
    with pytest.raises(ImageTooLargeError):
        exchange.run(BodyLimit(Reader(), LIMITS), http_scope(("Content-Length", "11")))
    assert exchange.unread == 1


def test_nothing_is_asked_of_a_body_that_nobody_reads() -> None:
    scope = http_scope(("Content-Length", "99999999999"))
    assert Exchange().run(BodyLimit(Refuser(), LIMITS), scope).body == b"no"


def test_a_body_that_does_not_come_is_refused() -> None:
    limits = BodyLimits(json=10, multipart=5, seconds=0.01, image=3)
    started = body_of(b"1", b"2")[:1]
    with pytest.raises(InvalidParameterError, match=r"0\.01 seconds"):
        Exchange(started).run(BodyLimit(Reader(), limits), http_scope())


def test_after_the_body_a_disconnect_may_be_awaited_for_ever() -> None:
    limits = BodyLimits(json=10, multipart=5, seconds=0.01, image=3)
    exchange = Exchange(body_of(b"1")).run(BodyLimit(Waiter(), limits), http_scope())
    assert exchange.body == b"still waiting"


def test_other_scopes_pass() -> None:
    recorder = Recorder()
    Exchange().run(BodyLimit(recorder, LIMITS), {"type": "lifespan"})
    assert recorder.types == ["lifespan"]


def test_the_largest_image_fits_however_it_is_wrapped() -> None:
    settings = Settings(images=ImageLimits(max_bytes=3_000_001), server=ServerSettings(body_timeout=7))
    limits = BodyLimits.of(settings)
    lines = -(-4_000_004 // 76)
    assert limits.json > 2 * 4_000_004 + 4 * lines
    assert limits.multipart == 3_000_001 + 64 * 1024
    assert (limits.image, limits.seconds, limits.minimum) == (3_000_001, 7, MinimumRate(1000))
    assert limits.for_headers(Headers({"content-type": "Multipart/Form-Data"})) == limits.multipart
    assert limits.for_headers(Headers({})) == limits.json


def test_a_body_that_comes_too_slowly_is_refused_before_its_time_is_up() -> None:
    limits = BodyLimits(json=10, multipart=5, seconds=20, image=3, minimum=MinimumRate(1000, 0.02))
    started = body_of(b"1", b"2")[:1]
    with pytest.raises(InvalidParameterError, match=r"under 1000 bytes a second for 0\.02 seconds"):
        Exchange(started).run(BodyLimit(Reader(), limits), http_scope())


def test_a_body_that_is_here_is_not_too_slow_however_late_it_is_read() -> None:
    limits = BodyLimits(json=10, multipart=5, seconds=20, image=3, minimum=MinimumRate(1000, 0.001))
    exchange = Exchange(body_of(b"1", b"2")).run(BodyLimit(LateReader(), limits), http_scope())
    assert exchange.body == b"2"
