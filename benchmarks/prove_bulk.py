"""Kills a bulk job again and again and holds what it wrote against its input.

    make prove-bulk
    python -m benchmarks.prove_bulk --kills 20 --runner ray

Each round begins a job in a folder of its own, kills it (SIGKILL) after a random time, twice, begins it again
and lets it end; rounds go on until there were as many kills: a job may end first. Finished files must stay as
they were, and every image must have its row, once. The exit status is 1 when that does not hold.
"""

import random
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from support.bulk.kills import KilledJob

IMAGES = 600
LONGEST = {"processes": 6.0, "ray": 25.0}
"""Seconds to a kill: a job of this size takes about as long."""
KILLS = {"processes": 40, "ray": 20}


def main(
    kills: Annotated[int | None, typer.Option(min=1, show_default="40; on Ray 20")] = None,
    runner: str = "processes",
    seed: int = 1,
) -> None:
    """Prove it, and print a line a round."""
    generator, done = random.Random(seed), 0  # noqa: S311 - moments of kills
    while done < (kills or KILLS[runner]):
        with tempfile.TemporaryDirectory(prefix="bonaface-bulk-") as folder:
            job = KilledJob(Path(folder), IMAGES, ("--jobs", "1", "--runner", runner))
            job.prepare()
            kept = [job.kill_after(generator, LONGEST[runner]) for _ in range(2)]
            job.run_to_its_end()
        done += job.kills
        typer.echo(f"{done:>3} kills, here with {kept[0]:>2} and {kept[1]:>2} of {IMAGES // 10} files; whole")


if __name__ == "__main__":
    typer.run(main)
