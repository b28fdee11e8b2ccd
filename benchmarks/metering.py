"""What watching one request costs on this machine: microseconds that each part adds, the least of many runs.

    python -m benchmarks.metering

The request is one that was analysed: every stage timed, one face. Spans are made and not sent.
"""

import asyncio
import time
from types import SimpleNamespace

import typer
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bonaface.api.context import context_of
from bonaface.api.refusals import REASONS
from bonaface.api.sinks.request_metrics import RequestMetrics
from bonaface.api.sinks.request_tracing import RequestTracing
from bonaface.geometry import Box, Landmarks, Point
from bonaface.observability.metrics import Metrics
from bonaface.observability.spans import Spans
from bonaface.settings import ModelSettings, TracingSettings
from bonaface.timings import Stage
from bonaface.types import Face, Pose, Preset, Verdict
from support.observability.observing import observed

REQUESTS = 2_000
RUNS = 7
NOWHERE = "http://127.0.0.1:9"
START: Message = {"type": "http.response.start", "status": 200, "headers": []}
BODY: Message = {"type": "http.response.body", "body": b"{}"}
ROUTE = SimpleNamespace(path="/v1.0/appkeys/{appKey}/spoofing")


def a_face() -> Face:
    """One bona fide face."""
    point = Point(0.0, 0.0)
    landmarks = Landmarks(point, point, point, point, point)
    return Face(Box(0, 0, 9, 9), landmarks, 0.9, Pose(0, 0, 0), Verdict(0.9, False), ())


class Answering:
    """Answers at once; with `metrics`, counts one face and one look into the cache as the routes do."""

    def __init__(self, metrics: Metrics | None, *, is_timed: bool = True) -> None:
        self._metrics = metrics
        self._is_timed = is_timed
        self._faces = [a_face()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = ROUTE
        if self._is_timed:
            for stage in Stage:
                with context_of(scope).timings.of(stage):
                    pass
        if self._metrics is not None:
            self._metrics.key_cache.add(is_hit=True)
            self._metrics.verdicts.add(Preset.BALANCED, self._faces)
        await send(START)
        await send(BODY)


async def receive() -> Message:
    """The end of a body."""
    return {"type": "http.request", "body": b"", "more_body": False}


async def ignore(_message: Message) -> None:
    """Send nowhere."""


async def microseconds(app: ASGIApp) -> float:
    """The least time of a request, of RUNS means over REQUESTS each."""
    means = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        for _ in range(REQUESTS):
            scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
            await app(scope, receive, ignore)
        means.append((time.perf_counter() - begun) / REQUESTS * 1e6)
    return min(means)


async def measure() -> dict[str, float]:
    """Microseconds a request, more with each row."""
    metrics = Metrics(ModelSettings(), REASONS)
    spans = Spans(NOWHERE, TracingSettings(endpoint=NOWHERE, sample=0))
    counted = (RequestMetrics(metrics.traffic),)
    rows: dict[str, ASGIApp] = {
        "nothing": Answering(None, is_timed=False),
        "a context, 10 stages timed": observed(Answering(None)),
        "and metrics": observed(Answering(metrics), *counted),
        "and a span, not sampled": observed(Answering(metrics), RequestTracing(spans), *counted),
    }
    return {name: await microseconds(app) for name, app in rows.items()}


if __name__ == "__main__":
    for part, time_taken in asyncio.run(measure()).items():
        typer.echo(f"{part:<26} {time_taken:7.1f} us")
