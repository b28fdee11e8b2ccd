"""A server whose workers are processes: one that is killed, or stands still, costs one answer."""

import os
import shutil
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from support.machine.workers import fork_servers_of, has_ended, memory_of, workers_of
from support.models.presets_file import hang
from support.servers.served import QUICK_ENGINE, Served, serving
from support.waiting import wait_until

INTERNAL = -50000


def isolated(folder: Path, models: Path, **engine: float) -> AbstractContextManager[Served]:
    limits = {"isolation": "processes", "workers": 2, **engine}
    return serving(folder, models, serving=limits, models=QUICK_ENGINE)


def test_one_that_is_killed_costs_one_answer_and_is_replaced(
    tmp_path: Path, models_directory: Path, portrait: bytes
) -> None:
    with isolated(tmp_path, models_directory) as served, ThreadPoolExecutor(4) as pool:
        before = workers_of(served.process.pid)
        assert len(before) == 2
        asked = [pool.submit(served.ask, portrait) for _ in range(40)]
        wait_until(lambda: sum(one.done() for one in asked) >= 10)
        os.kill(before[0], signal.SIGKILL)
        codes = Counter(one.result().code for one in asked)
        assert codes == {0: 39, INTERNAL: 1}
        assert [line["reason"] for line in served.events("worker.lost")] == [
            "A worker ended with exit status -9."
        ]
        wait_until(lambda: len(workers_of(served.process.pid)) == 2)
        assert served.get("/healthz")[0] == served.get("/readyz")[0] == 200
        assert served.counted() == {"faces": 39, str(INTERNAL): 1}


def test_one_that_stands_still_is_replaced_and_health_is_good_again(
    tmp_path: Path, models_directory: Path, portrait: bytes
) -> None:
    with isolated(tmp_path, models_directory, stuck_after=3) as served:
        for worker in workers_of(served.process.pid):
            os.kill(worker, signal.SIGSTOP)
        assert [served.ask(portrait).code for _ in range(2)] == [INTERNAL] * 2
        assert [served.ask(portrait).code for _ in range(4)] == [0] * 4
        assert served.get("/healthz")[0] == 200


def test_a_stop_finishes_what_was_begun_and_leaves_no_process(
    tmp_path: Path, models_directory: Path, portrait: bytes
) -> None:
    with isolated(tmp_path, models_directory) as served, ThreadPoolExecutor(6) as pool:
        workers = workers_of(served.process.pid)
        asked = [pool.submit(served.ask, portrait) for _ in range(6)]
        wait_until(lambda: any(one.done() for one in asked))
        for process in (served.process.pid, *workers):
            os.kill(process, signal.SIGTERM)  # as a service manager does: to all of them
        assert served.wait() == 0
        answered = sum(one.exception() is None for one in asked)
        assert served.counted() == {"faces": answered}
        assert not any(Path(f"/proc/{worker}").exists() for worker in workers)


def test_a_server_that_is_killed_leaves_no_process(tmp_path: Path, models_directory: Path) -> None:
    with isolated(tmp_path, models_directory) as served:
        workers = workers_of(served.process.pid)
        served.send(signal.SIGKILL)
        served.wait()
        wait_until(lambda: all(has_ended(worker) for worker in workers))


@pytest.mark.parametrize("hangs", ["workers", "all"])
def test_a_server_that_is_killed_while_its_workers_hang_leaves_no_process(
    hangs: str, tmp_path: Path, models_directory: Path
) -> None:
    with isolated(tmp_path, models_directory) as served:
        forking, workers = fork_servers_of(served.process.pid), workers_of(served.process.pid)
        for process in workers if hangs == "workers" else (*workers, *forking):
            os.kill(process, signal.SIGSTOP)
        served.send(signal.SIGKILL)
        served.wait()
        wait_until(lambda: all(has_ended(process) for process in (*forking, *workers)))


def test_one_that_hangs_while_it_loads_is_told_replaced_and_left_by_no_kill(
    tmp_path: Path, centerface: Path, portrait: bytes
) -> None:
    models = tmp_path / "models"
    models.mkdir()
    weights, kept = models / centerface.name, tmp_path / "kept"
    shutil.copy(centerface, weights)
    shutil.copy(centerface, kept)
    limits = {"workers": 1, "load_timeout": 15}
    with serving(
        tmp_path, models, serving=limits, models=QUICK_ENGINE | {"detector": "centerface"}
    ) as served:
        hang(weights)
        os.kill(workers_of(served.process.pid)[0], signal.SIGKILL)
        assert served.ask(portrait).code == INTERNAL
        wait_until(lambda: served.get("/readyz")[0] == 503)
        assert served.get("/readyz")[1]["models"] == "warming"
        assert served.get("/healthz")[0] == 200
        wait_until(lambda: len(served.events("worker.lost")) == 2)
        kept.replace(weights)
        wait_until(lambda: served.get("/readyz")[0] == 200)
        assert served.ask(portrait).code == 0
        hang(weights)
        os.kill(workers_of(served.process.pid)[0], signal.SIGKILL)
        assert served.ask(portrait).code == INTERNAL
        wait_until(lambda: bool(workers_of(served.process.pid)))
        loading = workers_of(served.process.pid)
        served.send(signal.SIGKILL)
        served.wait()
        wait_until(lambda: all(has_ended(process) for process in loading))


def test_no_process_that_decodes_has_a_secret_of_the_environment(
    tmp_path: Path, models_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = "hidden-" + "word"
    for name in ("PGPASSWORD", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "https_proxy", "LC_SECRET"):
        monkeypatch.setenv(name, hidden)
    monkeypatch.setenv("bonaface_tracing__service_name", hidden)
    with isolated(tmp_path, models_directory) as served:
        server = served.process.pid
        assert hidden.encode() in Path(f"/proc/{server}/environ").read_bytes()
        processes = fork_servers_of(server) + workers_of(server)
        assert len(processes) == 3
        assert [process for process in processes if hidden.encode() in memory_of(process)] == []
