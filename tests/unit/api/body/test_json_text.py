"""JSON texts: what is JSON, what is blanked out, what is too much; beside the standard library's parser."""

import json
import math
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonaface.api.body.json_text import MAX_LEVELS, MAX_VALUES, Asked, check
from bonaface.errors import InvalidParameterError

ASKED: Asked = {"image": {"url": None, "bytes": None}, "spoofingCondition": None}
# fmt: off
VALUES = [
    "0", "-0", "1", "-1.5", "1e5", "1E+05", "0.5e-3", "true", "false", "null", "[]", "{}", "[[]]", "[1,2]",
    '{"a":[{}]}', '""', '"a"', '[1,[2,{"b":3}]]', "[ 1 ,\t2\r\n]", '{ "a" : 1 }', '{"a":1,"a":2}',
    "1e400", "-1e400", "9" * 5000, "0." + "1" * 5000, "1e" + "9" * 5000,
    r'"\ud800"', r'"\udfff\ud800"', r'"\u0000"', r'"\"\\\/\b\f\n\r\t"', '"\x7f"', '"é한😀\u2028"',
    r'{"\ud800":1}',
    '{"":{"":""}}', "[" * 62 + "]" * 62, '"' + "," * 20_000 + '"', '"[{"', r'"\\"', r'["\\\"",1]',
]
NO_VALUES = [
    "NaN", "Infinity", "-Infinity", "nan", "tru", "nulll", "True", "01", "-01", "1.", ".5", "+1", "-", "1e",
    "1e+", "0x1", "1_0", "'", "[", "]", "{", "}", "[1,]", "[,1]", "[1,,2]", "[1 2]", "[1}", "{1]", "{1:2}",
    "{a:1}", '{"a"}', '{"a":}', '{"a":1,}', "{,}", '{"a"1}', '{"a":1 "b":2}', "[1]]", "{}}", "//", "/*1*/1",
    "1;", "1 1", '"a" "b"', '"', '"a', r'"\x"', r'"\u12"', r'"\u12g4"', r'"\'"', '"\x00"', '"\n"', '"\t"',
    '"\x1f"', "\x0c1", "\xa01",
]
# fmt: on
AROUND = ['{"x":%s,"image":1}', '{"image":{"x":%s}}', '{"image":[%s]}', '{"x":[0,%s]}', "%s"]


def blanked(text: str | bytes, asked: Asked = ASKED) -> str:
    body = bytearray(text.encode() if isinstance(text, str) else text)
    check(body, asked)
    return body.decode()


def nothing(_constant: str) -> NoReturn:
    raise ValueError


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value[:20])
def test_a_member_that_nobody_asked_for_may_hold_any_json(value: str) -> None:
    text = f'{{"x": {value} , "image":{{"y":{value},"url":"u"}}, "z":{value}}}'
    left = blanked(text)
    assert len(left.encode()) == len(text.encode())
    assert json.loads(left) == {"image": {"url": "u"}}


@pytest.mark.parametrize("value", NO_VALUES)
@pytest.mark.parametrize("around", AROUND)
def test_what_is_no_json_is_refused_wherever_it_stands(value: str, around: str) -> None:
    for asked in (ASKED, None):
        with pytest.raises(InvalidParameterError):
            check(bytearray((around % value).encode()), asked)


def test_the_sentence_says_where_it_breaks() -> None:
    with pytest.raises(InvalidParameterError, match="at byte 9"):
        blanked('{"x": [1 2]}')


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('{"image":1}', '{"image":1}'),
        ('{"a":1,"image":1}', '{      "image":1}'),
        ('{"image":1,"a":1}', '{"image":1      }'),
        (
            '{"a":1,"image":1,"b":2,"spoofingCondition":3,"c":4,"d":5}',
            '{      "image":1,      "spoofingCondition":3            }',
        ),
        ('{"a":1}', "{     }"),
        ('{"a":1,"b":{"image":2}}', "{                     }"),
        ('{"image":{"a":[1],"url":2},"image":3}', '{"image":{        "url":2},"image":3}'),
        ('{"image":[{"a":1}]}', '{"image":[{"a":1}]}'),
        ('{"spoofingCondition":{"a":1}}', '{"spoofingCondition":{"a":1}}'),
        ('[{"a":1}]', '[{"a":1}]'),
        (r'{"\u0069mage":1,"Image":2,"image ":3,"a":4}', r'{"\u0069mage":1                           }'),
        (" { } ", " { } "),
    ],
)
def test_only_what_is_asked_for_is_left_and_where_it_was(text: str, left: str) -> None:
    assert blanked(text) == left


def test_a_byte_order_mark_is_taken_away() -> None:
    assert blanked(b"\xef\xbb\xbf{}") == "{}"
    with pytest.raises(InvalidParameterError):
        blanked(b"\xef\xbb\xbf\xef\xbb\xbf{}")


@pytest.mark.parametrize("piece", [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80"])
@pytest.mark.parametrize("before", [0, 65_530, 65_535, 200_000])
def test_what_is_not_utf8_is_refused(piece: bytes, before: int) -> None:
    for text in (b'{"x":"' + b"a" * before + piece + b'"}', b'{"' + b"a" * before + piece + b'":1}'):
        with pytest.raises(InvalidParameterError, match="UTF-8"):
            blanked(text)


def test_characters_are_whole_wherever_a_piece_ends() -> None:
    for before in range(4):
        blanked('{"x":"' + "a" * before + "😀" * 50_000 + '"}')


def nested(levels: int) -> list[str]:
    """Texts of so many levels."""
    rest = levels - 1
    return [
        '{"x":' + "[" * rest + "]" * rest + "}",
        '{"image":' * levels + "1" + "}" * levels,
        '{"image":{"x":' + '{"a":' * (levels - 2) + "1" + "}" * levels,
        "[" * levels + "1" + "]" * levels,
    ]


@pytest.mark.parametrize("kind", range(4))
def test_levels_are_limited(kind: int) -> None:
    for asked in (ASKED, None):
        check(bytearray(nested(MAX_LEVELS)[kind].encode()), asked)
        for levels in (MAX_LEVELS + 1, 100_000):
            with pytest.raises(InvalidParameterError, match=str(MAX_LEVELS)):
                check(bytearray(nested(levels)[kind].encode()), asked)


def with_values(values: int) -> list[str]:
    """Texts of so many values."""
    rest = values - 2
    return [
        '{"x":[' + ",".join(["1"] * rest) + "]}",
        '{"x":[' + ",".join(['""'] * rest) + "]}",
        "{" + ",".join(f'"{n}":0' for n in range(values - 1)) + "}",
        '{"image":{' + ",".join(['"bytes":""'] * rest) + "}}",
        "[[" + ",".join(["{}"] * rest) + "]]",
    ]


@pytest.mark.parametrize("kind", range(5))
def test_values_are_limited(kind: int) -> None:
    for asked in (ASKED, None):
        check(bytearray(with_values(MAX_VALUES)[kind].encode()), asked)
        with pytest.raises(InvalidParameterError, match="10,000"):
            check(bytearray(with_values(MAX_VALUES + 1)[kind].encode()), asked)


names = st.sampled_from(["image", "url", "x", ""]) | st.text()
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(names, inner),
    max_leaves=12,
)


@given(json_values.filter(lambda value: not (isinstance(value, float) and math.isinf(value))), st.booleans())
def test_all_that_the_standard_library_writes_is_json(value: object, ascii_only: bool) -> None:
    try:
        text = json.dumps(value, ensure_ascii=ascii_only, allow_nan=False, indent=1).encode()
    except ValueError:  # infinity, or half of a surrogate pair that is no escape
        return
    left = json.loads(blanked(text))
    assert left == (asked_of(value, ASKED) if isinstance(value, dict) else value)


def asked_of(value: object, asked: Asked | None) -> object:
    """What of a value is asked for."""
    if not isinstance(value, dict) or asked is None:
        return value
    return {name: asked_of(inner, asked[name]) for name, inner in value.items() if name in asked}


@given(st.text(st.sampled_from('{}[]",:\\ \n01.eE+-truefalsn"image'), max_size=30) | st.text(max_size=12))
def test_it_takes_what_the_standard_library_takes(text: str) -> None:
    try:
        json.loads(text, parse_constant=nothing)
    except ValueError:
        with pytest.raises(InvalidParameterError):
            check(bytearray(text.encode()))
    else:
        check(bytearray(text.encode()))
