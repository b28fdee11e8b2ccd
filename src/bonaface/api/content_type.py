"""What a request says its body is."""

from enum import StrEnum

from python_multipart.multipart import parse_options_header

from bonaface.errors import InvalidParameterError

JSON = "application/json"
MULTIPART = "multipart/form-data"
CHARSETS = frozenset({"utf-8", "utf8"})

UNKNOWN = f"Send the body as {JSON} or {MULTIPART} and say so in Content-Type."
NOT_UTF8 = "Send JSON in UTF-8; no other charset is taken."
NO_BOUNDARY = f"Name the boundary of the parts in Content-Type, as in {MULTIPART}; boundary=x."


class BodyKind(StrEnum):
    """The two kinds of body of the contract."""

    JSON = JSON
    MULTIPART = MULTIPART


def is_multipart(content_type: str) -> bool:
    """Whether the header announces a form."""
    return parse_options_header(content_type)[0] == MULTIPART.encode()


def parse(content_type: str) -> tuple[BodyKind, bytes]:
    """The kind of body and, for a form, its boundary.

    Raises InvalidParameterError for any other type, a charset other than UTF-8, a form without boundary.
    """
    media_type, parameters = parse_options_header(content_type)
    if media_type == JSON.encode():
        if parameters.get(b"charset", b"utf-8").decode("latin-1").lower() not in CHARSETS:
            raise InvalidParameterError(NOT_UTF8)
        return BodyKind.JSON, b""
    if media_type == MULTIPART.encode():
        if not parameters.get(b"boundary"):
            raise InvalidParameterError(NO_BOUNDARY)
        return BodyKind.MULTIPART, parameters[b"boundary"]
    raise InvalidParameterError(UNKNOWN)
