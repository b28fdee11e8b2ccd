"""One analysis after the other in a process of its own, for the pool (`bonaface.serving.processes.pool`).

Over a pair of sockets first come the settings, and the file of compiled networks (`networks.py`); then, for
each request, the preset and the bytes of the image, or a `Capture` and the bytes of each of its frames.
None for a preset means: warm up. Each is answered by a `Reply`, the settings too. A `Calibration` is not:
what comes after it is judged by it. The process ends when the other end is closed.
"""

import os
import pickle
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle, send_handle
from typing import TYPE_CHECKING, BinaryIO

from bonaface.allocator import trim
from bonaface.analysis import Analysis
from bonaface.compiled import read_kept
from bonaface.inspection import Inspection
from bonaface.memory_errors import NO_MEMORY, is_memory_error
from bonaface.models.catalog import Calibration
from bonaface.observability.logging import configure
from bonaface.serving.backend import Check
from bonaface.serving.processes.networks import read_networks, write_networks
from bonaface.settings import Settings
from bonaface.timings import Timing, Timings
from bonaface.types import HeatmapRequest, Preset

if TYPE_CHECKING:
    from bonaface.analyzer import Analyzer


@dataclass(frozen=True, slots=True)
class Capture:
    """What is asked of the frames that follow, and what may end it before any of them."""

    frames: int
    preset: Preset
    check: Check
    heatmap: HeatmapRequest | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What was asked for, an error, or neither where nothing was; and what took how long."""

    result: Analysis | Inspection | None = None
    error: Exception | None = None
    timings: tuple[Timing, ...] = ()

    def check(self) -> None:
        """Raises the error, if it is one."""
        if self.error is not None:
            raise self.error


def send_settings(channel: Connection, settings: Settings, networks: BinaryIO) -> None:
    """What `work` at the other end waits for first. Raises OSError."""
    channel.send(settings)
    send_handle(channel, networks.fileno(), None)


def work(channel: Connection) -> None:
    """Answer until the other end is closed."""
    try:
        settings: Settings = channel.recv()
        configure(settings.log)
        descriptor = recv_handle(channel)
        analyzer = _told(channel, lambda: _loaded(settings, descriptor))
        while analyzer is not None:
            analyzer = _answered(analyzer, channel)
    except (EOFError, ConnectionError):
        return  # nobody is there any more


def _loaded(settings: Settings, descriptor: int) -> "Analyzer":
    """With networks from the file that `descriptor` is of, or that are kept; others are put into the file."""
    # Imported here: the other end takes `Reply` from this module, and needs none of the libraries of images.
    from bonaface.analyzer import Analyzer

    with os.fdopen(descriptor, "r+b") as file:
        compiled = read_networks(file) or read_kept(settings.models)
        known = len(compiled)
        analyzer = Analyzer(settings, compiled=compiled)
        if len(compiled) > known:
            write_networks(file, compiled)
    compiled.clear()  # the engine has its own
    return analyzer


def _told(channel: Connection, load: "Callable[[], Analyzer]") -> "Analyzer | None":
    """What `load` gives; or None, and its error is told."""
    try:
        analyzer = load()
    except Exception as error:  # noqa: BLE001 - raised again at the other end
        channel.send(Reply(error=portable(error)))
        return None
    channel.send(Reply())
    return analyzer


def _answered(analyzer: "Analyzer", channel: Connection) -> "Analyzer":
    """Hear one thing and do it; the analyzer of what comes next."""
    asked: Preset | Capture | Calibration | None = channel.recv()
    if isinstance(asked, Calibration):
        return analyzer.with_calibration(asked)
    channel.send(_reply(analyzer, asked, channel))
    return analyzer


def _reply(analyzer: "Analyzer", asked: Preset | Capture | None, channel: Connection) -> Reply:
    timings = Timings()
    try:
        if asked is None:
            analyzer.warm_up()
            trim()  # loading takes 10 MB more than what it leaves
            return Reply()
        if isinstance(asked, Capture):
            frames = [channel.recv_bytes() for _ in range(asked.frames)]
            found = analyzer.inspect(frames, asked.preset, timings, asked.check, asked.heatmap)
            return Reply(found, timings=timings.entries)
        return Reply(analyzer.analyze(channel.recv_bytes(), asked, timings), timings=timings.entries)
    except (EOFError, ConnectionError):
        raise
    except Exception as error:  # noqa: BLE001 - raised again at the other end
        return Reply(error=_told_apart(error), timings=timings.entries)


def _told_apart(error: Exception) -> Exception:
    """The error to send. Causes stay here, and in them shows that memory was short: so the error tells it."""
    return MemoryError(NO_MEMORY) if is_memory_error(error) else portable(error)


def portable(error: Exception) -> Exception:
    """The error as it can be sent to another process, with its traceback as a note.

    One that pickle does not bring back becomes a RuntimeError of its name.
    """
    error.add_note("".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - written a moment ago
    except Exception:  # noqa: BLE001 - whatever its constructor raises
        named = RuntimeError(type(error).__qualname__)
        named.add_note(error.__notes__[-1])
        return named
    return error
