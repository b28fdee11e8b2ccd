"""The body of a request of /v2, of either kind, as what it asks for."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from fastapi import Request

from bonaface.api.body.body_reader import TOO_LARGE, read_body
from bonaface.api.body.form import TWICE, read_parts
from bonaface.api.body.json_reader import JsonReader
from bonaface.api.v2.options import Options
from bonaface.api.v2.schemas import Faces, LivenessRequest, Quality
from bonaface.errors import ImageTooLargeError, InvalidParameterError
from bonaface.imaging.base64 import decode_base64
from bonaface.types import Preset

JSON = JsonReader(LivenessRequest)
IMAGE_PART = "imageFile"
FACES_PART = "faces"
PRESET_PART = "preset"
QUALITY_PART = "quality"
PARTS = frozenset({IMAGE_PART, FACES_PART, PRESET_PART, QUALITY_PART})
WANTED = f"{IMAGE_PART} and, if wanted, {FACES_PART}, {PRESET_PART} and {QUALITY_PART}"
NEITHER_OR_BOTH = "Give exactly one of image.url and image.bytes."
NO_IMAGE = f"The form has no part {IMAGE_PART}; send the image file as one."
BAD_WORD = "{name} must be one of {words}, in lower case."

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class LivenessSubmission:
    """A capture, given by the bytes of its frames or by the URL to fetch its one image from; and options."""

    frames: tuple[bytes, ...]
    url: str | None
    options: Options


async def read_submission(request: Request, max_bytes: int) -> LivenessSubmission:
    """Read and check the body; `max_bytes` is for all images together.

    Raises InvalidParameterError, ImageTooLargeError and InvalidImageError; ClientDisconnect when the client
    goes away.
    """
    return await read_body(request, max_bytes, parse_json, parse_form)


def parse_json(body: bytes | bytearray, max_bytes: int) -> LivenessSubmission:
    """What a JSON body asks for; a bytearray is empty then. Raises as `read_submission`."""
    asked = JSON.read(body)
    source = asked.image
    if (source.url is None) == (source.bytes is None):
        raise InvalidParameterError(NEITHER_OR_BOTH)
    frames = () if source.bytes is None else (decode_base64(source.bytes, max_bytes),)
    options = Options(asked.preset, asked.faces or Faces.ALL, asked.quality or Quality.INFORM)
    return LivenessSubmission(frames, source.url, options)


def parse_form(body: bytes | bytearray, boundary: bytes, max_bytes: int) -> LivenessSubmission:
    """What a form asks for. Raises as `read_submission`."""
    parts: dict[str, bytes] = {}
    for name, content in read_parts(body, boundary, PARTS, WANTED, is_strict=True):
        if name in parts:
            raise InvalidParameterError(TWICE.format(name=name))
        parts[str(name)] = content
    options = Options(
        _word(parts, PRESET_PART, Preset),
        _word(parts, FACES_PART, Faces) or Faces.ALL,
        _word(parts, QUALITY_PART, Quality) or Quality.INFORM,
    )
    image = parts.get(IMAGE_PART)
    if image is None:
        raise InvalidParameterError(NO_IMAGE)
    if len(image) > max_bytes:
        raise ImageTooLargeError(TOO_LARGE.format(limit=max_bytes))
    return LivenessSubmission((image,), None, options)


def _word(parts: dict[str, bytes], name: str, words: type[Word]) -> Word | None:
    """The word in the part of that name, if there is one."""
    given = parts.get(name)
    if given is None:
        return None
    try:
        return words(given.decode())
    except ValueError:  # UnicodeDecodeError is one
        raise InvalidParameterError(BAD_WORD.format(name=name, words=", ".join(words))) from None
