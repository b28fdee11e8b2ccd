"""Wires routes, middleware and error handlers into one application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.middleware import Middleware

from bonaface.api import health, public_keys
from bonaface.api.admin import routes as admin
from bonaface.api.errors import ErrorRenderer, add_handlers
from bonaface.api.middleware.body_limit import BodyLimit, BodyLimits
from bonaface.api.middleware.cross_origin import CrossOrigin
from bonaface.api.middleware.early_answer import EarlyAnswer
from bonaface.api.middleware.forwarded_client import ForwardedClient
from bonaface.api.middleware.observe import Observe, Sink
from bonaface.api.middleware.overload_shedding import OverloadShedding, SheddableRoute
from bonaface.api.middleware.request_context import MakeContext
from bonaface.api.middleware.security_headers import SecurityHeaders
from bonaface.api.middleware.unhandled_errors import UnhandledErrors
from bonaface.api.openapi import DocumentedApp
from bonaface.api.pages import console, docs, home
from bonaface.api.request_keys import keys_by_headers, keys_by_path
from bonaface.api.services import Services
from bonaface.api.sinks.access_log import AccessLog
from bonaface.api.sinks.reply_counting import ReplyCounting
from bonaface.api.sinks.request_metrics import RequestMetrics
from bonaface.api.sinks.request_tracing import RequestTracing
from bonaface.api.v1 import routes as v1
from bonaface.api.v2 import feedback, tokens
from bonaface.api.v2 import routes as v2

SUMMARY = "Self-hosted face liveness: tells bona fide faces from presentation attacks in one still image."
NO_TELEMETRY = TelemetryConfig(
    tracing=False, metrics=False, logs=False, operation_spans=False, auto_configure=False
)
"""The framework's own, which the environment can switch on, would send paths and the appKeys in them."""
API_VERSION = "1.0"
"""Of the interface. The version of the software is told to administrators alone."""
COUNTED = frozenset({v1.PATH, v2.PATH})
"""Routes whose replies are counted, by their template."""


def create_app(services: Services) -> FastAPI:
    """The application around `services`. It warms the models when it starts and closes them when it stops."""
    renderer = ErrorRenderer(real_status_codes=services.settings.server.real_status_codes)
    app = DocumentedApp(
        title="bonaface",
        summary=SUMMARY,
        version=API_VERSION,
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=run_services,
        telemetry=NO_TELEMETRY,
        middleware=middleware_for(services, renderer),
    )
    app.state.services = services
    add_handlers(app, renderer)
    for router in (
        v1.router,
        v2.router,
        tokens.router,
        feedback.router,
        admin.router,
        health.router,
        public_keys.router,
        docs.router,
        console.router,
        home.router,
    ):
        app.include_router(router)
    return app


def middleware_for(services: Services, renderer: ErrorRenderer) -> list[Middleware]:
    """The middleware, outermost first."""
    server = services.settings.server
    forwarded = [Middleware(ForwardedClient, settings=server)] if server.trusted_proxies else []
    origins = server.allowed_origins
    return [
        *forwarded,
        Middleware(MakeContext),
        Middleware(SecurityHeaders),
        *([Middleware(CrossOrigin, origins=origins, path=v2.PATH)] if origins else []),
        Middleware(EarlyAnswer),
        Middleware(
            Observe,
            sinks=sinks_for(services),
            counting=ReplyCounting(services.ledger, COUNTED, services.database.clock),
            renderer=renderer,
        ),
        Middleware(
            OverloadShedding,
            routes=[
                SheddableRoute(v1.router.routes[0], v1.PATH, keys_by_path),
                SheddableRoute(v2.router.routes[0], v2.PATH, keys_by_headers),
            ],
            dispatcher=services.dispatcher,
            key_checks=services.key_checks,
            key_cache=services.metrics.key_cache,
            renderer=renderer,
        ),
        Middleware(UnhandledErrors, renderer=renderer),
        Middleware(BodyLimit, limits=BodyLimits.of(services.settings)),
    ]


def sinks_for(services: Services) -> list[Sink]:
    """Who is told of each request; the last one first. Nothing of tracing runs where it is off."""
    tracing = [] if services.tracing is None else [RequestTracing(services.tracing)]
    return [*tracing, RequestMetrics(services.metrics.traffic), AccessLog(services.settings.log)]


@asynccontextmanager
async def run_services(app: FastAPI) -> AsyncIterator[None]:
    """Listen while the models warm up: /readyz tells when they are. Old usage is removed beside that,
    and what ended processes could not count is counted."""
    services: Services = app.state.services
    services.dispatcher.start()
    services.housekeeping.start()
    services.ledger.start()
    try:
        yield
    finally:
        await services.close()
