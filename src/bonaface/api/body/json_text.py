"""A JSON text (RFC 8259) before it is parsed: it is bounded, and what nobody asked for is blanked out.

A parser builds a value for whatever stands in a text: a few megabytes of `[],` become a hundred. So this
reads the text first, builds nothing, and leaves to the parser the members that it knows. One that it does not
know may hold any JSON at all, also what parsers refuse: numbers beyond every type, halves of surrogate pairs.
"""

import codecs
import re
from collections.abc import Mapping
from typing import TypeAlias

from pydantic_core import from_json

from bonaface.errors import InvalidParameterError

MAX_LEVELS = 64
"""Arrays and objects inside each other, the outermost included."""
MAX_VALUES = 10_000
"""Values of every kind; the names of members are none."""

BROKEN = "The body is no JSON text at byte {at:,}; let a JSON library write it."
NOT_UTF8 = "The body is not in UTF-8, as JSON must be; encode it so."
TOO_DEEP = f"The JSON has more than {MAX_LEVELS} levels; send the members of the contract alone."
TOO_MANY = f"The JSON has more than {MAX_VALUES:,} values; send the members of the contract alone."

Asked: TypeAlias = Mapping[str, "Asked | None"]
"""The members that an object is asked for, each with what an object in its place is asked for."""

_SPACE = rb"[ \t\n\r]*+"
_STRING = rb'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})[^"\\\x00-\x1f]*+)*+"'
_NUMBER = rb"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?"
_VALUE = rb"(?:([\[{])|" + _STRING + rb"|" + _NUMBER + rb"|true|false|null)" + _SPACE

_SPACES = re.compile(_SPACE)
_ITEM = re.compile(_VALUE)
_NAME = re.compile(rb"(" + _STRING + rb")" + _SPACE + rb":" + _SPACE)
_MEMBER = re.compile(_STRING + _SPACE + rb":" + _SPACE + _VALUE)
_NEXT = re.compile(rb"([,\]}])" + _SPACE)
_INSIDE = {b"[": (b"]", _ITEM), b"{": (b"}", _MEMBER)}
_CHUNK = 64 * 1024


def check(text: bytearray, asked: Asked | None = None) -> None:
    """Raise InvalidParameterError where `text` is not one JSON value in UTF-8, or is over the limits.

    Where something is `asked`, all other members of the outermost object are overwritten with spaces, and
    strings asked for are left to the parser to check. Of a member that comes twice, both stay. A byte order
    mark is taken away.
    """
    _Text(text).read(asked)


class _Text:
    """A text on the way from its first byte to its last; between steps it stands at no white space."""

    def __init__(self, text: bytearray) -> None:
        self._text = text
        self._at = 0
        self._values = 0

    def read(self, asked: Asked | None) -> None:
        if self._text.startswith(codecs.BOM_UTF8):
            del self._text[: len(codecs.BOM_UTF8)]
        _check_utf8(self._text)
        self._take(_SPACES)
        self._value(asked, 0)
        if self._at < len(self._text):
            raise self._broken()

    def _value(self, asked: Asked | None, level: int) -> None:
        """A value; `level` objects and arrays are around it."""
        if asked is not None and self._text.startswith(b"{", self._at):
            self._take(_ITEM)
            self._count(level + 1)
            self._object(asked, level + 1)
        else:
            self._skip(level)

    def _object(self, asked: Asked, level: int) -> None:
        """The members of an object, and the brace that closes it."""
        start, kept = self._at, list[tuple[int, int]]()
        follows = not self._text.startswith(b"}", self._at)
        while follows:
            begin = self._at
            if self._member(asked, level):
                kept.append((begin, self._at))
            follows = self._text.startswith(b",", self._at)
            if follows:
                self._take(_NEXT)
        self._keep(kept, start, self._at)
        if self._take(_NEXT)[1] != b"}":
            raise self._broken()

    def _member(self, asked: Asked, level: int) -> bool:
        """A member; whether it is asked for."""
        name = _name_of(self._take(_NAME)[1])
        is_asked = name in asked
        if not (is_asked and self._is_plain()):
            self._value(asked.get(name), level)
        return is_asked

    def _is_plain(self) -> bool:
        """Whether a string without escapes stands here. Then it is passed, faster than by matching it."""
        end = self._text.find(b'"', self._at + 1) if self._text.startswith(b'"', self._at) else -1
        if end < 0 or self._text.find(b"\\", self._at, end) >= 0:
            return False
        self._at = end + 1
        self._take(_SPACES)
        self._count(0)
        return True

    def _skip(self, level: int) -> None:
        """A value with all that is in it, whatever it is."""
        around: list[tuple[bytes, re.Pattern[bytes]]] = []
        while True:
            opener = self._take(around[-1][1] if around else _ITEM)[1]
            if opener:
                around.append(_INSIDE[opener])
            self._count(level + len(around))
            if opener and not self._text.startswith(around[-1][0], self._at):
                continue
            while around and (mark := self._take(_NEXT)[1]) != b",":
                if mark != around.pop()[0]:
                    raise self._broken()
            if not around:
                return

    def _take(self, pattern: re.Pattern[bytes]) -> re.Match[bytes]:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise self._broken()
        self._at = found.end()
        return found

    def _count(self, level: int) -> None:
        """One value more, `level` levels deep."""
        self._values += 1
        if self._values > MAX_VALUES:
            raise InvalidParameterError(TOO_MANY)
        if level > MAX_LEVELS:
            raise InvalidParameterError(TOO_DEEP)

    def _broken(self) -> InvalidParameterError:
        return InvalidParameterError(BROKEN.format(at=self._at))

    def _keep(self, kept: list[tuple[int, int]], start: int, end: int) -> None:
        """Overwrite all but these members from `start` to `end`; there is a comma between any two."""
        comma = b""
        for begin, until in kept:
            self._text[start:begin] = comma.ljust(begin - start)
            start, comma = until, b","
        self._text[start:end] = b"".ljust(end - start)


def _name_of(text: bytes) -> str:
    """The name of a member by its JSON text."""
    try:
        name: str = from_json(text)
    except ValueError:  # half of a surrogate pair: in no name that is asked for
        return ""
    return name


def _check_utf8(text: bytearray) -> None:
    """Piece by piece: one character beyond ASCII makes four bytes of each in a string."""
    if text.isascii():
        return
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(text), _CHUNK):
            decoder.decode(text[start : start + _CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise InvalidParameterError(NOT_UTF8) from error
