"""What every target shares: what counts as an answer, and the two ways to run one.

python -m fuzz.url CORPUS -max_total_time=60     libFuzzer's own options
python -m fuzz.url --alone FILE                  one input: its CPU seconds, and the peak memory in MB
"""

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
ALONE = "--alone"

INVALID_PARAMETER = -40000
IMAGE_TOO_LARGE = -45020
INVALID_IMAGE = -45030
INVALID_FORMAT = -45040
INVALID_URL = -45050


def instrumented() -> AbstractContextManager[None]:
    """A block whose imports are instrumented; what was imported before stays as it is."""
    block: AbstractContextManager[None] = atheris.instrument_imports(include=INSTRUMENTED)
    return block


with instrumented():
    from bonaface.api.errors import wire_error
    from bonaface.errors import BonafaceError

Mutate = Callable[[bytes, int, int], bytes]
"""Makes another input of one: (input, most bytes, seed)."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something that reads bytes: it returns, or raises an error whose wire code is one of `codes`."""

    read: Callable[[bytes], object]
    codes: frozenset[int]
    mutate: Mutate | None = None

    def __call__(self, data: bytes) -> None:
        """Try one input. Raises whatever is not an answer of the contract."""
        try:
            self.read(data)
        except BonafaceError as error:
            if wire_error(error).code not in self.codes:
                raise


def main(target: Target) -> None:
    """Fuzz `target` as the command line says, or try one input alone."""
    if sys.argv[1:2] == [ALONE]:
        print(*alone(target, Path(sys.argv[2]).read_bytes()))  # noqa: T201 - the answer
        return
    options = {"custom_mutator": target.mutate} if target.mutate else {}
    atheris.Setup(sys.argv, target, **options)
    atheris.Fuzz()


def alone(target: Target, data: bytes) -> tuple[float, int]:
    """CPU seconds that `data` takes once all is warm, on whatever threads, and the process's peak in MB."""
    target(b"")
    started = time.process_time()
    target(data)
    seconds = time.process_time() - started
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
