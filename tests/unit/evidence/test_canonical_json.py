import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonaface.errors import InvalidParameterError
from bonaface.evidence.canonical_json import NO_FORM, NOT_JSON, canonical_json, read_object, without


def test_members_are_sorted_and_numbers_written_as_in_ecmascript() -> None:
    """The example of RFC 8785, section 3.2."""
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"\u002f",
        "literals": [None, True, False],
    }
    assert canonical_json(value) == (
        b'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        b'"string":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


@pytest.mark.parametrize("value", [math.nan, math.inf, 2**53, {"a": "\ud800"}, {1: "a"}, b"bytes"])
def test_what_has_no_form_is_refused(value: object) -> None:
    with pytest.raises(InvalidParameterError) as raised:
        canonical_json(value)
    assert str(raised.value) == NO_FORM


def test_what_is_too_deep_is_refused() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(InvalidParameterError):
        canonical_json(deep)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_read_back_as_it_was(number: float) -> None:
    assert float(json.loads(canonical_json(number))) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_another_writer_of_the_same_double_changes_nothing(number: float) -> None:
    """As JavaScript writes it: 1.0 is 1, and 1e20 is twenty-one digits."""
    written = canonical_json({"a": number})
    assert canonical_json(read_object(written)) == written


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b"1", b"{", b'{"a":1,"a":1}', b'{"a":NaN}', b'{"a":-Infinity}', b'{"a":"\xff"}'],
)
def test_what_is_no_object_with_each_member_once_is_refused(text: bytes) -> None:
    with pytest.raises(InvalidParameterError) as raised:
        read_object(text)
    assert str(raised.value) == NOT_JSON


@pytest.mark.parametrize("text", [b'{"a":' + b"[" * 100_000, b'{"a":' + b"9" * 10_000 + b"}"])
def test_what_is_too_large_to_be_one_is_refused(text: bytes) -> None:
    with pytest.raises(InvalidParameterError):
        read_object(text)


def test_a_byte_order_mark_is_passed_over() -> None:
    assert read_object(b'\xef\xbb\xbf{"a":1}') == {"a": 1}


def test_one_member_is_left_out() -> None:
    assert without({"a": 1, "b": 2}, "a") == {"b": 2}
