"""`bonaface compare-nhn` as it is typed, beside a stand-in of NHN Cloud's service that follows its guide."""

import csv
import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from bonaface import Analyzer
from bonaface.setting_sources import ENV_PREFIX
from support.command import Finished, run
from support.pictures import images
from support.servers.environment import inherited
from support.servers.nhn import NhnService, nhn_service
from support.servers.thread import running, settings_in

BOX = (0.345, 0.115, 0.532, 0.342)
"""Of the portrait's face."""
pytestmark = pytest.mark.usefixtures("quick_engine")


@pytest.fixture(scope="module")
def standing_in() -> Iterator[NhnService]:
    with nhn_service() as service:
        yield service


@pytest.fixture
def nhn(standing_in: NhnService, monkeypatch: pytest.MonkeyPatch, portrait: bytes) -> NhnService:
    """The service, and its keys in the environment; it finds the portrait bona fide."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("NHN_APP_KEY", standing_in.app_key)
    monkeypatch.setenv("NHN_SECRET_KEY", standing_in.secret)
    standing_in.busy.clear()
    standing_in.asked.clear()
    standing_in.says(portrait, (BOX, False))
    return standing_in


@pytest.fixture
def folder(portrait: bytes, tmp_path: Path) -> Path:
    """A portrait, the same again, one that is no image, and one without a face."""
    folder = tmp_path / "images"
    folder.mkdir()
    for name, image in {
        "a.png": portrait,
        "b.png": portrait,
        "c.png": images.gif(),
        "d.png": images.png(100, 100),
    }.items():
        (folder / name).write_bytes(image)
    return folder


def compare(nhn: NhnService, *arguments: str | Path) -> Finished:
    return run("compare-nhn", "--nhn-url", nhn.url, "--rate", "100", *map(str, arguments))


def test_answers_that_agree(nhn: NhnService, folder: Path) -> None:
    done = compare(nhn, folder)
    assert done.exit_code == 0, done.stderr
    assert "4 of 4" in done.stdout
    assert "-45040" in done.stdout
    assert done.stderr.startswith("4 images, at most 100 a second; each is a call of your account")
    assert len(nhn.asked) == 3, "one content is asked once"


def test_a_verdict_that_differs(nhn: NhnService, folder: Path, portrait: bytes) -> None:
    nhn.says(portrait, (BOX, True))
    done = compare(nhn, folder, "--format", "csv")
    assert done.exit_code == 1
    rows = list(csv.DictReader(done.stdout.splitlines()))
    assert [row["difference"] for row in rows] == ["verdict", "verdict", "", ""]
    assert (rows[0]["nhn_verdict"], rows[0]["own_verdict"]) == ("attack", "bona_fide")


def test_another_preset_goes_to_both(nhn: NhnService, folder: Path) -> None:
    told = json.loads(compare(nhn, folder / "a.png", "--preset", "strict", "--format", "json").stdout)
    assert told["run"]["preset"] == "strict"
    assert [condition for _, condition in nhn.asked] == ["strict"]
    assert told["images"][0]["own_verdict"] == "attack"


def test_a_server_in_place_of_the_library(
    nhn: NhnService, folder: Path, analyzer: Analyzer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(analyzer, settings_in(tmp_path)) as server:
        monkeypatch.setenv("SERVER_APP_KEY", server.app_key)
        monkeypatch.setenv("SERVER_SECRET_KEY", server.secret)
        done = compare(nhn, folder, "--server", server.url, "--format", "json", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.stderr
    told = json.loads((tmp_path / "out").read_text())
    assert told["run"]["own"] == server.url
    assert told["agreement"]["codes"][0] == {"nhn": 0, "own": 0, "images": 3}


def test_a_run_that_ended_is_gone_on_with(nhn: NhnService, folder: Path, tmp_path: Path) -> None:
    record = tmp_path / "record.jsonl"
    assert compare(nhn, folder / "a.png", "--record", record).exit_code == 0
    done = compare(nhn, folder, "--record", record)
    assert done.exit_code == 0
    assert "4 of 4" in done.stdout
    assert len(nhn.asked) == 3
    assert compare(nhn, folder, "--record", record).stdout == done.stdout
    assert len(nhn.asked) == 3


def test_a_record_holds_no_image_no_name_and_no_key(nhn: NhnService, folder: Path, tmp_path: Path) -> None:
    record = tmp_path / "record.jsonl"
    done = compare(nhn, folder, "--record", record)
    kept = record.read_text()
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["record.jsonl"]
    assert len(kept) < 3000
    for text in (kept, done.stdout, done.stderr):
        assert nhn.secret not in text
        assert nhn.app_key not in text
    assert "a.png" not in kept


def test_a_service_that_asks_to_wait_ends_the_run_and_the_record_stays(
    nhn: NhnService, folder: Path, tmp_path: Path
) -> None:
    record = tmp_path / "record.jsonl"
    compare(nhn, folder / "a.png", "--record", record)
    nhn.busy.append((429, {"Retry-After": "3600"}))
    done = compare(nhn, folder, "--record", record)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "NHN Cloud asks to wait 3600 seconds; run the same command again then." in done.stderr
    assert compare(nhn, folder, "--record", record).exit_code == 0


def test_at_most_so_many_images(nhn: NhnService, folder: Path) -> None:
    compare(nhn, folder, "--limit", "1")
    assert len(nhn.asked) == 1


def test_a_file_that_cannot_be_read_is_told(nhn: NhnService, folder: Path) -> None:
    done = compare(nhn, folder / "a.png", folder / "none.png")
    assert done.exit_code == 2
    assert "none.png: No such file or directory." in done.stderr
    assert "1 of 1" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-",), "standard input"),
        (("a.png", "--nhn-url", "http://nhn.example"), "in the clear"),
        (("a.png", "--server", "nowhere"), "not the address of a service"),
    ],
)
def test_what_cannot_be_done_is_told_before_anything_is_sent(
    nhn: NhnService, arguments: tuple[str, ...], words: str
) -> None:
    done = compare(nhn, *arguments)
    assert done.exit_code == 2
    assert words in done.stderr
    assert nhn.asked == []


def test_wrong_keys_are_told_once(nhn: NhnService, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NHN_SECRET_KEY", "wrong")
    done = compare(nhn, folder)
    assert done.exit_code == 2
    assert done.stderr.endswith(
        "NHN Cloud refuses the appKey or the secret key; nothing more was sent to it.\n"
    )


def test_keys_are_typed_unseen_and_are_no_arguments(
    nhn: NhnService, folder: Path, models_directory: Path
) -> None:
    command = [sys.executable, "-m", "bonaface", "compare-nhn", str(folder / "a.png"), "--nhn-url", nhn.url]
    told = {name: value for name, value in inherited().items() if not name.startswith("NHN_")} | {
        f"{ENV_PREFIX}MODELS__DIRECTORY": str(models_directory),
        "NO_PROXY": "127.0.0.1",
    }
    terminal, end = pty.openpty()
    with subprocess.Popen(
        command, stdin=end, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=told, start_new_session=True
    ) as process:
        os.close(end)
        assert process.stderr is not None
        assert process.stdout is not None
        arguments = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        for typed in (nhn.app_key, nhn.secret):
            _read_until(process.stderr, b"NHN Cloud: ")
            os.write(terminal, f"{typed}\n".encode())
        shown = process.stdout.read() + process.stderr.read()
    os.close(terminal)
    assert process.returncode == 0, shown
    assert b"1 of 1" in shown
    assert nhn.secret.encode() not in shown + arguments
    assert nhn.app_key.encode() not in shown + arguments


def _read_until(stream: IO[bytes], words: bytes) -> None:
    read = b""
    while not read.endswith(words):
        byte = stream.read(1)
        assert byte, read
        read += byte
