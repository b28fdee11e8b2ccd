"""The wiring."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from bonaface.api.app import create_app, middleware_for, run_services, sinks_for
from bonaface.api.errors import ErrorRenderer
from bonaface.api.services import Services
from bonaface.errors import OverloadedError
from bonaface.server.wiring import services_around
from bonaface.serving.dispatcher import Warmth
from bonaface.serving.threads import ThreadBackend
from support.models.analyses import SteadyAnalyzer
from support.observability.collector import collecting
from support.servers.thread import running, settings_in, wait_for_warmth

RENDERER = ErrorRenderer(real_status_codes=False)


def test_the_order_of_the_middleware(tmp_path: Path) -> None:
    services = services_around(ThreadBackend(SteadyAnalyzer()), settings_in(tmp_path))
    names = [getattr(each.cls, "__name__", "") for each in middleware_for(services, RENDERER)]
    asyncio.run(services.close())
    assert names == [
        "MakeContext", "SecurityHeaders", "EarlyAnswer", "Observe",
        "OverloadShedding", "UnhandledErrors", "BodyLimit",
    ]  # fmt: skip


def test_the_application_takes_no_time_for_libraries_that_it_does_not_need() -> None:
    """Those of images are for its workers, alembic for a database that is not up to date."""
    heavy = "{'cv2', 'openvino', 'simplejpeg', 'numpy', 'alembic'}"
    program = f"import sys, bonaface.cli.app, bonaface.api.app; print({heavy} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_the_application_warms_and_closes_its_services(tmp_path: Path) -> None:
    async def live() -> Services:
        services = services_around(ThreadBackend(SteadyAnalyzer()), settings_in(tmp_path))
        app = create_app(services)
        assert not services.dispatcher.is_ready
        async with run_services(app):
            await asyncio.to_thread(wait_for_warmth, services, Warmth.WARM)
        with pytest.raises(OverloadedError):
            await services.dispatcher.analyze(b"after")
        return services

    assert asyncio.run(live()).dispatcher.admission.taken == 0


def test_the_frameworks_own_telemetry_stays_off_whatever_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with collecting() as collector:
        monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint)
        with running(SteadyAnalyzer(), settings_in(tmp_path)) as server, server.client() as client:
            client.post(server.path, json={})
            client.get("/no/such/path")
    assert collector.paths == []


def test_tracing_runs_where_it_is_on_and_is_closed_with_the_services(tmp_path: Path) -> None:
    with collecting() as collector:
        settings = settings_in(tmp_path, tracing={"endpoint": collector.endpoint})
        with running(SteadyAnalyzer(), settings) as server, server.client() as client:
            client.get("/healthz")
            names = [type(each).__name__ for each in sinks_for(server.services)]
        assert names == ["RequestTracing", "RequestMetrics", "AccessLog"]
        assert [span.name for span in collector.spans] == ["GET /healthz"]
