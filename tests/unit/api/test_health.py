"""Alive and ready."""

import asyncio
from pathlib import Path

from fastapi import Response

from bonaface.api.health import is_alive, is_ready
from bonaface.api.services import Services
from support.analyses import SteadyAnalyzer
from support.server import settings_in


def test_alive() -> None:
    assert asyncio.run(is_alive()).status == "alive"


def test_ready_once_the_models_are_warm(tmp_path: Path) -> None:
    async def look(services: Services) -> list[tuple[int, dict[str, object]]]:
        seen = []
        for step in (None, services.engine.start):
            if step is not None:
                await asyncio.wrap_future(step())
            response = Response()
            readiness = await is_ready(services, response)
            seen.append((response.status_code, readiness.model_dump()))
        await services.close()
        return seen

    cold, warm = asyncio.run(look(Services.around(SteadyAnalyzer(), settings_in(tmp_path))))
    assert cold == (503, {"ready": False, "models": "cold", "database": "reachable"})
    assert warm == (200, {"ready": True, "models": "warm", "database": "reachable"})
