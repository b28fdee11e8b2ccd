"""Times the library call when it is asked to, run by the Python of whichever version is measured.

    PYTHON benchmarks/library_agent.py PHOTO

Each line of its input is a number of calls; it answers with their median in milliseconds of wall clock, on
one core. It uses nothing but the library's own interface, so that it runs on older versions too.
"""

import os
import statistics
import sys
import time
from pathlib import Path

from bonaface import Analyzer


def main() -> None:
    """Serve until the input ends. Fails where the photo's one face is not found."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    analyzer, photo = Analyzer(), Path(sys.argv[1]).read_bytes()
    for line in sys.stdin:
        taken = []
        for _ in range(int(line)):
            begun = time.perf_counter()
            assert len(analyzer.analyze(photo).faces) == 1
            taken.append(time.perf_counter() - begun)
        sys.stdout.write(f"{statistics.median(taken) * 1000}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
