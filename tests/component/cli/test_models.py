import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bonaface.models.card import read_card
from bonaface.models.catalog import load_catalog
from bonaface.setting_sources import ENV_PREFIX
from support.command import run


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


@pytest.fixture
def mirror(centerface: Path) -> Iterator[str]:
    """A web server that holds the detector's file."""
    handler = functools.partial(_Quiet, directory=str(centerface.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(f"{ENV_PREFIX}MODELS__DIRECTORY", str(tmp_path / "models"))
    return tmp_path / "models"


def _row(name: str) -> str:
    lines = [line for line in run("models", "list").stdout.splitlines() if f"│ {name} " in line]
    assert len(lines) == 1
    return lines[0]


@pytest.mark.usefixtures("centerface")
def test_list_tells_what_is_installed() -> None:
    assert "verified" in _row("centerface")
    assert "verified" in _row("bonaface-pad")


@pytest.mark.usefixtures("empty_folder")
def test_list_tells_what_is_missing() -> None:
    assert "missing" in _row("centerface")
    assert "verified" in _row("bonaface-pad")


def test_show_tells_what_the_catalog_knows() -> None:
    done = run("models", "show", "minifasnet")

    assert done.exit_code == 0
    assert "licence     Apache-2.0\n" in done.stdout
    assert "2.7_80x80_MiniFASNetV2.onnx, 1,750,284 bytes, sha256 4433e871" in done.stdout
    assert "thresholds  weak 0.5, balanced 0.5, strict 0.5\n" in done.stdout
    assert "\ngrey " not in done.stdout


def test_show_prints_the_model_card_of_our_own_weights() -> None:
    entry = load_catalog().pad("bonaface-pad")
    done = run("models", "show", "bonaface-pad")

    assert done.exit_code == 0
    assert read_card(entry)
    assert str(read_card(entry)) in done.stdout
    assert "grey        log-odds of grey pictures: 2 x log-odds + 1.47\n" in done.stdout


def test_show_of_an_unknown_name() -> None:
    assert "No model is called nobody" in run("models", "show", "nobody").stderr


def test_pull_from_a_folder_and_from_a_mirror(mirror: str, empty_folder: Path, centerface: Path) -> None:
    for source in (str(centerface.parent), f"{mirror}/"):
        shutil.rmtree(empty_folder, ignore_errors=True)
        done = run("models", "pull", "centerface", "--from", source)
        assert (done.exit_code, done.stdout) == (0, "centerface: verified\n")
        assert [path.name for path in empty_folder.iterdir()] == ["centerface.onnx"]


@pytest.mark.usefixtures("empty_folder")
def test_pull_from_a_mirror_that_lacks_the_file(mirror: str) -> None:
    done = run("models", "pull", "centerface", "--from", f"{mirror}/elsewhere")

    assert done.exit_code == 2
    assert "did not give the file" in done.stderr


@pytest.mark.usefixtures("empty_folder")
def test_pull_stops_a_mirror_that_sends_too_much(tmp_path: Path) -> None:
    folder = tmp_path / "big"
    folder.mkdir()
    (folder / "centerface.onnx").write_bytes(bytes(20_000_000))
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        done = run("models", "pull", "centerface", "--from", f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
        thread.join()

    assert done.exit_code == 2
    assert "is not the file that the catalog names" in done.stderr


def test_pull_without_names_installs_what_the_settings_use() -> None:
    assert run("models", "pull").stdout == "bonaface-face: verified\nbonaface-pad: verified\n"


@pytest.mark.usefixtures("empty_folder")
def test_pull_of_an_upstream_model_says_where_to_get_it() -> None:
    done = run("models", "pull", "minifasnet")

    assert done.exit_code == 2
    assert "2.7_80x80_MiniFASNetV2.onnx and 4_0_0_80x80_MiniFASNetV1SE.onnx" in done.stderr
    assert "bonaface models pull minifasnet --from" in done.stderr


def test_pull_of_an_unknown_name() -> None:
    done = run("models", "pull", "nobody")

    assert done.exit_code == 2
    assert "No model is called nobody; the catalog has bonaface-face, bonaface-pad, centerface" in done.stderr


def test_verify_names_every_file_in_use() -> None:
    done = run("models", "verify")

    assert done.exit_code == 0
    assert done.stdout.count("verified") >= 2
    assert "missing" not in done.stdout


def test_verify_refuses_a_changed_byte(empty_folder: Path, centerface: Path) -> None:
    empty_folder.mkdir()
    data = bytearray(centerface.read_bytes())
    data[len(data) // 2] ^= 1
    (empty_folder / "centerface.onnx").write_bytes(data)
    done = run("models", "verify", "centerface")

    assert done.exit_code == 2
    assert "corrupt" in done.stdout
    assert "models pull" in done.stderr
    assert "corrupt" in _row("centerface")


def test_no_word_of_the_list_is_lost_on_a_terminal_of_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    table = run("models", "list").stdout
    assert "…" not in table
    assert max(map(len, table.splitlines())) <= 80
