import json
import os
import shlex
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO

import pytest
from httpx2 import get

from bonaface.setting_sources import ENV_PREFIX
from conftest import ROOT
from support.command import run
from support.servers.environment import QUICK
from support.servers.home import Home
from support.servers.process import COMMAND, launched

FULL = Path("/dev/full")


@pytest.fixture
def home(tmp_path: Path, models_directory: Path) -> Home:
    extra = {f"{ENV_PREFIX}SERVING__WORKERS": "1", **QUICK}
    return Home(tmp_path, models_directory, extra=extra, traced=True)


@contextmanager
def _served(home: Home, *arguments: str) -> Iterator[tuple[str, IO[str]]]:
    """A real `bonaface serve`: the URL that it announces, and what it prints behind that."""
    command = (*COMMAND, *arguments)
    with launched(home.log, home.environment, command=command, ready=False) as server:
        address = server.wait_for_announcement()
        assert server.process.stdout is not None
        yield address, server.process.stdout
        server.stop()


def test_the_printed_call_works_when_pasted_and_the_key_is_kept_wherever_it_listens(home: Home) -> None:
    with _served(home, "--development") as (address, output):
        key, secret, link = (output.readline().split()[1] for _ in range(3))
        assert link == f"{address}/console#appKey={key}&secretKey={secret}"
        call = shlex.split(output.readline())
        assert call[0] == "curl"
        answer = subprocess.run([*call, "-s"], capture_output=True, text=True, check=True, cwd=ROOT).stdout
        assert '"resultMessage":"Success"' in answer
        assert '"faceDetailCount":1' in answer
        assert get(f"{address}/readyz").status_code == 200
    with _served(home, "--development", "--host", "0.0.0.0") as (address, output):  # every address of here
        assert [output.readline().split()[1] for _ in range(2)] == [key, secret]
        assert address.startswith("http://0.0.0.0:")
        assert all("http://127.0.0.1:" in output.readline() for _ in range(2))


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full here")
def test_a_full_disk_behind_standard_error_keeps_nothing_from_standard_output(home: Home) -> None:
    command = (*COMMAND, "--development")
    with (
        FULL.open("wb") as full,
        launched(home.log, home.environment, command=command, stderr=full) as server,
    ):
        assert server.process.stdout is not None
        assert server.process.stdout.readline().startswith("appKey ")
        server.send(signal.SIGTERM)
        assert server.wait() == 0


def test_without_development_no_key_is_made_and_systemd_is_told_when_it_answers(home: Home) -> None:
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as manager:
        manager.bind(str(home.folder / "notify"))
        manager.settimeout(60)
        asked = replace(home, extra={**home.extra, "NOTIFY_SOCKET": str(home.folder / "notify")})
        with _served(asked) as (address, _):
            assert manager.recv(100) == b"READY=1"
            assert get(f"{address}/readyz").status_code == 200
    assert json.loads(home.command("keys", "list", "--json")) == []


def test_a_port_in_use_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("serve", "--port", str(port))

    assert done.exit_code == 2
    assert f"Port {port} of 127.0.0.1 is in use" in done.stderr


@pytest.mark.parametrize("port", ["-1", "65536", "many"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    done = run("serve", "--port", port)
    assert done.exit_code == 2
    assert "Traceback" not in done.stderr


def test_environment_names_the_port(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("BONAFACE_SERVER__PORT", str(taken.getsockname()[1]))
        assert "is in use" in run("serve").stderr
    assert os.environ["BONAFACE_SERVER__PORT"]
