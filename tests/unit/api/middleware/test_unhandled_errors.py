"""What nobody expected."""

import asyncio

import orjson
import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs

from bonaface.api.errors import ErrorRenderer
from bonaface.api.middleware.unhandled_errors import UnhandledErrors
from support.http.asgi import Exchange, Recorder, Refuser, http_scope

RENDERER = ErrorRenderer(real_status_codes=False)


class Failing:
    def __init__(self, error: BaseException, *, after_start: bool = False) -> None:
        self._error = error
        self._after_start = after_start

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._after_start:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise self._error


@pytest.mark.parametrize(("real", "status"), [(False, 200), (True, 500)])
def test_an_exception_is_logged_and_told_without_its_text(real: bool, status: int) -> None:
    with capture_logs() as logs:
        exchange = Exchange().run(
            UnhandledErrors(Failing(KeyError("/srv/key")), ErrorRenderer(real_status_codes=real)),
            http_scope(),
        )
    assert exchange.sent[0]["status"] == status
    assert orjson.loads(exchange.body)["header"]["resultMessage"] == "InternalServerError"
    assert b"/srv/key" not in exchange.body
    assert [(log["event"], log["exc_info"]) for log in logs] == [("request.failed", True)]


@pytest.mark.parametrize(
    ("error", "event"),
    [
        (MemoryError("Unable to allocate 137 MiB"), "request.out_of_memory"),
        (RuntimeError("can't start new thread"), "request.out_of_memory"),
        (asyncio.CancelledError(), "request.cut"),
    ],
)
def test_what_will_pass_is_told_as_an_overload(error: BaseException, event: str) -> None:
    with capture_logs() as logs:
        exchange = Exchange().run(UnhandledErrors(Failing(error), RENDERER), http_scope())
    assert exchange.sent[0]["status"] == 503
    assert exchange.headers["retry-after"] == "1"
    assert b"137" not in exchange.body
    assert "137" not in exchange.headers["x-error-detail"]
    assert [log["event"] for log in logs] == [event]


def test_half_an_answer_is_broken_off() -> None:
    with capture_logs() as logs, pytest.raises(KeyError):
        Exchange().run(UnhandledErrors(Failing(KeyError("x"), after_start=True), RENDERER), http_scope())
    assert logs[0]["event"] == "request.failed"


def test_a_client_that_is_gone_is_no_error() -> None:
    with capture_logs() as logs:
        exchange = Exchange().run(UnhandledErrors(Failing(ClientDisconnect()), RENDERER), http_scope())
    assert (exchange.sent, logs) == ([], [])


def test_answers_pass() -> None:
    assert Exchange().run(UnhandledErrors(Refuser(), RENDERER), http_scope()).body == b"no"


def test_other_scopes_pass() -> None:
    recorder = Recorder()
    Exchange().run(UnhandledErrors(recorder, RENDERER), {"type": "lifespan"})
    assert recorder.types == ["lifespan"]
