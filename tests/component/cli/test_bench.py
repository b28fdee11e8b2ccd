import json
import re
from pathlib import Path

import pytest

from bonaface.setting_sources import ENV_PREFIX
from support.command import run
from support.pictures import images


def test_the_stages_of_the_portrait_as_a_table() -> None:
    done = run("bench", "--runs", "2")

    assert done.exit_code == 0
    assert "640 x 480 pixels, faces: 1; medians of 2, one thread" in done.stdout
    for word in ("decode", "detect", "PAD, a face", "whole call"):
        assert word in done.stdout
    assert "verdicts a second" not in done.stdout


def test_an_image_of_the_users_own_as_json(portrait_file: Path) -> None:
    found = json.loads(run("bench", str(portrait_file), "--runs", "2", "--json").stdout)

    assert list(found) == ["engine", "detector", "pad", "milliseconds", "http"]
    times = found["milliseconds"]
    assert list(times) == ["width", "height", "faces", "runs", "decode", "detect", "pad", "whole"]
    assert (times["width"], times["height"], times["faces"], times["runs"]) == (512, 512, 1, 2)
    assert times["whole"] > times["detect"] > 0
    assert found["http"] is None


@pytest.mark.usefixtures("quick_engine")
def test_no_face_has_no_time_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "grey.jpg"
    path.write_bytes(images.jpeg(160, 120))
    assert "no face" in run("bench", str(path), "--runs", "1").stdout


@pytest.mark.usefixtures("quick_engine")
def test_a_server_under_load_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{ENV_PREFIX}SERVING__WORKERS", "1")
    found = json.loads(run("bench", "--http", "--runs", "1", "--seconds", "0.5", "--json").stdout)["http"]

    assert list(found) == ["workers", "connections", "answers", "failed", "per_second", "median", "p99"]
    assert found["connections"] == 8
    assert found["answers"] >= 8
    assert found["failed"] == 0


@pytest.mark.usefixtures("quick_engine")
def test_answers_without_a_verdict_are_told(portrait_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{ENV_PREFIX}SERVING__WORKERS", "1")
    monkeypatch.setenv(f"{ENV_PREFIX}SERVING__QUEUE", "0")
    done = run("bench", str(portrait_file), "--http", "--runs", "1", "--seconds", "1")

    assert done.exit_code == 0
    assert "a server of 1 workers, 8 connections" in done.stdout
    for row in ("verdicts a second", "median", "99th percentile"):
        assert row in done.stdout
    refused = re.search(r"answers without a verdict\W+(\d+)", done.stdout)
    assert refused is not None
    assert int(refused[1]) > 0


@pytest.mark.parametrize(
    ("name", "reason"), [("absent.jpg", "No such file or directory"), ("", "Is a directory")]
)
def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path, name: str, reason: str) -> None:
    done = run("bench", str(tmp_path / name))

    assert done.exit_code == 2
    assert done.stderr == f"bonaface: {tmp_path / name}: {reason}.\n"


def test_what_is_no_image_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no image")
    assert run("bench", str(path)).exit_code == 2
