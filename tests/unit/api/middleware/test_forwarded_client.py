"""Who a request comes from, told by a trusted proxy, and by nobody else."""

from ipaddress import ip_network
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send

from bonaface.api.middleware.forwarded_client import ForwardedClient, elements_of
from bonaface.settings import ServerSettings
from support.http.asgi import Exchange, http_scope, reply

PROXIES = ip_network("10.0.0.0/8"), ip_network("fd00::/8"), ip_network("127.0.0.1")
X_FOR: Literal["x-forwarded-for"] = "x-forwarded-for"
FORWARDED: Literal["forwarded"] = "forwarded"


class Asked:
    """Answers, and keeps the scope that it was asked with."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        await reply(send, b"")


def seen(
    peer: str | None,
    *headers: tuple[str, str],
    header: Literal["x-forwarded-for", "forwarded"] = X_FOR,
) -> tuple[str | None, str]:
    """The caller's address and scheme as the application sees them."""
    scope: dict[str, Any] = {**http_scope(*headers), "scheme": "http"}
    scope["client"] = None if peer is None else (peer, 4711)
    app = Asked()
    settings = ServerSettings(trusted_proxies=PROXIES, proxy_header=header)
    Exchange().run(ForwardedClient(app, settings), scope)
    client = app.scope["client"]
    return (None if client is None else client[0]), app.scope["scheme"]


@pytest.mark.parametrize(
    ("chain", "caller"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("203.0.113.9:51000", "203.0.113.9"),
        ("2001:db8::9", "2001:db8::9"),
        ("[2001:db8::9]:51000", "2001:db8::9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("203.0.113.9, 10.1.1.1", "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9, 10.1.1.1, fd00::2", "203.0.113.9"),  # the first is the caller's own word
        ("10.9.9.9, 10.1.1.1", "10.9.9.9"),  # a caller of the inner network
        ("evil, 10.1.1.1", "10.1.1.1"),
        ("unknown", "10.0.0.1"),
        ("999.1.1.1", "10.0.0.1"),
        ("", "10.0.0.1"),
        ("1" * 60_000, "10.0.0.1"),
    ],
)
def test_the_nearest_hop_that_is_no_proxy_is_the_caller(chain: str, caller: str) -> None:
    assert seen("10.0.0.1", ("X-Forwarded-For", chain))[0] == caller


@pytest.mark.parametrize("peer", ["203.0.113.1", "11.0.0.1", "::1", None, "testclient"])
def test_whoever_is_no_trusted_proxy_is_not_believed(peer: str | None) -> None:
    lies = ("X-Forwarded-For", "8.8.8.8"), ("X-Forwarded-Proto", "https"), ("Forwarded", "for=8.8.8.8")
    for header in (X_FOR, FORWARDED):
        assert seen(peer, *lies, header=header) == (peer, "http")


def test_only_the_header_that_is_named_is_read() -> None:
    both = ("Forwarded", "for=8.8.8.8;proto=https"), ("X-Forwarded-For", "203.0.113.9")
    assert seen("10.0.0.1", *both) == ("203.0.113.9", "http")
    assert seen("10.0.0.1", *both, header=FORWARDED) == ("8.8.8.8", "https")
    assert seen("10.0.0.1", both[0]) == ("10.0.0.1", "http")
    assert seen("10.0.0.1", both[1], header=FORWARDED) == ("10.0.0.1", "http")


def test_a_header_in_several_lines_is_one() -> None:
    lines = (
        ("X-Forwarded-For", "198.51.100.1"),
        ("X-Forwarded-For", "203.0.113.9"),
        ("X-Forwarded-For", "fd00::7"),
    )
    assert seen("10.0.0.1", *lines)[0] == "203.0.113.9"


@pytest.mark.parametrize(
    ("told", "scheme"), [("https", "https"), ("HTTPS", "https"), ("http, https", "https"), ("gopher", "http")]
)
def test_the_scheme_is_that_of_the_nearest_proxy(told: str, scheme: str) -> None:
    headers = ("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", told)
    assert seen("127.0.0.1", *headers) == ("203.0.113.9", scheme)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("for=203.0.113.9", ("203.0.113.9", "http")),
        ('For="[2001:db8::9]:4711";Proto=https;by=10.0.0.1', ("2001:db8::9", "https")),
        (
            'for=198.51.100.1, for="203.0.113.9:80";proto=https, for=10.1.1.1;proto=http',
            ("203.0.113.9", "https"),
        ),
        ('host="a,b;c";for=203.0.113.9', ("203.0.113.9", "http")),
        (r'host="a\"b";for=203.0.113.9', ("203.0.113.9", "http")),
        ("for=_hidden, for=10.1.1.1", ("10.1.1.1", "http")),
        ("for=unknown", ("10.0.0.1", "http")),
        ('for="203.0.113.9', ("10.0.0.1", "http")),
        ("for=203.0.113.9;for=8.8.8.8", ("10.0.0.1", "http")),
        ("203.0.113.9", ("10.0.0.1", "http")),
        ("proto=https", ("10.0.0.1", "http")),
    ],
)
def test_the_standard_header(header: str, expected: tuple[str, str]) -> None:
    assert seen("10.0.0.1", ("Forwarded", header), header=FORWARDED) == expected


def test_a_long_chain_of_proxies_is_read_no_further_than_some_hops() -> None:
    chain = ", ".join(["203.0.113.9", *["10.1.1.1"] * 5000])
    assert seen("10.0.0.1", ("X-Forwarded-For", chain))[0] == "10.1.1.1"


@given(st.text(st.sampled_from('for=";,\\ [a1.:'), max_size=60))
def test_nothing_breaks_the_parser(text: str) -> None:
    assert isinstance(elements_of(text), list)
    assert seen("10.0.0.1", ("Forwarded", text), ("X-Forwarded-For", text), header=FORWARDED)[1] == "http"
