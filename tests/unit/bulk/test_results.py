from pathlib import Path

import pytest

from bonaface import Settings
from bonaface.bulk.columns import Format
from bonaface.bulk.job import Request, make_job
from bonaface.bulk.results import is_output, read_results
from bonaface.bulk.run import open_run
from bonaface.errors import InvalidParameterError
from bonaface.types import Preset
from support.bulk.runner import EasyRunner, StoppedError

COUNT = 10


def _judged(settings: Settings, folder: Path, part: str = "1/1", stop_after: int = 1000) -> None:
    manifest = folder / "m.csv"
    if not manifest.exists():
        manifest.write_text("path,label\n" + "".join(f"{number}.jpg,attack\n" for number in range(COUNT)))
    request = Request(input=str(manifest), preset=Preset.WEAK, format=Format.JSONL, shard=3, part=part)
    out = folder if part == "1/1" else folder / f"part-{part.replace('/', '-of-')}"
    with open_run(make_job(settings, request), str(manifest), out) as run:
        run.finish(EasyRunner(stop_after))


def test_rows_of_all_parts_are_read_image_by_image(settings: Settings, tmp_path: Path) -> None:
    assert not is_output(str(tmp_path))
    for part in ("1/2", "2/2"):
        _judged(settings, tmp_path, part)
    results = read_results(str(tmp_path))
    found = list(results.images(["path", "label", "subject"]))

    assert is_output(str(tmp_path))
    assert {root for root, _ in found} == {str(tmp_path)}
    assert sorted(row["path"] for _, rows in found for row in rows) == [
        f"{number}.jpg" for number in range(10)
    ]
    assert {row["label"] for _, rows in found for row in rows} == {"attack"}
    assert results.sha256 == read_results(str(tmp_path)).sha256


def test_a_part_that_is_missing_is_told(settings: Settings, tmp_path: Path) -> None:
    _judged(settings, tmp_path, "1/2")
    with pytest.raises(InvalidParameterError, match="does not hold all 2 parts of one job"):
        read_results(str(tmp_path))


def test_a_job_that_is_not_finished_is_told(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(StoppedError):
        _judged(settings, tmp_path, stop_after=7)
    with pytest.raises(InvalidParameterError, match=r"has judged [0-9] of 10 images; run it to its end"):
        read_results(str(tmp_path))
    (tmp_path / "listing.jsonl").unlink()
    with pytest.raises(InvalidParameterError, match="has only begun"):
        read_results(str(tmp_path))
