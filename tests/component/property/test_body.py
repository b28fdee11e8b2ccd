"""Bodies of the public route over ASGI: what was put in comes out, however it is written and cut."""

import asyncio
import base64
import json
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from bonaface.api.body import content_type
from bonaface.api.body.form import MAX_PARTS
from bonaface.api.errors import outcome_of
from bonaface.api.v1.body import Submission, read_submission
from bonaface.errors import BonafaceError, InvalidParameterError
from bonaface.types import Preset
from support.http.asgi import Exchange, body_of, http_scope
from support.http.wire import form

MAX_BYTES = 10_000
CODES = frozenset({-40000, -45020, -45030})
COUNTED = ("imageFile", "spoofingCondition")

images = st.binary(min_size=1, max_size=200)
presets = st.sampled_from(Preset)
cuts = st.lists(st.integers(1, 60), max_size=8)
spaces = st.text(" \t\r\n", max_size=2)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
names = st.text(max_size=8).filter(lambda name: name not in ("image", "bytes", "url", *COUNTED))
others = st.dictionaries(names, values.map(json.dumps), max_size=3)
boundaries = st.from_regex(r"[0-9a-zA-Z'()+_,./:=?-]{1,70}", fullmatch=True)
part_names = st.sampled_from(COUNTED) | st.text("abé ;=", max_size=5)
parts = st.tuples(part_names, st.none() | st.text("a.é", max_size=5), st.binary(max_size=50))


def pieces(body: bytes, cuts: list[int]) -> Iterator[bytes]:
    """The body in pieces of these lengths, and the rest."""
    for cut in cuts:
        yield body[:cut]
        body = body[cut:]
    yield body


def read(media_type: str, body: bytes, cuts: list[int]) -> Submission:
    """What the route makes of a body that arrives in these pieces."""
    exchange = Exchange(body_of(*pieces(body, cuts)))
    request = Request(http_scope(("Content-Type", media_type)), exchange.receive)
    return asyncio.run(read_submission(request, MAX_BYTES))


def assert_answered(media_type: str, body: bytes) -> None:
    """A submission comes out, or an error of the contract."""
    try:
        found = read(media_type, body, [])
    except BonafaceError as error:
        code = outcome_of(error).code
    else:
        assert (found.image is None) != (found.url is None)
        return
    assert code in CODES


def object_of(members: dict[str, str], space: str) -> str:
    """A JSON object of members that are JSON already, white space everywhere."""
    inside = ",".join(
        f"{space}{json.dumps(name)}{space}:{space}{value}{space}" for name, value in members.items()
    )
    return f"{space}{{{inside}{space}}}{space}"


def escaped(text: str, places: set[int]) -> str:
    """A JSON string with the characters at these places as escapes."""
    return '"' + "".join(f"\\u{ord(c):04x}" if at in places else c for at, c in enumerate(text)) + '"'


@given(images, presets, others, others, cuts, spaces, st.sets(st.integers(0, 99)))
def test_json_gives_back_the_image(
    image: bytes,
    preset: Preset,
    before: dict[str, str],
    beside: dict[str, str],
    cuts: list[int],
    space: str,
    places: set[int],
) -> None:
    text = escaped(base64.b64encode(image).decode(), places)
    inner = object_of({**beside, "bytes": text, "url": "null"}, space)
    members = {**before, "image": inner, "spoofingCondition": f'"{preset}"'}
    body = object_of(members, space).encode()
    assert read("application/json", body, cuts) == Submission(image, None, preset)


@given(st.text(max_size=60), cuts)
def test_json_gives_back_the_url(url: str, cuts: list[int]) -> None:
    body = json.dumps({"image": {"url": url}}).encode()
    assert read("application/json; charset=UTF-8", body, cuts) == Submission(None, url, None)


@given(st.binary(max_size=4), st.integers(0, 99), st.integers(0, 4))
def test_damaged_json_is_answered(damage: bytes, at: int, length: int) -> None:
    body = bytearray(
        b'{"image":{"bytes":"QUJDREVG","url":null},"spoofingCondition":"weak","x":[1e9,"\\ud83d"]}'
    )
    body[at : at + length] = damage
    assert_answered("application/json", bytes(body))


@given(st.lists(parts, max_size=6), boundaries, cuts)
def test_a_form_means_what_its_parts_say(
    parts: list[tuple[str, str | None, bytes]], boundary: str, cuts: list[int]
) -> None:
    parts = [part for part in parts if f"--{boundary}".encode() not in part[2]]
    media_type, body = form(*parts, boundary=boundary)
    media_type = media_type.replace(f"boundary={boundary}", f'boundary="{boundary}"')
    found = [(name, content) for name, _, content in parts if name in COUNTED]
    try:
        submission = read(media_type, body, cuts)
    except InvalidParameterError:
        assert not _is_right(found)
        return
    assert _is_right(found)
    condition = dict(found).get("spoofingCondition")
    assert submission == Submission(
        dict(found)["imageFile"], None, Preset(condition.decode()) if condition else None
    )


def _is_right(found: list[tuple[str, bytes]]) -> bool:
    """Whether a form of these parts is one that the contract takes."""
    wanted = dict(found)
    is_known = wanted.get("spoofingCondition", b"weak") in {preset.encode() for preset in Preset}
    return len(wanted) == len(found) <= MAX_PARTS and "imageFile" in wanted and is_known


@given(st.binary(max_size=6), st.integers(0, 250), st.integers(0, 6))
def test_a_damaged_form_is_answered(damage: bytes, at: int, length: int) -> None:
    media_type, body = form(("imageFile", "a.png", b"PNG"), ("spoofingCondition", None, b"strict"))
    damaged = bytearray(body)
    damaged[at : at + length] = damage
    assert_answered(media_type, bytes(damaged))


@given(st.text(st.characters(max_codepoint=255), max_size=80), st.binary(max_size=80))
def test_any_content_type_is_answered(parameters: str, body: bytes) -> None:
    for media_type in ("", "application/json;", "multipart/form-data; boundary=", 'multipart/form-data; "'):
        assert_answered(media_type + parameters, body)


@given(boundaries)
def test_a_boundary_comes_back_as_it_was(boundary: str) -> None:
    quoted = f'Multipart/Form-Data; x=y; BOUNDARY="{boundary}"'
    assert content_type.parse(quoted) == (content_type.BodyKind.MULTIPART, boundary.encode())
