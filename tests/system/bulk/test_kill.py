"""kill -9 in the middle of a job: what was finished stays, the rest is done (20 times: `make prove-bulk`)."""

from pathlib import Path

from support.bulk.kills import KilledJob


def test_a_job_that_is_killed_goes_on_behind_its_finished_shards(tmp_path: Path) -> None:
    job = KilledJob(tmp_path, images=400)
    job.prepare()
    first, second = job.kill_after_a_shard(), job.kill_after_a_shard()
    assert 0 < first < second < 40
    job.run_to_its_end()
