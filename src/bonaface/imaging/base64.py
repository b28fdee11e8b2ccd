"""Base64 as the wire contract takes it: the standard alphabet (RFC 4648, section 4), nothing around it."""

import binascii

import pybase64

from bonaface.errors import ImageTooLargeError, InvalidImageError

_WHITE_SPACE = b" \t\n\r\v\f"
_PADDING = b"="
_MOST_PADDING = 2


def decode_base64(text: str | bytes, max_bytes: int | None = None) -> bytes:
    """The bytes that `text` stands for; ASCII white space is ignored, padding may be left out.

    Bits that the last character has to spare are not looked at. Raises ImageTooLargeError, before
    decoding, where the result would be over `max_bytes`; InvalidImageError for an empty text, a `data:`
    URL, characters of another alphabet (the URL-safe one too), padding where none belongs, a length
    that no bytes have.
    """
    return _decode_as_written(text, max_bytes) or _decode_packed(text, max_bytes)


def decoded_size(body: str | bytes) -> int:
    """How many bytes a Base64 text without white space and padding stands for."""
    return len(body) * 3 // 4


def _decode_as_written(text: str | bytes, max_bytes: int | None) -> bytes | None:
    """The bytes of a text without white space that has its padding, as nearly all are; None for any other."""
    if max_bytes is not None and decoded_size(text) - _MOST_PADDING > max_bytes:
        return None
    try:
        decoded = pybase64.b64decode(text, validate=True)
    except ValueError:
        return None
    return decoded if max_bytes is None or len(decoded) <= max_bytes else None


def _decode_packed(text: str | bytes, max_bytes: int | None) -> bytes:
    body = _ascii(text).translate(None, _WHITE_SPACE)
    if body[:5].lower() == b"data:":
        raise InvalidImageError("The image is a data: URL; send only the Base64 text after its comma.")
    length = len(body)
    body = body.rstrip(_PADDING)  # in place of the other: each is of megabytes
    if not body:
        raise InvalidImageError("The image is empty; send the Base64 text of a PNG or JPEG file.")
    if max_bytes is not None and decoded_size(body) > max_bytes:
        raise ImageTooLargeError(f"The image is over {max_bytes:,} bytes; send a smaller file.")
    _check_length(len(body), length - len(body))
    try:
        return pybase64.b64decode(body, validate=True, padded=False)
    except binascii.Error as error:
        raise InvalidImageError("The image holds characters that are not standard Base64.") from error


def _ascii(text: str | bytes) -> bytes:
    if isinstance(text, bytes):
        return text
    try:
        return text.encode("ascii")
    except UnicodeEncodeError as error:
        raise InvalidImageError("The image holds characters that are not standard Base64.") from error


def _check_length(characters: int, padding: int) -> None:
    missing = -characters % 4
    if missing == 3 or padding not in {0, missing}:
        raise InvalidImageError("The image's Base64 text is cut off or wrongly padded; send all of it.")
