"""What the commands share to talk to a person: output, complaints, progress."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


def output() -> Console:
    """Results go to standard output."""
    return Console(highlight=False)


def messages() -> Console:
    """Everything that is not a result goes to standard error."""
    return Console(stderr=True, highlight=False)


def complain(sentence: str) -> None:
    """One sentence about what went wrong."""
    messages().print(f"bonaface: {sentence}", markup=False, soft_wrap=True)


def progress() -> Progress:
    """A bar on standard error, gone when done and absent when nobody watches."""
    console = messages()
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
