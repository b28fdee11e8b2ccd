"""Every row of the contract's error table, by real bytes over a real socket, in both status modes."""

import asyncio
import base64
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import orjson
import pytest

from bonaface.accounts.application import Quota
from support.http.wire import RawAnswer, connected, exchange, form, head
from support.network.web import Exchange, Handler, LocalServer
from support.pictures import images
from support.servers.thread import RunningServer
from support.storage.accounts import ACTOR

LIMIT = 3_000_000
JSON = "Content-Type: application/json;charset=UTF-8"

HostImage = Callable[[Handler], AbstractContextManager[LocalServer]]

INVALID_PARAM = (-40000, "InvalidParam", 400)
UNAUTHORIZED = (-41005, "UnauthorizedAppKeyOrSecretKey", 401)
TOO_LARGE = (-45020, "ImageTooLargeException", 413)
INVALID_IMAGE = (-45030, "InvalidImageParameterException", 400)
INVALID_FORMAT = (-45040, "InvalidImageFormatException", 415)
INVALID_URL = (-45050, "InvalidImageURLException", 400)
TIMEOUT = (-45060, "ImageTimeoutError", 408)

PORTRAIT_CUT = "the portrait, cut"


@pytest.fixture(params=[False, True], ids=["always-200", "real-status"])
def target(
    request: pytest.FixtureRequest, server: RunningServer, real_status_server: RunningServer
) -> RunningServer:
    return real_status_server if request.param else server


def post(server: RunningServer, body: bytes, content_type: str = JSON) -> RawAnswer:
    headers = (f"Authorization: {server.secret}", content_type, f"Content-Length: {len(body)}")
    return exchange(server.address, head(server.path, *headers) + body)


def post_json(server: RunningServer, body: object) -> RawAnswer:
    return post(server, orjson.dumps(body))


def post_base64(server: RunningServer, image: bytes) -> RawAnswer:
    return post_json(server, {"image": {"bytes": base64.b64encode(image).decode()}})


def post_form(server: RunningServer, *parts: tuple[str, str | None, bytes]) -> RawAnswer:
    content_type, body = form(*parts)
    return post(server, body, f"Content-Type: {content_type}")


def post_file(server: RunningServer, image: bytes) -> RawAnswer:
    return post_form(server, ("imageFile", "image.png", image))


def assert_row(server: RunningServer, answer: RawAnswer, row: tuple[int, str, int]) -> None:
    code, message, status = row
    assert answer.json == {"header": {"isSuccessful": False, "resultCode": code, "resultMessage": message}}
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-error-detail"].endswith(".")
    real = server.services.settings.server.real_status_codes
    assert answer.status == (status if real else 200)


PNG64 = base64.b64encode(images.png()).decode()

SHAPES: dict[str, bytes] = {
    "empty": b"",
    "not JSON": b'{"image": ',
    "an array": b"[]",
    "no image": b"{}",
    "neither": b'{"image": {}}',
    "both": orjson.dumps({"image": {"url": "https://host/", "bytes": PNG64}}),
    "a number for the URL": b'{"image": {"url": 5}}',
    "a number for the bytes": b'{"image": {"bytes": 5}}',
    "an unknown condition": orjson.dumps({"image": {"bytes": PNG64}, "spoofingCondition": "lax"}),
    "a condition in upper case": orjson.dumps({"image": {"bytes": PNG64}, "spoofingCondition": "STRICT"}),
    "not UTF-8": b'{"image": {"url": "\xff"}}',
}


@pytest.mark.parametrize("body", SHAPES.values(), ids=SHAPES)
def test_40000_json_of_a_wrong_shape(target: RunningServer, body: bytes) -> None:
    assert_row(target, post(target, body), INVALID_PARAM)


CONTENT_TYPES = [
    "X-None: 1",
    "Content-Type: text/plain",
    "Content-Type: application/x-www-form-urlencoded",
    "Content-Type: application/json; charset=euc-kr",
    "Content-Type: multipart/form-data",
    "Content-Type: multipart/mixed; boundary=x",
]


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
def test_40000_content_type(target: RunningServer, content_type: str) -> None:
    body = orjson.dumps({"image": {"bytes": PNG64}})
    assert_row(target, post(target, body, content_type), INVALID_PARAM)


IMAGE = ("imageFile", "a.png", images.png())
FORMS: dict[str, list[tuple[str, str | None, bytes]]] = {
    "no imageFile": [("image", "a.png", images.png())],
    "two imageFiles": [IMAGE, IMAGE],
    "two conditions": [IMAGE, ("spoofingCondition", None, b"weak"), ("spoofingCondition", None, b"weak")],
    "an unknown condition": [IMAGE, ("spoofingCondition", None, b"lax")],
    "20,000 parts": [(f"f{i}", None, b"") for i in range(20_000)],
}


@pytest.mark.parametrize("parts", FORMS.values(), ids=FORMS)
def test_40000_form(target: RunningServer, parts: list[tuple[str, str | None, bytes]]) -> None:
    assert_row(target, post_form(target, *parts), INVALID_PARAM)


@pytest.mark.parametrize("cut", [1, 30])
def test_40000_form_that_is_cut_off(target: RunningServer, cut: int) -> None:
    content_type, body = form(IMAGE)
    assert_row(target, post(target, body[:-5][:-cut], f"Content-Type: {content_type}"), INVALID_PARAM)


@pytest.mark.parametrize(("width", "height"), [(79, 100), (100, 79), (1, 1)])
def test_40000_side_under_80_pixels(target: RunningServer, width: int, height: int) -> None:
    for image in (images.png(width, height), images.jpeg(width, height)):
        assert_row(target, post_file(target, image), INVALID_PARAM)


def test_80_pixels_are_enough(target: RunningServer) -> None:
    assert post_file(target, images.png(80, 80)).json["data"] == {"faceDetailCount": 0, "faceDetails": []}


CREDENTIALS = {
    "wrong secret": ("{key}", ("Authorization: " + "A" * 43,)),
    "no secret": ("{key}", ()),
    "empty secret": ("{key}", ("Authorization:",)),
    "a scheme before it": ("{key}", ("Authorization: Bearer {secret}",)),
    "given twice": ("{key}", ("Authorization: {secret}", "Authorization: {secret}")),
    "unknown appKey": ("a" * 22, ("Authorization: {secret}",)),
    "appKey in other case": ("{KEY}", ("Authorization: {secret}",)),
    "odd appKey": ("%00%ff%27%3b", ("Authorization: {secret}",)),
    "long appKey": ("k" * 3000, ("Authorization: {secret}",)),
}


def refused(server: RunningServer, key: str, headers: tuple[str, ...]) -> RawAnswer:
    values = {"key": server.app_key, "KEY": server.app_key.swapcase(), "secret": server.secret}
    path = f"/v1.0/appkeys/{key.format(**values)}/spoofing"
    lines = (*(header.format(**values) for header in headers), JSON, "Content-Length: 2")
    return exchange(server.address, head(path, *lines) + b"{}")


@pytest.mark.parametrize(("key", "headers"), CREDENTIALS.values(), ids=CREDENTIALS)
def test_41005(target: RunningServer, key: str, headers: tuple[str, ...]) -> None:
    assert_row(target, refused(target, key, headers), UNAUTHORIZED)


def test_41005_is_the_same_answer_for_all(server: RunningServer) -> None:
    answers = [refused(server, key, headers) for key, headers in CREDENTIALS.values()]
    told = [
        (answer.status, answer.body, {**answer.headers, "x-request-id": "", "date": ""}) for answer in answers
    ]
    assert all(each == told[0] for each in told)


def test_41005_for_a_disabled_app_key(server: RunningServer) -> None:
    applications = server.services.applications
    application, _, secret = applications.create_application("gone", actor=ACTOR)
    applications.disable_application(application.app_key, actor=ACTOR)
    answer = refused(server, application.app_key, (f"Authorization: {secret}",))
    assert_row(server, answer, UNAUTHORIZED)


QUOTAS = {"rate": Quota(rate=1, burst=60), "month": Quota(monthly=60)}


@pytest.mark.parametrize("quota", QUOTAS.values(), ids=QUOTAS)
def test_40070_rate_and_month(target: RunningServer, quota: Quota) -> None:
    """The 61st of 60 requests, told before a byte of its body is sent, with the real status in both modes."""
    application, _, secret = target.services.applications.create_application(
        "limited", quota=quota, actor=ACTOR
    )
    path, keys = f"/v1.0/appkeys/{application.app_key}/spoofing", f"Authorization: {secret}"
    with connected(target.address) as wire:
        for _ in range(60):
            wire.send(head(path, keys, JSON, "Content-Length: 2") + b"{}")
            assert wire.read().code == INVALID_PARAM[0]
    answer = exchange(target.address, head(path, keys, JSON, "Content-Length: 3000000"))
    assert (answer.status, answer.json) == (
        429,
        {
            "header": {
                "isSuccessful": False,
                "resultCode": -40070,
                "resultMessage": "ServiceQuotaExceededException",
            }
        },
    )
    assert 1 <= int(answer.headers["retry-after"]) <= (60 if quota.rate else 31 * 24 * 3600)
    assert answer.headers["x-error-detail"].endswith(".")


def test_45020_each_way_in(target: RunningServer, host_image: HostImage) -> None:
    image = images.padded(images.png(), LIMIT + 1)
    assert_row(target, post_file(target, image), TOO_LARGE)
    assert_row(target, post_base64(target, image), TOO_LARGE)
    assert_row(target, post_url_of(target, host_image, answering(image)), TOO_LARGE)


def test_45020_far_over_the_limit(target: RunningServer) -> None:
    image = bytes(2 * LIMIT)
    assert_row(target, post_file(target, image), TOO_LARGE)
    assert_row(target, post_base64(target, image), TOO_LARGE)


def test_45020_too_many_pixels(target: RunningServer) -> None:
    assert_row(target, post_file(target, images.png_header_of(10_000, 5_001)), TOO_LARGE)


def test_the_largest_image_is_taken_each_way_in(server: RunningServer, host_image: HostImage) -> None:
    image = images.padded(images.png(), LIMIT)
    for answer in (
        post_file(server, image),
        post_base64(server, image),
        post_url_of(server, host_image, answering(image)),
    ):
        assert answer.json["data"]["faceDetailCount"] == 0


BASE64 = {
    "empty": "",
    "blank": "  \n",
    "not Base64": "***",
    "URL-safe alphabet": "-_-_",
    "cut off": PNG64[:-5],
    "a data: URL": f"data:image/png;base64,{PNG64}",
    "beyond ASCII": "얼굴",
}


@pytest.mark.parametrize("text", BASE64.values(), ids=BASE64)
def test_45030_base64(target: RunningServer, text: str) -> None:
    assert_row(target, post_json(target, {"image": {"bytes": text}}), INVALID_IMAGE)


BROKEN = {
    "empty": b"",
    "PNG cut off": images.png()[:-20],
    "PNG signature alone": images.png()[:8],
    "JPEG cut off": images.jpeg()[:-200],
    "JPEG marker alone": b"\xff\xd8\xff",
    "PNG with a wrong checksum": images.png().replace(b"IDAT", b"IDAT\x00", 1),
}


@pytest.mark.parametrize("image", BROKEN.values(), ids=BROKEN)
def test_45030_broken_images(target: RunningServer, image: bytes) -> None:
    assert_row(target, post_file(target, image), INVALID_IMAGE)


FOREIGN = {
    "GIF": images.gif(),
    "WebP": images.webp(),
    "text": b"hello, this is no image at all",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "PDF": b"%PDF-1.7\n",
}


@pytest.mark.parametrize("image", FOREIGN.values(), ids=FOREIGN)
def test_45040(target: RunningServer, image: bytes) -> None:
    assert_row(target, post_file(target, image), INVALID_FORMAT)
    assert_row(target, post_base64(target, image), INVALID_FORMAT)


URLS = [
    "",
    "not a URL",
    "ftp://example.com/a.png",
    "file:///etc/passwd",
    "http://user:secret@127.0.0.1:10000/a.png",
    "http://127.0.0.1:22/a.png",
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/a.png",
    "http://[::1]/a.png",
    "http://no-such-host.invalid/a.png",
    "http://127.0.0.1:10000/" + "a" * 3000,
]


@pytest.mark.parametrize("url", URLS)
def test_45050_urls(target: RunningServer, url: str) -> None:
    assert_row(target, post_json(target, {"image": {"url": url}}), INVALID_URL)


def answering(body: bytes, status: str = "200 OK", **headers: str) -> Handler:
    async def answer(incoming: Exchange) -> None:
        await incoming.answer(status, body, **headers)

    return answer


async def stall(_incoming: Exchange) -> None:
    await asyncio.sleep(20)


def post_url_of(server: RunningServer, host_image: HostImage, handler: Handler) -> RawAnswer:
    with host_image(handler) as host:
        return post_json(server, {"image": {"url": host.url("/a.png")}})


@pytest.mark.parametrize(
    "handler",
    [answering(b"", "404 Not Found"), answering(b"", "302 Found", location="/again")],
    ids=["not 200", "too many redirects"],
)
def test_45050_answers(target: RunningServer, host_image: HostImage, handler: Handler) -> None:
    assert_row(target, post_url_of(target, host_image, handler), INVALID_URL)


def test_45060(target: RunningServer, host_image: HostImage) -> None:
    assert_row(target, post_url_of(target, host_image, stall), TIMEOUT)


def test_what_the_url_gives_is_checked_like_any_image(target: RunningServer, host_image: HostImage) -> None:
    rows: list[tuple[bytes, Any]] = [
        (images.gif(), INVALID_FORMAT),
        (b"", INVALID_IMAGE),
        (images.png(50, 50), INVALID_PARAM),
    ]
    for body, row in rows:
        assert_row(target, post_url_of(target, host_image, answering(body)), row)
