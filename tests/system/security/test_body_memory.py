"""What a JSON body with the largest image takes while it is parsed, however its Base64 is written."""

import os
import subprocess
import sys
from itertools import product

import pytest

from support.security.body_memory import IMAGES, WRITINGS, body
from support.servers.environment import inherited

MOST = 16_000_000
CASES = list(product(WRITINGS, IMAGES))


@pytest.fixture(scope="module")
def sizes(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], tuple[int, int]]:
    """Of each body: its length, and how far a process grew that read nothing else."""
    folder = tmp_path_factory.mktemp("bodies")
    files = [folder / str(number) for number in range(len(CASES))]
    for file, case in zip(files, CASES, strict=True):
        file.write_bytes(b"".join(body(*case)))
    done = subprocess.run(
        [sys.executable, "-m", "support.security.body_memory", *map(str, files)],
        env=inherited() | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=True,
    )
    lengths = [file.stat().st_size for file in files]
    grown = map(int, done.stdout.splitlines())
    return dict(zip(CASES, zip(lengths, grown, strict=True), strict=True))


@pytest.mark.parametrize(("writing", "image"), CASES)
def test_the_memory_is_as_promised(
    sizes: dict[tuple[str, str], tuple[int, int]], writing: str, image: str
) -> None:
    length, grown = sizes[writing, image]
    assert length / 2 < grown < MOST
