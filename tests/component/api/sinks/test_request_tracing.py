"""One span a request."""

from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from starlette.types import ASGIApp, Scope
from structlog.testing import capture_logs

from bonaface.api.context import GONE, RequestContext
from bonaface.api.outcome import Outcome
from bonaface.api.sinks.request_tracing import RequestTracing
from bonaface.observability.spans import Spans
from bonaface.settings import TracingSettings
from support.http.asgi import Exchange, Recorder, Refuser, http_scope
from support.observability.collector import Collector, SentSpan, collecting
from support.observability.observing import PATH, Answering, Failing, observed

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
TRACEPARENT = ("traceparent", f"00-{TRACE}-{PARENT}-01")


def log_inside(_context: RequestContext) -> None:
    structlog.get_logger().info("inside")


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as collector:
        yield collector


def trace(collector: Collector, app: ASGIApp, scope: Scope) -> list[SentSpan]:
    spans = Spans(collector.endpoint, TracingSettings())
    try:
        Exchange().run(observed(app, RequestTracing(spans)), scope)
    finally:
        spans.close()
    return collector.spans


def root(spans: list[SentSpan]) -> SentSpan:
    return spans[-1]


def test_named_by_method_and_template_with_what_is_known_of_it(collector: Collector) -> None:
    scope = http_scope(("X-Request-Id", "abc"), path="/a/secret")
    found = trace(collector, Answering(), {**scope, "query_string": b"token=hunter2"})
    assert [span.name for span in found] == ["body", "ledger", f"POST {PATH}"]
    assert root(found).attributes == {
        "http.request.method": "POST",
        "http.route": PATH,
        "http.response.status_code": 200,
        "bonaface.request_id": "abc",
        "bonaface.result_code": 0,
        "bonaface.app_key": "key",
    }


def test_nothing_of_a_path_that_is_not_there_and_of_a_method_that_is_not_known(collector: Collector) -> None:
    scope = http_scope(method="HUNTER2", path="/hunter2")
    found = trace(collector, Refuser(), {**scope, "query_string": b"hunter2"})
    assert root(found).name == "HTTP"
    assert root(found).attributes["http.request.method"] == "_OTHER"
    assert "hunter2" not in str(found).lower()


@pytest.mark.parametrize(
    ("outcome", "status", "error"),
    [
        (Outcome.INTERNAL, 200, "-50000"),
        (Outcome.OVERLOAD, 503, "503"),
        (Outcome.INVALID_IMAGE, 200, None),
    ],
)
def test_faults_of_the_server_are_errors_and_those_of_the_request_are_not(
    collector: Collector, outcome: Outcome, status: int, error: str | None
) -> None:
    span = root(trace(collector, Answering(outcome, status), http_scope()))
    assert span.is_error is (error is not None)
    assert span.attributes.get("error.type") == error


def test_the_callers_trace_goes_on_and_its_id_is_logged(collector: Collector) -> None:
    with capture_logs([structlog.contextvars.merge_contextvars]) as logs:
        found = trace(collector, Answering(work=log_inside), http_scope(TRACEPARENT, ("tracestate", "a=1")))
    assert (root(found).trace_id, root(found).parent_id) == (TRACE, PARENT)
    logged: list[dict[str, Any]] = [dict(log) for log in logs if log["event"] == "inside"]
    assert [log["trace_id"] for log in logged] == [TRACE]
    assert structlog.contextvars.get_contextvars() == {}


def test_a_trace_that_is_named_twice_is_not_taken(collector: Collector) -> None:
    found = trace(collector, Answering(), http_scope(TRACEPARENT, TRACEPARENT))
    assert root(found).trace_id != TRACE
    assert root(found).parent_id == ""


def test_a_request_that_fails_has_a_span(collector: Collector) -> None:
    with pytest.raises(KeyError):
        trace(collector, Failing(), http_scope())
    assert root(collector.spans).attributes["http.response.status_code"] == GONE


def test_other_scopes_pass(collector: Collector) -> None:
    recorder = Recorder()
    assert trace(collector, recorder, {"type": "lifespan"}) == []
    assert recorder.types == ["lifespan"]
