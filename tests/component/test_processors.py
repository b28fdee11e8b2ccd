"""The CPU quota of a real cgroup."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from support.machine.cgroups import inside, limited, need

ASK = "from bonaface.processors import usable_processors; print(usable_processors())"
CORES = len(os.sched_getaffinity(0))


@pytest.fixture
def half_a_core() -> Iterator[Sequence[Path]]:
    """A real cgroup inside one that allows half a processor."""
    need("cpu")
    if CORES < 2:
        pytest.skip("needs two cores: with one there is one worker anyhow")
    with limited(cores=0.5) as cgroups:
        yield cgroups


def test_a_real_cgroup(half_a_core: Sequence[Path]) -> None:
    told = subprocess.run(
        inside(half_a_core, sys.executable, "-c", ASK), capture_output=True, text=True, check=True
    )
    assert told.stdout == "1\n"
