"""Out of memory: as the libraries really say it, in a process with a limit."""

import subprocess
import sys

import pytest

PROGRAM = """
import resource, sys
import cv2, numpy
from bonaface.memory_errors import require_memory, memory_errors_told

with open("/proc/self/statm") as file:
    held = int(file.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (held + 50_000_000, resource.RLIM_INFINITY))
image = numpy.zeros((100, 100, 3), numpy.uint8)
for failing in (
    lambda: cv2.resize(image, (9000, 9000)),
    lambda: numpy.ones((9000, 9000, 3)),
    lambda: bytearray(200_000_000),
    require_memory,
):
    try:
        with memory_errors_told():
            failing()
    except MemoryError as error:
        print("told")
require_memory(10_000_000)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs a limit on memory that holds")
def test_libraries_without_memory_all_say_so_in_one_way() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert (done.stdout.split(), done.stderr) == (["told"] * 4, "")
