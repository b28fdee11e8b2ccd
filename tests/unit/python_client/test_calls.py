import httpx2
import pytest

from bonaface_client import Client, calls
from bonaface_client.errors import (
    BonafaceClientError,
    ConnectionFailedError,
    InvalidImageError,
    QuotaExceededError,
    TimedOutError,
    UnavailableError,
    UnexpectedAnswerError,
)

GUIDE = (
    b'{"header":{"isSuccessful":true,"resultCode":0,"resultMessage":"Success"},"data":{"faceDetailCount":1,'
    b'"faceDetails":[{"bbox":{"x0":0.1,"y0":0.2,"x1":0.3,"y1":0.4},"landmarks":[{"type":"leftEye","x":0.1,"y":0.2}],'
    b'"spoofing":true,"confidence":0.99,"more":[]}],"more":{}}}'
)
REFUSED = (
    b'{"header":{"isSuccessful":false,"resultCode":-45030,"resultMessage":"InvalidImageParameterException"}}'
)
KEYS = calls.Credentials("a/b", "secret")


def _refusal(status: int, content: bytes, **headers: str) -> BonafaceClientError:
    with pytest.raises(BonafaceClientError) as raised:
        calls.read_spoofing(httpx2.Response(status, content=content, headers=headers))
    return raised.value


def test_an_answer_with_more_members_than_are_known_is_read() -> None:
    found = calls.read_spoofing(httpx2.Response(200, content=GUIDE))
    (face,) = found.face_details
    assert (found.face_detail_count, face.spoofing, face.confidence) == (1, True, 0.99)
    assert (face.bbox.x1, face.landmarks[0].type) == (0.3, "leftEye")


def test_a_refusal_is_told_with_all_that_the_service_says() -> None:
    headers = {"x-error-detail": "Send it whole.", "x-request-id": "r1"}
    error = _refusal(200, REFUSED, **headers)
    assert isinstance(error, InvalidImageError)
    assert (error.code, error.detail, error.request_id) == (-45030, "Send it whole.", "r1")


@pytest.mark.parametrize(("status", "kind"), [(503, UnavailableError), (429, QuotaExceededError)])
def test_a_proxy_may_say_wait_too(status: int, kind: type[BonafaceClientError]) -> None:
    error = _refusal(status, b"<html>", **{"retry-after": "3"})
    assert isinstance(error, kind)
    assert error.retry_after == 3


@pytest.mark.parametrize("content", [b"", b"<html>", b"{}", b"[]", GUIDE[:-1]])
def test_what_is_no_answer_of_the_service_is_told(content: bytes) -> None:
    error = _refusal(404, content)
    assert isinstance(error, UnexpectedAnswerError)
    assert error.status == 404


def test_a_success_without_faces_told_is_none() -> None:
    content = b'{"header":{"isSuccessful":true,"resultCode":0,"resultMessage":"Success"}}'
    assert isinstance(_refusal(200, content), UnexpectedAnswerError)


@pytest.mark.parametrize(
    ("error", "kind", "temporary"),
    [
        (httpx2.ConnectError("refused"), ConnectionFailedError, True),
        (httpx2.ConnectTimeout(""), ConnectionFailedError, True),
        (httpx2.ReadError("reset"), ConnectionFailedError, True),
        (httpx2.RemoteProtocolError("disconnected"), ConnectionFailedError, True),
        (httpx2.UnsupportedProtocol(""), ConnectionFailedError, False),
        (httpx2.DecodingError(""), ConnectionFailedError, False),
        (httpx2.ReadTimeout(""), TimedOutError, False),
        (httpx2.PoolTimeout(""), TimedOutError, False),
    ],
)
def test_only_faults_of_the_network_are_temporary(
    error: httpx2.RequestError, kind: type[BonafaceClientError], temporary: bool
) -> None:
    found = calls.failure(error)
    assert type(found) is kind
    assert found.is_temporary is temporary
    assert ConnectionFailedError("").is_temporary


def test_an_app_key_is_one_part_of_the_path_and_secrets_are_not_shown() -> None:
    call = calls.spoofing(KEYS, [("imageFile", ("a.png", b"image"))], None)
    assert call.path == "/v1.0/appkeys/a%2Fb/spoofing"
    assert "secret'" not in f"{call!r} {KEYS!r}"


@pytest.mark.parametrize(
    "url", ["", "host", "ftp://host", "https://", "https://u:p@host", "https://host/?a=b", "https://host/#a"]
)
def test_what_is_no_base_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="base URL"):
        calls.checked_url(url)


@pytest.mark.parametrize("secret", ["시크릿", "a\nb"])
def test_what_is_no_secret_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match="secretKey"):
        Client("https://host", "appKey", secret)
