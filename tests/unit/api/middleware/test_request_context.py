"""The context of a request, and its name."""

import pytest
import structlog
from starlette.types import Receive, Scope, Send

from bonaface.api.context import context_of
from bonaface.api.middleware.request_context import MakeContext, chosen_id
from support.http.asgi import Exchange, Recorder, http_scope, reply


class Namer:
    """Answers with the id that the logs of this request carry."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await reply(send, structlog.contextvars.get_contextvars()["request_id"].encode())


def test_a_sane_id_is_kept_bound_and_sent_back() -> None:
    exchange = Exchange().run(MakeContext(Namer()), http_scope(("X-Request-Id", "abc-1.2_3")))
    assert exchange.headers["x-request-id"] == "abc-1.2_3"
    assert exchange.body == b"abc-1.2_3"
    assert structlog.contextvars.get_contextvars() == {}


@pytest.mark.parametrize("given", [None, "", " ", "a" * 65, "a b", "a\n", "<script>", "é", '{"a":1}'])
def test_any_other_is_replaced_by_a_new_one(given: str | None) -> None:
    first, second = chosen_id(given), chosen_id(given)
    assert first != second
    assert len(first) == 32
    int(first, 16)


def test_requests_share_no_context() -> None:
    first, second = http_scope(("X-Request-Id", "a")), http_scope(("X-Request-Id", "b"))
    for scope in (first, second):
        Exchange().run(MakeContext(Namer()), scope)
    assert (context_of(first).id, context_of(second).id) == ("a", "b")
    assert context_of(first).timings is not context_of(second).timings


def test_other_scopes_pass() -> None:
    recorder = Recorder()
    Exchange().run(MakeContext(recorder), {"type": "lifespan"})
    assert recorder.types == ["lifespan"]
