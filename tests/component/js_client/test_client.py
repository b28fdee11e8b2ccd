"""The JavaScript client under Node: one process a file of tests, all against one server."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bonaface.evidence.key_file import make_key_file
from conftest import ROOT, need_service
from support.http.node import why_not
from support.models.analyses import SteadyAnalyzer
from support.observability.logs import discard_logs
from support.security.answers import key
from support.servers.thread import RunningServer, running, settings_in

PROJECT = ROOT / "clients" / "js"
HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*.test.mjs"))
SECONDS = 120


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    need_service(why_not())
    discard_logs()
    folder = tmp_path_factory.mktemp("server")
    make_key_file(folder / "signing.json", key())
    settings = settings_in(folder, signing={"key_file": folder / "signing.json"})
    with running(SteadyAnalyzer(), settings) as server:
        yield server


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_under_node(file: Path, server: RunningServer, tmp_path: Path) -> None:
    """From a folder that has the package as if it were installed."""
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "bonaface-client").symlink_to(PROJECT)
    (tmp_path / file.name).write_bytes(file.read_bytes())
    keys = {"SERVER": server.url, "APP_KEY": server.app_key, "SECRET_KEY": server.secret}
    given = {**keys, "IMAGE": str(ROOT / "examples" / "astronaut.png"), "SOURCE": str(PROJECT / "src")}
    done = subprocess.run(
        ["node", "--test", "--test-reporter=spec", file.name],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], **given},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
