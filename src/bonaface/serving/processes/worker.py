"""One worker process as the pool sees it; `child.py` is what runs in it."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle, send_handle
from socket import SO_SNDTIMEO, SOL_SOCKET, socketpair
from struct import pack
from typing import BinaryIO, TypeVar, cast

from bonaface.errors import ModelError
from bonaface.models.catalog import Calibration
from bonaface.serving.processes.child import send_settings
from bonaface.serving.processes.fork_server import ForkServer
from bonaface.serving.processes.messages import Capture, HelpWanted, Reply
from bonaface.settings import Settings
from bonaface.types import Preset

END_SECONDS = 1.0
MICRO = 1_000_000
ENDED = "A worker ended."
ENDED_WITH = "A worker ended with exit status {status}."
HANGS = "A worker gave no answer within {seconds:g} seconds."
NO_MEMORY = "There was no memory, or no descriptor, to share a worker's faces."
HANGS_LOADING = "A worker did not load its models within {seconds:g} seconds."

SECTIONS = frozenset({"images", "faces", "models", "serving", "log"})
"""Of the settings what a worker gets: it decodes what strangers send, and must know no password."""


def needed(settings: Settings, calibration: Calibration | None = None) -> Settings:
    """`settings` whose sections that an analysis does not need are as they come.

    Nor does it need the presets file where it is told the calibration: by now the file may say another one.
    """
    others = Settings.model_fields.keys() - SECTIONS
    fields = Settings.model_fields
    changes = {name: fields[name].get_default(call_default_factory=True) for name in others}
    if calibration is not None:
        changes["models"] = settings.models.model_copy(update={"presets": None})
    return settings.model_copy(update=changes)


Message = TypeVar("Message")


class WorkerLostError(ModelError):
    """A worker ended, or did not answer in time; the message says which."""


class WorkerHangsError(WorkerLostError):
    """It did not answer in time."""


class WorkerProcess:
    """One process, begun anew after it was lost. Belongs to one thread at a time but for `end`.

    lost: what it was lost by while it helped another one, until it is begun anew.
    """

    _number: int
    _status: int | None
    _channel: Connection
    _is_loaded: bool
    _knows_calibration: bool
    _loads_until: float

    def __init__(
        self,
        settings: Settings,
        fork_server: ForkServer,
        networks: BinaryIO,
        calibration: Calibration | None = None,
    ) -> None:
        """Begins to load the models; `ready` waits for them. Raises OSError when there can be no process.

        networks: the file of those that need not be compiled anew; calibration: see `judge_by`.
        """
        self._settings = settings
        self._calibration = calibration
        self._fork_server = fork_server
        self._networks = networks
        self._stuck_after = settings.serving.stuck_after
        self._hangs = HANGS.format(seconds=self._stuck_after)
        self.lost: WorkerLostError | None = None
        self._begin()

    @property
    def is_loaded(self) -> bool:
        """Whether its process has loaded the models, as far as is known."""
        return self._is_loaded

    def ready(self) -> None:
        """Wait until the models are loaded. Raises what kept them from it, and WorkerLostError.

        And WorkerHangsError when that takes over `settings.serving.load_timeout` seconds from its beginning.
        """
        if not self._is_loaded:
            self._loaded(max(self._loads_until - time.monotonic(), 0)).check()
            self._is_loaded = True

    def warm_up(self) -> None:
        """Have every session run once. Raises as `ready` does, with a limit of its own."""
        self.begin_warm_up()
        self.end_warm_up()

    def begin_warm_up(self) -> None:
        """Begin what `end_warm_up` waits for. Raises as `ready` does."""
        self.ready()
        self._ask(None)

    def end_warm_up(self) -> None:
        """Raises what the warm-up raised, WorkerLostError, and WorkerHangsError as `ready` does."""
        self._loaded(self._settings.serving.load_timeout).check()

    def judge_by(self, calibration: Calibration | None) -> None:
        """Have it, and whichever process replaces it, judge what comes next by `calibration`.

        None: by the one that the settings name, which its process reads.
        """
        if calibration is not self._calibration:
            self._calibration, self._knows_calibration = calibration, False

    def analyze(self, asked: Preset | Capture, images: Sequence[bytes], lent: "Lent") -> Reply:
        """The reply on an image, or on the frames of a capture; it may be an error. Raises as `ready` does.

        lent: gives workers that help with many faces. Raises WorkerLostError, too, when there is no reply
        within `settings.serving.stuck_after` seconds, counted anew after help.
        """
        self.ready()
        self._ask(asked, images)
        while isinstance(reply := self._answer(self._stuck_after, self._hangs), HelpWanted):
            with lent(reply.most) as helpers:
                self._be_helped(helpers)
        return reply

    def begin_judging(self, faces: bytes, descriptor: int) -> None:
        """Have it judge pickled `Faces`; `end_judging` waits for it, and tells if it is lost."""
        with self._loss_noted(), self._sending():
            self._tell_calibration()
            self._channel.send_bytes(faces)
            send_handle(self._channel, descriptor, None)

    def end_judging(self) -> Reply:
        """What became of it, or the error by which it was lost (`lost`)."""
        with self._loss_noted():
            if self.lost is None:
                return self._answer(self._stuck_after, self._hangs)
        return Reply(error=self.lost)

    def renew(self) -> None:
        """End the process and begin another. Raises OSError when there can be none; call it again then."""
        self._is_loaded = False
        self.end()
        self._channel.close()
        self._begin()

    def end(self) -> None:
        """Kill the process, whatever it is at: it holds nothing that could be lost. May be called again."""
        if self._status is None:
            self._status = self._fork_server.kill(self._number)

    def _begin(self) -> None:
        ours, theirs = socketpair()
        with ours, theirs:
            ours.setsockopt(
                SOL_SOCKET, SO_SNDTIMEO, pack("@ll", *divmod(round(self._stuck_after * MICRO), MICRO))
            )
            self._number, self._status = self._fork_server.spawn(theirs.fileno()), None
            self._channel = Connection(ours.detach())
        self._is_loaded = self._knows_calibration = False
        self.lost = None
        self._loads_until = time.monotonic() + self._settings.serving.load_timeout
        with suppress(OSError):  # then `ready` finds out
            send_settings(self._channel, needed(self._settings, self._calibration), self._networks)

    def _be_helped(self, helpers: Sequence["WorkerProcess"]) -> None:
        """Tell it how many there are, and bring them its faces and it their replies. Raises WorkerLostError.

        When it is lost half-way they are waited for: they can be asked something else then. Without memory or
        descriptors to carry them it counts as lost, for it waits for replies.
        """
        begun: list[WorkerProcess] = []
        try:
            self._tell(len(helpers))
            for helper in helpers:
                self._hand_faces(helper)
                begun.append(helper)
        except (MemoryError, RuntimeError) as error:  # the latter without a descriptor for the picture
            raise WorkerLostError(NO_MEMORY) from error
        finally:
            replies = [helper.end_judging() for helper in begun]
        for reply in replies:
            self._tell(reply)

    def _hand_faces(self, helper: "WorkerProcess") -> None:
        descriptor = self._read(partial(recv_handle, self._channel), self._stuck_after, self._hangs)
        try:
            faces = self._read(self._channel.recv_bytes, self._stuck_after, self._hangs)
            helper.judge_by(self._calibration)
            helper.begin_judging(faces, descriptor)
        finally:
            os.close(descriptor)

    @contextmanager
    def _loss_noted(self) -> Iterator[None]:
        try:
            yield
        except WorkerLostError as error:
            self.lost = error

    def _ask(self, asked: Preset | Capture | None, images: Sequence[bytes] = ()) -> None:
        self._tell_calibration()
        self._tell(asked)
        with self._sending():
            for image in images:
                self._channel.send_bytes(image)

    def _tell_calibration(self) -> None:
        if not self._knows_calibration and self._calibration is not None:
            self._tell(self._calibration)
        self._knows_calibration = True

    def _tell(self, message: Preset | Capture | Calibration | Reply | int | None) -> None:
        with self._sending():
            self._channel.send(message)

    @contextmanager
    def _sending(self) -> Iterator[None]:
        try:
            yield
        except BlockingIOError as error:  # `SO_SNDTIMEO`
            raise WorkerHangsError(self._hangs) from error
        except OSError as error:
            raise self._ended() from error

    def _loaded(self, seconds: float) -> Reply:
        return self._answer(seconds, HANGS_LOADING.format(seconds=self._settings.serving.load_timeout))

    def _answer(self, seconds: float, late: str) -> Reply:
        return cast(Reply, self._read(self._channel.recv, seconds, late))

    def _read(self, read: Callable[[], Message], seconds: float, late: str) -> Message:
        try:
            if self._channel.poll(seconds):
                return read()
        except (EOFError, OSError) as error:
            raise self._ended() from error
        raise WorkerHangsError(late)

    def _ended(self) -> WorkerLostError:
        self._is_loaded = False
        if self._status is None:
            self._status = self._fork_server.status(self._number, END_SECONDS)
        return WorkerLostError(ENDED if self._status is None else ENDED_WITH.format(status=self._status))


Lent = Callable[[int], AbstractContextManager[Sequence[WorkerProcess]]]
"""So many idle workers at most, for a block; who gives them takes them back, lost or not."""
