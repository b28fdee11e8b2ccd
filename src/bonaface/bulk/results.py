"""The output of a finished bulk job, or of all its parts, read again."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from bonaface.bulk.columns import OWN, Row
from bonaface.bulk.job import Job, read_job
from bonaface.bulk.listing import Listing, read_listing
from bonaface.bulk.run import JOB, LISTING, SHARDS
from bonaface.bulk.shard_file import read_shard
from bonaface.bulk.shard_list import read_shards
from bonaface.errors import InvalidParameterError


@dataclass(frozen=True, slots=True)
class Results:
    """jobs: of each part, the same but for that; folders, listings, files: of the same parts.

    files: their shards, in order.
    """

    jobs: tuple[Job, ...]
    listings: tuple[Listing, ...]
    files: tuple[tuple[Path, ...], ...]

    @property
    def job(self) -> Job:
        return self.jobs[0]

    @property
    def sha256(self) -> str:
        """Of what judged, and of all rows."""
        digests = [hashlib.sha256(file.read_bytes()).hexdigest() for files in self.files for file in files]
        told = [*(job.model_dump_json() for job in self.jobs), *digests]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()

    def images(self, columns: Sequence[str]) -> Iterator[tuple[str, list[Row]]]:
        """What the path of each image is relative to, and its rows with these columns and `image`.

        columns: ours, and the manifest's; one that the manifest does not have is absent.
        """
        for listing, files in zip(self.listings, self.files, strict=True):
            there = [name for name in columns if name in OWN or name in listing.columns]
            for file in files:
                for _, rows in groupby(read_shard(file, ["image", *there]), lambda row: row["image"]):
                    yield listing.root, list(rows)


def is_output(folder: str) -> bool:
    """Whether `bonaface bulk` has written there."""
    return bool(_folders(Path(folder)))


def read_results(folder: str) -> Results:
    """Raises InvalidParameterError where a job is not finished, a part is missing, or parts differ."""
    folders = _folders(Path(folder))
    jobs = tuple(read_job(one / JOB) for one in folders)
    parts = {job.request.part for job in jobs}
    of = int(next(iter(parts)).partition("/")[2]) if parts else 0
    if len({_but_for_the_part(job) for job in jobs}) != 1 or len(parts) != of:
        raise InvalidParameterError(f"{folder} does not hold all {of} parts of one job.")
    listings = tuple(_listing(one) for one in folders)
    return Results(
        jobs, listings, tuple(_finished(*one) for one in zip(folders, jobs, listings, strict=True))
    )


def _folders(folder: Path) -> list[Path]:
    if (folder / JOB).is_file():
        return [folder]
    return sorted(file.parent for file in folder.glob(f"part-*-of-*/{JOB}"))


def _but_for_the_part(job: Job) -> str:
    return job.model_copy(update={"request": job.request.model_copy(update={"part": ""})}).model_dump_json()


def _listing(folder: Path) -> Listing:
    try:
        return read_listing(folder / LISTING)
    except OSError as error:
        raise InvalidParameterError(f"The job in {folder} has only begun; run it to its end.") from error


def _finished(folder: Path, job: Job, listing: Listing) -> tuple[Path, ...]:
    shards = sorted(read_shards(folder / SHARDS), key=lambda one: one.number)
    done = sum(one.items for one in shards)
    if done < listing.count:
        raise InvalidParameterError(
            f"The job in {folder} has judged {done:,} of {listing.count:,} images; run it to its end."
        )
    return tuple(folder / one.file for one in shards)
