"""The body of a request of /v2, of either kind, as what it asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from fastapi import Request

from bonaface.api.body.body_reader import TOO_LARGE, read_body
from bonaface.api.body.form import TWICE, read_parts
from bonaface.api.body.json_reader import JsonReader
from bonaface.api.v2.options import Options
from bonaface.api.v2.schemas import LEAST_FRAMES, MOST_FRAMES, Faces, LivenessImage, LivenessRequest, Quality
from bonaface.errors import ImageTooLargeError, InvalidParameterError
from bonaface.imaging.base64 import decode_base64
from bonaface.types import Preset

JSON = JsonReader(LivenessRequest)
IMAGE_PART = "imageFile"
FACES_PART = "faces"
PRESET_PART = "preset"
QUALITY_PART = "quality"
POLICY_PART = "policy"
HEATMAP_PART = "heatmap"
FRAMES_PART = "frames"
OPTION_PARTS = (FACES_PART, PRESET_PART, QUALITY_PART, POLICY_PART, HEATMAP_PART)
PARTS = frozenset({IMAGE_PART, FRAMES_PART, *OPTION_PARTS})
OPTIONAL = f"{', '.join(OPTION_PARTS[:-1])} and {OPTION_PARTS[-1]}"
WANTED = f"{IMAGE_PART} or {FRAMES_PART} and, if wanted, {OPTIONAL}"
NEITHER_OR_BOTH = "Give exactly one of image.url and image.bytes."
ONE_WAY = "Give exactly one of image and frames."
NO_IMAGE = f"Give the form one part {IMAGE_PART}, or {LEAST_FRAMES} to {MOST_FRAMES} parts {FRAMES_PART}."
TOGETHER = "The frames are over {limit:,} bytes together; send smaller or fewer ones."
NO_QUERY = "/v2/liveness takes no query; give its options in the body."
NO_TEXT = "{name} must be text in UTF-8."
BAD_WORD = "{name} must be one of {words}, in lower case."

Word = TypeVar("Word", bound=StrEnum)


class Truth(StrEnum):
    """A truth value as the part of a form has it."""

    TRUE = "true"
    FALSE = "false"


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
    if request.url.query:
        raise InvalidParameterError(NO_QUERY)
    return await read_body(request, max_bytes, parse_json, parse_form)


def parse_json(body: bytes | bytearray, max_bytes: int) -> LivenessSubmission:
    """What a JSON body asks for; a bytearray is empty then. Raises as `read_submission`."""
    asked = JSON.read(body)
    options = Options(
        asked.preset,
        asked.faces or Faces.ALL,
        asked.quality or Quality.INFORM,
        asked.policy,
        heatmap=asked.heatmap or False,
    )
    if (asked.image is None) == (asked.frames is None):
        raise InvalidParameterError(ONE_WAY)
    if asked.frames is not None:
        return LivenessSubmission(_decoded([frame.bytes for frame in asked.frames], max_bytes), None, options)
    source = asked.image or LivenessImage()
    if (source.url is None) == (source.bytes is None):
        raise InvalidParameterError(NEITHER_OR_BOTH)
    frames = () if source.bytes is None else (decode_base64(source.bytes, max_bytes),)
    return LivenessSubmission(frames, source.url, options)


def _decoded(texts: Sequence[str], max_bytes: int) -> tuple[bytes, ...]:
    """Frames of their Base64, which may have so many bytes together."""
    frames: list[bytes] = []
    for text in texts:
        frames.append(decode_base64(text, max_bytes))
        check_together(frames, max_bytes)
    return tuple(frames)


def check_together(frames: Sequence[bytes], max_bytes: int) -> None:
    """Raises ImageTooLargeError for frames of more bytes together."""
    if sum(map(len, frames)) > max_bytes:
        raise ImageTooLargeError((TOGETHER if len(frames) > 1 else TOO_LARGE).format(limit=max_bytes))


def parse_form(body: bytes | bytearray, boundary: bytes, max_bytes: int) -> LivenessSubmission:
    """What a form asks for. Raises as `read_submission`."""
    parts: dict[str, bytes] = {}
    frames: list[bytes] = []
    for name, content in read_parts(body, boundary, PARTS, WANTED, is_strict=True):
        if name == FRAMES_PART:
            frames.append(content)
            continue
        if name in parts:
            raise InvalidParameterError(TWICE.format(name=name))
        parts[str(name)] = content
    options = Options(
        _word(parts, PRESET_PART, Preset),
        _word(parts, FACES_PART, Faces) or Faces.ALL,
        _word(parts, QUALITY_PART, Quality) or Quality.INFORM,
        _text(parts, POLICY_PART),
        heatmap=_word(parts, HEATMAP_PART, Truth) is Truth.TRUE,
    )
    image = parts.get(IMAGE_PART)
    is_capture = LEAST_FRAMES <= len(frames) <= MOST_FRAMES and image is None
    if not is_capture and (image is None or frames):
        raise InvalidParameterError(NO_IMAGE)
    images = tuple(frames) if image is None else (image,)
    check_together(images, max_bytes)
    return LivenessSubmission(images, None, options)


def _text(parts: dict[str, bytes], name: str) -> str | None:
    """The text in the part of that name, if there is one."""
    given = parts.get(name)
    try:
        return None if given is None else given.decode()
    except UnicodeDecodeError:
        raise InvalidParameterError(NO_TEXT.format(name=name)) from None


def _word(parts: dict[str, bytes], name: str, words: type[Word]) -> Word | None:
    """The word in the part of that name, if there is one."""
    given = parts.get(name)
    if given is None:
        return None
    try:
        return words(given.decode())
    except ValueError:  # UnicodeDecodeError is one
        raise InvalidParameterError(BAD_WORD.format(name=name, words=", ".join(words))) from None
