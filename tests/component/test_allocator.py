"""What was freed goes back to the system, in a process of its own."""

import platform
import subprocess
import sys

import pytest

PROGRAM = """
from bonaface.allocator import trim

def resident():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) // 1024

held = [bytearray(60_000) for _ in range(1_000)]
last = bytearray(60_000)
held.clear()
before = resident()
trim()
print(before - resident())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc")
def test_what_lies_under_something_in_use_is_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 50
