"""Weights deleted or changed under a running server, and what the next start says."""

import shutil
import subprocess
from pathlib import Path

import pytest

import bonaface.models
from bonaface.setting_sources import ENV_PREFIX
from support.command import run
from support.servers.process import COMMAND, ROOT
from support.servers.served import ONE_WORKER, environment, serving, storage_in

SECONDS = 60
FAILED = 2
INSTALLED = {"detector": "centerface"}
"""A detector whose weights are not part of the package."""


@pytest.fixture
def models(centerface: Path, tmp_path: Path) -> Path:
    """A copy of the installed models that a test may spoil."""
    copy = tmp_path / "models"
    copy.mkdir()
    shutil.copy(centerface, copy)
    return copy


def change_one_byte(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def refused_start(folder: Path, models: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    settings = environment(storage_in(folder), models, {"server": {"port": 0}, "models": INSTALLED})
    return subprocess.run(
        COMMAND,
        cwd=ROOT,
        env=settings | environ,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def test_a_running_server_goes_on_and_the_next_start_is_refused(
    tmp_path: Path, models: Path, portrait: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{ENV_PREFIX}MODELS__DIRECTORY", str(models))
    monkeypatch.setenv(f"{ENV_PREFIX}MODELS__DETECTOR", INSTALLED["detector"])
    detector = models / "centerface.onnx"
    folder = tmp_path / "server"
    with serving(folder, models, models=INSTALLED, serving=ONE_WORKER) as served:
        before = served.ask(portrait).json
        change_one_byte(detector)
        assert served.ask(portrait).json == before  # by the weights that it has loaded and verified
        assert_refused(folder, models, "corrupt", "sha256 differs")
        detector.unlink()
        assert served.ask(portrait).json == before
        assert served.get("/readyz")[0] == 200
        assert_refused(folder, models, "missing", "is not installed")
        assert served.counted() == {"faces": 3}


def assert_refused(folder: Path, models: Path, state: str, sentence: str) -> None:
    """By a start, with a sentence, and by `bonaface doctor`."""
    doctor = run("doctor")
    assert doctor.exit_code == FAILED
    assert f"centerface.onnx {state}" in doctor.stdout
    done = refused_start(folder, models)
    assert done.returncode == FAILED
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_changed_byte_in_weights_of_the_package_is_refused(tmp_path: Path, models: Path) -> None:
    package, name = tmp_path / "package", "bonaface-pad-wide.onnx"
    shutil.copytree(Path(bonaface.models.__file__).parents[1], package / "bonaface")
    change_one_byte(package / "bonaface" / "models" / "weights" / name)
    done = refused_start(tmp_path / "server", models, PYTHONPATH=str(package))
    assert done.returncode == FAILED
    assert f"{name} is not the file that the catalog names" in done.stderr
    assert "Traceback" not in done.stderr
