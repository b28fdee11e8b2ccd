"""Processes that are forked, waited for, killed; and the one that forks them, lost."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from socket import socketpair

import pytest

from bonaface.serving.processes import fork_server as module
from bonaface.serving.processes.child import send_settings
from bonaface.serving.processes.fork_server import CLOSED, LEFT_TO_THE_SERVER, NICENESS, PROGRAM, ForkServer
from bonaface.serving.processes.messages import Reply
from bonaface.serving.processes.networks import open_networks
from bonaface.settings import ModelSettings, Settings
from support.machine.workers import fork_servers_of, has_ended, workers_of
from support.waiting import wait_until

LONG = 60.0
ASKS = """
from socket import socketpair
from bonaface.serving.processes.fork_server import ForkServer
fork_server, pairs = ForkServer("onnxruntime"), [socketpair() for _ in range(2)]
for _, theirs in pairs:
    fork_server.spawn(theirs.fileno())
print("begun", flush=True)
import time
time.sleep(600)
"""


@contextmanager
def nursing() -> Iterator[ForkServer]:
    fork_server = ForkServer("auto")
    try:
        yield fork_server
    finally:
        fork_server.close()
    assert fork_servers_of(os.getpid()) == []


@contextmanager
def borne(fork_server: ForkServer) -> Iterator[tuple[int, Connection]]:
    """The number of a worker, and the other end of its descriptor."""
    ours, theirs = socketpair()
    with ours, theirs:
        number = fork_server.spawn(theirs.fileno())
        channel = Connection(ours.detach())
    with channel:
        yield number, channel


def begin(channel: Connection, settings: Settings) -> None:
    with open_networks() as networks:
        send_settings(channel, settings, networks)


def workers() -> list[int]:
    return workers_of(os.getpid())


def test_it_imports_nothing_that_no_worker_needs() -> None:
    told = "f._import_all('auto'); print([n for n, m in sys.modules.items() if m and n.startswith(f.UNUSED)])"
    program = PROGRAM.replace("import main; main()", f"import main; import {module.__name__} as f; {told}")
    done = subprocess.run([sys.executable, "-P", "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"


def test_a_worker_works_and_ends_when_its_descriptor_is_closed(model_settings: ModelSettings) -> None:
    with nursing() as fork_server:
        with borne(fork_server) as (number, channel):
            begin(channel, Settings(models=model_settings))
            assert channel.poll(LONG)
            assert channel.recv() == Reply()
            assert len(workers()) == 1
            assert fork_server.status(number, 0) is None
        assert fork_server.status(number, LONG) == 0
        assert fork_server.status(number, 0) is None  # told once
        assert workers() == []


def test_its_threads_are_one_and_it_yields_to_the_server() -> None:
    with nursing() as fork_server, borne(fork_server):
        wait_until(lambda: len(workers()) == 1)
        (forking,), (worker,) = fork_servers_of(os.getpid()), workers()
        assert len(list(Path(f"/proc/{forking}/task").iterdir())) == 1
        own = os.getpriority(os.PRIO_PROCESS, 0)
        wait_until(lambda: os.getpriority(os.PRIO_PROCESS, worker) == min(own + NICENESS, 19))
        assert os.getpriority(os.PRIO_PROCESS, forking) == own


def test_one_that_stands_still_is_killed_and_the_others_go_on() -> None:
    with nursing() as fork_server, borne(fork_server) as (number, _), borne(fork_server):
        wait_until(lambda: len(workers()) == 2)
        standing, other = workers()
        os.kill(standing, signal.SIGSTOP)
        assert fork_server.status(number, 0.01) is None
        assert fork_server.kill(number) == -signal.SIGKILL
        assert workers() == [other]
        assert fork_server.kill(number) is None


def test_what_a_worker_raises_is_its_end(capfd: pytest.CaptureFixture[str]) -> None:
    with nursing() as fork_server, borne(fork_server) as (number, channel):
        channel.send("no settings")
        assert fork_server.status(number, LONG) == 1
    assert "AttributeError" in capfd.readouterr().err


def test_the_one_that_forks_is_begun_anew_and_its_workers_go_on(model_settings: ModelSettings) -> None:
    with nursing() as fork_server, borne(fork_server) as (number, channel):
        wait_until(lambda: len(workers()) == 1)
        (forking,), (orphan,) = fork_servers_of(os.getpid()), workers()
        os.kill(forking, signal.SIGKILL)
        assert fork_server.status(number, 0) is None
        with borne(fork_server):
            wait_until(lambda: len(workers()) == 1)
            begin(channel, Settings(models=model_settings))
            assert channel.poll(LONG)
            assert channel.recv() == Reply()
            assert fork_server.kill(number) is None  # it ends, and nobody can tell its status
            wait_until(lambda: has_ended(orphan))
            assert len(workers()) == 1


def test_one_that_forks_no_more_is_lost_and_begun_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ANSWER_SECONDS", 0.1)
    with nursing() as fork_server, borne(fork_server) as (number, _):
        wait_until(lambda: len(workers()) == 1)
        (standing,) = fork_servers_of(os.getpid())
        os.kill(standing, signal.SIGSTOP)
        assert fork_server.status(number, 0) is None
        with borne(fork_server):
            wait_until(lambda: len(workers()) == 1)
        assert standing not in fork_servers_of(os.getpid())


def test_once_closed_it_begins_none() -> None:
    with nursing() as fork_server:
        fork_server.close()
        with pytest.raises(OSError, match=CLOSED), borne(fork_server):
            pass
        assert fork_server.kill(1) is None


def test_a_signal_to_the_whole_group_leaves_it_to_the_server() -> None:
    with nursing() as fork_server, borne(fork_server) as (number, _):
        wait_until(lambda: len(workers()) == 1)
        for process in (*fork_servers_of(os.getpid()), *workers()):
            for each in LEFT_TO_THE_SERVER:
                os.kill(process, each)
        assert fork_server.status(number, 0.1) is None


def test_a_worker_that_hangs_is_killed_though_nobody_can_wait_for_it() -> None:
    with nursing() as fork_server, borne(fork_server) as (number, _):
        wait_until(lambda: len(workers()) == 1)
        (forking,), (orphan,) = fork_servers_of(os.getpid()), workers()
        os.kill(orphan, signal.SIGSTOP)
        os.kill(forking, signal.SIGKILL)
        assert fork_server.kill(number) is None
        wait_until(lambda: has_ended(orphan))


@pytest.mark.parametrize("forking_too", [False, True])
def test_what_hangs_ends_with_the_process_that_asked_for_it(forking_too: bool) -> None:
    asking = subprocess.Popen([sys.executable, "-c", ASKS], stdout=subprocess.PIPE)
    with asking:
        assert asking.stdout is not None
        assert asking.stdout.readline() == b"begun\n"
        wait_until(lambda: len(workers_of(asking.pid)) == 2)
        begun = [*workers_of(asking.pid), *(fork_servers_of(asking.pid) if forking_too else [])]
        for process in begun:
            os.kill(process, signal.SIGSTOP)
        asking.kill()
        asking.wait()
        wait_until(lambda: all(has_ended(process) for process in begun))


def test_it_leaves_no_descriptor(model_settings: ModelSettings) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    with nursing() as fork_server:
        for _ in range(3):
            with borne(fork_server) as (number, _channel):
                pass
            assert fork_server.status(number, LONG) == 0
        with borne(fork_server) as (number, _channel):
            assert fork_server.kill(number) == -signal.SIGKILL
    assert len(list(Path("/proc/self/fd").iterdir())) == before
