"""A whole body in memory, of either kind, and what is made of it beside the event loop."""

import math
from collections.abc import Callable
from typing import TypeVar

from anyio import to_thread
from fastapi import Request

from bonaface.api.body import content_coding, content_type
from bonaface.api.body.content_type import BodyKind
from bonaface.api.body.json_slashes import PlainSlashes
from bonaface.api.middleware.body_limit import ALLOWANCE, base64_length
from bonaface.errors import ImageTooLargeError

KEPT = 1.15
"""Bytes in memory for a character of Base64: room for line breaks, and escapes here and there."""
SHORT_BYTES = 128 * 1024
"""A body up to here is parsed sooner than a thread takes it; the worst that it may hold, within 20 ms."""
TOO_LARGE = "The image is over {limit:,} bytes; send a smaller file."

Parsed = TypeVar("Parsed")
ParseJson = Callable[[bytearray, int], Parsed]
"""Makes something of a JSON text, which it may empty, and the most bytes of an image."""
ParseForm = Callable[[bytearray, bytes, int], Parsed]
"""Makes something of a form, its boundary, and the most bytes of an image."""


async def read_body(
    request: Request, max_bytes: int, parse_json: ParseJson[Parsed], parse_form: ParseForm[Parsed]
) -> Parsed:
    """Read the body and parse it; of one that is not short, parsing runs beside the event loop.

    max_bytes: of the image, or of all images together. Raises InvalidParameterError, ImageTooLargeError, what
    the parser raises; ClientDisconnect when the client goes away.
    """
    kind, boundary = content_type.parse(request.headers.get("content-type", ""))
    content_coding.check(request.headers)
    if kind is BodyKind.JSON:
        text = await _read_json(request, max_bytes)
        return await _beside(len(text), parse_json, text, max_bytes)
    form = await _read(request)
    return await _beside(len(form), parse_form, form, boundary, max_bytes)


async def _beside(size: int, parse: Callable[..., Parsed], *arguments: object) -> Parsed:
    if size <= SHORT_BYTES:
        return parse(*arguments)
    return await to_thread.run_sync(parse, *arguments)


async def _read(request: Request) -> bytearray:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
    return body


async def _read_json(request: Request, max_bytes: int) -> bytearray:
    """The body without the escapes of its slashes: its memory is bounded whatever stands in the image."""
    most = math.ceil(base64_length(max_bytes) * KEPT) + ALLOWANCE
    body, slashes = bytearray(), PlainSlashes()
    async for chunk in request.stream():
        body += slashes.add(chunk)
        if len(body) > most:
            raise ImageTooLargeError(TOO_LARGE.format(limit=max_bytes))
    body += slashes.end()
    return body
