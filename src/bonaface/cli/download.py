"""A model file from a mirror that the user names, with a bar that shows how far it is."""

from collections.abc import Callable
from pathlib import Path

import httpx2
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from bonaface.cli.terminal import messages
from bonaface.errors import ModelMissingError

_TIMEOUT = 30.0


def download(url: str, target: Path, size: int) -> None:
    """Writes what the address answers to `target`, at most `size` bytes and one.

    Raises ModelMissingError when the address does not give a file. The content is checked by the store.
    """
    console = messages()
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(target.name, total=size)
        try:
            with httpx2.stream("GET", url, timeout=_TIMEOUT, follow_redirects=True) as answer:
                answer.raise_for_status()
                _copy(answer, target, size, lambda count: bar.advance(task, count))
        except httpx2.HTTPError as error:
            raise ModelMissingError(f"{url} did not give the file: {error}.") from error


def _copy(answer: httpx2.Response, target: Path, size: int, advance: Callable[[int], None]) -> None:
    received = 0
    with target.open("wb") as file:
        for chunk in answer.iter_bytes():
            file.write(chunk)
            advance(len(chunk))
            received += len(chunk)
            if received > size:
                return
