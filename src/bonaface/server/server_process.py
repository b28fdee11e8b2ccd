"""One of several server processes, as the supervisor sees it; `supervised.py` is what runs in it.

They talk over a pair of sockets: settings and presets first; then the process says once that it is ready, or
what kept it from that, and answers whenever it is asked for its metrics. It tells when it was given other
presets, and is told of those that another was given.
"""

import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from queue import Empty, SimpleQueue
from signal import Signals
from typing import TYPE_CHECKING, Literal, NamedTuple

from bonaface.models.loaded_presets import LoadedPresets
from bonaface.observability.aggregation import Families
from bonaface.serving.processes.lifetime import pipe
from bonaface.settings import Settings

if TYPE_CHECKING:
    from prometheus_client import Metric

PROGRAM = "import gc; gc.disable(); from bonaface.server.supervised import main; main()"
"""The collector is on again once it serves, see `collector_paused`."""
COMMAND = (sys.executable, "-P", "-c", PROGRAM)
METRICS_SECONDS = 2.0
"""After which one that does not tell its metrics is taken to have those that it told last."""
ENDED = "A server process ended with exit status {status} before it was ready."


class Message(NamedTuple):
    """What a server process says."""

    verb: Literal["ready", "failed", "metrics", "presets"]
    error: Exception | None = None
    families: "list[Metric] | None" = None
    presets: LoadedPresets | None = None


class ServerProcess:
    """Begun when made; it listens on `listener`, which is then its alone, once it has loaded its models.

    Ends with this process, whatever ends that. `follow` belongs to one thread, the rest to any.
    """

    def __init__(
        self, settings: Settings, presets: LoadedPresets, listener: socket.socket, ready_flag: int
    ) -> None:
        """Raises OSError when there can be no process."""
        ours, theirs = socket.socketpair()
        life, self._life = pipe()
        with ours, theirs, life, listener:
            descriptors = (theirs.fileno(), listener.fileno(), life.fileno(), ready_flag)
            self._process = subprocess.Popen(  # noqa: S603 - this very interpreter
                [*COMMAND, *map(str, descriptors)],
                pass_fds=descriptors,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                # Ctrl+C comes to all processes of a terminal's group: it is for the supervisor to hand it on
                start_new_session=True,
            )
            self._channel = Connection(ours.detach())
        self.is_ready = self.was_ready = False
        self.failure: Exception | None = None
        self._told: SimpleQueue[Families] = SimpleQueue()
        self._last: Families = ()
        self._asking = threading.Lock()
        self._sending = threading.Lock()
        with suppress(OSError):  # then `follow` finds out
            self._channel.send((settings, presets))

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    @property
    def last_metrics(self) -> Families:
        """What it told of itself last."""
        return self._last

    def follow(self, when_ready: Callable[[], None], when_given: Callable[[LoadedPresets], None]) -> int:
        """Take note of what it says until it has ended; its exit status (negative: a signal)."""
        with suppress(EOFError, OSError):
            while True:
                said: Message = self._channel.recv()
                if said.verb == "ready":
                    self.is_ready = self.was_ready = True
                    when_ready()
                elif said.verb == "failed":
                    self.failure = said.error
                elif said.presets is not None:
                    when_given(said.presets)
                else:
                    self._told.put(said.families or ())
        status = self._process.wait()
        self.is_ready = False
        with self._asking:
            self._channel.close()
        self._life.close()
        return status

    def metrics(self) -> Families:
        """Its metrics now; those that it told last where it does not answer."""
        with self._asking, suppress(OSError, Empty):
            while not self._told.empty():  # an answer that came too late
                self._last = self._told.get()
            self._say("metrics")
            self._last = self._told.get(timeout=METRICS_SECONDS)
        return self._last

    def take_up(self, presets: LoadedPresets) -> None:
        """Have it judge by `presets`; nothing where it has ended."""
        with suppress(OSError):
            self._say(presets)

    def send_signal(self, number: Signals) -> None:
        """Send it a signal; nothing where it has ended."""
        self._process.send_signal(number)

    def kill(self) -> None:
        """End it at once, whatever it is at."""
        self._process.kill()

    def _say(self, what: LoadedPresets | str) -> None:
        with self._sending:
            self._channel.send(what)
