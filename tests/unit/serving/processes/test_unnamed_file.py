"""Files without a name."""

import os
import sys
from pathlib import Path

import pytest

from bonaface.serving.processes.unnamed_file import unnamed_file


def test_what_is_written_can_be_read_by_its_descriptor() -> None:
    with unnamed_file("picture") as file:
        file.write(b"pixels")
        file.flush()
        assert os.pread(file.fileno(), 10, 0) == b"pixels"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no files in memory")
def test_it_is_in_memory_and_tells_what_for() -> None:
    with unnamed_file("picture") as file:
        assert "memfd:picture" in str(Path(f"/proc/self/fd/{file.fileno()}").readlink())
