"""Bulk jobs as commands of their own, to be killed, and what they wrote."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bonaface.bulk.columns import OWN
from bonaface.bulk.shard_file import read_shard
from support.pictures.picture import picture, png
from support.servers.environment import QUICK, inherited

COLUMNS = [*OWN, "label"]


def small_images(folder: Path, count: int) -> None:
    """PNG files without a face, which take a few milliseconds each."""
    folder.mkdir(parents=True, exist_ok=True)
    data = png(picture(80, 80))
    for number in range(count):
        (folder / f"{number:04}.png").write_bytes(data)


@contextmanager
def start(
    given: Path | str, out: Path, *options: str, shard: int, inside: Sequence[str] = ()
) -> Iterator[subprocess.Popen[str]]:
    """`bonaface bulk`; killed when the block ends, if it still runs. inside: what runs it on another host."""
    command = (
        *inside,
        sys.executable,
        "-m",
        "bonaface",
        "bulk",
        str(given),
        "--out",
        str(out),
        "--shard",
        str(shard),
    )
    process = subprocess.Popen(
        (*command, *options),
        env={**inherited(), **QUICK},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def rows_of(out: Path) -> list[dict[str, Any]]:
    """The rows of all finished shards of a job, and of its parts."""
    files = sorted(out.rglob("faces-*"))
    known = COLUMNS if any(file.suffix == ".jsonl" for file in files) else list(OWN)
    return [dict(row) for file in files for row in read_shard(file, known)]
