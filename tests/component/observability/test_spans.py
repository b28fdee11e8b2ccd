"""Spans as a collector gets them."""

import socket
import time
from collections.abc import Iterator

import pytest

from bonaface.observability.spans import EXPORT_SECONDS, Spans
from bonaface.settings import TracingSettings
from bonaface.timings import Stage, Timing
from support.observability.collector import TRACES_PATH, collecting

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SAMPLED = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
NOT_SAMPLED = {"traceparent": f"00-{TRACE}-{PARENT}-00"}
SERVER, INTERNAL = 2, 1


def spans_to(endpoint: str, **settings: object) -> Spans:
    return Spans(endpoint, TracingSettings.model_validate({"endpoint": endpoint, **settings}))


@pytest.fixture
def silent() -> Iterator[str]:
    """An address that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def timings(now: float) -> list[Timing]:
    """As a request leaves them: in the order in which they ended."""
    return [
        Timing(Stage.BODY, now, 0.01),
        Timing(Stage.QUEUE, now + 0.02, 0.01),
        Timing(Stage.PAD, now + 0.03, 0.01),
        Timing(Stage.ANALYSE, now + 0.015, 0.04),
    ]


def test_a_request_and_its_stages() -> None:
    with collecting() as collector:
        spans = spans_to(collector.endpoint, service_name="faces")
        before = time.time_ns()
        span = spans.begin({}, "POST", {"http.request.method": "POST"})
        span.end("POST /a/{b}", {"http.route": "/a/{b}"}, timings(time.perf_counter()), 0.25, is_fault=False)
        spans.close()
    found = {each.name: each for each in collector.spans}
    root, analyse = found["POST /a/{b}"], found["analyse"]
    assert collector.paths == [TRACES_PATH]
    assert (root.kind, root.parent_id, root.is_error) == (SERVER, "", False)
    assert root.attributes == {"http.request.method": "POST", "http.route": "/a/{b}"}
    assert root.resource["service.name"] == "faces"
    assert "service.version" in root.resource
    assert before <= root.begin
    assert root.end - root.begin == pytest.approx(0.25e9, abs=1000)
    assert {name: each.parent_id for name, each in found.items()} == {
        root.name: "",
        "body": root.span_id,
        "analyse": root.span_id,
        "queue": analyse.span_id,
        "pad": analyse.span_id,
    }
    assert analyse.end - analyse.begin == pytest.approx(0.04e9, abs=1000)
    assert found["queue"].begin - analyse.begin == pytest.approx(0.005e9, abs=1000)
    assert {each.kind for name, each in found.items() if name != root.name} == {INTERNAL}
    assert {each.trace_id for each in found.values()} == {span.trace_id}


def test_a_fault_is_an_error() -> None:
    with collecting() as collector:
        spans = spans_to(collector.endpoint)
        spans.begin({}, "GET", {}).end("GET", {}, [], 0.1, is_fault=True)
        spans.close()
    assert [each.is_error for each in collector.spans] == [True]


def test_the_callers_trace_is_taken_over() -> None:
    with collecting() as collector:
        spans = spans_to(collector.endpoint, sample=0)  # what the caller samples is sampled
        span = spans.begin({**SAMPLED, "tracestate": "vendor=1"}, "GET", {})
        span.end("GET", {}, [], 0.1, is_fault=False)
        spans.close()
    assert span.trace_id == TRACE
    assert [(each.trace_id, each.parent_id) for each in collector.spans] == [(TRACE, PARENT)]


@pytest.mark.parametrize("carrier", [{"traceparent": "00-0-0-01"}, {"traceparent": "x" * 5000}, {}])
def test_what_names_no_trace_begins_a_new_one(carrier: dict[str, str]) -> None:
    with collecting() as collector:
        spans = spans_to(collector.endpoint)
        spans.begin(carrier, "GET", {}).end("GET", {}, [], 0.1, is_fault=False)
        spans.close()
    assert [each.parent_id for each in collector.spans] == [""]


@pytest.mark.parametrize(("carrier", "sample"), [(NOT_SAMPLED, 1), ({}, 0)])
def test_what_is_not_sampled_has_an_id_and_is_not_sent(carrier: dict[str, str], sample: float) -> None:
    with collecting() as collector:
        spans = spans_to(collector.endpoint, sample=sample)
        span = spans.begin(carrier, "GET", {})
        span.end("GET", {}, timings(time.perf_counter()), 0.1, is_fault=False)
        spans.close()
    assert len(span.trace_id) == 32
    assert int(span.trace_id, 16)
    assert collector.paths == []


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch, silent: str) -> None:
    monkeypatch.setenv("HTTP_PROXY", silent)
    monkeypatch.setenv("NO_PROXY", "")
    with collecting() as collector:
        spans = spans_to(f"{collector.endpoint}/")
        spans.begin({}, "GET", {}).end("GET", {}, [], 0.1, is_fault=False)
        spans.close()
    assert len(collector.spans) == 1


def test_a_collector_that_does_not_answer_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch, silent: str
) -> None:
    monkeypatch.setattr("bonaface.observability.spans.CLOSE_SECONDS", 0.1)
    spans = spans_to(silent)
    spans.begin({}, "GET", {}).end("GET", {}, [], 0.1, is_fault=False)
    begun = time.monotonic()
    spans.close()
    assert time.monotonic() - begun < EXPORT_SECONDS
