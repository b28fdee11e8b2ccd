"""A real server on a free port: uvicorn in a thread around real services."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import uvicorn
from starlette.types import ASGIApp

from bonaface.api.services import Services
from bonaface.observability.exposition import PATH, exposed
from bonaface.server.http_protocol import BoundedHttpProtocol
from bonaface.server.run import make_server
from bonaface.server.sockets import base_url, bind, bind_metrics
from bonaface.server.wiring import services_around
from bonaface.serving.backend import CalibratedAnalyzer
from bonaface.serving.dispatcher import Warmth
from bonaface.serving.threads import ThreadBackend
from bonaface.settings import ServerSettings, Settings
from support.storage.accounts import ACTOR
from support.waiting import wait_until

STOP_SECONDS = 30


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that listens, and the keys of an application that may use it."""

    url: str
    app_key: str
    secret: str
    services: Services
    metrics_url: str | None = None

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.url.removeprefix("http://").rsplit(":", 1)
        return host, int(port)

    @property
    def path(self) -> str:
        return f"/v1.0/appkeys/{self.app_key}/spoofing"

    @property
    def route(self) -> str:
        return self.url + self.path

    def client(self) -> httpx2.Client:
        """A client that carries the right secret and trusts no proxy of the environment."""
        headers = {"Authorization": self.secret}
        return httpx2.Client(base_url=self.url, headers=headers, trust_env=False, timeout=30)


@contextmanager
def running(
    analyzer: CalibratedAnalyzer, settings: Settings, *, warm: bool = True
) -> Iterator[RunningServer]:
    """Serve until the end of the block; with `warm`, from the moment that the models are."""
    services = services_around(ThreadBackend(analyzer), settings)
    application, _, secret = services.applications.create_application("test", actor=ACTOR)
    with closing(bind(settings.server)) as listener, ExitStack() as stack:
        metrics = bind_metrics(settings.metrics)
        if metrics is not None:
            stack.enter_context(exposed(services.metrics.registry, metrics))
        server = make_server(services)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="server")
        thread.start()
        try:
            wait_until(lambda: server.started and (not warm or services.dispatcher.is_ready))
            metrics_url = None if metrics is None else base_url(metrics) + PATH
            yield RunningServer(base_url(listener), application.app_key, secret, services, metrics_url)
        finally:
            server.should_exit = True
            thread.join(STOP_SECONDS)


@contextmanager
def serving(app: ASGIApp, protocol: type[BoundedHttpProtocol]) -> Iterator[tuple[str, int]]:
    """Where any application is served by `protocol`, until the end of the block."""
    with closing(bind(ServerSettings(port=0))) as listener:
        config = uvicorn.Config(app, http=protocol, ws="none", lifespan="off", log_config=None)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            wait_until(lambda: server.started)
            yield listener.getsockname()
        finally:
            server.should_exit = True
            thread.join(STOP_SECONDS)


def settings_in(folder: Path, **sections: object) -> Settings:
    """Settings for a server on a free port with its database in `folder`."""
    given = {"server": {}, "storage": {}, **sections}
    merged = {
        **given,
        "server": {"port": 0, "shutdown_grace": 2, **_members(given["server"])},
        "storage": {"directory": folder / "data", **_members(given["storage"])},
    }
    return Settings.model_validate(merged)


def wait_for_warmth(services: Services, warmth: Warmth) -> None:
    """Return when the models are so far."""
    wait_until(lambda: services.dispatcher.warmth is warmth)


def _members(section: object) -> dict[str, object]:
    return dict(section) if isinstance(section, dict) else {}
