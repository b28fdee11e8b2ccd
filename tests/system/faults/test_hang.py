"""A native library that hangs: a `read` of the C library that never returns, without the interpreter's lock.

A call that hangs and holds the lock stops every thread, this server's answers to /healthz included: that an
orchestrator sees by itself, and no test of a single process can show more.
"""

import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.faults.hanging import HANG
from support.servers.served import QUICK_ENGINE, Served, serving
from support.waiting import wait_until

COMMAND = (sys.executable, "-m", "support.faults.hanging", "serve")
LIMITS = {"workers": 2, "queue": 3, "deadline": 1, "stuck_after": 2}
LATER = 60


@contextmanager
def hanging(
    folder: Path, models: Path, monkeypatch: pytest.MonkeyPatch, *, ready: bool = True
) -> Iterator[tuple[Served, int]]:
    """The server, and the end of a pipe: each byte into it lets one hanging call return."""
    os.mkfifo(folder / "fifo")
    monkeypatch.setenv("HANG_ON", str(folder / "fifo"))
    pipe = os.open(folder / "fifo", os.O_RDWR)
    server = {"shutdown_grace": 2}
    try:
        with serving(
            folder,
            models,
            command=COMMAND,
            ready=ready,
            serving=LIMITS,
            server=server,
            models=QUICK_ENGINE,
        ) as served:
            yield served, pipe
    finally:
        os.close(pipe)


def test_callers_get_their_answer_and_the_server_says_that_it_is_stuck(
    tmp_path: Path, models_directory: Path, monkeypatch: pytest.MonkeyPatch, small: bytes
) -> None:
    with hanging(tmp_path, models_directory, monkeypatch) as (served, pipe), ThreadPoolExecutor(5) as pool:
        threads = served.threads
        hung, waited = [list(pool.map(served.ask, images)) for images in ([HANG] * 2, [small] * 3)]
        assert [answer.status for answer in hung + waited] == [503] * 5
        assert served.ask(small).status == 503  # at once: no place is left
        wait_until(lambda: served.get("/healthz")[0] == 503)
        assert served.get("/healthz")[1] == {"status": "alive", "engine": "stuck"}
        assert served.get("/readyz")[1]["engine"] == "stuck"
        wait_until(lambda: bool(served.events("serving.stuck")))
        last = served.events("serving.stuck")[-1]
        assert (last["level"], last["stuck"], last["workers"]) == ("error", 2, 2)
        assert served.threads <= threads + 10  # those that requests borrow, not one for each

        os.write(pipe, b"12")
        wait_until(lambda: served.get("/readyz")[0] == 200)
        assert served.ask(small).code == 0
        assert served.get("/healthz")[0] == 200
        wait_until(lambda: bool(served.events("serving.recovered")))
        assert [answer.code for answer in pool.map(served.ask, [small] * 5)] == [0] * 5  # all places are back
        assert served.counted()["refused_overload"] == 6


def test_one_that_hangs_leaves_the_others_working_and_a_stop_does_not_wait_for_it(
    tmp_path: Path, models_directory: Path, monkeypatch: pytest.MonkeyPatch, small: bytes
) -> None:
    with hanging(tmp_path, models_directory, monkeypatch) as (served, _):
        assert served.ask(HANG).status == 503
        wait_until(lambda: bool(served.events("serving.stuck")))
        assert [(line["stuck"], line["workers"]) for line in served.events("serving.stuck")] == [(1, 2)]
        assert served.get("/healthz")[0] == 200
        assert [served.ask(small).code for _ in range(5)] == [0] * 5
        served.send(signal.SIGTERM)
        assert served.wait(LATER) == 0
        assert served.counted() == {"no_face": 5, "refused_overload": 1}
        assert [line["closed"] for line in served.events("server.stopped")] == [True]


def test_a_stop_does_not_wait_for_a_warm_up_that_hangs(
    tmp_path: Path, models_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HANG_COLD", "1")
    with hanging(tmp_path, models_directory, monkeypatch, ready=False) as (served, _):
        wait_until(lambda: served.get("/healthz")[0] == 503)
        assert served.get("/readyz")[1]["models"] == "warming"
        served.send(signal.SIGTERM)
        assert served.wait(LATER) == 0
