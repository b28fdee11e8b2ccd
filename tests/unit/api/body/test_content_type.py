"""What the Content-Type header says."""

import encodings
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonaface.api.body.content_type import MAX_BOUNDARY, BodyKind, is_multipart, parse
from bonaface.errors import InvalidParameterError


@pytest.mark.parametrize(
    "value",
    [
        "application/json",
        "application/json;charset=UTF-8",
        'application/json; charset="utf-8"',
        "Application/JSON ; Charset=utf8",
        "application/json; profile=x",
        "application/json;",
        "application/json ;; charset=utf-8 ; ",
        "\tapplication/json\t;\tcharset\t=\tUTF-8",
        "application/json; odata=verbose; charset=utf-8; IEEE754Compatible=true",
        'application/json; a="b;charset=utf-16"; charset=utf-8',
        "application/json; charset",
        "application/json; charset=",
        'application/json; charset=""',
        "application/json; charset*=euc-kr''x",
        "application/json; charset=us-ascii",
        'application/json; charset="US-ASCII"',
        "application/json; charset=ascii",
        "application/json; charset=ANSI_X3.4-1968",
        "application/json; charset=iso646-us",
        "application/json; charset=ISO_646.irv:1991",
        "application/json; charset=csASCII",
        "application/json; charset=csUTF8",
        "application/json; charset=unicode-1-1-utf-8",
        "application/json; charset=x-unicode20utf8",
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
        ('multipart/form-data;boundary="a;b"', b"a;b"),
        ("multipart/form-data; boundary=a=b:c/d?e'(f)+_,-.", b"a=b:c/d?e'(f)+_,-."),
        ("multipart/form-data ; ;\tBOUNDARY\t=\tabc ;", b"abc"),
        ("multipart/form-data; boundary*=x''y; boundary=abc", b"abc"),
        ("multipart/form-data; boundary=" + "a" * MAX_BOUNDARY, b"a" * MAX_BOUNDARY),
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
        'multipart/form-data; boundary=""',
        "multipart/form-data; boundary=" + "a" * (MAX_BOUNDARY + 1),
        "application/json; charset=iso-8859-1",
        "application/json; charset=utf-7",
        "application/json; charset=utf-8-sig, x",
        "application/jsonp",
        "application/json, application/json",
    ],
)
def test_anything_else_is_refused(value: str) -> None:
    with pytest.raises(InvalidParameterError):
        parse(value)


def test_nothing_of_an_unknown_charset_stays_in_memory() -> None:
    """`codecs` and `encodings` remember each name that they were ever asked for."""
    known = len(encodings._cache)
    for number in range(100):
        with pytest.raises(InvalidParameterError):
            parse(f"application/json; charset=strange{number}")
    assert len(encodings._cache) == known


@given(st.text(st.characters(max_codepoint=255)))
def test_no_header_breaks_it(value: str) -> None:
    is_multipart(value)
    with suppress(InvalidParameterError):
        parse(value)
