"""Out of memory: as the libraries really say it."""

import resource
import subprocess
import sys

import pytest

from bonaface.errors import InvalidImageError
from bonaface.memory_errors import is_memory_error, memory_errors_told, require_memory

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


@pytest.mark.parametrize(
    "text",
    ["Insufficient memory (case 4)", "std::bad_alloc", "node '1' can't alloc", "can't start new thread"],
)
def test_the_cause_of_an_error_counts(text: str) -> None:
    with pytest.raises(MemoryError) as caught, memory_errors_told():
        raise_from(InvalidImageError("The JPEG is corrupt."), ValueError(text))
    assert isinstance(caught.value.__cause__, InvalidImageError)


def test_other_errors_pass() -> None:
    with pytest.raises(InvalidImageError), memory_errors_told():
        raise_from(InvalidImageError("The JPEG is corrupt."), ValueError("Premature end of JPEG file"))
    assert not is_memory_error(KeyError("memory"))


def test_there_is_room_here() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    require_memory()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 10_000  # KB: it is not touched


def raise_from(error: Exception, cause: Exception) -> None:
    raise error from cause
