"""One analysis after the other in a process of its own, for the pool (`bonaface.serving.processes.pool`).

Over a pair of sockets first come the settings, and the file of compiled networks (`networks.py`); then, for
each request, the preset and the bytes of the image, or a `Capture` and the bytes of each of its frames.
None for a preset means: warm up; `Faces` of another worker are judged. Each is answered by a `Reply`, the
settings too; before it, a worker may ask for idle ones to help (`shared_faces.py`). A `Calibration` is not
answered: what comes after it is judged by it. The process ends when the other end is closed.
"""

import os
import pickle
import traceback
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle, send_handle
from typing import TYPE_CHECKING, BinaryIO

from bonaface.allocator import trim
from bonaface.compiled import read_kept
from bonaface.memory_errors import NO_MEMORY, is_memory_error
from bonaface.models.catalog import Calibration
from bonaface.observability.logging import configure
from bonaface.serving.processes.messages import Capture, Faces, Reply
from bonaface.serving.processes.networks import read_networks, write_networks
from bonaface.settings import Settings
from bonaface.timings import Timings
from bonaface.types import Preset

if TYPE_CHECKING:
    from bonaface.analyzer import Analyzer


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
        analyzer = _told(channel, lambda: _loaded(settings, descriptor, channel))
        while analyzer is not None:
            analyzer = _answered(analyzer, channel)
    except (EOFError, ConnectionError):
        return  # nobody is there any more


def _loaded(settings: Settings, descriptor: int, channel: Connection) -> "Analyzer":
    """With networks from the file that `descriptor` is of, or that are kept; others are put into the file."""
    # Imported here: the other end imports this module, and needs none of the libraries of images.
    from bonaface.analyzer import Analyzer
    from bonaface.serving.processes.shared_faces import SharedFaces

    with os.fdopen(descriptor, "r+b") as file:
        compiled = read_networks(file) or read_kept(settings.models)
        known = len(compiled)
        analyzer = Analyzer(settings, compiled=compiled)
        if len(compiled) > known:
            write_networks(file, compiled)
    compiled.clear()  # the engine has its own
    analyzer.share_faces(partial(SharedFaces, channel=channel))
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
    asked: Preset | Capture | Faces | Calibration | None = channel.recv()
    if isinstance(asked, Calibration):
        return analyzer.with_calibration(asked)
    channel.send(_reply(analyzer, asked, channel))
    return analyzer


def _reply(analyzer: "Analyzer", asked: Preset | Capture | Faces | None, channel: Connection) -> Reply:
    timings = Timings()
    try:
        if asked is None:
            analyzer.warm_up()
            trim()  # loading takes 10 MB more than what it leaves
            return Reply()
        if isinstance(asked, Faces):
            return _judged(analyzer, asked, recv_handle(channel))
        if isinstance(asked, Capture):
            frames = [channel.recv_bytes() for _ in range(asked.frames)]
            found = analyzer.inspect(frames, asked.preset, timings, asked.check, asked.heatmap)
            return Reply(found, timings=timings.entries)
        return Reply(analyzer.analyze(channel.recv_bytes(), asked, timings), timings=timings.entries)
    except (EOFError, ConnectionError):
        raise
    except Exception as error:  # noqa: BLE001 - raised again at the other end
        return Reply(error=_told_apart(error), timings=timings.entries)


def _judged(analyzer: "Analyzer", faces: Faces, descriptor: int) -> Reply:
    from bonaface.serving.processes.shared_faces import picture_of

    image = picture_of(faces, descriptor)
    return Reply(log_odds=tuple(analyzer.judge(image, faces.boxes).tolist()))


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
