"""What every process of a server does with its signals, its log and its threads."""

import gc
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import FrameType
from typing import TextIO, cast

from bonaface.observability.log_writer import LogWriter
from bonaface.observability.logging import configure
from bonaface.settings import LogSettings

END_SECONDS = 1.0
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@contextmanager
def logging_to_standard_error(settings: LogSettings) -> Iterator[None]:
    """A terminal gets its lines at once; anything else may be a pipe that nobody reads."""
    with ExitStack() as stack:
        stream: TextIO | LogWriter = sys.stderr
        if not sys.stderr.isatty():
            with suppress(OSError):  # not a file
                stream = stack.enter_context(LogWriter(sys.stderr))
        configure(settings, cast(TextIO, stream))
        yield


@contextmanager
def collector_paused() -> Iterator[None]:
    """Nothing is freed of what refers to itself, until the block ends or who is in it enables that.

    The collector would take a sixth of the time of a start, to free next to nothing.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def stoppable() -> Iterator[None]:
    """SIGTERM, SIGINT and SIGHUP end the block with SystemExit(0): also in a container's first process.

    The kernel ignores a signal that the first process of a container has no handler for.
    """
    before = [signal.getsignal(number) for number in SIGNALS]
    handle_signals(_leave)
    try:
        yield
    finally:
        for number, handler in zip(SIGNALS, before, strict=True):
            signal.signal(number, handler)


def handle_signals(handler: Callable[[int, FrameType | None], None]) -> None:
    """Have `handler` called for those that stop a server."""
    for number in SIGNALS:
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # `nohup` ignores it
            signal.signal(number, handler)


def have_ended(before: Collection[threading.Thread], seconds: float = END_SECONDS) -> bool:
    """Whether every thread but those of `before` ends within `seconds`."""
    ends = time.monotonic() + seconds
    for thread in set(threading.enumerate()).difference(before):
        thread.join(max(ends - time.monotonic(), 0))
    return set(threading.enumerate()) <= set(before)


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
