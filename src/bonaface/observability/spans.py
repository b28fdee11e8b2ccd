"""Spans by OpenTelemetry, sent in batches over OTLP/HTTP. Importing this needs the extra `tracing`.

A provider of the server's own: nothing global is set. The spans of stages are made when the request has
ended, from its timings, so that no context has to travel with the work from thread to thread.
"""

import threading
import time
from collections.abc import Iterable, Mapping
from importlib.metadata import version

import requests
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer, format_trace_id, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from bonaface.settings import TracingSettings
from bonaface.timings import IN_ANALYSE, Stage, Timing

TRACES_PATH = "/v1/traces"
EXPORT_SECONDS = 5.0
CLOSE_SECONDS = 5.0
"""A collector that does not answer keeps no server from stopping."""

Attributes = Mapping[str, str | int | float]


class Spans:
    """Makes spans and sends those that are sampled to the collector at `endpoint`. Thread-safe."""

    def __init__(self, endpoint: str, settings: TracingSettings) -> None:
        resource = Resource.create(
            {"service.name": settings.service_name, "service.version": version("bonaface")}
        )
        self._provider = TracerProvider(
            sampler=ParentBased(TraceIdRatioBased(settings.sample)), resource=resource, shutdown_on_exit=False
        )
        self._provider.add_span_processor(BatchSpanProcessor(_exporter(endpoint)))
        self._tracer = self._provider.get_tracer("bonaface", version("bonaface"))
        self._propagator = TraceContextTextMapPropagator()

    def begin(self, carrier: Mapping[str, str], method: str, attributes: Attributes) -> "RequestSpan":
        """The span of a request that begins now, in the trace that `carrier` (W3C headers) names, if any."""
        parent = self._propagator.extract(carrier, Context())
        begun = time.perf_counter()
        zero = time.time_ns() - round(begun * 1e9)
        start = zero + round(begun * 1e9)
        span = self._tracer.start_span(method, parent, SpanKind.SERVER, attributes, start_time=start)
        return RequestSpan(self._tracer, span, zero, begun)

    def close(self) -> None:
        """Send what was not sent yet, for 5 seconds at most."""
        closing = threading.Thread(target=self._provider.shutdown, name="tracing-close", daemon=True)
        closing.start()
        closing.join(CLOSE_SECONDS)


class RequestSpan:
    """The span of one request, and those of its stages.

    `begun` is of `time.perf_counter`, whose zero is `zero` nanoseconds after 1970.
    """

    def __init__(self, tracer: Tracer, span: Span, zero: int, begun: float) -> None:
        self._tracer = tracer
        self._span = span
        self._zero = zero
        self._begun = begun

    @property
    def trace_id(self) -> str:
        """32 hex digits, also where the trace is not sampled."""
        return format_trace_id(self._span.get_span_context().trace_id)

    def end(
        self, name: str, attributes: Attributes, timings: Iterable[Timing], seconds: float, *, is_fault: bool
    ) -> None:
        """End it `seconds` after its begin, as `name`, with a span for each of `timings`."""
        if self._span.is_recording():
            self._span.update_name(name)
            self._span.set_attributes(dict(attributes))
            if is_fault:
                self._span.set_status(StatusCode.ERROR)
            self._add(timings)
        self._span.end(self._at(self._begun + seconds))

    def _add(self, timings: Iterable[Timing]) -> None:
        request = analyse = set_span_in_context(self._span, Context())
        for timing in sorted(timings, key=lambda timing: timing.begun):
            parent = analyse if timing.stage in IN_ANALYSE else request
            span = self._tracer.start_span(timing.stage.value, parent, start_time=self._at(timing.begun))
            span.end(self._at(timing.begun + timing.seconds))
            if timing.stage is Stage.ANALYSE:
                analyse = set_span_in_context(span, Context())

    def _at(self, counter: float) -> int:
        """Nanoseconds since 1970 at a time of `time.perf_counter`."""
        return self._zero + round(counter * 1e9)


def _exporter(endpoint: str) -> OTLPSpanExporter:
    session = requests.Session()
    session.trust_env = False  # no proxy and no .netrc: spans go where the settings say, and nowhere else
    return OTLPSpanExporter(endpoint.rstrip("/") + TRACES_PATH, timeout=EXPORT_SECONDS, session=session)
