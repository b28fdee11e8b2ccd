"""How large a body may be and how long it may take. Nothing is asked of a body that nobody reads."""

import asyncio
import math
import time
from dataclasses import dataclass
from typing import Self

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bonaface.api.body.content_type import is_multipart
from bonaface.api.body.pace import NO_MINIMUM, MinimumRate, Pace
from bonaface.errors import ImageTooLargeError, InvalidParameterError
from bonaface.settings import Settings

ALLOWANCE = 64 * 1024
"""Bytes for what stands around the image: JSON members, part headers, boundaries."""
WIDEST = 2 + 4 / 76
r"""Bytes on the wire that a character of Base64 takes at most: as `\/`, and `\r\n` after each line of 76."""

TOO_LARGE = "The request's body is over the limit; send an image file of at most {limit} bytes."
TOO_SLOW = "The request's body did not arrive within {seconds:g} seconds; send it faster."
TOO_FEW = "The request's body came at under {rate} bytes a second for {span:g} seconds; send it faster."


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """Bytes by kind of body, seconds from its first read to its end, and how fast it must come meanwhile."""

    json: int
    multipart: int
    seconds: float
    image: int
    minimum: MinimumRate = NO_MINIMUM

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Limits under which an image of the largest size allowed fits, however it is wrapped."""
        image = settings.images.max_bytes
        return cls(
            json=math.ceil(base64_length(image) * WIDEST) + ALLOWANCE,
            multipart=image + ALLOWANCE,
            seconds=settings.server.body_timeout,
            image=image,
            minimum=MinimumRate(settings.server.min_body_rate),
        )

    def for_headers(self, headers: Headers) -> int:
        """Bytes that a request with `headers` may send."""
        return self.multipart if is_multipart(headers.get("content-type", "")) else self.json


def base64_length(size: int) -> int:
    """Characters of the Base64 of so many bytes."""
    return 4 * math.ceil(size / 3)


class BodyLimit:
    """Refuses a body at the first read of it when its declared length is over the limit, else while reading.

    The reader of the body meets ImageTooLargeError, or InvalidParameterError when the body takes too long
    or comes too slowly.
    """

    def __init__(self, app: ASGIApp, limits: BodyLimits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            receive = _LimitedReceive(receive, self._limits, Headers(scope=scope))
        await self._app(scope, receive, send)


class _LimitedReceive:
    def __init__(self, receive: Receive, limits: BodyLimits, headers: Headers) -> None:
        self._receive = receive
        self._limits = limits
        self._left = limits.for_headers(headers)
        self._declared = int(headers.get("content-length", 0))
        self._ends: float | None = None
        self._pace = Pace(limits.minimum, 0.0)
        self._is_read = False

    async def __call__(self) -> Message:
        if self._is_read:
            return await self._receive()
        if self._declared > self._left and self._ends is None:
            raise self._too_large()
        message = await self._timed()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise self._too_large()
        self._is_read = not message.get("more_body", False)
        return message

    async def _timed(self) -> Message:
        now = time.monotonic()
        if self._ends is None:
            self._ends = now + self._limits.seconds
            self._pace = Pace(self._limits.minimum, now)
        is_slow = self._pace.ends < self._ends
        try:
            async with asyncio.timeout(min(self._ends, self._pace.ends) - now):
                message = await self._receive()
        except TimeoutError as error:
            raise self._too_few() if is_slow else self._too_slow() from error
        self._pace.add(time.monotonic(), len(message.get("body", b"")))
        return message

    def _too_slow(self) -> InvalidParameterError:
        return InvalidParameterError(TOO_SLOW.format(seconds=self._limits.seconds))

    def _too_few(self) -> InvalidParameterError:
        minimum = self._limits.minimum
        return InvalidParameterError(TOO_FEW.format(rate=minimum.rate, span=minimum.span))

    def _too_large(self) -> ImageTooLargeError:
        return ImageTooLargeError(TOO_LARGE.format(limit=self._limits.image))
