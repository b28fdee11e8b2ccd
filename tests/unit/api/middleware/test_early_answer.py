"""Answers before the body was read close the connection, after a pause."""

import pytest
from starlette.datastructures import Headers
from starlette.types import Message

from bonaface.api.middleware.early_answer import EarlyAnswer, has_body
from support.asgi import Exchange, Reader, Recorder, Refuser, body_of, http_scope

LENGTH = ("Content-Length", "3")
CHUNKED = ("Transfer-Encoding", "chunked")


def refuse(*incoming: Message, seconds: float = 20, max_bytes: int = 1000) -> Exchange:
    return Exchange(incoming).run(EarlyAnswer(Refuser(), seconds, max_bytes), http_scope(CHUNKED))


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


def test_an_early_answer_is_whole_before_the_rest_is_thrown_away() -> None:
    exchange = refuse(*body_of(b"1", b"2", b"3"))
    assert exchange.headers["connection"] == "close"
    assert [message.get("more_body") for message in exchange.sent] == [None, True, False]
    assert exchange.sent[1]["body"] == b"no"
    assert exchange.unread == 0


def test_it_stops_waiting_for_a_silent_client() -> None:
    exchange = refuse(seconds=0.01)
    assert exchange.sent[-1]["more_body"] is False


def test_it_stops_reading_from_a_talkative_client() -> None:
    assert refuse(*body_of(*[b"x" * 100] * 50)).unread == 40


def test_it_stops_when_the_client_is_gone() -> None:
    assert refuse({"type": "http.disconnect"}).sent[-1]["more_body"] is False


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
