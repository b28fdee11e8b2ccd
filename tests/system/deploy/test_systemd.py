"""deploy/systemd, looked at by systemd's own verifier, and what the units promise of the server."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from bonaface import load_settings
from conftest import ROOT, need_service

FOLDER = ROOT / "deploy" / "systemd"
SERVICE = (FOLDER / "bonaface.service").read_text("utf-8")
EXAMPLE = (FOLDER / "environment.example").read_text("utf-8")
MOST_EXPOSED = 1.5
"""Of 10, by `systemd-analyze security`; what an unhardened service has is 9.6."""


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units with a program that is there."""
    need_service(None if shutil.which("systemd-analyze") else "needs systemd-analyze")
    for unit in FOLDER.glob("bonaface.*"):
        text = unit.read_text("utf-8").replace("/opt/bonaface/bin/bonaface", "/bin/true")
        (tmp_path / unit.name).write_text(text, "utf-8")
    return tmp_path


def _analyzed(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SYSTEMD_PAGER": "", "LC_ALL": "C.UTF-8"}
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, env=environment)


def test_systemd_finds_no_fault(units: Path) -> None:
    done = _analyzed("verify", str(units / "bonaface.service"), str(units / "bonaface.socket"))
    assert (done.returncode, done.stderr) == (0, "")


def test_little_is_open_to_the_service(units: Path) -> None:
    done = _analyzed("security", "--offline=true", str(units / "bonaface.service"))
    found = re.search(r"Overall exposure level for bonaface.service: ([0-9.]+)", done.stdout)
    assert found is not None
    assert float(found[1]) <= MOST_EXPOSED


def test_the_example_of_settings_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    given = re.findall(r"^#?(BONAFACE_[A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE)
    assert len(given) > 3
    for name, value in given:
        monkeypatch.setenv(name, "".join(shlex.split(value)))
    settings = load_settings()
    assert str(settings.server.trusted_proxies[0]) == "127.0.0.1/32"
    (state,) = re.findall(r"^StateDirectory=(.+)$", SERVICE, re.MULTILINE)
    assert settings.storage.directory == Path("/var/lib") / state
    assert settings.models.directory.is_relative_to(settings.storage.directory)


def test_times_and_limits_are_more_than_the_settings() -> None:
    unit = dict(re.findall(r"^([A-Za-z]+)=(\S+)", SERVICE, re.MULTILINE))
    settings = load_settings()
    assert int(unit["TimeoutStopSec"]) > settings.server.shutdown_grace + settings.server.drain_delay
    assert int(unit["TimeoutStartSec"]) > settings.serving.load_timeout


def test_the_command_is_one() -> None:
    (command,) = re.findall(r"^ExecStart=(.+)$", SERVICE, re.MULTILINE)
    assert command == "/opt/bonaface/bin/bonaface serve"
