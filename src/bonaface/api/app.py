"""Wires routes, middleware and error handlers into one application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from starlette.middleware import Middleware

from bonaface.api import console, docs, health
from bonaface.api.admin import routes as admin
from bonaface.api.errors import add_handlers
from bonaface.api.middleware.access_log import AccessLog
from bonaface.api.middleware.body_limit import BodyLimit, BodyLimits
from bonaface.api.middleware.crash import Crash
from bonaface.api.middleware.early_answer import EarlyAnswer
from bonaface.api.middleware.request_id import RequestId
from bonaface.api.middleware.security_headers import SecurityHeaders
from bonaface.api.middleware.usage import Usage
from bonaface.api.services import Services
from bonaface.api.v1 import routes as v1

SUMMARY = "Self-hosted face liveness: tells bona fide faces from presentation attacks in one still image."
COUNTED = frozenset({v1.PATH})
"""Routes whose replies are counted, by their template."""


def create_app(services: Services) -> FastAPI:
    """The application around `services`. It warms the models when it starts and closes them when it stops."""
    app = FastAPI(
        title="bonaface",
        summary=SUMMARY,
        version=version("bonaface"),
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=run_services,
        middleware=middleware_for(services),
    )
    app.state.services = services
    add_handlers(app)
    for router in (v1.router, admin.router, health.router, docs.router, console.router):
        app.include_router(router)
    return app


def middleware_for(services: Services) -> list[Middleware]:
    """The middleware, outermost first."""
    real = services.settings.server.real_status_codes
    return [
        Middleware(RequestId),
        Middleware(AccessLog),
        Middleware(SecurityHeaders),
        Middleware(EarlyAnswer),
        Middleware(Usage, ledger=services.ledger, paths=COUNTED, real_status_codes=real),
        Middleware(Crash, real_status_codes=real),
        Middleware(BodyLimit, limits=BodyLimits.of(services.settings)),
    ]


@asynccontextmanager
async def run_services(app: FastAPI) -> AsyncIterator[None]:
    """Listen while the models warm up: /readyz tells when they are. Old usage is removed beside that,
    and what ended processes could not count is counted."""
    services: Services = app.state.services
    services.engine.start()
    services.housekeeping.start()
    services.ledger.start()
    try:
        yield
    finally:
        await services.close()
