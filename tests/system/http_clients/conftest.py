"""A real server, a recorder before it, and the clients' packages, installed once a session."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bonaface import Analyzer
from bonaface.speed.sample import on_canvas
from conftest import need_service
from support.http.recorder import Recorder, recording
from support.observability.logs import discard_logs
from support.servers.thread import RunningServer, running, settings_in

PACKAGES = Path(__file__).with_name("npm")
INSTALL_SECONDS = 300


@pytest.fixture(scope="session")
def server(analyzer: Analyzer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    discard_logs()
    folder = tmp_path_factory.mktemp("server")
    with running(analyzer, settings_in(folder, serving={"workers": 2, "deadline": 60})) as server:
        yield server


@pytest.fixture
def recorder(server: RunningServer) -> Iterator[Recorder]:
    with recording(server.address) as recorder:
        yield recorder


@pytest.fixture(scope="session")
def image(portrait: bytes) -> bytes:
    """One face; its Base64 needs padding, and has every letter of the alphabet."""
    photo = on_canvas(portrait)
    return photo + b"\0" * ((1 - len(photo)) % 3)


@pytest.fixture(scope="session")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Installs the pinned packages of the npm registry when it is first called."""
    installed: list[Path] = []

    def install() -> Path:
        if not installed:
            folder = tmp_path_factory.mktemp("npm")
            for name in ("package.json", "package-lock.json"):
                shutil.copy(PACKAGES / name, folder)
            command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            done = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS
            )
            need_service(done.stderr[-2000:] or "npm ci failed" if done.returncode else None)
            installed.append(folder / "node_modules")
        return installed[0]

    return install
