"""A model file with one changed byte is not loaded, wherever it lies and whoever loads it."""

import os
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from bonaface.setting_sources import ENV_PREFIX
from conftest import ROOT
from support.servers.environment import QUICK
from support.servers.home import Home

SHIPPED = [
    "bonaface-face.onnx",
    "bonaface-pad-near.onnx",
    "bonaface-pad-wide.onnx",
    "bonaface-pad-skin.onnx",
    "bonaface-pad-tight.onnx",
]
PORTRAIT = str(ROOT / "examples" / "astronaut.png")


def _change_a_byte(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.chmod(0o644)
    file.write_bytes(content)


def _change_the_date_back(file: Path, before: os.stat_result) -> None:
    """What someone who hides it would do: size and time say that nothing happened."""
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.fixture
def installed(centerface: Path, tmp_path: Path) -> Path:
    """A folder of installed models, one of which was changed."""
    folder = tmp_path / "models"
    folder.mkdir()
    detector = folder / centerface.name
    shutil.copy(centerface, detector)
    before = detector.stat()
    _change_a_byte(detector)
    _change_the_date_back(detector, before)
    return folder


@pytest.mark.parametrize("arguments", [["check", PORTRAIT], ["doctor"], ["serve", "--port", "0"]])
def test_an_installed_file_that_was_changed_is_refused(
    arguments: list[str], installed: Path, tmp_path: Path
) -> None:
    chosen = {f"{ENV_PREFIX}MODELS__DETECTOR": "centerface", **QUICK}
    done = Home(tmp_path / "home", installed, extra=chosen).python("-m", "bonaface", *arguments)
    assert done.returncode == 2
    assert "centerface.onnx is not the file that the catalog names" in " ".join(done.stderr.split())
    assert "answers at" not in done.stdout


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_file_that_was_changed_is_refused(
    name: str, models_directory: Path, tmp_path: Path
) -> None:
    """In a copy of the package, as an attacker with access to an installation would leave it."""
    package = Path(str(files("bonaface")))
    shutil.copytree(package, tmp_path / "bonaface", ignore=shutil.ignore_patterns("__pycache__"))
    _change_a_byte(tmp_path / "bonaface" / "models" / "weights" / name)
    environment = Home(tmp_path / "home", models_directory).environment | {
        "PYTHONPATH": str(tmp_path),
        **QUICK,
    }
    command = [sys.executable, "-m", "bonaface", "check", PORTRAIT]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert f"{name} is not the file that the catalog names" in " ".join(done.stderr.split())
