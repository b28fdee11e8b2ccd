"""Canonical JSON (RFC 8785): the same bytes for the same value, whoever wrote it down."""

import json
from collections.abc import Mapping
from typing import Any, cast

import rfc8785

from bonaface.errors import InvalidParameterError

_EXACT = 2**53 - 1
"""The largest integer that every reader of JSON keeps as it is."""
_LEAST, _MOST = 1e-4, 1e15
"""Between these Python writes a number that is no integer as JavaScript does."""

NO_FORM = (
    "The answer has no canonical JSON: its numbers must be finite and exact as doubles, its text Unicode."
)
NOT_JSON = "This is no JSON object with each member once; give an answer as it was received."


class _UnusualError(Exception):
    """A value that the quick way does not write as the RFC does, or that has no form."""


def canonical_json(value: object) -> bytes:
    """The one text of a JSON value, UTF-8. Raises InvalidParameterError where it has none.

    value: what `json.loads` gives: dicts with text as keys, lists, text, finite numbers, booleans, None.
    Integers beyond 2**53 - 1 and lone surrogates have none.

    The encoder of the standard library writes nearly every answer as the RFC wants, ten times as fast as
    rfc8785, which has what is left: signing is done on the event loop.
    """
    try:
        text = _ENCODER.encode(_usual(value)).encode()
    except (_UnusualError, UnicodeEncodeError, RecursionError):
        return _by_the_book(value)
    return text


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def _usual(value: object) -> object:
    """The value with whole numbers as integers. Raises _UnusualError."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is float:
        return _usual_number(cast("float", value))
    if kind is int:
        if -_EXACT <= cast("int", value) <= _EXACT:
            return value
        raise _UnusualError
    if kind is dict:
        members = cast("dict[object, object]", value)
        if not all(type(key) is str and key.isascii() for key in members):
            raise _UnusualError  # the order of others is by their UTF-16
        return {key: _usual(one) for key, one in members.items()}
    if kind is list:
        return [_usual(one) for one in cast("list[object]", value)]
    raise _UnusualError


def _usual_number(number: float) -> int | float:
    if _LEAST <= abs(number) < _MOST or number == 0:
        return int(number) if number.is_integer() else number
    raise _UnusualError


def _by_the_book(value: object) -> bytes:
    try:
        text: bytes = rfc8785.dumps(cast("Any", value))
    except (ValueError, RecursionError):
        raise InvalidParameterError(NO_FORM) from None
    return text


def read_object(text: bytes) -> dict[str, object]:
    """The members of a JSON object in UTF-8, so that `canonical_json` takes them.

    Raises InvalidParameterError for anything else, also for a member that is there twice: readers would
    differ in which one they take.
    """
    try:
        value = json.loads(
            text.decode("utf-8-sig"), object_pairs_hook=_once, parse_int=_number, parse_constant=_refuse
        )
    except (ValueError, RecursionError):
        raise InvalidParameterError(NOT_JSON) from None
    if not isinstance(value, dict):
        raise InvalidParameterError(NOT_JSON)
    return value


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a member twice")
    return members


def _number(digits: str) -> int | float:
    """An integer, or the double that some writers write as one: 1e20 as twenty-one digits."""
    number = int(digits)
    return number if -_EXACT <= number <= _EXACT else float(digits)


def _refuse(constant: str) -> object:
    raise ValueError(constant)


def without(members: Mapping[str, object], name: str) -> dict[str, object]:
    """All members but one."""
    return {key: value for key, value in members.items() if key != name}
