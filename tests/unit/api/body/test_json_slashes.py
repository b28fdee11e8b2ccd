"""Escaped slashes, as a text in pieces."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonaface.api.body.json_slashes import PlainSlashes

TEXTS = st.text(alphabet=st.sampled_from('\\/"nau0\u00e9'), max_size=30)


def plain(text: bytes, cuts: list[int]) -> bytes:
    slashes = PlainSlashes()
    ends = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    return b"".join(slashes.add(text[start:end]) for start, end in pairwise(ends)) + slashes.end()


@given(TEXTS, st.lists(st.integers(0, 200)))
def test_the_text_means_the_same_wherever_it_is_cut(value: str, cuts: list[int]) -> None:
    text = json.dumps(value, ensure_ascii=False).replace("/", "\\/").encode()
    assert json.loads(plain(text, cuts)) == value
    assert plain(text, cuts) == json.dumps(value, ensure_ascii=False).encode()


@pytest.mark.parametrize("text", [rb"\\/", rb'"\\\\/"', rb"\n\u002F\"", b"", b"/"])
def test_nothing_else_is_changed(text: bytes) -> None:
    assert plain(text, []) == text
    assert plain(text, list(range(len(text)))) == text


@pytest.mark.parametrize("text", [b"\\", b'"a\\', b'"\0\0"'])
def test_what_is_no_json_stays_so(text: bytes) -> None:
    assert plain(text, [1, 2]) == text
