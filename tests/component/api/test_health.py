"""Alive and ready."""

import asyncio
from pathlib import Path

import pytest
from fastapi import Response

from bonaface.api.health import Health, is_alive, is_ready
from bonaface.api.services import Services
from bonaface.errors import OverloadedError
from bonaface.server.wiring import services_around
from bonaface.serving.deadline import Deadline
from bonaface.serving.threads import ThreadBackend
from support.models.analyses import GatedAnalyzer, SteadyAnalyzer
from support.servers.thread import settings_in
from support.waiting import wait_until

OTHERS = {"engine": "working", "database": "reachable"}


async def look(services: Services) -> tuple[int, dict[str, object]]:
    response = Response()
    readiness = await is_ready(services, response)
    told = readiness.model_dump()
    version = services.presets.current.version
    assert told.pop("presets") == {"source": "model", "sha256": None, "version": version}
    return response.status_code, told


def test_ready_once_the_models_are_warm_and_until_it_stops(tmp_path: Path) -> None:
    async def test(services: Services) -> None:
        cold = {"ready": False, "models": "cold", "stopping": False, **OTHERS}
        assert await look(services) == (503, cold)
        await asyncio.wrap_future(services.dispatcher.start())
        assert await look(services) == (200, {**cold, "ready": True, "models": "warm"})
        services.drain.begin()
        assert await look(services) == (503, {**cold, "models": "warm", "stopping": True})
        await services.close()

    asyncio.run(test(services_around(ThreadBackend(SteadyAnalyzer()), settings_in(tmp_path))))


def test_alive_until_every_analysis_hangs(tmp_path: Path) -> None:
    async def test(services: Services, analyzer: GatedAnalyzer) -> None:
        assert await is_alive(services, response := Response()) == Health(status="alive", engine="working")
        await asyncio.wrap_future(services.dispatcher.start())
        with pytest.raises(OverloadedError):
            await services.dispatcher.analyze(b"hangs", deadline=Deadline.after(0.05))
        await asyncio.to_thread(wait_until, lambda: services.dispatcher.is_stuck)
        assert (await look(services))[0] == 503
        assert await is_alive(services, response) == Health(status="alive", engine="stuck")
        assert response.status_code == 503
        analyzer.open()
        await services.close()
        assert await is_alive(services, response) == Health(status="alive", engine="working")
        assert response.status_code == 200

    limits = {"workers": 1, "stuck_after": 0.1}
    analyzer = GatedAnalyzer()
    asyncio.run(
        test(services_around(ThreadBackend(analyzer), settings_in(tmp_path, serving=limits)), analyzer)
    )
