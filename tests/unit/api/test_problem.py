import orjson

from bonaface.api.problem import headers_of, problem
from bonaface.errors import OverloadedError, QuotaExceededError, UnauthorizedError


def test_it_has_the_members_of_the_standard_and_those_given() -> None:
    response = problem(405, "Do this.", {"Allow": "GET"}, {"code": "x"})
    assert orjson.loads(response.body) == {
        "type": "about:blank",
        "title": "Method Not Allowed",
        "status": 405,
        "detail": "Do this.",
        "code": "x",
    }
    assert (response.status_code, response.media_type) == (405, "application/problem+json")
    assert response.headers["allow"] == "GET"


def test_headers_that_belong_to_the_status() -> None:
    assert headers_of(UnauthorizedError("x")) == {"WWW-Authenticate": "Bearer"}
    assert (
        headers_of(OverloadedError("x", 7)) == headers_of(QuotaExceededError("x", 7)) == {"Retry-After": "7"}
    )
    assert headers_of(KeyError("x")) == {}
