"""Bodies of both kinds."""

import base64

import orjson
import pytest

from bonaface.api.v2.body import LivenessSubmission, parse_form, parse_json
from bonaface.api.v2.options import Options
from bonaface.api.v2.schemas import Faces, Quality
from bonaface.errors import ImageTooLargeError, InvalidImageError, InvalidParameterError
from bonaface.types import Preset
from support.http.wire import form

LIMIT = 1000
IMAGE = {"bytes": base64.b64encode(b"image").decode()}


def parsed_form(*parts: tuple[str, str | None, bytes]) -> LivenessSubmission:
    return parse_form(form(*parts)[1], b"xyz", LIMIT)


def test_an_image_by_its_bytes_or_its_url() -> None:
    assert parse_json(orjson.dumps({"image": IMAGE}), LIMIT) == LivenessSubmission(
        (b"image",), None, Options()
    )
    by_url = parse_json(orjson.dumps({"image": {"url": "https://host/a.png", "bytes": None}}), LIMIT)
    assert (by_url.frames, by_url.url) == ((), "https://host/a.png")
    assert parsed_form(("imageFile", "a", b"image")) == LivenessSubmission((b"image",), None, Options())


def test_options_are_the_same_either_way() -> None:
    expected = LivenessSubmission((b"image",), None, Options(Preset.STRICT, Faces.CENTRAL, Quality.REQUIRE))
    body = orjson.dumps({"image": IMAGE, "preset": "strict", "faces": "central", "quality": "require"})
    assert parse_json(body, LIMIT) == expected
    assert (
        parsed_form(
            ("faces", None, b"central"),
            ("quality", None, b"require"),
            ("preset", None, b"strict"),
            ("imageFile", "a", b"image"),
        )
        == expected
    )


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"image": {}},
        {"image": {**IMAGE, "url": "https://host/a.png"}},
        {"image": IMAGE, "spoofingCondition": "weak"},
        {"image": {**IMAGE, "path": "a"}},
        {"image": IMAGE, "preset": "lax"},
        {"image": IMAGE, "faces": "All"},
        {"image": IMAGE, "faces": 1},
        {"image": IMAGE, "quality": "demand"},
        {"image": ["aW1hZ2U="]},
    ],
)
def test_json_that_is_not_as_told_is_refused(members: dict[str, object]) -> None:
    with pytest.raises(InvalidParameterError):
        parse_json(orjson.dumps(members), LIMIT)


@pytest.mark.parametrize(
    "parts",
    [
        (("preset", None, b"weak"),),
        (("imageFile", "a", b"x"), ("imageFile", "a", b"x")),
        (("imageFile", "a", b"x"), ("preset", None, b"lax")),
        (("imageFile", "a", b"x"), ("faces", None, b"\xff")),
        (("imageFile", "a", b"x"), ("spoofingCondition", None, b"weak")),
        (("imageFile", "a", b"x"), ("", None, b"weak")),
    ],
)
def test_a_form_that_is_not_as_told_is_refused(parts: tuple[tuple[str, str | None, bytes], ...]) -> None:
    with pytest.raises(InvalidParameterError):
        parsed_form(*parts)


def test_an_image_that_is_too_large_or_no_base64() -> None:
    with pytest.raises(ImageTooLargeError):
        parsed_form(("imageFile", "a", bytes(LIMIT + 1)))
    large = base64.b64encode(bytes(LIMIT + 1)).decode()
    with pytest.raises(ImageTooLargeError):
        parse_json(orjson.dumps({"image": {"bytes": large}}), LIMIT)
    with pytest.raises(InvalidImageError):
        parse_json(orjson.dumps({"image": {"bytes": "no base64!"}}), LIMIT)
