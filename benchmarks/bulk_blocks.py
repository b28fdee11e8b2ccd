"""A bulk job on Ray with blocks of a size of choice, which the command has no option for.

python -m benchmarks.bulk_blocks INPUT --out DIR --limit 600 --shard 100 --jobs 1 --block 32
"""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from bonaface.bulk.job import Request, make_job
from bonaface.bulk.ray_data import RayRunner
from bonaface.bulk.run import open_run
from bonaface.bulk.work import Work
from bonaface.settings import load_settings


def main(
    given: str,
    out: Annotated[Path, typer.Option()],
    limit: Annotated[int, typer.Option()],
    shard: Annotated[int, typer.Option()],
    jobs: Annotated[int, typer.Option()],
    block: Annotated[int, typer.Option()],
) -> None:
    """Run it to its end."""
    settings = load_settings()
    preset = settings.models.default_preset
    request = Request(input=given, preset=preset, limit=limit, shard=shard)
    with open_run(make_job(settings, request), given, out) as run:
        work = Work(settings, preset, run.listing.root)
        with closing(RayRunner(work, jobs, block)) as runner:
            run.finish(runner)


if __name__ == "__main__":
    typer.run(main)
