"""Bodies of both kinds; the reading itself is tested over sockets in tests/component/api."""

import base64
from contextlib import suppress

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonaface.api.v1.body import parse_form, parse_json
from bonaface.errors import BonafaceError, ImageTooLargeError, InvalidImageError, InvalidParameterError
from bonaface.types import Preset
from support.http.wire import form

LIMIT = 1000


def json_of(**members: object) -> bytes:
    return orjson.dumps(members)


def test_bytes_are_decoded() -> None:
    found = parse_json(json_of(image={"bytes": base64.b64encode(b"image").decode()}), LIMIT)
    assert (found.image, found.url, found.preset) == (b"image", None, None)


def test_a_url_is_passed_on() -> None:
    found = parse_json(json_of(image={"url": "https://host/a.png"}, spoofingCondition="weak"), LIMIT)
    assert (found.image, found.url, found.preset) == (None, "https://host/a.png", Preset.WEAK)


@pytest.mark.parametrize(
    "body",
    [
        json_of(image={"bytes": "aW1hZ2U=", "url": None}),
        json_of(image={"bytes": "aW1hZ2U=", "extra": 1}, spoofingCondition=None, other={"deep": []}),
        b"\xef\xbb\xbf" + json_of(image={"bytes": "aW1hZ2U="}),
        b'\n{"image": {"bytes": "aW1h\\nZ2U\\u003d"}}\n',
    ],
)
def test_nulls_unknown_members_and_a_byte_order_mark_do_no_harm(body: bytes) -> None:
    assert parse_json(body, LIMIT).image == b"image"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"image"',
        b"{}",
        b'{"image": {}}',
        b'{"image": null}',
        b'{"image": "aW1hZ2U="}',
        b'{"image": []}',
        b'{"image": {"url": null, "bytes": null}}',
        b'{"image": {"url": "https://host/", "bytes": "aW1hZ2U="}}',
        b'{"image": {"url": 1}}',
        b'{"image": {"url": ["https://host/"]}}',
        b'{"image": {"bytes": 12}}',
        b'{"image": {"bytes": true}}',
        b'{"image": {"bytes": "aW1hZ2U="}, "spoofingCondition": "Strict"}',
        b'{"image": {"bytes": "aW1hZ2U="}, "spoofingCondition": ""}',
        b'{"image": {"bytes": "aW1hZ2U="}, "spoofingCondition": 1}',
        b'{"image": {"bytes": "aW1hZ2U="}, "spoofingCondition": ["strict"]}',
        b'{"image": {"bytes": "aW1hZ2U="}} trailing',
        b'{"image": {"bytes": "\xff"}}',
        b'{"image": {"bytes": "\\ud800"}}',
        b'{"image": {"bytes": "aW1hZ2U="}, "spoofing_condition": "strict", "image": 1}',
        '{"image": {"bytes": "aW1hZ2U="}}'.encode("utf-16"),
        b"[" * 100_000,
    ],
)
def test_a_wrong_shape_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidParameterError):
        parse_json(body, LIMIT)


def test_members_have_one_spelling() -> None:
    found = parse_json(b'{"image": {"bytes": "aW1hZ2U="}, "spoofing_condition": "strict"}', LIMIT)
    assert found.preset is None


def test_the_sentence_names_the_member_and_never_what_was_sent() -> None:
    with pytest.raises(InvalidParameterError) as refused:
        parse_json(b'{"image": {"url": 4711}}', LIMIT)
    assert str(refused.value).startswith("image.url: ")
    assert "4711" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


@pytest.mark.parametrize("text", ["", "%%%", "aW1hZ2U==", "data:image/png;base64,aW1hZ2U="])
def test_base64_that_does_not_decode_is_an_image_fault(text: str) -> None:
    with pytest.raises(InvalidImageError):
        parse_json(json_of(image={"bytes": text}), LIMIT)


def test_the_image_limit_holds_for_the_decoded_bytes() -> None:
    exact = base64.b64encode(bytes(LIMIT)).decode()
    over = base64.b64encode(bytes(LIMIT + 1)).decode()
    assert parse_json(json_of(image={"bytes": exact}), LIMIT).image == bytes(LIMIT)
    with pytest.raises(ImageTooLargeError):
        parse_json(json_of(image={"bytes": over}), LIMIT)


def test_the_shape_is_checked_before_the_image() -> None:
    over = base64.b64encode(bytes(LIMIT + 1)).decode()
    with pytest.raises(InvalidParameterError):
        parse_json(json_of(image={"bytes": over}, spoofingCondition="odd"), LIMIT)
    with pytest.raises(InvalidParameterError):
        submit(("imageFile", "a", bytes(LIMIT + 1)), ("spoofingCondition", None, b"odd"))


def submit(*parts: tuple[str, str | None, bytes]) -> tuple[bytes | None, Preset | None]:
    found = parse_form(form(*parts)[1], b"xyz", LIMIT)
    assert found.url is None
    return found.image, found.preset


def test_a_form_with_and_without_a_condition() -> None:
    assert submit(("imageFile", "a", b"image")) == (b"image", None)
    for preset in Preset:
        condition = ("spoofingCondition", None, preset.encode())
        assert submit(condition, ("imageFile", "a", b"image")) == (b"image", preset)


@pytest.mark.parametrize("condition", [b"", b"STRICT", b" strict", b"strict\n", b"odd", b"\xff"])
def test_a_form_with_another_condition_is_refused(condition: bytes) -> None:
    with pytest.raises(InvalidParameterError):
        submit(("imageFile", "a", b"image"), ("spoofingCondition", None, condition))


def test_a_form_without_an_image_is_refused() -> None:
    with pytest.raises(InvalidParameterError, match="imageFile"):
        submit(("spoofingCondition", None, b"weak"))


def test_the_image_limit_holds_for_the_part() -> None:
    assert submit(("imageFile", "a", bytes(LIMIT)))[0] == bytes(LIMIT)
    with pytest.raises(ImageTooLargeError):
        submit(("imageFile", "a", bytes(LIMIT + 1)))


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_break_it(body: bytes) -> None:
    with suppress(BonafaceError):
        parse_json(body, LIMIT)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: st.dictionaries(st.sampled_from(["image", "url", "bytes", "spoofingCondition"]), inner),
        max_leaves=6,
    )
)
def test_no_json_breaks_it(value: object) -> None:
    try:
        found = parse_json(orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS), LIMIT)
    except (BonafaceError, orjson.JSONEncodeError):
        return
    assert (found.image is None) != (found.url is None)
