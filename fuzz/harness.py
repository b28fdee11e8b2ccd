"""How a target is run: by libFuzzer, or on one input alone.

python -m fuzz.url CORPUS -max_total_time=60     libFuzzer's own options
python -m fuzz.url --alone FILE                  one input: its CPU seconds, and the peak memory in MB
"""

import hashlib
import os
import resource
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import atheris

INSTRUMENTED = ["bonaface", "python_multipart", "httpx2", "idna", "fuzz"]
"""Packages whose Python code reports the edges it takes. Native libraries are not built for it."""
UNSEEN = ["bonaface.imaging.huffman"]
"""Compares arrays, each of which atheris 3 keeps: half a gigabyte within some hundred inputs."""
ALONE = "--alone"
TRIES = 3
HANG_SECONDS = 1
"""CPU time of one input."""

Mutate = Callable[[bytes, int, int], bytes]
"""Makes another input of one: (input, most bytes, seed)."""


def instrumented() -> AbstractContextManager[None]:
    """A block whose imports are instrumented; what was imported before stays as it is."""
    block: AbstractContextManager[None] = atheris.instrument_imports(include=INSTRUMENTED, exclude=UNSEEN)
    return block


@dataclass(frozen=True, slots=True)
class Target:
    """Something that reads bytes: it returns, or raises an error that `is_answer`."""

    read: Callable[[bytes], object]
    is_answer: Callable[[Exception], bool]
    mutate: Mutate | None = None

    def __call__(self, data: bytes) -> None:
        """Try one input. Raises whatever is not an answer."""
        try:
            self.read(data)
        except Exception as error:
            if not self.is_answer(error):
                raise


def main(target: Target) -> None:
    """Fuzz `target` as the command line says, or try one input alone."""
    if sys.argv[1:2] == [ALONE]:
        print(*alone(target, Path(sys.argv[2]).read_bytes()), flush=True)  # noqa: T201 - the answer
        os._exit(0)  # the thread of an event loop may hold up an end at leisure, and look like a hang
    options = {"custom_mutator": target.mutate} if target.mutate else {}
    atheris.Setup(sys.argv, Watched(target, _prefix(sys.argv)), **options)
    atheris.Fuzz()


class Watched:
    """A target under a watch: inputs that take too much CPU time are kept beside libFuzzer's own findings.

    libFuzzer looks at the clock once a second, and its clock runs on while other processes work.
    """

    def __init__(self, target: Target, prefix: str) -> None:
        self._target = target
        self._prefix = prefix

    def __call__(self, data: bytes) -> None:
        if _timed(self._target, data) > HANG_SECONDS:
            name = hashlib.sha1(data, usedforsecurity=False).hexdigest()
            Path(f"{self._prefix}timeout-{name}").write_bytes(data)


def _prefix(arguments: list[str]) -> str:
    option = "-artifact_prefix="
    return next((given.removeprefix(option) for given in arguments if given.startswith(option)), "./")


def alone(target: Target, data: bytes) -> tuple[float, int]:
    """The least CPU seconds of three tries, on whatever threads, and the process's peak memory in MB."""
    seconds = min(_timed(target, data) for _ in range(TRIES))
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _timed(target: Target, data: bytes) -> float:
    started = time.process_time()
    target(data)
    return time.process_time() - started
