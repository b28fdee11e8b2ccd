from pathlib import Path

import pytest

from bonaface import Settings
from bonaface.bulk.columns import Format
from bonaface.bulk.job import Job, Request, make_job
from bonaface.bulk.run import open_run
from bonaface.bulk.shard_file import read_shard
from bonaface.errors import InvalidParameterError
from bonaface.types import Preset
from support.bulk.runner import EasyRunner, StoppedError

COUNT = 10


@pytest.fixture
def manifest(tmp_path: Path) -> str:
    path = tmp_path / "m.csv"
    path.write_text("path,label\n" + "".join(f"{number}.jpg,l{number}\n" for number in range(1, COUNT + 1)))
    return str(path)


def _job(settings: Settings, manifest: str, **more: object) -> Job:
    request = Request(input=manifest, preset=Preset.WEAK, format=Format.JSONL, shard=3)
    return make_job(settings, request.model_copy(update=more))


def _told(folder: Path) -> list[tuple[int, str, str]]:
    files = sorted(folder.glob("faces-*"))
    rows = [row for file in files for row in read_shard(file, ["image", "label", "preset"])]
    return [(row["image"], row["label"], row["preset"]) for row in rows]


WHOLE = [(number, f"l{number}", "weak") for number in range(1, COUNT + 1)]


def test_every_item_has_its_rows_in_order_with_labels_and_what_judged(
    settings: Settings, manifest: str, tmp_path: Path
) -> None:
    ticks: list[int] = []
    with open_run(_job(settings, manifest), manifest, tmp_path / "out") as run:
        run.finish(EasyRunner(), lambda: ticks.append(1))

    assert _told(tmp_path / "out") == WHOLE
    assert (run.finished, run.rows, run.verdicts, len(ticks)) == (COUNT, COUNT, {"no_face": COUNT}, COUNT)
    assert {one.number: one.items for one in run.shards.shards.values()} == {0: 3, 1: 3, 2: 3, 3: 1}


@pytest.mark.parametrize("after", range(COUNT))
def test_what_is_finished_is_not_judged_again(
    settings: Settings, manifest: str, tmp_path: Path, after: int
) -> None:
    job, out = _job(settings, manifest), tmp_path / "out"
    with open_run(job, manifest, out) as run, pytest.raises(StoppedError):
        run.finish(EasyRunner(after))
    before = {file.name: file.stat().st_mtime_ns for file in out.glob("faces-*")}
    again = EasyRunner()
    with open_run(job, manifest, out) as run:
        assert run.finished == 3 * len(before)
        run.finish(again)

    assert _told(out) == WHOLE
    assert len(again.taken) == COUNT - 3 * len(before)
    assert {name: (out / name).stat().st_mtime_ns for name in before} == before


def test_the_input_is_that_of_the_beginning(settings: Settings, manifest: str, tmp_path: Path) -> None:
    job, out = _job(settings, manifest), tmp_path / "out"
    with open_run(job, manifest, out) as run, pytest.raises(StoppedError):
        run.finish(EasyRunner(4))
    Path(manifest).write_text("path,label\nother.jpg,x\n")
    with open_run(job, manifest, out) as run:
        run.finish(EasyRunner())
    assert _told(out) == WHOLE


def test_two_processes_are_not_at_one_job(settings: Settings, manifest: str, tmp_path: Path) -> None:
    job, out = _job(settings, manifest), tmp_path / "out"
    with (
        open_run(job, manifest, out),
        pytest.raises(InvalidParameterError, match="Another process"),
        open_run(job, manifest, out),
    ):
        pass


def test_an_input_without_an_image_is_told_and_can_be_filled(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    job = _job(settings, str(folder))
    with (
        pytest.raises(InvalidParameterError, match="There is no image in"),
        open_run(job, str(folder), tmp_path / "o"),
    ):
        pass
    (folder / "a.jpg").touch()
    with open_run(job, str(folder), tmp_path / "o") as run:
        assert run.listing.count == 1
