import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import pytest
from httpx2 import get

from conftest import ROOT
from support.command import run

pytestmark = pytest.mark.process


@contextmanager
def _served(*arguments: str) -> Iterator[IO[str]]:
    """A real `bonaface serve`; its standard output, read up to where the server is announced."""
    with subprocess.Popen(
        [sys.executable, "-m", "bonaface", "serve", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) in (0, -signal.SIGTERM)


def _address(line: str) -> str:
    match = re.match(r"bonaface answers at (http://\S+)", line)
    assert match is not None, line
    return match[1]


def test_the_printed_call_works_when_pasted_and_the_key_is_kept() -> None:
    with _served("--development") as output:
        address = _address(output.readline())
        key, secret = (output.readline().split()[1] for _ in range(2))
        call = shlex.split(output.readline())
        assert call[0] == "curl"
        answer = subprocess.run([*call, "-s"], capture_output=True, text=True, check=True, cwd=ROOT).stdout
        assert '"resultMessage":"Success"' in answer
        assert '"faceDetailCount":1' in answer
        assert get(f"{address}/readyz").status_code == 200
    with _served("--development") as output:
        output.readline()
        assert [output.readline().split()[1] for _ in range(2)] == [key, secret]


def test_without_development_no_key_is_made_or_shown() -> None:
    with _served() as output:
        address = _address(output.readline())
        assert get(f"{address}/healthz").status_code == 200
    assert "appKey" not in run("keys", "list").stdout.splitlines()[0]


def test_every_address_is_reachable_under_the_loopback_in_the_printed_call() -> None:
    with _served("--development", "--host", "0.0.0.0") as output:
        assert _address(output.readline()).startswith("http://0.0.0.0:")
        assert "http://127.0.0.1:" in [output.readline() for _ in range(3)][2]


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
