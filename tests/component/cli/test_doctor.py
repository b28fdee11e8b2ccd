import re
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from bonaface.analyzer import Analyzer
from bonaface.cli import doctor
from bonaface.setting_sources import ENV_PREFIX
from bonaface.storage.upgrade import head
from bonaface.types import Preset
from bonaface.usage.journal_file import SUFFIX
from support.command import run
from support.storage.accounts import database_in
from support.storage.replies import OWNER, line


@pytest.fixture
def _shared_models(analyzer: Analyzer, monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of what is told beside the analysis: none of them loads the models once more."""
    monkeypatch.setattr("bonaface.analyzer.Analyzer", lambda _settings: analyzer)


def test_doctor_says_what_is_there_and_runs_one_image(models_directory: Path) -> None:
    done = run("doctor")

    assert done.exit_code == 0
    for word in (
        str(models_directory),
        "openvino",
        "onnxruntime",
        "bonaface-face.onnx verified",
        "sqlalchemy",
    ):
        assert word in done.stdout
    for row in (
        r"workers +│ \d+ processes",
        r"presets +│ weak 0\.\d+, balanced 0\.\d+, strict 0\.\d+ of bonaface-pad; balanced where",
        r"journal +│ empty",
    ):
        assert re.search(row, done.stdout), row
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


@pytest.mark.usefixtures("_shared_models")
def test_doctor_tells_a_detector_that_misses_the_face(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    blank = tmp_path / "portrait.jpg"
    cv2.imwrite(str(blank), np.zeros((320, 320, 3), dtype=np.uint8))
    monkeypatch.setattr(doctor, "files", lambda _: tmp_path)
    done = run("doctor")

    assert done.exit_code == 2
    assert "0 were found" in done.stderr


@pytest.mark.usefixtures("_shared_models")
def test_the_keys_that_sign_are_counted_or_what_is_wrong_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "none: answers are not signed" in run("doctor").stdout
    monkeypatch.setenv(f"{ENV_PREFIX}SIGNING__KEY_FILE", str(tmp_path / "signing.json"))
    missing = run("doctor")
    assert missing.exit_code == 2
    assert "bonaface signing make" in missing.stderr
    run("signing", "make")
    found = run("doctor")
    assert (found.exit_code, f"1 in {tmp_path}" in found.stdout) == (0, True)


@pytest.mark.usefixtures("_shared_models")
def test_the_id_of_the_database_is_told(tmp_path: Path) -> None:
    assert "none yet" in run("doctor").stdout
    assert not (tmp_path / "store").exists()
    with database_in(tmp_path / "store") as database:
        database.migrate()
        assert f"sqlite, at {head()}, id {database.identity()}" in run("doctor").stdout


@pytest.mark.usefixtures("_shared_models")
def test_a_database_that_servers_wait_for_is_told_with_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{ENV_PREFIX}STORAGE__MIGRATE", "check")
    waiting = run("doctor")
    assert (waiting.exit_code, "run `bonaface migrate`" in waiting.stderr) == (2, True)
    run("migrate")
    assert run("doctor").exit_code == 0


@pytest.mark.usefixtures("_shared_models")
def test_a_database_that_cannot_be_asked_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{ENV_PREFIX}STORAGE__URL", "postgresql://nobody@127.0.0.1:1/none")
    done = run("doctor")
    assert done.exit_code == 0
    assert "id not known: The database cannot be reached" in done.stdout


@pytest.mark.usefixtures("_shared_models")
def test_the_library_without_a_server_has_no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "alembic", None)
    done = run("doctor")
    assert done.exit_code == 0
    assert "bonaface[server]" in done.stdout


def test_presets_and_journal_of_ones_own_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    presets = tmp_path / "own.toml"
    presets.write_text("clip=9\nslope=1\noffset=0\nthresholds={weak=0.1,balanced=0.4,strict=0.6}\n", "utf-8")
    journal = tmp_path / "store" / "journal" / f"{OWNER}{SUFFIX}"
    journal.parent.mkdir(parents=True)
    journal.write_bytes(line(1, 1200))
    monkeypatch.setenv(f"{ENV_PREFIX}MODELS__PRESETS", str(presets))
    monkeypatch.setenv("COLUMNS", "300")
    told = run("doctor").stdout
    assert f"weak 0.100, balanced 0.400, strict 0.600 of {presets}" in told
    assert f"{journal.stat().st_size:,} bytes of counted replies wait" in told


def test_presets_that_cannot_be_read_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(f"{ENV_PREFIX}MODELS__PRESETS", str(tmp_path / "none.toml"))
    done = run("doctor")
    assert done.exit_code == 2
    assert "not known: " in done.stdout


@pytest.mark.usefixtures("_shared_models")
@pytest.mark.parametrize("readable", [True, False])
def test_a_journal_of_another_database_is_told_with_what_to_do(tmp_path: Path, readable: bool) -> None:
    journal = tmp_path / "store" / "journal" / f"w.{OWNER}.other"
    journal.parent.mkdir(parents=True)
    if readable:
        journal.write_bytes(line(1, 1200))
    else:
        journal.mkdir()
    done = run("doctor")
    assert done.exit_code == 2
    assert f"{journal} holds {'1,200' if readable else 'counted'} replies" in done.stderr
    assert OWNER in done.stderr
    assert "Start bonaface once with the storage.url of that database" in done.stderr
    assert journal.exists()


@pytest.mark.usefixtures("_shared_models")
def test_a_library_that_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_LIBRARIES", ("no-such-library",))
    assert "not installed" in run("doctor").stdout


@pytest.mark.parametrize("preset", [Preset.WEAK, Preset.BALANCED])
def test_the_portrait_of_the_package_is_bona_fide(analyzer: Analyzer, preset: Preset) -> None:
    portrait = (Path(doctor.__file__).parent / "portrait.jpg").read_bytes()  # cut from that of the README
    assert not analyzer.analyze(portrait, preset).faces[0].spoofing
