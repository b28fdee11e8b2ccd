"""Where worker processes come from: a process that has imported what they need, and forks.

A worker is then 30 MB smaller, for what is imported is there once, and begins half a second sooner. The
process that forks must have one thread and hold no state of a library: so it imports, and does nothing else.
"""

import gc
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from contextlib import suppress
from io import FileIO
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle, send_handle
from socket import socketpair
from typing import TYPE_CHECKING, Literal, NamedTuple, NoReturn, cast

from bonaface.errors import ConfigurationError
from bonaface.serving.processes.child import work
from bonaface.serving.processes.environment import environment
from bonaface.serving.processes.lifetime import end_with, pipe

if TYPE_CHECKING:
    from bonaface.runtime.engines import EngineName

UNUSED = ("openvino.tools.ovc", "rich")
"""What libraries import where it is installed, and no worker needs: 30 ms and 5 MB."""
PROGRAM = (
    f"import gc, sys; gc.disable(); sys.modules.update(dict.fromkeys({UNUSED})); "
    "from bonaface.serving.processes.fork_server import main; main()"
)
"""The collector would go through what is imported again and again, to free next to nothing."""
COMMAND = (sys.executable, "-P", "-c", PROGRAM)
"""Not with `-m`: what is sent would be of a module `__main__`."""
NICENESS = 10
"""Of workers. Who speaks to clients goes first: where all cores are taken, refusals must not wait."""
LOOK_SECONDS = 0.005
END_SECONDS = 10.0
"""For one that was killed to end: one that waits for a disk may take a while."""
ANSWER_SECONDS = 15.0
"""After which the process that forks counts as lost: it only waits for others, and not so long."""
CLOSED = "no more workers are begun"
LEFT_TO_THE_SERVER = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Signals that come to all processes of a group or a terminal: when to stop is for the server to say."""


class Question(NamedTuple):
    """What is asked of the process that forks; `worker` is a number that the asker gave out."""

    verb: Literal["spawn", "status", "kill"]
    worker: int
    seconds: float = 0.0


class ForkServer:
    """Begins and ends worker processes, by way of a process that forks them. Thread-safe.

    Should that one be lost, it is begun anew with the next worker; the workers that it left go on. All of
    them end with this process, whatever ends it and whatever they are at.
    """

    def __init__(self, runtime: "EngineName") -> None:
        """For workers on this runtime. Raises OSError when there can be no process."""
        self._runtime = runtime
        self._lock = threading.Lock()
        self._numbers = count(1)
        self._is_closed = False
        self._lives: dict[int, FileIO] = {}
        """For each worker the end of a pipe: closed, it ends the worker."""
        self._begin()

    def spawn(self, descriptor: int) -> int:
        """Begin a process that runs `child.work` on a copy of `descriptor`; its number.

        Does not wait for it: should there be none after all, the copy is closed. Raises OSError when no
        process can be begun at all, and once it is closed.
        """
        with self._lock:
            if self._is_closed:
                raise OSError(CLOSED)
            number = next(self._numbers)
            theirs, self._lives[number] = pipe()
            with theirs:
                try:
                    self._order_at_last(number, descriptor, theirs.fileno())
                except BaseException:
                    self._end_life(number)
                    raise
        return number

    def status(self, worker: int, seconds: float) -> int | None:
        """The exit status (negative: a signal) of a worker, when it ends within `seconds`.

        None when it does not, or when the process that forked it is lost: then nobody can tell.
        """
        status = self._asked(Question("status", worker, seconds))
        if status is not None:
            self._end_life(worker)
        return status

    def kill(self, worker: int) -> int | None:
        """Kill a worker, whatever it is at, and wait for its end; its status, or None as above."""
        self._end_life(worker)
        return self._asked(Question("kill", worker))

    def close(self) -> None:
        """End every worker that there still is, and the process that forks. Twice is once."""
        for worker in list(self._lives):
            self._end_life(worker)
        with self._lock:
            self._is_closed = True
            self._end()

    def _end_life(self, worker: int) -> None:
        with suppress(KeyError):
            self._lives.pop(worker).close()

    def _order_at_last(self, number: int, descriptor: int, life: int) -> None:
        try:
            self._order(number, descriptor, life)
        except OSError:
            self._end()
            self._begin()
            self._order(number, descriptor, life)

    def _order(self, number: int, *descriptors: int) -> None:
        self._channel.send(Question("spawn", number))
        for descriptor in descriptors:
            send_handle(self._channel, descriptor, self._process.pid)

    def _asked(self, question: Question) -> int | None:
        with self._lock, suppress(EOFError, OSError):
            self._channel.send(question)
            if self._channel.poll(ANSWER_SECONDS):
                return cast("int | None", self._channel.recv())
            self._end()  # what it may still say would be taken for another answer
        return None

    def _begin(self) -> None:
        ours, theirs = socketpair()
        life, self._life = pipe()
        with ours, theirs, life:
            try:
                self._process = _started([theirs.fileno(), life.fileno()], self._runtime)
            except BaseException:
                self._life.close()
                raise
            self._channel = Connection(ours.detach())

    def _end(self) -> None:
        self._life.close()
        self._channel.close()
        self._process.kill()
        self._process.wait()


def _started(descriptors: list[int], runtime: "EngineName") -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - this very interpreter
        [*COMMAND, *map(str, descriptors), runtime],
        pass_fds=descriptors,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env=environment(),
    )


def main() -> None:
    """Fork workers for the other end of the descriptor in the command line, until that is closed."""
    for number in LEFT_TO_THE_SERVER:
        signal.signal(number, signal.SIG_IGN)
    descriptor, life, runtime = sys.argv[1:]
    end_with(int(life))
    _import_all(cast("EngineName", runtime))
    gc.freeze()  # else the collector of each worker would copy what they share
    gc.enable()
    with Connection(int(descriptor)) as channel, suppress(EOFError, ConnectionError):
        _Forks(channel, int(life)).serve()


def _import_all(runtime: "EngineName") -> None:
    # Here alone: the server, which begins this process, needs none of the libraries of images.
    import bonaface.analyzer  # noqa: F401
    from bonaface.runtime.engines import session_factory

    with suppress(ConfigurationError):  # a worker will tell
        session_factory(runtime)


class _Forks:
    """The workers of one server, by their numbers, in the process that forks them."""

    def __init__(self, channel: Connection, life: int) -> None:
        self._channel = channel
        self._life = life
        self._ids: dict[int, int] = {}

    def serve(self) -> None:
        """Raises EOFError once the other end is closed."""
        while True:
            question: Question = self._channel.recv()
            if question.verb == "spawn":
                self._spawn(question.worker)
            else:
                self._channel.send(self._status(question))

    def _spawn(self, number: int) -> None:
        descriptor, life = recv_handle(self._channel), recv_handle(self._channel)
        with suppress(OSError):  # there can be no more processes: who asked finds the descriptor closed
            if (process := os.fork()) == 0:
                self._channel.close()
                os.close(self._life)
                _work(descriptor, life)
            self._ids[number] = process
        os.close(descriptor)
        os.close(life)

    def _status(self, question: Question) -> int | None:
        process = self._ids.get(question.worker)
        if process is None:
            return None
        if question.verb == "kill":
            os.kill(process, signal.SIGKILL)  # nobody has waited for it yet: the id is still its own
        status = _exit_status(process, END_SECONDS if question.verb == "kill" else question.seconds)
        if status is not None:
            del self._ids[question.worker]
        return status


def _work(descriptor: int, life: int) -> NoReturn:
    """Ends the process: what follows in the program is not a worker's."""
    status = 1
    try:
        end_with(life)
        os.nice(NICENESS)
        with Connection(descriptor) as channel:
            work(channel)
        status = 0
    except Exception:  # noqa: BLE001 - told as the interpreter would, which does not end here
        traceback.print_exc()
    finally:
        os._exit(status)


def _exit_status(process: int, seconds: float) -> int | None:
    ends = time.monotonic() + seconds
    while True:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() >= ends:
            return None
        time.sleep(LOOK_SECONDS)
