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
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle, send_handle
from socket import socketpair
from typing import TYPE_CHECKING, Literal, NamedTuple, NoReturn, cast

from bonaface.errors import ConfigurationError
from bonaface.serving.worker import work
from bonaface.settings import ENV_PREFIX

if TYPE_CHECKING:
    from bonaface.runtime.engines import EngineName

COMMAND = (sys.executable, "-P", "-c", "from bonaface.serving.nursery import main; main()")
"""Not with `-m`: what is sent would be of a module `__main__`."""
NICENESS = 10
"""Of workers. Who speaks to clients goes first: where all cores are taken, refusals must not wait."""
LOOK_SECONDS = 0.005
END_SECONDS = 10.0
"""For one that was killed to end: one that waits for a disk may take a while."""
ANSWER_SECONDS = 15.0
"""After which the process that forks counts as lost: it only waits for others, and not so long."""
CLOSED = "no more workers are begun"
ONE_THREAD = {"MALLOC_ARENA_MAX": "1", "OPENBLAS_NUM_THREADS": "1"}
"""For libraries. An arena for each thread that ever compiled a network would make a worker 30 MB larger."""


class Question(NamedTuple):
    """What is asked of the process that forks; `worker` is a number that the asker gave out."""

    verb: Literal["bear", "status", "kill"]
    worker: int
    seconds: float = 0.0


class Nursery:
    """Begins and ends worker processes, by way of a process that forks them. Thread-safe.

    Should that one be lost, it is begun anew with the next worker; the workers that it left go on.
    """

    def __init__(self, runtime: "EngineName") -> None:
        """For workers on this runtime. Raises OSError when there can be no process."""
        self._runtime = runtime
        self._lock = threading.Lock()
        self._numbers = count(1)
        self._is_closed = False
        self._begin()

    def bear(self, descriptor: int) -> int:
        """Begin a process that works (`bonaface.serving.worker.work`) on a copy of `descriptor`; its number.

        Does not wait for it: should there be none after all, the copy is closed. Raises OSError when no
        process can be begun at all, and once the nursery is closed.
        """
        with self._lock:
            if self._is_closed:
                raise OSError(CLOSED)
            number = next(self._numbers)
            try:
                self._order(number, descriptor)
            except OSError:
                self._end()
                self._begin()
                self._order(number, descriptor)
        return number

    def status(self, worker: int, seconds: float) -> int | None:
        """The exit status (negative: a signal) of a worker, when it ends within `seconds`.

        None when it does not, or when the process that forked it is lost: then nobody can tell.
        """
        return self._asked(Question("status", worker, seconds))

    def kill(self, worker: int) -> int | None:
        """Kill a worker, whatever it is at, and wait for its end; its status, or None as above."""
        return self._asked(Question("kill", worker))

    def close(self) -> None:
        """End the process that forks. Twice is once."""
        with self._lock:
            self._is_closed = True
            self._end()

    def _order(self, number: int, descriptor: int) -> None:
        self._channel.send(Question("bear", number))
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
        with ours, theirs:
            self._process = subprocess.Popen(  # noqa: S603 - this very interpreter
                [*COMMAND, str(theirs.fileno()), self._runtime],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=environment(),
            )
            self._channel = Connection(ours.detach())

    def _end(self) -> None:
        self._channel.close()
        self._process.kill()
        self._process.wait()


def environment() -> dict[str, str]:
    """This process's environment without our settings, and with what keeps libraries to one thread."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(ENV_PREFIX)}
    return {**ONE_THREAD, **others}


def main() -> None:
    """Fork workers for the other end of the descriptor in the command line, until that is closed."""
    for number in (signal.SIGINT, signal.SIGTERM):  # when to stop is for the other end to say
        signal.signal(number, signal.SIG_IGN)
    descriptor, runtime = sys.argv[1:]
    _import_all(cast("EngineName", runtime))
    gc.freeze()  # else the collector of each worker would copy what they share
    with Connection(int(descriptor)) as channel, suppress(EOFError, ConnectionError):
        _Forks(channel).serve()


def _import_all(runtime: "EngineName") -> None:
    # Here alone: the server, which begins this process, needs none of the libraries of images.
    import bonaface.analyzer  # noqa: F401
    from bonaface.runtime.engines import session_factory

    with suppress(ConfigurationError):  # a worker will tell
        session_factory(runtime)


class _Forks:
    """The workers of one server, by their numbers, in the process that forks them."""

    def __init__(self, channel: Connection) -> None:
        self._channel = channel
        self._ids: dict[int, int] = {}

    def serve(self) -> None:
        """Raises EOFError once the other end is closed."""
        while True:
            question: Question = self._channel.recv()
            if question.verb == "bear":
                self._bear(question.worker)
            else:
                self._channel.send(self._status(question))

    def _bear(self, number: int) -> None:
        descriptor = recv_handle(self._channel)
        with suppress(OSError):  # there can be no more processes: who asked finds the descriptor closed
            if (process := os.fork()) == 0:
                self._channel.close()
                _work(descriptor)
            self._ids[number] = process
        os.close(descriptor)

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


def _work(descriptor: int) -> NoReturn:
    """Ends the process: what follows in the program is not a worker's."""
    status = 1
    try:
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
