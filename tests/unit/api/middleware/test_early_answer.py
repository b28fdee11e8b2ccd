"""Answers before the body was read close the connection."""

import pytest
from starlette.datastructures import Headers

from bonaface.api.middleware.early_answer import SHORT_BYTES, EarlyAnswer, has_body, is_short
from support.http.asgi import Exchange, Reader, Recorder, Refuser, body_of, http_scope

LENGTH = ("Content-Length", "3")
CHUNKED = ("Transfer-Encoding", "chunked")


@pytest.mark.parametrize("header", [LENGTH, CHUNKED])
def test_a_body_that_was_read_changes_nothing(header: tuple[str, str]) -> None:
    exchange = Exchange(body_of(b"1", b"23")).run(EarlyAnswer(Reader()), http_scope(header))
    assert exchange.body == b"3"
    assert "connection" not in exchange.headers
    assert len(exchange.sent) == 2


@pytest.mark.parametrize("headers", [(), (("Content-Length", "0"),)])
def test_a_request_without_a_body_changes_nothing(headers: tuple[tuple[str, str], ...]) -> None:
    exchange = Exchange().run(EarlyAnswer(Refuser()), http_scope(*headers))
    assert "connection" not in exchange.headers


def test_an_early_answer_ends_the_connection_and_reads_no_more() -> None:
    exchange = Exchange(body_of(b"1", b"2", b"3")).run(EarlyAnswer(Refuser()), http_scope(CHUNKED))
    assert exchange.headers["connection"] == "close"
    assert (exchange.unread, exchange.body, len(exchange.sent)) == (3, b"no", 2)


@pytest.mark.parametrize("status", [429, 503])
def test_told_to_try_again_a_short_request_keeps_its_connection(status: int) -> None:
    exchange = Exchange(body_of(b"1", b"23")).run(EarlyAnswer(Refuser(status)), http_scope(LENGTH))
    assert "connection" not in exchange.headers
    assert (exchange.unread, exchange.body, len(exchange.sent)) == (0, b"no", 2)


def test_any_other_early_answer_ends_it() -> None:
    exchange = Exchange(body_of(b"123")).run(EarlyAnswer(Refuser(401)), http_scope(LENGTH))
    assert exchange.headers["connection"] == "close"


def test_a_short_body_that_does_not_come_is_not_waited_for() -> None:
    exchange = Exchange().run(EarlyAnswer(Refuser(503)), http_scope(LENGTH))
    assert exchange.headers["connection"] == "close"


def test_a_client_that_asks_first_is_not_told_to_send() -> None:
    asking = http_scope(LENGTH, ("Expect", "100-continue"))
    exchange = Exchange(body_of(b"123")).run(EarlyAnswer(Refuser(503)), asking)
    assert exchange.headers["connection"] == "close"


def test_it_stops_when_the_client_is_gone() -> None:
    exchange = Exchange([{"type": "http.disconnect"}]).run(EarlyAnswer(Refuser(503)), http_scope(LENGTH))
    assert exchange.body == b"no"


def test_other_scopes_pass() -> None:
    recorder = Recorder()
    Exchange().run(EarlyAnswer(recorder), {"type": "lifespan"})
    assert recorder.types == ["lifespan"]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [({}, False), ({"content-length": "0"}, False), ({"content-length": "1"}, True), (dict([CHUNKED]), True)],
)
def test_has_body(headers: dict[str, str], expected: bool) -> None:
    assert has_body(Headers(headers)) is expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"content-length": str(SHORT_BYTES)}, True),
        ({"content-length": str(SHORT_BYTES + 1)}, False),
        ({"content-length": "1", "expect": "100-continue"}, False),
        ({"content-length": "-1"}, False),
        (dict([CHUNKED]), False),
    ],
)
def test_is_short(headers: dict[str, str], expected: bool) -> None:
    assert is_short(Headers(headers)) is expected
