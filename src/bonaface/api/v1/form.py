"""A multipart/form-data body, parsed in memory: nothing of a face is ever written to a file."""

from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from bonaface.errors import InvalidParameterError

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

IMAGE_PART = "imageFile"
CONDITION_PART = "spoofingCondition"
MAX_PARTS = 64
DISPOSITION = b"content-disposition"

BROKEN = "The form is not well-formed or was cut off; let an HTTP library write it."
TOO_MANY = f"The form has more than {MAX_PARTS} parts; send imageFile and, if wanted, spoofingCondition."
TWICE = "The form has more than one {name}; send one."


def read_form(body: bytes, boundary: bytes) -> dict[str, bytes]:
    """The contents of the parts `imageFile` and `spoofingCondition` by name; all others are passed over.

    A part counts with a file name or without. Raises InvalidParameterError when one of the two comes
    twice, when there are more than 64 parts, or when the form does not parse to its end.
    """
    reader = _FormReader()
    try:
        parser = MultipartParser(boundary, reader.callbacks())
        parser.write(body)
    except FormParserError as error:
        raise InvalidParameterError(BROKEN) from error
    if not reader.has_ended:
        raise InvalidParameterError(BROKEN)
    return {name: bytes(content) for name, content in reader.found.items()}


class _FormReader:
    """Takes what the parser finds in one form."""

    def __init__(self) -> None:
        self.found: dict[str, bytearray] = {}
        self.has_ended = False
        self._parts = 0
        self._header = bytearray()
        self._value = bytearray()
        self._part: bytearray | None = None

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._begin_part,
            "on_header_field": self._read_header,
            "on_header_value": self._read_value,
            "on_header_end": self._end_header,
            "on_part_data": self._read_data,
            "on_end": self._end,
        }

    def _begin_part(self) -> None:
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise InvalidParameterError(TOO_MANY)
        self._part = None

    def _read_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _read_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if self._header.lower() == DISPOSITION:
            self._open_part(bytes(self._value))
        self._header.clear()
        self._value.clear()

    def _open_part(self, disposition: bytes) -> None:
        name = parse_options_header(disposition)[1].get(b"name", b"").decode("latin-1")
        if name not in (IMAGE_PART, CONDITION_PART):
            return
        if name in self.found:
            raise InvalidParameterError(TWICE.format(name=name))
        self._part = self.found[name] = bytearray()

    def _read_data(self, data: bytes, start: int, end: int) -> None:
        if self._part is not None:
            self._part += memoryview(data)[start:end]

    def _end(self) -> None:
        self.has_ended = True
