"""Items judged on a Ray cluster: bytes are read by tasks, judged by actors with the models, both streamed.

What is known of Ray 2.60 and met here: its reader of images ends the job on one bad file, so bytes are read
and decoded by ourselves; actors that take every processor leave none for reading, and all wait; an actor that
is lost is tried again for ever unless told otherwise. A block whose actor was lost twice is left out, and its
items are judged by a process beside this one, which tells the image that it is about.
"""

import json
import logging
import os
import pickle
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, Any

from bonaface.bulk.columns import Row
from bonaface.bulk.item import Item
from bonaface.bulk.process_pool import ProcessPool
from bonaface.bulk.work import Work
from bonaface.errors import ConfigurationError, ModelError

if TYPE_CHECKING:
    import pyarrow as pa

ADDRESS, STATISTICS, BACKEND_LOG = "RAY_ADDRESS", "RAY_USAGE_STATS_ENABLED", "RAY_BACKEND_LOG_LEVEL"
ACTOR, READER = 0.8, 0.2
"""Processors that an actor, and a task that reads, are counted as: so there is always room for both."""
BLOCK = 32
"""Items that are read, and judged, at once."""
WAVE = 50_000
"""Items that are told to Ray at once: bounded, however many there are."""
OBJECTS = 512 * 1024 * 1024
"""Bytes of the object store of a local Ray."""
LOCAL, FOUND = "local", "auto"
"""Addresses that name none: a Ray of its own, and the one that was started on this machine."""
ANSWER_SECONDS = 60.0
"""In which a cluster must answer that is to be joined, the start of the process that asks included."""
REFUSED = "InvalidAuthToken"
NOT_ADMITTED = (
    "it asks for a token; set RAY_AUTH_MODE=token, and RAY_AUTH_TOKEN or ~/.ray/auth_token to the cluster's."
)
JOINING = "import ray, sys; ray.init(sys.argv[1], log_to_driver=False, logging_level='ERROR')"


class RayRunner:
    """A cluster that is joined (`RAY_ADDRESS`), or a local one that ends with this."""

    def __init__(self, work: Work, jobs: int | None, block: int = BLOCK) -> None:
        """jobs: actors; one a processor of the cluster, or of this machine, at most, and when left out.

        block: items that are read, and judged, at once.
        Raises ConfigurationError where Ray cannot be started, or joined.
        """
        os.environ.setdefault(STATISTICS, "0")  # none is sent unless the operator wants
        os.environ.setdefault(BACKEND_LOG, "fatal")  # it complains of what Ray Data does itself
        import ray

        self._work = work
        self._block = block
        _connect(os.environ.get(ADDRESS) or LOCAL, jobs or work.settings.serving.workers)
        most = max(int(ray.cluster_resources().get("CPU", 1)), 1)
        self._actors = min(jobs or most, most)

    def judged(self, items: Iterator[Item]) -> Iterator[tuple[Item, list[Row]]]:
        """Each item once with its rows, in any order. Raises ModelError where the cluster judges nothing."""
        while wave := list(islice(items, WAVE)):
            left = {item.index: item for item in wave}
            for index, rows in self._streamed(wave):
                if index in left:
                    yield left.pop(index), rows
            if len(left) == len(wave):
                raise ModelError("The cluster judged none of the images; its logs tell why.")
            if left:
                with closing(ProcessPool(self._work, 1)) as pool:
                    yield from pool.judged(iter(left.values()))

    def close(self) -> None:
        """Leave the cluster; a local one ends."""
        import ray

        ray.shutdown()

    def _streamed(self, wave: list[Item]) -> Iterator[tuple[int, list[Row]]]:
        import ray

        try:
            for batch in self._pipeline(wave).iter_batches(
                batch_size=None, batch_format="pyarrow", prefetch_batches=0
            ):
                for row in batch.to_pylist():
                    yield row["index"], json.loads(row["rows"])
        except ray.exceptions.RayError as error:
            raise ModelError(f"Ray ended the job: {str(error).strip().splitlines()[-1]}") from error

    def _pipeline(self, wave: list[Item]) -> Any:  # noqa: ANN401 - a Dataset
        import ray

        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        context.print_on_execution_start = False
        context.max_errored_blocks = -1
        logging.getLogger("ray.data").setLevel(logging.CRITICAL)
        blocks = ray.data.from_arrow(list(tables(wave, self._block)))
        read = blocks.map_batches(
            read_block,
            batch_size=None,
            batch_format="pyarrow",
            num_cpus=READER,
            fn_kwargs={"work": self._work},
        )
        with warnings.catch_warnings():  # retries have no other name in this version, and none in 2.64
            warnings.simplefilter("ignore", DeprecationWarning)
            return read.map_batches(
                JudgeActor,
                batch_size=None,
                batch_format="pyarrow",
                compute=ray.data.ActorPoolStrategy(size=self._actors),
                num_cpus=ACTOR,
                max_restarts=-1,
                max_task_retries=1,
                fn_constructor_kwargs={"work": self._work},
            )


def _connect(address: str, processors: int) -> None:
    """Join a cluster, or start a local one with so many processors. Raises ConfigurationError."""
    import ray

    local: dict[str, Any] = {
        "num_cpus": processors,
        "include_dashboard": False,
        "object_store_memory": OBJECTS,
    }
    if address != LOCAL:
        _require_answer(address)
    try:
        ray.init(
            address=address,
            log_to_driver=False,
            logging_level=logging.ERROR,
            **(local if address == LOCAL else {}),
        )
    except Exception as error:  # of no kind of its own
        what = "started" if address == LOCAL else f"joined at {address}"
        raise ConfigurationError(f"Ray cannot be {what}: {str(error).partition('.')[0]}.") from error


def _require_answer(address: str) -> None:
    """Ray itself waits for minutes, in a call that cannot be ended: so another process joins it first.

    Raises ConfigurationError where no Ray of this version answers in time.
    """
    if address == FOUND or "://" in address:
        return
    command = [sys.executable, "-c", JOINING, address]
    try:
        done = subprocess.run(  # noqa: S603 - our own command, and an address of the operator's
            command, capture_output=True, text=True, timeout=ANSWER_SECONDS, check=False
        )
        why = "" if done.returncode == 0 else _reason(done.stderr)
    except subprocess.TimeoutExpired:
        why = f"there is no answer within {ANSWER_SECONDS:.0f} s."
    if why:
        raise ConfigurationError(f"Ray cannot be joined at {address}: {why}")


def _reason(told: str) -> str:
    """Why a process could not join, by what it wrote."""
    last = told.strip().rpartition("\n")[2].rstrip(".")
    return NOT_ADMITTED if REFUSED in told else f"{last or 'it is not well'}."


def tables(items: Iterable[Item], block: int = BLOCK) -> "Iterator[pa.Table]":
    """Their indices, and the items as JSON, a block in each."""
    import pyarrow as pa

    remaining = iter(items)
    while some := list(islice(remaining, block)):
        told = [json.dumps(item.to_list()) for item in some]
        yield pa.table({"index": [item.index for item in some], "item": told})


def read_block(block: "pa.Table", work: Work) -> "pa.Table":
    """With the bytes of each item, or why there are none, as one column."""
    import pyarrow as pa

    contents = [pickle.dumps(_contents(_item(row), work)) for row in block.to_pylist()]
    return block.append_column("contents", pa.array(contents, pa.large_binary()))


def _contents(item: Item, work: Work) -> Any:  # noqa: ANN401 - bytes, or an error
    from bonaface.bulk.judge import contents_of

    try:
        return contents_of(item, work)
    except Exception as error:  # noqa: BLE001 - raised again by the judge
        return error


def _item(row: Mapping[str, Any]) -> Item:
    return Item.of_list(row["index"], json.loads(row["item"]))


class JudgeActor:
    """One warm model. A block at a time; an image that hangs ends it."""

    def __init__(self, work: Work) -> None:
        from bonaface.bulk.judge import Judge

        self._judge = Judge(work)
        self._limit = work.settings.serving.stuck_after

    def __call__(self, block: "pa.Table") -> "pa.Table":
        import pyarrow as pa

        rows = [json.dumps(self._rows(row)) for row in block.to_pylist()]
        return pa.table({"index": block.column("index"), "rows": rows})

    def _rows(self, row: Mapping[str, Any]) -> list[Row]:
        watch = threading.Timer(self._limit, os._exit, (1,))
        watch.daemon = True
        watch.start()
        try:
            return self._judge.rows(_item(row), lambda: _given(row["contents"]))
        finally:
            watch.cancel()


def _given(contents: bytes) -> list[bytes]:
    told = pickle.loads(contents)  # noqa: S301 - of our own task
    if isinstance(told, Exception):
        raise told
    return list(told)
