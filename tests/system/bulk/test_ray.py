"""Real Ray: a local one is started for the job and stopped; the rows are those of the process pool."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from support.bulk.jobs import rows_of, small_images, start
from support.bulk.kills import KilledJob

SECONDS = 250
RAY = ("--runner", "ray", "--jobs", "1")

pytestmark = pytest.mark.alone  # Ray gives itself up where its agents find no processor for 30 seconds


def _judged(folder: Path, out: Path, *options: str) -> Mapping[str, dict[str, Any]]:
    with start(folder, out, *options, shard=3) as job:
        _, told = job.communicate(timeout=SECONDS)
    assert job.returncode == 0, told
    assert "Traceback" not in told
    return {row["path"]: row for row in rows_of(out)}


def test_the_rows_are_those_of_processes(tmp_path: Path, portrait: bytes) -> None:
    folder = tmp_path / "set"
    small_images(folder, 5)
    (folder / "face.png").write_bytes(portrait)
    (folder / "text.jpg").write_text("no image")
    by_ray = _judged(folder, tmp_path / "ray", *RAY)

    assert by_ray == _judged(folder, tmp_path / "processes", "--jobs", "1")
    assert len(by_ray) == 7


def test_a_job_that_is_killed_goes_on_behind_its_finished_shards(tmp_path: Path) -> None:
    job = KilledJob(tmp_path, images=300, options=RAY)
    job.prepare()
    assert 0 < job.kill_after_a_shard() < 30
    job.run_to_its_end()
