"""Ray on two hosts, which are network namespaces: one job, an actor on each."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from conftest import need_service
from support.bulk.cluster import Node, head, joined
from support.bulk.jobs import rows_of, small_images, start
from support.network.island import Namespace, why_not
from support.waiting import wait_until

FIRST, SECOND = "198.51.100.1", "198.51.100.2"
HOST = """
mount -t tmpfs none /dev/shm
ip link set lo up
"""
CABLE = f"""
ip link add cable type veth peer name cable netns $OTHER
ip address add {FIRST}/24 dev cable
ip link set cable up
ip route add default via {SECOND}
"""
OTHER_END = f"""
ip address add {SECOND}/24 dev cable
ip link set cable up
ip route add default via {FIRST}
"""
IMAGES, SECONDS = 600, 250

pytestmark = pytest.mark.alone  # as `test_ray.py`


@pytest.fixture
def hosts() -> Iterator[tuple[Namespace, Namespace]]:
    """Joined by a cable; each with memory of its own for shared objects."""
    need_service(why_not())
    first, second = Namespace(), Namespace()
    try:
        for each in (first, second):
            each.script(HOST)
        first.script(CABLE, OTHER=str(second.pid))
        second.script(OTHER_END)
        yield first, second
    finally:
        first.close()
        second.close()


def _network_of(pid: int) -> int:
    return Path(f"/proc/{pid}/ns/net").stat().st_ino


def test_both_hosts_judge_one_job(
    hosts: tuple[Namespace, Namespace], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = hosts
    small_images(tmp_path / "set", IMAGES)
    out = tmp_path / "out"
    with ExitStack() as stack:
        one = stack.enter_context(head(FIRST, first.command()))
        two: Node = stack.enter_context(joined(one, SECOND, second.command()))
        for name, value in one.environment.items():
            monkeypatch.setenv(name, value)
        options = ("--runner", "ray", "--jobs", "2")
        with start(tmp_path / "set", out, *options, shard=10, inside=first.command()) as job:
            wait_until(lambda: bool(one.actors and two.actors) or job.poll() is not None)
            networks = [_network_of(pid) for pid in (*one.actors, *two.actors)]
            _, told = job.communicate(timeout=SECONDS)
    assert job.returncode == 0, told
    assert networks == [_network_of(each.pid) for each in hosts]
    counted = Counter(Path(row["path"]).name for row in rows_of(out))
    assert counted == {f"{number:04}.png": 1 for number in range(IMAGES)}
