"""Traces of a running server, as a collector gets them."""

from pathlib import Path

from anyio.from_thread import start_blocking_portal
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from bonaface import Analyzer
from support.models.analyses import SteadyAnalyzer
from support.network.web import Exchange, serve
from support.observability.collector import collecting
from support.servers.thread import running, settings_in
from support.waiting import wait_until

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
NAME = "POST /v1.0/appkeys/{appKey}/spoofing"


def test_an_image_is_one_trace_down_to_the_networks(
    analyzer: Analyzer, portrait: bytes, tmp_path: Path
) -> None:
    with collecting() as collector:
        settings = settings_in(tmp_path, tracing={"endpoint": collector.endpoint})
        with (
            running(analyzer, settings) as server,
            server.client() as client,
            capture_logs([merge_contextvars]) as logs,
        ):
            headers = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
            client.post(server.path, headers=headers, files={"imageFile": portrait})
            wait_until(lambda: "request" in [log["event"] for log in logs])
        spans = {span.name: span for span in collector.spans}
    root, analyse = spans[NAME], spans["analyse"]
    assert spans.keys() - {NAME} == {
        "authenticate", "admit", "body", "analyse", "queue", "decode", "detect", "pad", "ledger",
    }  # fmt: skip
    assert {span.trace_id for span in spans.values()} == {TRACE}
    assert (root.parent_id, root.attributes["bonaface.app_key"]) == (PARENT, server.app_key)
    for name in ("queue", "decode", "detect", "pad"):
        assert analyse.begin <= spans[name].begin <= spans[name].end <= analyse.end
        assert spans[name].parent_id == analyse.span_id
    for name in ("authenticate", "body", "analyse", "ledger"):
        assert root.begin <= spans[name].begin <= spans[name].end <= root.end
        assert spans[name].parent_id == root.span_id
    (line,) = (log for log in logs if log["event"] == "request")
    assert line["trace_id"] == TRACE


def test_nothing_that_a_stranger_sends_is_in_a_trace(tmp_path: Path) -> None:
    with collecting() as collector:
        settings = settings_in(tmp_path, tracing={"endpoint": collector.endpoint})
        with running(SteadyAnalyzer(), settings) as server, server.client() as client:
            client.post("/v1.0/appkeys/hunter2/spoofing?q=hunter2", headers={"Authorization": "hunter2"})
            client.get("/hunter2?hunter2", headers={"User-Agent": "hunter2"})
            client.post(server.path, json={"image": {"url": "http://127.0.0.1:1/hunter2"}})
        assert {span.name for span in collector.spans if not span.parent_id} == {NAME, "GET"}
        assert len([span for span in collector.spans if not span.parent_id]) == 3
    assert "hunter2" not in str(collector.spans)
    assert server.secret not in str(collector.spans)


def test_the_trace_is_not_told_to_the_hosts_of_images(analyzer: Analyzer, tmp_path: Path) -> None:
    """An image URL may be anyone's: neither trace nor baggage goes there."""
    seen: list[dict[str, str]] = []

    async def see(exchange: Exchange) -> None:
        seen.append(exchange.headers)
        await exchange.answer("404 Not Found")

    with (
        collecting() as collector,
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(serve(see)) as host,
    ):
        fetch = {"allowed_networks": ["127.0.0.0/8"]}
        settings = settings_in(tmp_path, fetch=fetch, tracing={"endpoint": collector.endpoint})
        with running(analyzer, settings) as server, server.client() as client:
            client.post(server.path, json={"image": {"url": host.url("/a.png")}})
        assert "fetch" in [span.name for span in collector.spans]
    assert len(seen) == 1
    assert not {"traceparent", "tracestate", "baggage"} & seen[0].keys()


def test_a_collector_that_refuses_harms_no_request(tmp_path: Path) -> None:
    with collecting(status=400) as collector:
        settings = settings_in(tmp_path, tracing={"endpoint": collector.endpoint})
        with running(SteadyAnalyzer(), settings) as server, server.client() as client:
            assert client.get("/healthz").status_code == 200
    assert len(collector.paths) == 1
