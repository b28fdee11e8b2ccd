"""`bonaface presets` as it is typed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bonaface import Analyzer
from bonaface.models.loaded_presets import load_presets
from bonaface.setting_sources import ENV_PREFIX
from support.command import run
from support.models.presets_file import write_presets
from support.servers.thread import RunningServer, running, settings_in
from support.storage.accounts import ACTOR


@pytest.fixture
def presets(tmp_path: Path) -> Path:
    return write_presets(tmp_path / "presets.toml", 0.2, 0.3, 0.4)


@pytest.fixture
def server(analyzer: Analyzer, presets: Path, tmp_path: Path) -> Iterator[RunningServer]:
    with running(analyzer, settings_in(tmp_path, models={"presets": presets})) as server:
        yield server


@pytest.fixture
def token_file(server: RunningServer, tmp_path: Path) -> Path:
    _, token = server.services.admin_tokens.create("operator", actor=ACTOR)
    path = tmp_path / "token"
    path.write_text(f"{token}\n")
    return path


def test_what_the_settings_name_and_what_a_file_holds(presets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert json.loads(run("presets", "show", "--json").stdout) == load_presets(None, "bonaface-pad").told()
    loaded = load_presets(presets, "bonaface-pad")
    assert json.loads(run("presets", "show", str(presets), "--json").stdout) == loaded.told()
    monkeypatch.setenv(f"{ENV_PREFIX}MODELS__PRESETS", str(presets))
    lines = dict(line.split(maxsplit=1) for line in run("presets", "show").stdout.splitlines())
    assert lines == {name: str(value) for name, value in loaded.told().items()}


def test_what_is_wrong_with_a_file_is_told_before_a_server_loads_it(presets: Path) -> None:
    write_presets(presets, strict=2)
    done = run("presets", "show", str(presets))
    assert done.exit_code == 2
    assert "thresholds.strict: Input should be less than or equal to 1" in done.stderr


def test_a_server_that_runs_loads_them_anew(server: RunningServer, presets: Path, token_file: Path) -> None:
    write_presets(presets, 0.25)
    done = run("presets", "reload", "--url", server.url, "--token-file", str(token_file), "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout) == load_presets(presets, "bonaface-pad").told()
    assert server.services.presets.current.told()["weak"] == 0.25


def test_it_tells_why_a_server_did_not(server: RunningServer, presets: Path, token_file: Path) -> None:
    presets.write_text("weak")
    done = run("presets", "reload", "--url", f"{server.url}/", "--token-file", str(token_file))
    assert done.exit_code == 2
    assert "does not hold" in done.stderr
    assert "stay so" in done.stderr
    token_file.write_text("bfa_wrong")
    assert "token" in run("presets", "reload", "--url", server.url, "--token-file", str(token_file)).stderr


@pytest.mark.parametrize(
    ("url", "token", "told"),
    [
        ("http://127.0.0.1:9", "bfa_any", "does not answer"),
        ("nowhere", "bfa_any", "does not answer"),
        ("http://127.0.0.1:9", None, "cannot be read"),
        ("http://127.0.0.1:9", "b\u00e9", "holds no administrator"),
    ],
)
def test_what_goes_wrong_before_is_a_sentence(url: str, token: str | None, told: str, tmp_path: Path) -> None:
    file = tmp_path / "token"
    if token is not None:
        file.write_text(token, "utf-8")
    done = run("presets", "reload", "--url", url, "--token-file", str(file))
    assert done.exit_code == 2
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
