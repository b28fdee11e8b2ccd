"""A server whose workers are processes: one that is killed, or stands still, costs one answer."""

import os
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

from support.served import Served, serving
from support.server import wait_until
from support.workers import workers_of

INTERNAL = -50000


def isolated(folder: Path, models: Path, **engine: float) -> AbstractContextManager[Served]:
    return serving(folder, models, engine={"isolation": "processes", "workers": 2, **engine})


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
    with isolated(tmp_path, models_directory, stuck_after=1) as served:
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
        wait_until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))
