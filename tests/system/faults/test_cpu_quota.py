"""A server in a cgroup with a CPU quota has as many workers as that feeds, not one for each core."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from support.machine.cgroups import inside, limited, need
from support.machine.workers import workers_of
from support.servers.process import COMMAND
from support.servers.served import environment, serving, storage_in


@pytest.fixture
def half_a_core() -> Iterator[Sequence[Path]]:
    need("cpu")
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("needs two cores: with one there is one worker anyhow")
    with limited(cores=0.5) as cgroups:
        yield cgroups


def test_half_a_core_makes_one_worker(
    half_a_core: Sequence[Path], tmp_path: Path, models_directory: Path, portrait: bytes
) -> None:
    command = inside(half_a_core, *COMMAND)
    with serving(tmp_path, models_directory, command=command) as served:
        assert len(workers_of(served.process.pid)) == 1
        assert served.ask(portrait).code == 0


def test_doctor_tells_it(half_a_core: Sequence[Path], tmp_path: Path, models_directory: Path) -> None:
    told = subprocess.run(
        inside(half_a_core, sys.executable, "-m", "bonaface", "doctor"),
        env=environment(storage_in(tmp_path), models_directory, {}),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert re.search("CPU quota of the cgroup .* 0.5 cores", told)
    assert re.search("workers .* 1 processes", told)
