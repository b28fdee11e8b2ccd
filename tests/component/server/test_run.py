"""Serving until a signal."""

import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import httpx2
import orjson
import pytest

from bonaface.errors import ConfigurationError, ModelMissingError
from bonaface.server import run, shutdown
from bonaface.server.http_protocol import BoundedHttpProtocol
from bonaface.server.process import have_ended, stoppable
from bonaface.server.run import make_server, serve
from bonaface.server.shutdown import StoppingServer
from bonaface.server.sockets import bind
from bonaface.server.wiring import services_around
from bonaface.serving.threads import ThreadBackend
from bonaface.settings import ModelSettings, ServerSettings
from conftest import ROOT
from support.models.analyses import BrokenAnalyzer, SteadyAnalyzer
from support.observability.logs import restored_logging
from support.servers.thread import settings_in

PROGRAM = """
import sys
from pathlib import Path
from bonaface.server import run
from bonaface.server.wiring import services_around
from bonaface.serving.threads import ThreadBackend
from support.models.analyses import BrokenAnalyzer, SteadyAnalyzer
from support.observability.logs import restored_logging
from support.servers.thread import settings_in

run.prepared = lambda settings, _presets: services_around(ThreadBackend(SteadyAnalyzer()), settings)
run.serve(settings_in(Path(sys.argv[1]), metrics={"port": 0}), lambda url: print(url, flush=True))
print("stopped", flush=True)
"""


def test_the_port_is_free_again_when_the_services_cannot_be_made(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, models=ModelSettings(detector="centerface", directory=tmp_path / "none"))
    with restored_logging(), pytest.raises(ModelMissingError):
        serve(settings, lambda _: pytest.fail("announced a server that cannot serve"))


def test_the_parser_has_limits_and_idle_time_is_a_setting(tmp_path: Path) -> None:
    server = {"keep_alive": 7, "max_connections": 70}
    services = services_around(ThreadBackend(SteadyAnalyzer()), settings_in(tmp_path, server=server))
    with closing(services.database):
        config = make_server(services).config
    assert isinstance(config.http, type)
    assert issubclass(config.http, BoundedHttpProtocol)
    assert config.http.places.most == 70
    assert config.timeout_keep_alive == 7


def test_a_server_that_cannot_answer_is_not_announced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class StopAtOnce(StoppingServer):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            self.should_exit = True

    broken = BrokenAnalyzer(RuntimeError("no such layer"), in_warm_up=True)
    monkeypatch.setattr(
        run, "prepared", lambda settings, _presets: services_around(ThreadBackend(broken), settings)
    )
    monkeypatch.setattr(shutdown, "StoppingServer", StopAtOnce)
    announced: list[str] = []
    with restored_logging():
        assert serve(settings_in(tmp_path), announced.append)
        assert serve(settings_in(tmp_path))
    assert announced == []


def test_a_metrics_port_in_use_is_told_before_anything_is_loaded(tmp_path: Path) -> None:
    with closing(bind(ServerSettings(port=0))) as taken:
        port = taken.getsockname()[1]
        # loading it would raise ModelMissingError
        none = ModelSettings(detector="centerface", directory=tmp_path / "none")
        settings = settings_in(tmp_path, models=none, metrics={"port": port})
        with restored_logging(), pytest.raises(ConfigurationError, match=f"{port}.*in use"):
            serve(settings)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_serves_until_a_signal(number: signal.Signals, tmp_path: Path) -> None:
    places = [str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, places))}
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        url = process.stdout.readline().decode().strip()
        with httpx2.Client(trust_env=False, timeout=60) as client:
            answer = client.get(f"{url}/healthz")
            assert client.get(f"{url}/readyz").status_code == 200
        assert answer.json() == {"status": "alive", "engine": "working"}
        assert "server" not in answer.headers
        process.send_signal(number)
        rest, log = process.communicate(timeout=60)
    lines = [orjson.loads(line) for line in log.splitlines()]
    assert "/healthz" in [line["route"] for line in lines if line["event"] == "request"]
    assert "server.stopped" in [line["event"] for line in lines]
    (served,) = (line["at"] for line in lines if line["event"] == "metrics.served")
    with httpx2.Client(trust_env=False) as client, pytest.raises(httpx2.ConnectError):
        client.get(served)
    assert (rest, process.returncode) == (b"stopped\n", 0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_before_it_serves_is_an_end_without_an_error(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with pytest.raises(SystemExit) as caught, stoppable():
        signal.raise_signal(number)
    assert caught.value.code == 0
    assert signal.getsignal(number) is before


def test_a_thread_that_hangs_is_told() -> None:
    before, ends = set(threading.enumerate()), threading.Event()
    thread = threading.Thread(target=ends.wait)
    thread.start()
    assert not have_ended(before, seconds=0.01)
    ends.set()
    assert have_ended(before)
