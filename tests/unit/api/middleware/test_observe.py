"""What is seen of a request and its answer."""

import asyncio
from types import SimpleNamespace

import pytest
from starlette.types import Receive, Scope, Send

from bonaface.api.middleware.observe import GONE, NO_ROUTE, Observe, RequestSummary, summary_of
from bonaface.timings import Stage
from support.asgi import Exchange, Recorder, Refuser, http_scope, reply


class Route:
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = SimpleNamespace(path="/a/{b}")
        scope["state"].update(app_key="key", refusal="rate")
        with scope["state"]["timings"].of(Stage.ADMIT):
            pass
        await reply(send, b"{}", (b"x-result-code", b"-40070"), status=429)


class Lingering:
    """Answers, and goes on long after that."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await reply(send, b"")
        scope["state"]["at_answer"] = summary_of(scope).seconds
        await asyncio.sleep(0.05)


def test_a_request_is_told_as_it_ended() -> None:
    exchange, scope = Exchange(), http_scope(path="/a/secret")
    exchange.run(Observe(Route()), scope)
    summary = summary_of(scope)
    assert exchange.sent[0]["status"] == 429
    assert (summary.method, summary.route, summary.status, summary.result_code) == (
        "POST",
        "/a/{b}",
        429,
        -40070,
    )
    assert (summary.app_key, summary.refusal, [timing.stage for timing in summary.timings]) == (
        "key",
        "rate",
        [Stage.ADMIT],
    )
    assert summary.seconds >= summary.timings[0].seconds


def test_what_nobody_answered_has_no_code_no_route_and_a_status_of_its_own() -> None:
    scope = http_scope()
    Exchange().run(Observe(Recorder()), scope)
    summary = summary_of(scope)
    assert (summary.status, summary.result_code, summary.route) == (GONE, None, NO_ROUTE)
    assert (summary.app_key, summary.refusal, summary.timings) == (None, None, ())
    assert summary.seconds >= 0


def test_the_time_ends_with_the_answer() -> None:
    scope = http_scope()
    Exchange().run(Observe(Lingering()), scope)
    assert summary_of(scope).seconds == scope["state"]["at_answer"]


@pytest.mark.parametrize(
    ("status", "code", "is_success", "is_fault"),
    [
        (200, 0, True, False),
        (200, None, True, False),
        (304, None, True, False),
        (200, -45030, False, False),
        (404, -40000, False, False),
        (GONE, None, False, False),
        (200, -50000, False, True),
        (503, None, False, True),
    ],
)
def test_success_and_fault(status: int, code: int | None, is_success: bool, is_fault: bool) -> None:
    summary = RequestSummary("GET", "/", status, code, 0.1, None, None, ())
    assert (summary.is_success, summary.is_fault) == (is_success, is_fault)


def test_requests_share_no_state() -> None:
    first, second = http_scope(), http_scope()
    for scope in (first, second):
        Exchange().run(Observe(Refuser()), scope)
    assert first["state"]["timings"] is not second["state"]["timings"]
    assert first["state"]["observed"] is not second["state"]["observed"]


def test_other_scopes_pass() -> None:
    recorder = Recorder()
    Exchange().run(Observe(recorder), {"type": "lifespan"})
    assert recorder.types == ["lifespan"]
