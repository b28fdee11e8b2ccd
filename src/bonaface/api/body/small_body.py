"""Bodies that hold a few members and no image."""

from fastapi import Request

from bonaface.api.body import content_coding
from bonaface.errors import InvalidParameterError

MAX_BYTES = 64 * 1024
TOO_LONG = f"Send a body of at most {MAX_BYTES} bytes."


async def read_small(request: Request) -> bytes:
    """The whole body. Raises InvalidParameterError for a compressed one, and as soon as it is over 64 KiB."""
    content_coding.check(request.headers)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            raise InvalidParameterError(TOO_LONG)
    return bytes(body)
