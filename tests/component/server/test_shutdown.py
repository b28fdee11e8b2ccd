"""How a server stops, where that needs no process; tests/system/faults/test_stop.py has the rest."""

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bonaface.api.services import Services
from bonaface.server import shutdown
from bonaface.server.run import make_server
from bonaface.server.shutdown import StoppingServer
from bonaface.server.wiring import services_around
from bonaface.serving.threads import ThreadBackend
from support.models.analyses import SteadyAnalyzer
from support.servers.thread import running, settings_in


@pytest.fixture
def server(tmp_path: Path) -> StoppingServer:
    services = services_around(
        ThreadBackend(SteadyAnalyzer()), settings_in(tmp_path, server={"drain_delay": 300})
    )
    services.database.close()
    return make_server(services)


def signals(server: StoppingServer, *numbers: signal.Signals) -> tuple[bool, bool]:
    """What signals make of it: whether it would stop now, and whether it would wait for nobody."""
    for number in numbers:
        server.handle_exit(number, None)
    return asyncio.run(server.on_tick(1)), server.force_exit


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([], (False, False)),
        ([signal.SIGTERM], (False, False)),  # in 300 seconds
        ([signal.SIGTERM, signal.SIGTERM], (False, False)),
        ([signal.SIGHUP, signal.SIGHUP], (False, False)),
        ([signal.SIGHUP, signal.SIGINT], (True, True)),
        ([signal.SIGTERM, signal.SIGINT], (True, True)),
        ([signal.SIGINT, signal.SIGINT], (True, True)),
    ],
)
def test_the_second_interrupt_is_impatient(
    server: StoppingServer, numbers: list[signal.Signals], expected: tuple[bool, bool]
) -> None:
    assert signals(server, *numbers) == expected


def test_services_that_do_not_close_are_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    close: Callable[[Services], object] = Services.close

    async def hang(services: Services) -> None:
        await close(services)  # type: ignore[misc]
        await asyncio.Event().wait()

    monkeypatch.setattr(Services, "close", hang)
    monkeypatch.setattr(shutdown, "CLOSE_SECONDS", 0.5)
    with capture_logs() as logs, running(SteadyAnalyzer(), settings_in(tmp_path)):
        pass
    assert [log["closed"] for log in logs if log["event"] == "server.stopped"] == [False]
