"""docs/clients.md: every snippet runs, the server answers it, and what it sends is what the table says."""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson
import pytest

from conftest import need_service
from support.docs import clients_page as page
from support.docs.clients_page import Snippet
from support.http.recorder import Recorder, part_of
from support.servers.thread import RunningServer

ROWS = page.rows()
SNIPPETS = {key: one for key, one in page.snippets().items() if key[1] != page.V2}
V2_SNIPPETS = {client: one for (client, kind), one in page.snippets().items() if kind == page.V2}
FILE = "사진.jpg"
SECONDS = 100
JARS = [f"/usr/share/java/{name}.jar" for name in ("okhttp", "okio")]
NEEDS = {
    "sh": ("curl", "base64"),
    "python": (),
    "js": ("node", "npm"),
    "java": ("java", "javac"),
    "go": ("go",),
    "php": ("php",),
    "ruby": ("ruby",),
}
"""Commands, by language."""
RUN: dict[str, tuple[str, Sequence[str]]] = {
    "sh": ("post.sh", ("sh",)),
    "python": ("post.py", (sys.executable,)),
    "js": ("post.mjs", ("node",)),
    "java": ("Post.java", ("java", "-XX:TieredStopAtLevel=1", "-cp", ":".join(JARS))),
    "go": ("post.go", ("go", "run")),
    "php": ("post.php", ("php",)),
    "ruby": ("post.rb", ("ruby",)),
}
"""The file's name and the command that runs it, by language."""
PYTHON_PACKAGES = ("requests", "httpx", "aiohttp", "urllib3")
NODE_PACKAGES = ("axios", "form-data", "got")

LARGE = 2_900_000
"""Bytes of a file; over 1 MB some clients ask first."""
Answer = dict[str, Any]
Post = Callable[[str, str, tuple[str, int], str, bytes], Answer]


def test_every_client_has_a_row_and_its_snippets() -> None:
    assert len(ROWS) == 14
    kinds = {(name, kind) for name in ROWS for kind in ("form", "json")} - {("form-data", "json")}
    assert set(SNIPPETS) == kinds
    assert {snippet.language for snippet in SNIPPETS.values()} == set(RUN)


@pytest.mark.parametrize(("client", "kind"), SNIPPETS)
def test_a_snippet_is_answered_and_sends_what_the_table_says(
    client: str, kind: str, server: RunningServer, recorder: Recorder, post: Post, image: bytes
) -> None:
    answer = post(client, kind, recorder.address, server.secret, image)
    assert answer["data"]["faceDetailCount"] == 1
    (sent,), row = recorder.requests(), ROWS[client]
    form, _, json = row.body.partition(" / ")
    if kind == "form":
        found = (page.file_name_of(sent), page.part_head_of(sent), page.body_of(sent))
        assert found == (row.file_name, row.part, form)
        assert part_of(sent, "imageFile")[1] == image
    else:
        assert (page.base64_of(sent), page.body_of(sent)) == (row.base64, json or form)


@pytest.mark.parametrize("client", V2_SNIPPETS)
def test_a_snippet_for_v2_is_answered_and_tells_when_it_is_refused(
    client: str, server: RunningServer, image: bytes, tmp_path: Path
) -> None:
    snippet = V2_SNIPPETS[client]
    need_service(_why_not(client, snippet.language))
    (tmp_path / FILE).write_bytes(image)
    given = {"URL": f"{server.url}/v2/liveness", "APP_KEY": server.app_key}
    done = _run(snippet, tmp_path, given | {"SECRET": server.secret})
    assert done.returncode == 0, done.stderr
    answer = orjson.loads(done.stdout)
    assert answer["preset"] == "strict"
    assert answer["person"]["frames"] == [0]
    refused = _run(snippet, tmp_path, given | {"SECRET": "wrong"})
    assert (refused.returncode, orjson.loads(refused.stdout)["code"]) == (1, "unauthorized")
    assert "401" in refused.stderr


def test_java_and_go_have_a_snippet_for_v2() -> None:
    assert set(V2_SNIPPETS) == {"JDK HttpClient", "Go net/http"}


@pytest.mark.parametrize("client", ROWS)
def test_a_refusal_before_the_body_is_read_reaches_every_client(
    client: str, server: RunningServer, post: Post, image: bytes
) -> None:
    """They all send on while it is on its way; none takes the closed connection for a failure."""
    answer = post(client, "form", server.address, "wrong", image.ljust(LARGE, b"\0"))
    assert answer["header"]["resultCode"] == -41005


@pytest.mark.parametrize("client", ["curl", "PHP curl"])
def test_a_large_body_is_sent_when_the_server_says_so(
    client: str, server: RunningServer, recorder: Recorder, post: Post, image: bytes
) -> None:
    answer = post(client, "form", recorder.address, server.secret, image.ljust(LARGE, b"\0"))
    assert answer["header"]["resultCode"] == 0
    (sent,) = recorder.requests()
    assert page.body_of(sent) == "length, `Expect: 100-continue`"


@pytest.mark.parametrize("client", PYTHON_PACKAGES)
def test_the_version_is_that_of_the_pinned_package(client: str) -> None:
    need_service(_why_not(client, "python"))
    assert ROWS[client].version == version(client)


@pytest.mark.parametrize("client", NODE_PACKAGES)
def test_the_version_is_that_of_the_lock(client: str) -> None:
    lock = orjson.loads((Path(__file__).parent / "npm" / "package-lock.json").read_bytes())
    assert ROWS[client].version == lock["packages"][f"node_modules/{client}"]["version"]


def test_the_lock_names_hashes_and_no_registry() -> None:
    lock = orjson.loads((Path(__file__).parent / "npm" / "package-lock.json").read_bytes())
    packages = [package for name, package in lock["packages"].items() if name]
    assert all(package["integrity"].startswith("sha512-") for package in packages)
    assert not any("resolved" in package for package in packages)


@pytest.fixture
def post(server: RunningServer, node_modules: Callable[[], Path], tmp_path: Path) -> Post:
    """Runs a client's snippet of a kind in a folder with an image, against an address with a secretKey. The
    answer that it printed."""

    def run(client: str, kind: str, address: tuple[str, int], secret: str, image: bytes) -> Answer:
        snippet = SNIPPETS[client, kind]
        need_service(_why_not(client, snippet.language))
        if client in NODE_PACKAGES:
            (tmp_path / "node_modules").symlink_to(node_modules())
        (tmp_path / FILE).write_bytes(image)
        url = "http://{}:{}".format(*address) + server.path
        done = _run(snippet, tmp_path, {"URL": url, "SECRET": secret})
        assert done.returncode == 0, done.stderr
        answer: Answer = orjson.loads(done.stdout)
        return answer

    return run


def _run(snippet: Snippet, folder: Path, given: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """With nothing of the developer's environment but the commands. Caches last as long as the session."""
    name, command = RUN[snippet.language]
    (folder / name).write_text(snippet.text, "utf-8")
    return subprocess.run(
        [*command, name],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(folder.parent), **given},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )


def _why_not(client: str, language: str) -> str | None:
    """What this machine lacks."""
    missing = [command for command in NEEDS[language] if shutil.which(command) is None]
    if client in PYTHON_PACKAGES and importlib.util.find_spec(client) is None:
        missing.append(f"the package {client}")
    if client == "OkHttp":
        missing += [jar for jar in JARS if not Path(jar).is_file()]
    if language == "php" and not missing and not _php_has_curl():
        missing.append("PHP's curl")
    return f"no {', '.join(missing)} here" if missing else None


def _php_has_curl() -> bool:
    probe = ["php", "-r", "exit(extension_loaded('curl') ? 0 : 1);"]
    return subprocess.run(probe, check=False).returncode == 0
