"""The wheel of clients/python in an environment with nothing but what it asks for, against a real server."""

import re
import subprocess
import sys
import zipfile
from email.parser import BytesParser
from pathlib import Path

import pytest

from conftest import ROOT
from support.servers.linked import venv_with
from support.servers.thread import RunningServer

PROJECT = ROOT / "clients" / "python"
SECONDS = 60
PROGRAMS = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
README = PROGRAMS.findall((PROJECT / "README.md").read_text("utf-8"))
SECTION = (
    (ROOT / "docs" / "clients.md").read_text("utf-8").split("\n## bonaface-client\n")[1].split("\n## ")[0]
)
DOCUMENTED = [*README, *PROGRAMS.findall(SECTION)]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=PROJECT, check=True, capture_output=True, timeout=SECONDS)
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of that environment."""
    with zipfile.ZipFile(wheel) as packed:
        (metadata,) = (name for name in packed.namelist() if name.endswith("/METADATA"))
        asked = BytesParser().parsebytes(packed.read(metadata)).get_all("Requires-Dist", [])
    interpreter = venv_with(tmp_path_factory.mktemp("clean"), asked)
    install = ["-m", "pip", "--python", str(interpreter), "install", "--no-index", "--no-deps", str(wheel)]
    subprocess.run([sys.executable, *install], check=True, capture_output=True, timeout=SECONDS)
    return interpreter


def _run(python: Path, program: str, folder: Path) -> str:
    done = subprocess.run(
        [str(python), "-W", "error", "-c", program],
        cwd=folder,
        env={"LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_environment_has_nothing_of_the_server(python: Path, tmp_path: Path) -> None:
    program = "from importlib.util import find_spec as s; print(s('bonaface'), s('openvino'), s('numpy'))"
    assert _run(python, program, tmp_path) == "None None None\n"


@pytest.mark.parametrize("program", DOCUMENTED)
def test_what_the_documents_show_runs(
    program: str, python: Path, server: RunningServer, image: bytes, tmp_path: Path
) -> None:
    (tmp_path / "selfie.jpg").write_bytes(image)
    told = program.replace('"http://127.0.0.1:8000"', repr(server.url))
    told = told.replace('app_key="..."', f"app_key={server.app_key!r}")
    told = told.replace('secret_key="..."', f"secret_key={server.secret!r}")
    assert told.count(server.secret) == 1
    assert _run(python, told, tmp_path).startswith(("bona_fide", "attack", "False", "True"))


def test_it_is_typed_and_holds_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
    assert "bonaface_client/py.typed" in names
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"bonaface_client"}
