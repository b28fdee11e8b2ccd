"""What a JSON body with the largest image takes while it is parsed, however its Base64 is written."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.security.body_memory import IMAGES, WRITINGS, body

MOST = 16_000_000


@pytest.mark.parametrize("image", IMAGES)
@pytest.mark.parametrize("writing", WRITINGS)
def test_the_memory_is_as_promised(tmp_path: Path, writing: str, image: str) -> None:
    file = tmp_path / "body"
    file.write_bytes(b"".join(body(writing, image)))
    done = subprocess.run(
        [sys.executable, "-m", "support.security.body_memory", str(file)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=True,
    )
    assert file.stat().st_size / 2 < int(done.stdout) < MOST
