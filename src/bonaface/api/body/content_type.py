"""What a request says its body is."""

from encodings import normalize_encoding
from encodings.aliases import aliases
from enum import StrEnum

from python_multipart.multipart import parse_options_header

from bonaface.errors import InvalidParameterError, UnsupportedMediaTypeError

JSON = "application/json"
MULTIPART = "multipart/form-data"
CHARSETS = frozenset(
    {"utf_8", "ascii", "csutf8", "unicode_1_1_utf_8", "unicode11utf8", "unicode20utf8", "x_unicode20utf8", ""}
)
"""UTF-8 (IANA, and the Encoding Standard), and what is a part of it, by Python's names; a label without a
name says nothing."""
MAX_BOUNDARY = 256
"""RFC 2046 allows 70 characters; some clients write more."""

UNKNOWN = f"Send the body as {JSON} or {MULTIPART} and say so in Content-Type."
NOT_UTF8 = "Send JSON in UTF-8; no other charset is taken."
NO_BOUNDARY = f"Name the boundary of the parts in Content-Type, as in {MULTIPART}; boundary=x."
LONG_BOUNDARY = f"The boundary is over {MAX_BOUNDARY} characters; let an HTTP library choose it."


class BodyKind(StrEnum):
    """The two kinds of body of the contract."""

    JSON = JSON
    MULTIPART = MULTIPART


def is_multipart(content_type: str) -> bool:
    """Whether the header announces a form."""
    return parse_options_header(content_type)[0] == MULTIPART.encode()


def parse(content_type: str) -> tuple[BodyKind, bytes]:
    """The kind of body and, for a form, its boundary. Parameters that say nothing of it are passed over.

    Raises UnsupportedMediaTypeError for any other type and a charset that is no part of UTF-8,
    InvalidParameterError where there is no boundary.
    """
    media_type, parameters = parse_options_header(content_type)
    if media_type == JSON.encode():
        if _charset(parameters.get(b"charset", b"utf-8")) not in CHARSETS:
            raise UnsupportedMediaTypeError(NOT_UTF8)
        return BodyKind.JSON, b""
    if media_type == MULTIPART.encode():
        return BodyKind.MULTIPART, _boundary(parameters)
    raise UnsupportedMediaTypeError(UNKNOWN)


def _charset(label: bytes) -> str:
    """Python's name of a charset, from its table: `codecs` would keep in memory whatever it is asked."""
    name = normalize_encoding(label.decode("latin-1").lower())
    return aliases.get(name, name)


def _boundary(parameters: dict[bytes, bytes]) -> bytes:
    boundary = parameters.get(b"boundary")
    if not boundary:
        raise InvalidParameterError(NO_BOUNDARY)
    if len(boundary) > MAX_BOUNDARY:
        raise InvalidParameterError(LONG_BOUNDARY)
    return boundary
