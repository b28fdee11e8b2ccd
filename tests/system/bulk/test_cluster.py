"""A real Ray cluster: joined and left again, with an actor that is lost, or that there is none of."""

import os
import signal
import socket
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bonaface import Settings
from bonaface.bulk import ray_data
from bonaface.bulk.ray_data import ADDRESS, RayRunner
from bonaface.bulk.work import Work
from bonaface.errors import ConfigurationError
from bonaface.settings import ModelSettings
from bonaface.types import Preset
from support.bulk.cluster import Node, head
from support.bulk.jobs import rows_of, small_images, start
from support.network.ports import free_port
from support.waiting import wait_until

SECONDS = 250
IMAGES = 400

pytestmark = pytest.mark.alone  # as `test_ray.py`


@pytest.fixture(scope="module")
def cluster() -> Iterator[Node]:
    with head() as node:
        yield node


def _assert_whole(out: Path) -> None:
    counted = Counter(Path(row["path"]).name for row in rows_of(out))
    assert counted == {f"{number:04}.png": 1 for number in range(IMAGES)}


def test_a_job_joins_a_cluster_whose_actor_is_lost_and_leaves_it(
    cluster: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in cluster.environment.items():
        monkeypatch.setenv(name, value)
    small_images(tmp_path / "set", IMAGES)
    out = tmp_path / "out"
    with start(tmp_path / "set", out, "--runner", "ray", shard=10) as job:
        wait_until(lambda: any(out.glob("faces-*")) or job.poll() is not None)
        assert job.poll() is None, job.communicate()
        (actor,) = cluster.actors
        os.kill(actor, signal.SIGKILL)
        _, told = job.communicate(timeout=SECONDS)
    assert job.returncode == 0, told
    _assert_whole(out)
    assert cluster.is_well
    wait_until(lambda: not cluster.actors)


@pytest.fixture
def work(model_settings: ModelSettings) -> Work:
    return Work(Settings(models=model_settings), Preset.BALANCED, "/")


def test_a_cluster_whose_token_is_not_had_is_told(
    cluster: Node, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ADDRESS, cluster.address)
    with pytest.raises(ConfigurationError) as caught:
        RayRunner(work, 1)
    assert str(caught.value) == f"Ray cannot be joined at {cluster.address}: {ray_data.NOT_ADMITTED}"


@pytest.mark.parametrize("is_there", [True, False])
def test_a_cluster_that_does_not_answer_is_told_in_time(
    is_there: bool, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ray_data, "ANSWER_SECONDS", 10)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1] if is_there else free_port()
        monkeypatch.setenv(ADDRESS, f"127.0.0.1:{port}")
        with pytest.raises(ConfigurationError, match=rf"^Ray cannot be joined at 127\.0\.0\.1:{port}: .*\.$"):
            RayRunner(work, 1)
