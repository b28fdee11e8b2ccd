"""URLs by their text alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonaface.errors import ImageUrlError
from bonaface.fetch.policy import CREDENTIALS, DOWNGRADE, FORM, LENGTH, PORT, Target, check_url, redirected

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
    ("url", "sentence"),
    [
        ("ftp://example.com/", FORM),
        ("example.com/a.jpg", FORM),
        ("http://user@example.com/", CREDENTIALS),
        ("http://example.com:8080/", PORT),
        ("http://example.com:9999/", PORT),
        ("http://example.com:12001/", PORT),
        ("http://example.com:99999/", PORT),
        ("http://" + "a" * 2048, LENGTH),
        ("http://2130706433/", FORM),
    ],
)
def test_each_reason_has_its_sentence(url: str, sentence: str) -> None:
    with pytest.raises(ImageUrlError) as caught:
        check_url(url, LONG)
    assert str(caught.value) == sentence


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


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/b.png", "https://example.com/b.png"),
        ("b.png", "https://example.com/a/b.png"),
        ("../b.png?x=1", "https://example.com/b.png?x=1"),
        ("?x=1", "https://example.com/a/x?x=1"),
        ("//other.example/b", "https://other.example/b"),
        ("https://other.example:10443/b", "https://other.example:10443/b"),
    ],
)
def test_redirects_are_relative_to_where_they_come_from(location: str, url: str) -> None:
    assert redirected(check_url("https://example.com/a/x", LONG), location, LONG) == check_url(url, LONG)


@pytest.mark.parametrize(
    ("location", "sentence"),
    [
        ("http://example.com/b", DOWNGRADE),
        ("file:///etc/passwd", FORM),
        ("javascript:alert(1)", FORM),
        ("//user@example.com/", CREDENTIALS),
        ("https://example.com:22/", PORT),
        ("https://[::1", FORM),
        ("//[x]y/", FORM),
        ("/a b", FORM),
        ("\\\\evil.example\\b", FORM),
        ("\thttps://example.com/", FORM),
        ("https://example.com:+443/", FORM),
        ("/" + "a" * 3000, LENGTH),
    ],
)
def test_redirects_are_checked_like_first_urls(location: str, sentence: str) -> None:
    with pytest.raises(ImageUrlError) as caught:
        redirected(check_url("https://example.com/a/x", LONG), location, LONG)
    assert str(caught.value) == sentence


def test_a_redirect_from_http_to_https_is_followed() -> None:
    assert redirected(check_url("http://example.com/", LONG), "https://example.com/", LONG).port == 443


PLAIN_PIECES = "http https :// : // / @ [ ] ::1 127.0.0.1 % %00 \\ . - xn-- # ? 80 0x7f 1 example 。 ß １ ①"
URL_PIECES = st.sampled_from([*PLAIN_PIECES.split(), " ", "\n", "\u00ad", "\ud800"])
URL_LIKE = st.one_of(
    st.text(st.characters()),
    st.lists(URL_PIECES, max_size=12).map("".join),
    st.lists(URL_PIECES, max_size=8).map(lambda pieces: "http://" + "".join(pieces)),
)


@given(URL_LIKE)
def test_any_text_is_a_safe_target_or_an_image_url_error(text: str) -> None:
    try:
        target = check_url(text, LONG)
    except ImageUrlError:
        return
    _assert_safe(target)


@given(URL_LIKE)
def test_any_location_is_a_safe_target_or_an_image_url_error(text: str) -> None:
    try:
        target = redirected(check_url("https://example.com/a", LONG), text, LONG)
    except ImageUrlError:
        return
    _assert_safe(target)
    assert target.scheme == "https"


def _assert_safe(target: Target) -> None:
    assert target.scheme in ("http", "https")
    assert target.port in (80, 443) or 10_000 <= target.port <= 12_000
    assert set(target.host) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_.:")
    assert target.path.startswith(b"/")
    assert target.path.isascii()
    assert not set(target.path) & set(b" \r\n\t\\")
