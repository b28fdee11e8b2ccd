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


def test_frames_of_one_capture_either_way() -> None:
    frames = tuple(b"frame %d" % index for index in range(10))
    texts = [{"bytes": base64.b64encode(frame).decode()} for frame in frames]
    for count in (2, 10):
        expected = LivenessSubmission(frames[:count], None, Options())
        assert parse_json(orjson.dumps({"frames": texts[:count]}), LIMIT) == expected
        assert parsed_form(*(("frames", "a", frame) for frame in frames[:count])) == expected
    for count in (0, 1, 11):
        with pytest.raises(InvalidParameterError):
            parse_json(orjson.dumps({"frames": [texts[0]] * count}), LIMIT)
        with pytest.raises(InvalidParameterError):
            parsed_form(*[("frames", "a", b"frame")] * count)


def test_frames_have_the_bytes_of_one_image_together() -> None:
    for count, is_taken in ((10, True), (11, False)):
        frame = bytes(LIMIT // 10)
        parts = [("frames", "a", frame)] * 9 + [("frames", "a", frame * (count - 9))]
        texts = [{"bytes": base64.b64encode(part[2]).decode()} for part in parts]
        if is_taken:
            assert len(parsed_form(*parts).frames) == len(
                parse_json(orjson.dumps({"frames": texts}), LIMIT).frames
            )
            continue
        with pytest.raises(ImageTooLargeError, match="together"):
            parsed_form(*parts)
        with pytest.raises(ImageTooLargeError, match="together"):
            parse_json(orjson.dumps({"frames": texts}), LIMIT)


def test_options_are_the_same_either_way() -> None:
    expected = LivenessSubmission(
        (b"image",), None, Options(Preset.STRICT, Faces.CENTRAL, Quality.REQUIRE, "가입", heatmap=True)
    )
    words = {"preset": "strict", "faces": "central", "quality": "require", "policy": "가입"}
    body = orjson.dumps({"image": IMAGE, **words, "heatmap": True})
    assert parse_json(body, LIMIT) == expected
    assert (
        parsed_form(
            ("faces", None, b"central"),
            ("quality", None, b"require"),
            ("heatmap", None, b"true"),
            ("preset", None, b"strict"),
            ("policy", None, "가입".encode()),
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
        {"image": IMAGE, "policy": 1},
        {"image": IMAGE, "heatmap": "true"},
        {"image": IMAGE, "frames": [IMAGE, IMAGE]},
        {"frames": [IMAGE, {"url": "https://host/a.png"}]},
        {"frames": IMAGE},
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
        (("imageFile", "a", b"x"), ("policy", None, b"\xff")),
        (("imageFile", "a", b"x"), ("policy", None, b"a"), ("policy", None, b"a")),
        (("imageFile", "a", b"x"), ("heatmap", None, b"1")),
        (("imageFile", "a", b"x"), ("spoofingCondition", None, b"weak")),
        (("imageFile", "a", b"x"), ("", None, b"weak")),
        (("imageFile", "a", b"x"), ("frames", "a", b"x"), ("frames", "a", b"x")),
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
