"""Which pages browsers let read an answer."""

import pytest

from bonaface.api.middleware.cross_origin import CrossOrigin
from support.http.asgi import Exchange, Refuser, http_scope

PATH = "/v2/liveness"
SHOP = "https://shop.example"
ORIGIN = ("Origin", SHOP)
TOKEN = ("Authorization", "Bearer bfc_" + "a" * 43)
ASKS = ("Access-Control-Request-Method", "POST")
ALLOW = "access-control-allow-origin"


def sent(*headers: tuple[str, str], method: str = "POST", path: str = PATH) -> Exchange:
    app = CrossOrigin(Refuser(), [SHOP], PATH)
    return Exchange().run(app, http_scope(*headers, method=method, path=path))


def test_a_page_of_the_origin_reads_what_its_token_gets() -> None:
    exchange = sent(ORIGIN, TOKEN)
    assert exchange.headers[ALLOW] == SHOP
    assert exchange.headers["vary"] == "Origin"
    assert exchange.headers["access-control-expose-headers"] == "Retry-After, X-Request-Id"
    assert "access-control-allow-credentials" not in exchange.headers


@pytest.mark.parametrize(
    "origin",
    [
        "https://shop.example.evil",
        "http://shop.example",
        "https://shop.example:8443",
        "https://SHOP.example",
        "null",
    ],
)
def test_any_other_origin_does_not(origin: str) -> None:
    assert ALLOW not in sent(("Origin", origin), TOKEN).headers
    exchange = sent(("Origin", origin), ASKS, method="OPTIONS")
    assert (ALLOW in exchange.headers, exchange.body) == (False, b"no")


@pytest.mark.parametrize(
    "headers",
    [(), (("Authorization", "Bearer " + "a" * 43),), (("Authorization", TOKEN[1].removeprefix("Bearer ")),)],
)
def test_nothing_but_a_token_shows_a_page_anything(headers: tuple[tuple[str, str], ...]) -> None:
    exchange = sent(ORIGIN, *headers)
    assert (ALLOW in exchange.headers, exchange.headers["vary"]) == (False, "Origin")


def test_an_origin_that_is_given_twice_is_none() -> None:
    assert ALLOW not in sent(ORIGIN, ORIGIN, TOKEN).headers


def test_a_preflight_allows_a_token_and_no_app_key() -> None:
    exchange = sent(ORIGIN, ASKS, method="OPTIONS")
    assert exchange.sent[0]["status"] == 204
    assert exchange.headers[ALLOW] == SHOP
    assert exchange.headers["access-control-allow-methods"] == "POST"
    assert exchange.headers["access-control-allow-headers"] == "authorization, content-type"


def test_an_options_that_is_no_preflight_is_the_routes() -> None:
    assert sent(ORIGIN, method="OPTIONS").body == b"no"


@pytest.mark.parametrize(
    "path", ["/v2/tokens", "/v2/liveness/", "/v1.0/appkeys/a/spoofing", "/admin/v1/status"]
)
def test_no_other_path_is_opened(path: str) -> None:
    exchange = sent(ORIGIN, TOKEN, path=path)
    assert not {ALLOW, "vary"} & exchange.headers.keys()
    assert sent(ORIGIN, ASKS, method="OPTIONS", path=path).body == b"no"
