"""`bonaface bulk` beside the library: throughput, memory, and Ray by one and two actors of 0.4 core each.

    make bench-bulk
    python -m benchmarks.bulk --images 100000 --ray-images 3000 --folder var/bulk

Images are made by augmentation of two, once, into the folder (5 GB for 100,000). The machine must do nothing
else. Ray's actors are put into cgroups of their own (root), each with 0.4 of a processor, once the job has
written its first file; what is told is of the time from then on. `--ray-images 0` leaves Ray out.
"""

import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.augmented import write_images
from benchmarks.memory import descendants_of
from benchmarks.process_tree import ProcessTree
from benchmarks.row import Row, tell
from benchmarks.timing import cores
from bonaface import Analyzer, load_settings
from bonaface.bulk.shard_list import read_shards
from support.machine.cgroups import limited

LIBRARY = 300
"""Images that the library is timed on, after some that do not count."""
WARM_UP = 20
SHARE, MOST_MB, SCALING = 0.9, 1500, 0.85
ACTOR_CORES, SHARD = 0.4, 100
ACTOR = "JudgeActor"
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
    pool = run_job(folder, "processes", images, cores())
    rows = pool_rows(single, pool)
    if ray_images:
        one, two = (run_job(folder, "ray", ray_images, actors) for actors in (1, 2))
        rows += ray_rows(pool, one, two)
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


def run_job(folder: Path, runner: str, images: int, jobs: int) -> Ran:
    """A job from its first file to its end; by Ray with each actor in a cgroup."""
    out = folder / f"{runner}-{jobs}"
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-m", "bonaface", "bulk", str(folder / "set"), "--out", str(out)]
    options = ["--limit", str(images), "--shard", str(SHARD), "--jobs", str(jobs), "--runner", runner]
    with (
        subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL) as job,
        ProcessTree(job.pid) as tree,
        actors_limited(job, out, jobs if runner == "ray" else 0),
    ):
        began, used, done = time.perf_counter(), tree.processor_seconds, judged(out)
        assert job.wait() == 0
        seconds, used = time.perf_counter() - began, tree.processor_seconds - used
    count = images - done
    return Ran(count, count / seconds, tree.peak, used / count)


@contextmanager
def actors_limited(job: "subprocess.Popen[bytes]", out: Path, actors: int) -> Iterator[None]:
    """From the first file on."""
    while not judged(out):
        assert job.poll() is None, "it ends before it has written a file"
        time.sleep(PAUSE)
    with ExitStack() as stack:
        found = [one for one in descendants_of(job.pid) if ACTOR in _command(one)] if actors else []
        assert len(found) == actors, "there are as many actors as were asked for"
        for one in found:
            for cgroup in stack.enter_context(limited(cores=ACTOR_CORES)):
                (cgroup / "cgroup.procs").write_text(str(one))
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
    figures = {
        "one actor, a second": one.a_second,
        "two actors, a second": two.a_second,
        "images": two.images,
    }
    double, cost = two.a_second / one.a_second / 2, pool.processor / two.processor
    more = {"Ray, an image": two.processor * 1000, "pool, an image": pool.processor * 1000}
    return [
        Row("two actors over double of one", f"at least {SCALING}", double, SCALING, "", True, figures),
        Row(
            "images a processor second over the pool's", f"at least {SCALING}", cost, SCALING, "", True, more
        ),
        Row("peak memory with Ray", f"at most {MOST_MB} MB", two.peak, MOST_MB, "MB"),
    ]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace")
    except OSError:
        return ""


if __name__ == "__main__":
    typer.run(main)
