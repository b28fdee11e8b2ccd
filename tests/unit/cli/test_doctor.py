from pathlib import Path

import cv2
import numpy as np
import pytest

from bonaface.analyzer import Analyzer
from bonaface.cli import doctor
from bonaface.settings import ENV_PREFIX
from bonaface.types import Preset
from support.command import run


def test_doctor_says_what_is_there_and_runs_one_image(models_directory: Path) -> None:
    done = run("doctor")

    assert done.exit_code == 0
    for word in (str(models_directory), "openvino", "onnxruntime", "bonaface-face.onnx verified"):
        assert word in done.stdout
    assert "one face, bona fide, liveness 0." in done.stdout


def test_doctor_on_the_other_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{ENV_PREFIX}MODELS__RUNTIME", "onnxruntime")
    assert "\nONNX Runtime" in run("doctor").stdout


def test_doctor_names_a_missing_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{ENV_PREFIX}MODELS__DIRECTORY", str(tmp_path))
    monkeypatch.setenv(f"{ENV_PREFIX}MODELS__DETECTOR", "centerface")
    done = run("doctor")

    assert done.exit_code == 2
    assert "centerface.onnx missing" in done.stdout
    assert "models pull centerface" in done.stderr


def test_doctor_tells_a_detector_that_misses_the_face(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    blank = tmp_path / "portrait.jpg"
    cv2.imwrite(str(blank), np.zeros((320, 320, 3), dtype=np.uint8))
    monkeypatch.setattr(doctor, "files", lambda _: tmp_path)
    done = run("doctor")

    assert done.exit_code == 2
    assert "0 were found" in done.stderr


def test_a_library_that_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_LIBRARIES", ("no-such-library",))
    assert "not installed" in run("doctor").stdout


@pytest.mark.parametrize("preset", [Preset.WEAK, Preset.BALANCED])
def test_the_portrait_of_the_package_is_bona_fide(analyzer: Analyzer, preset: Preset) -> None:
    portrait = (Path(doctor.__file__).parent / "portrait.jpg").read_bytes()
    assert not analyzer.analyze(portrait, preset).faces[0].spoofing
