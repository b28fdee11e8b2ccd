"""`bonaface bulk` beside the library: throughput, memory, and Ray by one and two actors of 0.4 core each.

    make bench-bulk
    python -m benchmarks.bulk --images 100000 --ray-images 3000 --folder var/bulk

Images are made by augmentation of two, once, into the folder (5 GB for 100,000). The machine must do nothing
else. What is told of a job is of the time from its first file on, when its models are loaded; of Ray, from
when all of its actors are in cgroups of their own (root), each with 0.4 of a processor. One actor without
such a limit tries blocks of several sizes. `--ray-images 0` leaves Ray out.
"""

import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.augmented import write_images
from benchmarks.process_tree import ProcessTree
from benchmarks.row import Row, tell
from benchmarks.timing import cores
from bonaface import Analyzer, load_settings
from bonaface.bulk.ray_data import BLOCK
from bonaface.bulk.shard_list import read_shards
from support.bulk.cluster import actors_of
from support.machine import cgroups

LIBRARY = 300
"""Images that the library is timed on, after some that do not count."""
WARM_UP = 20
SHARE, MOST_MB, SCALING = 0.9, 1500, 0.85
ACTOR_CORES, SHARD = 0.4, 100
BLOCKS, NEAR = (8, 32, 128), 1.05
PAUSE = 0.05
"""Seconds between two looks for the first file."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How fast a job was, and what it took: megabytes at most, processor seconds an image."""

    images: int
    a_second: float
    peak: float
    processor: float


def main(
    images: Annotated[int, typer.Option(min=500)] = 100_000,
    ray_images: int = 3000,
    folder: Path = Path("var/bulk"),
    json: Path | None = None,
) -> None:
    """Print the rows."""
    write_images(folder / "set", images, cores())
    single = library_seconds(folder / "set")
    pool = run_job(folder, images, cores())
    rows = pool_rows(single, pool)
    if ray_images:
        rows += ray_rows(pool, *(run_job(folder, ray_images, actors, BLOCK, limit=True) for actors in (1, 2)))
        rows += block_rows({block: run_job(folder, ray_images, 1, block) for block in BLOCKS})
    tell(rows, json)


def library_seconds(folder: Path) -> float:
    """Of an image, by one thread that has the models: the mean."""
    analyzer = Analyzer(load_settings())
    times = []
    for file in sorted(folder.rglob("*.jpg"))[: WARM_UP + LIBRARY]:
        began = time.perf_counter()
        analyzer.analyze(file)
        times.append(time.perf_counter() - began)
    return statistics.fmean(times[WARM_UP:])


def run_job(folder: Path, images: int, jobs: int, block: int = 0, *, limit: bool = False) -> Ran:
    """A job from its first file to its end: by processes, or by Ray in blocks of `block` images.

    limit: each actor in a cgroup.
    """
    out = folder / f"out-{jobs}-{block}"
    shutil.rmtree(out, ignore_errors=True)
    with (
        subprocess.Popen(
            _command(folder / "set", out, images, jobs, block), stdout=subprocess.DEVNULL
        ) as job,
        ProcessTree(job.pid) as tree,
        begun(job, out, jobs if block else 0, ACTOR_CORES if limit else None),
    ):
        began, used, done = time.perf_counter(), tree.processor_seconds, judged(out)
        assert job.wait() == 0
        seconds, used = time.perf_counter() - began, tree.processor_seconds - used
    count = images - done
    return Ran(count, count / seconds, tree.peak, used / count)


def _command(images: Path, out: Path, limit: int, jobs: int, block: int) -> list[str]:
    options = ["--out", str(out), "--limit", str(limit), "--shard", str(SHARD), "--jobs", str(jobs)]
    by_ray = [sys.executable, "-m", "benchmarks.bulk_blocks", str(images), *options, "--block", str(block)]
    return by_ray if block else [sys.executable, "-m", "bonaface", "bulk", str(images), *options]


@contextmanager
def begun(job: "subprocess.Popen[bytes]", out: Path, actors: int, share: float | None) -> Iterator[None]:
    """From the first file on, when all actors are there; each with a share of a processor."""
    while not judged(out) or len(found := actors_of(job.pid)) < actors:
        assert job.poll() is None, "it ends before it is at full speed; take more images"
        time.sleep(PAUSE)
    with ExitStack() as stack:
        for one in found if share else ():
            cgroups.join(stack.enter_context(cgroups.limited(cores=share)), [one])
        yield


def judged(out: Path) -> int:
    """Images of finished files."""
    return sum(one.items for one in read_shards(out / "shards.jsonl"))


def pool_rows(single: float, pool: Ran) -> list[Row]:
    """Of the process pool."""
    possible = cores() / single
    figures = {
        "images": pool.images,
        "a second": pool.a_second,
        "processors": cores(),
        "library, an image": single * 1000,
        "processor time, an image": pool.processor * 1000,
    }
    share = pool.a_second / possible
    return [
        Row(
            "throughput over processors / library time", f"at least {SHARE}", share, SHARE, "", True, figures
        ),
        Row("peak memory of all processes", f"at most {MOST_MB} MB", pool.peak, MOST_MB, "MB"),
    ]


def ray_rows(pool: Ran, one: Ran, two: Ran) -> list[Row]:
    """Of Ray."""
    double, cost = two.a_second / one.a_second / 2, pool.processor / two.processor
    figures = {
        "one actor, a second": one.a_second,
        "two actors, a second": two.a_second,
        "images": two.images,
        "one actor, MB of all processes at most": one.peak,
        "two actors, MB of all processes at most": two.peak,
    }
    more = {"Ray, an image": two.processor * 1000, "pool, an image": pool.processor * 1000}
    what, floor = "images a processor second over the pool's", f"at least {SCALING}"
    return [
        Row("two actors over double of one", floor, double, SCALING, "", True, figures),
        Row(what, floor, cost, SCALING, "", True, more),
    ]


def block_rows(ran: Mapping[int, Ran]) -> list[Row]:
    """Of blocks: whether the size that is used costs about as little as the best."""
    figures: dict[str, float | int | str] = {}
    for block, one in ran.items():
        figures[f"blocks of {block}: an image"] = one.processor * 1000
        figures[f"blocks of {block}: images a second"] = one.a_second
        figures[f"blocks of {block}: MB at most"] = one.peak
    value = ran[BLOCK].processor / min(one.processor for one in ran.values())
    what = f"processor time, blocks of {BLOCK} over the best"
    return [Row(what, f"at most {NEAR}", value, NEAR, "", False, figures)]


if __name__ == "__main__":
    typer.run(main)
