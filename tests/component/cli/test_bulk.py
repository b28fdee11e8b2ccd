import json
import signal
from importlib.util import find_spec
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from bonaface.bulk.columns import OWN
from support.bulk.jobs import rows_of, small_images, start
from support.command import run
from support.waiting import wait_until

pytestmark = pytest.mark.usefixtures("quick_engine")


@pytest.fixture
def folder(portrait_file: Path, tmp_path: Path) -> Path:
    """A portrait, a picture without a face, and a file that is no image."""
    folder = tmp_path / "set"
    small_images(folder, 1)
    portrait_file.rename(folder / "portrait.png")
    (folder / "text.jpg").write_text("no image")
    return folder


def test_a_folder_becomes_parquet(folder: Path, tmp_path: Path) -> None:
    done = run("bulk", str(folder), "--out", str(tmp_path / "out"), "--preset", "weak", "--jobs", "1")
    rows = {Path(row["path"]).name: row for row in rows_of(tmp_path / "out")}

    assert (done.exit_code, done.stdout) == (0, f"{tmp_path / 'out'}\n")
    assert "3 images, 3 rows: 1 bona fide, 1 no face, 1 error; 3 in " in done.stderr
    assert {name: row["verdict"] for name, row in rows.items()} == {
        "0000.png": "no_face",
        "portrait.png": "bona_fide",
        "text.jpg": "error",
    }
    assert {row["preset"] for row in rows.values()} == {"weak"}
    assert {row["pad"] for row in rows.values()} == {"bonaface-pad"}
    assert rows["text.jpg"]["error_code"] == "unsupported_format"
    (shard,) = (tmp_path / "out").glob("*.parquet")
    assert pq.read_schema(shard).names == list(OWN)


def test_a_finished_job_is_told_again_without_work(folder: Path, tmp_path: Path) -> None:
    command = ("bulk", str(folder), "--out", str(tmp_path / "out"), "--jobs", "1")
    run(*command)
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "out").glob("faces-*")}
    again = run(*command)

    assert again.exit_code == 0
    assert again.stderr == "3 images, 3 rows: 1 bona fide, 1 no face, 1 error\n"
    assert {file: file.stat().st_mtime_ns for file in before} == before


def test_a_manifest_with_captures_in_parts_as_jsonl(folder: Path, tmp_path: Path) -> None:
    manifest = folder / "m.csv"
    lines = [f"portrait.png,{who},attack" for who in "aabbccdd"]
    manifest.write_text("\n".join(["path,who,label", *lines]), "utf-8")
    out = tmp_path / "out"
    for part in ("1/2", "2/2"):
        options = ("--frames", "who", "--format", "jsonl", "--part", part, "--jobs", "1")
        assert run("bulk", str(manifest), "--out", str(out), *options).exit_code == 0
    rows = rows_of(out)

    assert sorted(row["capture"] for row in rows) == list("aabbccdd")
    assert {(row["label"], row["findings"], row["capture_verdict"]) for row in rows} == {
        ("attack", "duplicate", "bona_fide")
    }
    assert {file.parent.name for file in out.glob("*/job.json")} == {"part-1-of-2", "part-2-of-2"}


def test_when_no_image_can_be_judged_the_status_says_so(tmp_path: Path) -> None:
    manifest = tmp_path / "m.csv"
    manifest.write_text("path\nnowhere.png\n", "utf-8")
    done = run("bulk", str(manifest), "--out", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert [row["error_code"] for row in rows_of(tmp_path / "out")] == ["unreadable_file"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("nowhere",), "is neither a folder"),
        (("set", "--part", "3/2"), "is not i/n"),
        (("set", "--frames", "who"), "names no column"),
    ],
)
def test_what_cannot_begin_is_one_sentence(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], sentence: str
) -> None:
    monkeypatch.chdir(folder.parent)
    done = run("bulk", *options, "--out", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert sentence in done.stderr


@pytest.mark.parametrize(
    ("given", "missing", "extra"), [("set", "pyarrow", "parquet"), ("s3://bucket/set", "s3fs", "bulk")]
)
def test_a_missing_extra_is_told_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, missing: str, extra: str
) -> None:
    def find(name: str) -> object:
        return None if name == missing else find_spec(name)

    monkeypatch.setattr("bonaface.optional_dependencies.find_spec", find)
    done = run("bulk", given, "--out", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert f"needs {missing}; install it with `pip install 'bonaface[{extra}]'`" in done.stderr


def test_an_interrupted_job_says_how_it_goes_on(tmp_path: Path) -> None:
    small_images(tmp_path / "set", 300)
    with start(tmp_path / "set", tmp_path / "out", shard=10) as job:
        wait_until(lambda: any((tmp_path / "out").glob("faces-*")))
        job.send_signal(signal.SIGINT)
        _, told = job.communicate(timeout=60)
    assert job.returncode == 130
    assert "the same command goes on" in told
    assert "Traceback" not in told


def test_the_settings_of_a_job_are_kept(folder: Path, tmp_path: Path) -> None:
    command = ("bulk", str(folder), "--out", str(tmp_path / "out"), "--jobs", "1")
    run(*command)
    kept = json.loads((tmp_path / "out" / "job.json").read_text("utf-8"))
    done = run(*command, "--preset", "strict")

    assert kept["request"]["preset"] == "balanced"
    assert done.exit_code == 2
    assert "whose preset is balanced, not strict" in done.stderr
