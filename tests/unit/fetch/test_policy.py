"""URLs by their text alone."""

import pytest
from hypothesis import given

from bonaface.errors import ImageUrlError, UrlRefusal
from bonaface.fetch.policy import CREDENTIALS, FORM, LENGTH, PORT, check_url
from support.security.urls import URL_LIKE, assert_safe

LONG = 2048


@pytest.mark.parametrize(
    ("url", "scheme", "host", "port", "path", "host_header"),
    [
        ("http://example.com", "http", "example.com", 80, b"/", "example.com"),
        ("https://example.com/a.jpg", "https", "example.com", 443, b"/a.jpg", "example.com"),
        ("HTTPS://EXAMPLE.Com/A.JPG", "https", "example.com", 443, b"/A.JPG", "example.com"),
        ("http://example.com:80/", "http", "example.com", 80, b"/", "example.com"),
        ("http://example.com:443/", "http", "example.com", 443, b"/", "example.com:443"),
        ("https://example.com:80/", "https", "example.com", 80, b"/", "example.com:80"),
        ("http://example.com:10000/", "http", "example.com", 10000, b"/", "example.com:10000"),
        ("http://example.com:12000/", "http", "example.com", 12000, b"/", "example.com:12000"),
        ("http://example.com./x", "http", "example.com", 80, b"/x", "example.com"),
        ("http://my_bucket.example.com/", "http", "my_bucket.example.com", 80, b"/", "my_bucket.example.com"),
        ("http://minio/x", "http", "minio", 80, b"/x", "minio"),
        ("http://example.com?a=b#c", "http", "example.com", 80, b"/?a=b", "example.com"),
        (
            "http://example.com/?u=http://10.0.0.1/@x",
            "http",
            "example.com",
            80,
            b"/?u=http://10.0.0.1/@x",
            "example.com",
        ),
        ("http://example.com/a@b", "http", "example.com", 80, b"/a@b", "example.com"),
        ("http://example.com/%2e%2e/%00", "http", "example.com", 80, b"/%2e%2e/%00", "example.com"),
        ("http://example.com/사진.jpg", "http", "example.com", 80, b"/%EC%82%AC%EC%A7%84.jpg", "example.com"),
        ("http://Bücher.example/", "http", "xn--bcher-kva.example", 80, b"/", "xn--bcher-kva.example"),
        ("http://예시.한국/", "http", "xn--vv4b11d.xn--3e0b707e", 80, b"/", "xn--vv4b11d.xn--3e0b707e"),
        ("http://93.184.216.34/", "http", "93.184.216.34", 80, b"/", "93.184.216.34"),
        ("http://93.184.216.34./", "http", "93.184.216.34", 80, b"/", "93.184.216.34"),
        ("http://[2606:4700::0:1111]/", "http", "2606:4700::1111", 80, b"/", "[2606:4700::1111]"),
        (
            "http://[2606:4700::1111]:10001/",
            "http",
            "2606:4700::1111",
            10001,
            b"/",
            "[2606:4700::1111]:10001",
        ),
    ],
)
def test_a_plain_url_becomes_its_target(
    url: str, scheme: str, host: str, port: int, path: bytes, host_header: str
) -> None:
    target = check_url(url, LONG)
    assert (target.scheme, target.host, target.port, target.path) == (scheme, host, port, path)
    assert target.host_header == host_header


@pytest.mark.parametrize(
    ("url", "sentence", "refusal"),
    [
        ("ftp://example.com/", FORM, UrlRefusal.SCHEME),
        ("data:image/png;base64,iVBORw0KGgo=", FORM, UrlRefusal.SCHEME),
        ("example.com/a.jpg", FORM, UrlRefusal.FORM),
        ("http:example.com", FORM, UrlRefusal.FORM),
        ("", FORM, UrlRefusal.FORM),
        ("http://user@example.com/", CREDENTIALS, UrlRefusal.CREDENTIALS),
        ("http://example.com:8080/", PORT, UrlRefusal.PORT),
        ("http://example.com:9999/", PORT, UrlRefusal.PORT),
        ("http://example.com:12001/", PORT, UrlRefusal.PORT),
        ("http://example.com:99999/", PORT, UrlRefusal.PORT),
        ("http://" + "a" * 2048, LENGTH, UrlRefusal.LENGTH),
        ("http://example.com/" + "사" * 300, LENGTH, UrlRefusal.LENGTH),
        ("http://2130706433/", FORM, UrlRefusal.FORM),
        ("http://example.com/a b", FORM, UrlRefusal.FORM),
    ],
)
def test_each_reason_has_its_sentence(url: str, sentence: str, refusal: UrlRefusal) -> None:
    with pytest.raises(ImageUrlError) as caught:
        check_url(url, LONG)
    assert (str(caught.value), caught.value.refusal) == (sentence, refusal)


def test_the_longest_url_is_accepted_and_one_more_is_not() -> None:
    url = "http://example.com/" + "a" * 81
    assert check_url(url, 100).host == "example.com"
    with pytest.raises(ImageUrlError, match="too long"):
        check_url(url + "a", 100)


def test_the_longest_name_is_253_characters() -> None:
    name = ".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 61])
    assert check_url(f"http://{name}/", LONG).host == name
    with pytest.raises(ImageUrlError):
        check_url(f"http://{name}d/", LONG)


@given(URL_LIKE)
def test_any_text_is_a_safe_target_or_an_image_url_error(text: str) -> None:
    try:
        target = check_url(text, LONG)
    except ImageUrlError:
        return
    assert_safe(target)
