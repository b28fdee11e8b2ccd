"""The wiring."""

import asyncio
from pathlib import Path

import pytest

from bonaface.api.app import create_app, middleware_for, run_services
from bonaface.api.services import Services
from bonaface.errors import OverloadedError
from bonaface.serving.engine import Warmth
from support.analyses import SteadyAnalyzer
from support.server import settings_in, wait_for_warmth


def test_the_order_of_the_middleware(tmp_path: Path) -> None:
    services = Services.around(SteadyAnalyzer(), settings_in(tmp_path))
    names = [getattr(each.cls, "__name__", "") for each in middleware_for(services)]
    asyncio.run(services.close())
    assert names == [
        "RequestId", "Watch", "Metering", "AccessLog", "SecurityHeaders", "EarlyAnswer", "Usage", "Crash",
        "BodyLimit",
    ]  # fmt: skip


def test_the_application_warms_and_closes_its_services(tmp_path: Path) -> None:
    async def live() -> Services:
        services = Services.around(SteadyAnalyzer(), settings_in(tmp_path))
        app = create_app(services)
        assert not services.engine.is_ready
        async with run_services(app):
            await asyncio.to_thread(wait_for_warmth, services, Warmth.WARM)
        with pytest.raises(OverloadedError):
            await services.engine.analyze(b"after")
        return services

    assert asyncio.run(live()).engine.admission.taken == 0
