"""What the commands share to talk to a person: output, complaints, progress."""

import sys
from contextlib import suppress
from typing import IO, Any, TextIO, cast

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text


def output() -> Console:
    """Results go to standard output."""
    return Console(highlight=False)


def messages() -> Console:
    """Everything that is not a result goes to standard error, and is lost where that takes nothing."""
    if sys.stderr is None:
        return Console(stderr=True, highlight=False)
    return Console(file=cast("IO[str]", _LossyStream(sys.stderr)), stderr=True, highlight=False)


def complain(sentence: str) -> None:
    """One sentence about what went wrong."""
    messages().print(f"bonaface: {sentence}", markup=False, soft_wrap=True)


def progress(unit: str | None = None) -> Progress:
    """A bar on standard error, gone when done and absent when nobody watches.

    unit: what is counted, where it is to be told how many there are a second.
    """
    console = messages()
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        *(() if unit is None else (_Throughput(unit),)),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


class _Throughput(ProgressColumn):
    """So many of something a second."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.1f} {self._unit}/s", style="progress.data.speed")


class _LossyStream:
    """`stream`, but a full disk or a dead reader behind it ends no command."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """As a stream's; what cannot be written is lost."""
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """As a stream's."""
        with suppress(OSError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the stream has
        return getattr(self._stream, name)
