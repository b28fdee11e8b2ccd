"""What runs in one of several server processes: the server of `run.py`, on settings from the supervisor.

It tells the supervisor when it is ready, or what keeps it from that, its metrics whenever it is asked, and
which presets an administrator gave it.
"""

import os
import socket
import sys
import threading
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from bonaface.errors import BonafaceError
from bonaface.models.loaded_presets import LoadedPresets
from bonaface.server.process import have_ended, logging_to_standard_error, stoppable
from bonaface.server.readiness import reader
from bonaface.server.run import prepared, serve_on
from bonaface.server.server_process import Message
from bonaface.serving.processes.child import portable
from bonaface.serving.processes.lifetime import end_with
from bonaface.settings import Settings

if TYPE_CHECKING:
    from bonaface.api.services import Services


def main() -> None:
    """Serve for the supervisor at the other end of the first descriptor of the command line.

    The others: the socket to listen on, the pipe of this life, the flag that tells whether all are ready.
    """
    channel, listener, life, ready_flag = map(int, sys.argv[1:])
    end_with(life)
    with stoppable():
        before = set(threading.enumerate())
        _Supervised(Connection(channel), socket.socket(fileno=listener), ready_flag).serve()
        if have_ended(before):
            return
    os._exit(0)  # the interpreter would wait for the thread that hangs; everything is counted and told


class _Supervised:
    def __init__(self, channel: Connection, listener: socket.socket, ready_flag: int) -> None:
        self._channel = channel
        self._listener = listener
        self._all_ready = reader(ready_flag)
        self._telling = threading.Lock()

    def serve(self) -> None:
        """Raises SystemExit(1) after it has told what kept it from serving; SystemExit on a signal."""
        settings: Settings
        presets: LoadedPresets
        settings, presets = self._channel.recv()
        with self._listener, logging_to_standard_error(settings.log):
            try:
                services = replace(prepared(settings, presets, self._spread), all_ready=self._all_ready)
                services.dispatcher.warmed.add_done_callback(self._tell_ready)
                threading.Thread(
                    target=self._answer, args=(services,), name="supervisor", daemon=True
                ).start()
                serve_on(self._listener, services)
            except (BonafaceError, OSError) as error:
                self._tell(Message("failed", portable(error)))
                raise SystemExit(1) from error
            finally:
                self._hang_up()

    def _tell_ready(self, warmed: Future[bool]) -> None:
        if warmed.result():
            self._tell(Message("ready"))

    def _answer(self, services: "Services") -> None:
        """Until the supervisor is gone."""
        with suppress(EOFError, OSError):
            while asked := self._channel.recv():
                if isinstance(asked, LoadedPresets):
                    services.presets.take_up(asked)
                else:
                    self._tell(Message("metrics", families=list(services.metrics.registry.collect())))

    def _spread(self, presets: LoadedPresets) -> None:
        self._tell(Message("presets", presets=presets))

    def _hang_up(self) -> None:
        """Have the thread that answers end: it waits for a question."""
        with socket.socket(fileno=os.dup(self._channel.fileno())) as line, suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)

    def _tell(self, message: Message) -> None:
        with self._telling, suppress(OSError):  # the supervisor is gone, and this process will be
            self._channel.send(message)
