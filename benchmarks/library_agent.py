"""Times calls of the library when it is asked to, run by the Python of whichever version is measured.

    PYTHON benchmarks/library_agent.py

Each line of its input is what to time, a number of calls, and a JPEG file with faces:
`analyze 30 photo.jpg` is the whole call, `find 30 photo.jpg` the networks that find and refine its faces. It
answers with the median of the calls in milliseconds of processor time, which on one thread is that of the
clock where a machine does nothing else. One core. It uses nothing that older versions do not have.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bonaface import Analyzer
from bonaface.settings import load_settings


def main() -> None:
    """Serve until the input ends. Fails where no face is found."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    analyzer = Analyzer()
    for line in sys.stdin:
        what, calls, name = line.rstrip("\n").split(" ", 2)
        call = _call(what, analyzer, Path(name).read_bytes())
        call()
        sys.stdout.write(f"{statistics.median(_taken(call) for _ in range(int(calls))) * 1000}\n")
        sys.stdout.flush()


def _call(what: str, analyzer: Analyzer, image: bytes) -> Callable[[], object]:
    assert analyzer.analyze(image).faces
    if what == "analyze":
        return lambda: analyzer.analyze(image)
    from benchmarks.kernels import kernels_of  # the networks of the version that is measured

    return kernels_of(image, load_settings()).detect


def _taken(call: Callable[[], object]) -> float:
    begun = time.process_time()
    call()
    return time.process_time() - begun


if __name__ == "__main__":
    main()
