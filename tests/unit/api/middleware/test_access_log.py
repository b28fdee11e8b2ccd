"""One line a request."""

from types import SimpleNamespace
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs

from bonaface.api.middleware.access_log import GONE, NO_ROUTE, AccessLog
from support.asgi import Exchange, Recorder, Refuser, http_scope, reply


class Route:
    """What a routed and authenticated request leaves behind."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = SimpleNamespace(path="/v1.0/appkeys/{appKey}/spoofing")
        scope["state"]["app_key"] = "key"
        with scope["state"]["stages"].of("body"):
            pass
        await reply(send, b"{}", (b"x-result-code", b"-45030"))


class Failing:
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raise KeyError("x")


def logged(exchange: Exchange, app: AccessLog, path: str = "/") -> dict[str, Any]:
    with capture_logs() as logs:
        exchange.run(app, http_scope(("Authorization", "hunter2"), path=path))
    (event,) = logs
    return dict(event)


def test_a_request_is_told_by_template_key_code_and_times() -> None:
    event = logged(Exchange(), AccessLog(Route()), "/v1.0/appkeys/key/spoofing")
    assert event.pop("duration_ms") >= 0
    assert event.pop("stages").keys() == {"body"}
    assert event == {
        "event": "request",
        "log_level": "info",
        "method": "POST",
        "route": "/v1.0/appkeys/{appKey}/spoofing",
        "status": 200,
        "result_code": -45030,
        "app_key": "key",
    }


def test_an_unknown_path_and_its_caller_are_not_told() -> None:
    event = logged(Exchange(), AccessLog(Refuser()), "/v1.0/appkeys/guessed/other?secret=hunter2")
    assert event["route"] == NO_ROUTE
    assert "app_key" not in event
    assert "guessed" not in str(event)
    assert "hunter2" not in str(event)


def test_a_request_without_an_answer_is_told_too() -> None:
    with capture_logs() as logs, pytest.raises(KeyError):
        Exchange().run(AccessLog(Failing()), http_scope())
    assert logs[0]["status"] == GONE
    assert logs[0]["duration_ms"] >= 0


def test_requests_share_no_state() -> None:
    first, second = http_scope(), http_scope()
    Exchange().run(AccessLog(Route()), first)
    Exchange().run(AccessLog(Route()), second)
    assert first["state"]["stages"] is not second["state"]["stages"]


def test_other_scopes_pass() -> None:
    recorder = Recorder()
    with capture_logs() as logs:
        Exchange().run(AccessLog(recorder), {"type": "lifespan"})
    assert (recorder.types, logs) == (["lifespan"], [])
