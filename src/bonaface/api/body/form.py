"""A multipart/form-data body (RFC 7578, RFC 2046), in memory: nothing of a face is ever written to a file."""

import re
from collections.abc import Collection, Iterator

from python_multipart.multipart import parse_options_header

from bonaface.errors import InvalidParameterError

MAX_PARTS = 64
MAX_FIELDS = 32
"""Header fields of a part."""
MAX_FIELD = 4_500
"""Bytes of one: a file name of 255 Korean characters fits, percent-encoded, and once more as it is."""
MAX_HEAD = 16 * 1024
"""Bytes of all of them."""
DISPOSITION = b"content-disposition"

BROKEN = "The form is not well-formed or was cut off; let an HTTP library write it."
TOO_MANY = "The form has more than {most} parts; send {wanted}."
OTHER = "The form has a part that is not asked for; send {wanted}."
TWICE = "The form has more than one {name}; send one."

Part = tuple[str | None, bytes]
"""The name of a part, if it has one, and its content."""

_LINE_BREAK = b"\r\n"
_REST = re.compile(rb"(--)|[ \t]*+\r\n")
"""What may follow a boundary: the mark of the last one, or the end of its line (RFC 2046, 5.1.1)."""
_FIELD_NAME = rb"([!-9;-~]++)[ \t]*+:"
"""Wider than HTTP's (RFC 5322, 3.6.8): what is no field of ours is passed over."""
_FIELD = re.compile(_FIELD_NAME + rb"(.*+)", re.DOTALL)
_END_OR_HEAD = re.compile(rb"--|[ \t]*+\r\n" + _FIELD_NAME)
_FOLD = re.compile(rb"\r\n(?=[ \t])")


def read_parts(
    body: bytes | bytearray,
    boundary: bytes,
    names: Collection[str | None],
    wanted: str,
    *,
    is_strict: bool = False,
) -> Iterator[Part]:
    """The parts of these names, in their order.

    Passed over are all other parts, unless it is strict, every field of a part's head but
    Content-Disposition, and what stands before the first part and behind the last. A part counts with a file
    name or without. Raises
    InvalidParameterError when there are more than 64 parts, or others if it is strict, and tells then what is
    `wanted`; and when the form is not well-formed to its end.
    """
    for name, start, end in _Form(body, boundary, wanted).parts():
        if name in names:
            yield name, bytes(memoryview(body)[start:end])
        elif is_strict:
            raise InvalidParameterError(OTHER.format(wanted=wanted))


class _Form:
    """A form on the way from its first boundary to its last; `_at` is behind what was read."""

    def __init__(self, body: bytes | bytearray, boundary: bytes, wanted: str) -> None:
        self._body = body
        self._wanted = wanted
        self._mark = _LINE_BREAK + b"--" + boundary
        self._marks = 0
        self._at = 0
        self._has_ended = False

    def parts(self) -> Iterator[tuple[str | None, int, int]]:
        """The name of each part, if it has one, and where its content begins and ends."""
        self._pass_mark(self._first())
        while not self._has_ended:
            name = self._head()
            start = self._at
            yield name, start, self._pass_mark(self._empty() or self._next())

    def _first(self) -> int:
        mark = self._mark[len(_LINE_BREAK) :]
        return -len(_LINE_BREAK) if self._body.startswith(mark) else self._next()

    def _empty(self) -> int | None:
        """Where the line break before the next boundary is, when no content is before it at all: then it is
        that of the empty line behind the head. Whatever is no part in its turn is content."""
        at = self._at - len(_LINE_BREAK)
        is_mark = self._body.startswith(self._mark, at)
        return at if is_mark and _END_OR_HEAD.match(self._body, at + len(self._mark)) else None

    def _next(self) -> int:
        """Where the next boundary is, its line break included."""
        at = self._body.find(self._mark, self._at)
        if at == -1:
            raise InvalidParameterError(BROKEN)
        return at

    def _pass_mark(self, at: int) -> int:
        """Pass the boundary at `at`, or the next where its line goes on, which makes it content.

        Each counts as a part, so that nobody makes a million of them. Tells where the boundary was.
        """
        self._marks += 1
        if self._marks > MAX_PARTS + 1:
            raise InvalidParameterError(TOO_MANY.format(most=MAX_PARTS, wanted=self._wanted))
        self._at = at + len(self._mark)
        rest = _REST.match(self._body, self._at)
        if rest is None:
            return self._pass_mark(self._next())
        self._at, self._has_ended = rest.end(), rest[1] is not None
        return at

    def _head(self) -> str | None:
        """Pass the head of a part and the empty line behind it. The name that it tells."""
        if self._body.startswith(_LINE_BREAK, self._at):
            self._at += len(_LINE_BREAK)
            return None
        stop = self._body.find(2 * _LINE_BREAK, self._at, self._at + MAX_HEAD)
        if stop == -1:
            raise InvalidParameterError(BROKEN)
        head = bytes(memoryview(self._body)[self._at : stop])
        self._at = stop + 2 * len(_LINE_BREAK)
        return _name_in(_FOLD.sub(b"", head).split(_LINE_BREAK))


def _name_in(fields: list[bytes]) -> str | None:
    """The name that the first Content-Disposition of a head tells."""
    if len(fields) > MAX_FIELDS:
        raise InvalidParameterError(BROKEN)
    for name, value in map(_field, fields):
        if name == DISPOSITION:
            return parse_options_header(value)[1].get(b"name", b"").decode("latin-1")
    return None


def _field(line: bytes) -> tuple[bytes, bytes]:
    found = _FIELD.fullmatch(line)
    if found is None or len(line) > MAX_FIELD:
        raise InvalidParameterError(BROKEN)
    return found[1].lower(), found[2]
