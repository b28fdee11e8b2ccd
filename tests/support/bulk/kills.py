"""A bulk job that is killed again and again, and held after each kill against what a reader may rely on."""

import random
import signal
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from support.bulk.jobs import rows_of, small_images, start
from support.waiting import wait_until

SHARD = 10
SECONDS = 200


@dataclass
class KilledJob:
    """The job. finished: shards by name, with what the file system says of when they were written.

    kills: of it, so far.
    """

    folder: Path
    images: int
    options: Sequence[str] = ("--jobs", "1")
    finished: dict[str, int] = field(default_factory=dict)
    kills: int = 0

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def prepare(self) -> None:
        """Make its images."""
        small_images(self.folder / "set", self.images)

    def kill_after_a_shard(self) -> int:
        """Run it until one shard more is there, and kill it; how many are there now."""
        with start(self.folder / "set", self.out, *self.options, shard=SHARD) as job:
            wait_until(lambda: len(self._shards()) > len(self.finished) or job.poll() is not None)
            return self._killed(job)

    def kill_after(self, generator: random.Random, longest: float) -> int:
        """The same after a while, `longest` seconds at most, whatever it is at; unless it has ended."""
        with start(self.folder / "set", self.out, *self.options, shard=SHARD) as job:
            try:
                job.wait(generator.uniform(0, longest))
            except subprocess.TimeoutExpired:
                return self._killed(job)
            return self._held()

    def run_to_its_end(self) -> None:
        """And see that every image has its row, once."""
        with start(self.folder / "set", self.out, *self.options, shard=SHARD) as job:
            _, told = job.communicate(timeout=SECONDS)
        assert job.returncode == 0, told
        self._held()
        counted = Counter(Path(row["path"]).name for row in rows_of(self.out))
        assert counted == {f"{number:04}.png": 1 for number in range(self.images)}
        assert not list(self.out.rglob("*.unfinished"))

    def _killed(self, job: "subprocess.Popen[str]") -> int:
        assert job.poll() is None, "it ended before it was killed"
        job.send_signal(signal.SIGKILL)
        self.kills += 1
        job.wait(SECONDS)
        return self._held()

    def _held(self) -> int:
        """No finished shard was written again, and each can be read."""
        now = self._shards()
        assert {name: now.get(name) for name in self.finished} == self.finished
        self.finished = now
        assert len(rows_of(self.out)) == sum(self._items(name) for name in now)
        return len(now)

    def _items(self, name: str) -> int:
        number = int(name.split("-")[1].split(".")[0])
        return min(SHARD, self.images - number * SHARD)

    def _shards(self) -> dict[str, int]:
        return {file.name: file.stat().st_mtime_ns for file in self.out.glob("faces-*")}
