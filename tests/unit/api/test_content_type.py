"""What the Content-Type header says."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonaface.api.content_type import BodyKind, is_multipart, parse
from bonaface.errors import InvalidParameterError


@pytest.mark.parametrize(
    "value",
    [
        "application/json",
        "application/json;charset=UTF-8",
        'application/json; charset="utf-8"',
        "Application/JSON ; Charset=utf8",
        "application/json; profile=x",
    ],
)
def test_json(value: str) -> None:
    assert parse(value) == (BodyKind.JSON, b"")
    assert not is_multipart(value)


@pytest.mark.parametrize(
    ("value", "boundary"),
    [
        ("multipart/form-data; boundary=abc", b"abc"),
        ('Multipart/Form-Data; charset=x; Boundary="a b"', b"a b"),
    ],
)
def test_form(value: str, boundary: bytes) -> None:
    assert parse(value) == (BodyKind.MULTIPART, boundary)
    assert is_multipart(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "text/plain",
        "image/png",
        "application/x-www-form-urlencoded",
        "application/json-patch+json",
        "multipart/mixed; boundary=abc",
        "application/json; charset=euc-kr",
        "application/json; charset=utf-16",
        "multipart/form-data",
        "multipart/form-data; boundary=",
    ],
)
def test_anything_else_is_refused(value: str) -> None:
    with pytest.raises(InvalidParameterError):
        parse(value)


@given(st.text(st.characters(max_codepoint=255)))
def test_no_header_breaks_it(value: str) -> None:
    is_multipart(value)
    with suppress(InvalidParameterError):
        parse(value)
