"""Where redirects lead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonaface.errors import ImageUrlError, UrlRefusal
from bonaface.fetch.location import CONTRADICTORY, NOWHERE, redirected
from bonaface.fetch.policy import CREDENTIALS, DOWNGRADE, FORM, LENGTH, PORT, Target, check_url
from support.security.urls import URL_LIKE, assert_safe

LONG = 2048
BASE = "https://example.com/a/x?q=1"


def led(location: bytes, base: str = BASE) -> Target:
    return redirected(check_url(base, LONG), [location], LONG)


@pytest.mark.parametrize(
    ("location", "url"),
    [
        (b"/b.png", "https://example.com/b.png"),
        (b"b.png", "https://example.com/a/b.png"),
        (b"../b.png?x=1", "https://example.com/b.png?x=1"),
        (b"?x=1", "https://example.com/a/x?x=1"),
        (b".", "https://example.com/a/"),
        (b"..", "https://example.com/"),
        (b"/b/c/..?x", "https://example.com/b/?x"),
        (b"/b..", "https://example.com/b.."),
        (b"#x", "https://example.com/a/x?q=1"),
        (b"b.png#a b\\", "https://example.com/a/b.png"),
        (b"//other.example/b", "https://other.example/b"),
        (b"//other.example", "https://other.example/"),
        (b"//other.example?x", "https://other.example/?x"),
        (b"//other.example.:10443/b", "https://other.example:10443/b"),
        (b"https://other.example:10443/b", "https://other.example:10443/b"),
        (b"HTTPS://Other.EXAMPLE/B", "https://other.example/B"),
        (b"https://other.example:443/b", "https://other.example/b"),
        (b"https://other.example:/b", "https://other.example/b"),
        (b"//other.example:00443/b", "https://other.example/b"),
        (b"./a:b;c", "https://example.com/a/a:b;c"),
        (b"b//c", "https://example.com/a/b//c"),
        (b"../../..//c", "https://example.com//c"),
        (b"/a b/c?d e", "https://example.com/a%20b/c?d%20e"),
        (b"/caf\xe9", "https://example.com/caf%E9"),
        (b"/\xec\x82\xac?\xec\xa7\x84", "https://example.com/%EC%82%AC?%EC%A7%84"),
        (b"/%EC%82%AC%zz%", "https://example.com/%EC%82%AC%zz%"),
        (b"?a=b\\c", "https://example.com/a/x?a=b%5Cc"),
        ("//bücher.example/".encode(), "https://xn--bcher-kva.example/"),
    ],
)
def test_a_location_is_read_from_where_it_comes(location: bytes, url: str) -> None:
    assert led(location) == check_url(url, LONG)


def test_slashes_of_the_address_before_stay() -> None:
    assert led(b"y", "https://example.com//a//b/x").path == b"//a//b/y"


@pytest.mark.parametrize(
    ("location", "sentence", "refusal"),
    [
        (b"http://example.com/b", DOWNGRADE, UrlRefusal.DOWNGRADE),
        (b"file:///etc/passwd", FORM, UrlRefusal.SCHEME),
        (b"javascript:alert(1)", FORM, UrlRefusal.SCHEME),
        (b"//user@example.com/", CREDENTIALS, UrlRefusal.CREDENTIALS),
        (b"//user:@example.com:/", CREDENTIALS, UrlRefusal.CREDENTIALS),
        (b"https://example.com:22/", PORT, UrlRefusal.PORT),
        (b"https://example.com:000/", FORM, UrlRefusal.FORM),
        (b"https://[::1", FORM, UrlRefusal.FORM),
        (b"//[::00001]/", FORM, UrlRefusal.FORM),
        (b"//[x]y/", FORM, UrlRefusal.FORM),
        (b"//a b/", FORM, UrlRefusal.FORM),
        (b"//caf\xe9.example/", FORM, UrlRefusal.FORM),
        (b"///example.com/", FORM, UrlRefusal.FORM),
        (b"https:b", FORM, UrlRefusal.FORM),
        (b"https:/b", FORM, UrlRefusal.FORM),
        (b"/a\\b", FORM, UrlRefusal.FORM),
        (b"\\\\other.example\\b", FORM, UrlRefusal.FORM),
        (b"/a\tb", FORM, UrlRefusal.FORM),
        (b"?a\tb", FORM, UrlRefusal.FORM),
        (b"\x00https://example.com/", FORM, UrlRefusal.FORM),
        (b"https://example.com:+443/", FORM, UrlRefusal.FORM),
        (b"/" + b"a" * 3000, LENGTH, UrlRefusal.LENGTH),
        (b"/" + b"\xe9" * 700, LENGTH, UrlRefusal.LENGTH),
    ],
)
def test_a_location_is_checked_like_a_first_url(location: bytes, sentence: str, refusal: UrlRefusal) -> None:
    with pytest.raises(ImageUrlError) as caught:
        led(location)
    assert (str(caught.value), caught.value.refusal) == (sentence, refusal)


@pytest.mark.parametrize(
    ("locations", "sentence"), [([], NOWHERE), ([b""], NOWHERE), ([b"/a", b"/b"], CONTRADICTORY)]
)
def test_there_must_be_one(locations: list[bytes], sentence: str) -> None:
    with pytest.raises(ImageUrlError) as caught:
        redirected(check_url(BASE, LONG), locations, LONG)
    assert (str(caught.value), caught.value.refusal) == (sentence, UrlRefusal.LOCATION)


def test_the_same_one_twice_is_one() -> None:
    assert redirected(check_url(BASE, LONG), [b"/b", b"", b"/b"], LONG) == led(b"/b")


def test_a_redirect_from_http_to_https_is_followed() -> None:
    assert led(b"https://example.com/", "http://example.com/").port == 443


@given(URL_LIKE.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary())
def test_any_location_is_a_safe_target_or_an_image_url_error(location: bytes) -> None:
    try:
        target = led(location)
    except ImageUrlError:
        return
    assert_safe(target)
    assert target.scheme == "https"
