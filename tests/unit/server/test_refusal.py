"""Answers of the parser, as they go over the wire."""

from http import HTTPStatus

import orjson

from bonaface.api.outcome import Outcome
from bonaface.server.refusal import FULL, NO_HTTP, refusal


def test_it_has_what_every_answer_has_and_ends_the_connection() -> None:
    head, _, body = refusal(HTTPStatus.BAD_REQUEST, Outcome.INVALID, NO_HTTP).partition(b"\r\n\r\n")
    first, *lines = head.decode("ascii").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    assert first == "HTTP/1.1 400 Bad Request"
    assert headers["connection"] == "close"
    assert headers["content-length"] == str(len(body))
    assert headers["cache-control"] == "no-store"
    assert headers["x-error-detail"] == NO_HTTP.lower()
    assert len(headers["x-request-id"]) == 32
    assert "retry-after" not in headers
    assert orjson.loads(body) == {
        "header": {"isSuccessful": False, "resultCode": -40000, "resultMessage": "InvalidParam"}
    }


def test_a_server_that_is_full_says_when_to_come_again() -> None:
    answer = refusal(HTTPStatus.SERVICE_UNAVAILABLE, Outcome.OVERLOAD, FULL)
    assert answer.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    assert b"\r\nretry-after: 1\r\n" in answer.lower()
