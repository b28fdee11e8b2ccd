"""The tarball of clients/js in a clean folder with nothing else, against a real server."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from conftest import ROOT, need_service
from support.http.node import why_not
from support.servers.thread import RunningServer

PROJECT = ROOT / "clients" / "js"
SECONDS = 120
PROGRAMS = re.compile(r"^```js\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGE = (ROOT / "docs" / "clients.md").read_text("utf-8")
SECTION = PAGE.split("\n## bonaface-client for JavaScript\n")[1].split("\n## ")[0]
DOCUMENTED = [*PROGRAMS.findall((PROJECT / "README.md").read_text("utf-8")), *PROGRAMS.findall(SECTION)]
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/tmp")}  # noqa: S108


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(
        command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=SECONDS
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the packed package is installed, and nothing else."""
    need_service(why_not())
    folder = tmp_path_factory.mktemp("clean")
    packed = _run(
        ["npm", "pack", "--ignore-scripts", "--pack-destination", str(folder), str(PROJECT)], folder
    )
    (folder / "package.json").write_text('{"private": true, "type": "module"}')
    install = ["npm", "install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund"]
    _run([*install, f"./{packed.split()[-1]}"], folder)
    return folder


def test_it_holds_its_source_and_its_types_and_nothing_else(clean: Path) -> None:
    installed = clean / "node_modules" / "bonaface-client"
    assert {path.name for path in installed.iterdir()} == {"README.md", "package.json", "src", "types"}
    for folder, suffix in (("src", ".js"), ("types", ".d.ts")):
        kept = {path.name for path in (PROJECT / folder).iterdir()}
        assert {path.name for path in (installed / folder).iterdir()} == kept
        assert all(name.endswith(suffix) for name in kept)
    assert {path.name for path in (clean / "node_modules").iterdir()} - {".package-lock.json"} == {
        "bonaface-client"
    }


@pytest.mark.parametrize("program", DOCUMENTED)
def test_what_the_documents_show_runs(program: str, clean: Path, server: RunningServer, image: bytes) -> None:
    (clean / "selfie.jpg").write_bytes(image)
    told = program.replace('"http://127.0.0.1:8000"', f'"{server.url}"')
    told = told.replace('appKey: "..."', f'appKey: "{server.app_key}"')
    told = told.replace('secretKey: "..."', f'secretKey: "{server.secret}"')
    assert told.count(server.secret) == 1
    (clean / "program.js").write_text(told)
    assert _run(["node", "--throw-deprecation", "program.js"], clean).startswith(("bona_fide", "attack"))


def test_the_backend_of_express_hands_out_tokens(
    clean: Path,
    node_modules: Callable[[], Path],
    server: RunningServer,
    image: bytes,
    tmp_path: Path,
) -> None:
    shutil.copytree(node_modules(), tmp_path / "node_modules")
    shutil.copytree(clean / "node_modules" / "bonaface-client", tmp_path / "node_modules" / "bonaface-client")
    for name in ("capture_express.mjs", "capture.html"):
        shutil.copy(ROOT / "examples" / name, tmp_path)
    keys = {"URL": server.url, "APP_KEY": server.app_key, "SECRET_KEY": server.secret}
    given = {f"LIVENESS_{name}": value for name, value in keys.items()}
    with (
        subprocess.Popen(
            ["node", "capture_express.mjs"],
            cwd=tmp_path,
            env={**ENVIRONMENT, **given, "PORT": "0"},
            stdout=subprocess.PIPE,
            text=True,
        ) as process,
        httpx2.Client(trust_env=False, timeout=30) as client,
    ):
        try:
            assert process.stdout is not None
            backend = process.stdout.readline().strip()
            assert f'endpoint="{server.url}"' in client.get(backend).text
            assert (
                client.get(f"{backend}/client/capture.js")
                .headers["content-type"]
                .startswith("text/javascript")
            )
            shown = {"Authorization": f"Bearer {client.post(f'{backend}/token').json()['token']}"}
            answer = client.post(f"{server.url}/v2/liveness", headers=shown, files={"imageFile": image})
            assert answer.status_code == 200
        finally:
            process.kill()
