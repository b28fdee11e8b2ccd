"""The body of a request, of either kind, as what it asks for."""

from dataclasses import dataclass

from fastapi import Request

from bonaface.api.body.body_reader import TOO_LARGE, read_body
from bonaface.api.body.json_reader import JsonReader
from bonaface.api.v1.form import CONDITION_PART, IMAGE_PART, read_form
from bonaface.api.v1.schemas import SpoofingRequest
from bonaface.errors import ImageTooLargeError, InvalidParameterError
from bonaface.imaging.base64 import decode_base64
from bonaface.types import Preset

JSON = JsonReader(SpoofingRequest)
NEITHER_OR_BOTH = "Give exactly one of image.url and image.bytes."
NO_IMAGE = f"The form has no part {IMAGE_PART}; send the image file as one."
CONDITIONS = ", ".join(Preset)
BAD_CONDITION = f"{CONDITION_PART} must be one of {CONDITIONS}, in lower case."


@dataclass(frozen=True, slots=True)
class Submission:
    """An image, given by its bytes or by the URL to fetch it from, and the preset asked for, if any."""

    image: bytes | None
    url: str | None
    preset: Preset | None


async def read_submission(request: Request, max_bytes: int) -> Submission:
    """Read and check the body; parsing and Base64 of one that is not short run beside the event loop.

    Raises InvalidParameterError, ImageTooLargeError (also for a decoded image over `max_bytes`) and
    InvalidImageError; ClientDisconnect when the client goes away.
    """
    return await read_body(request, max_bytes, parse_json, parse_form)


def parse_json(body: bytes | bytearray, max_bytes: int) -> Submission:
    """What a JSON body asks for; a bytearray is empty then. Raises as `read_submission`."""
    asked = JSON.read(body)
    source = asked.image
    if (source.url is None) == (source.bytes is None):
        raise InvalidParameterError(NEITHER_OR_BOTH)
    image = None if source.bytes is None else decode_base64(source.bytes, max_bytes)
    return Submission(image, source.url, asked.spoofing_condition)


def parse_form(body: bytes | bytearray, boundary: bytes, max_bytes: int) -> Submission:
    """What a form asks for. Raises as `read_submission`."""
    parts = read_form(body, boundary)
    condition = parts.get(CONDITION_PART)
    preset = None if condition is None else _preset(condition)
    image = parts.get(IMAGE_PART)
    if image is None:
        raise InvalidParameterError(NO_IMAGE)
    if len(image) > max_bytes:
        raise ImageTooLargeError(TOO_LARGE.format(limit=max_bytes))
    return Submission(image, None, preset)


def _preset(given: bytes) -> Preset:
    try:
        return Preset(given.decode())
    except ValueError:  # UnicodeDecodeError is one
        raise InvalidParameterError(BAD_CONDITION) from None
