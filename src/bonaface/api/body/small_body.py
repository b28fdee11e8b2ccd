"""Bodies that hold a few members and no image."""

from fastapi import Request

from bonaface.api.body import content_coding
from bonaface.errors import InvalidParameterError

MAX_BYTES = 64 * 1024
TOO_LONG = "Send a body of at most {limit} bytes."


async def read_small(request: Request, max_bytes: int = MAX_BYTES) -> bytes:
    """The whole body. Raises InvalidParameterError for a compressed one, and as soon as it is too long."""
    content_coding.check(request.headers)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_bytes:
            raise InvalidParameterError(TOO_LONG.format(limit=max_bytes))
    return bytes(body)
