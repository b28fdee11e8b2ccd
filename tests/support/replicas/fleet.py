"""Replicas: several `bonaface serve` processes on one database, each with a folder and a clock of its own."""

import signal
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bonaface.settings import StorageSettings
from support.servers.process import COMMAND
from support.servers.served import ONE_WORKER, QUICK_ENGINE, Keys, Served, make_keys, serving

FAKETIME = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
"""What gives a process another time of day (Debian: faketime)."""


def why_no_clock() -> str | None:
    """Why no process can have a clock of its own here; None where one can."""
    return None if FAKETIME else "needs faketime"


class Fleet:
    """Replicas on the database of `storage`, with `sections` of settings and keys that they all know.

    All are killed at the end of the block.
    """

    def __init__(
        self, folder: Path, models: Path, storage: StorageSettings, **sections: Mapping[str, object]
    ) -> None:
        self.storage = storage
        self.keys: Keys = make_keys(storage)
        self.replicas: list[Served] = []
        self._folder = folder
        self._models = models
        self._sections: dict[str, Any] = {"serving": ONE_WORKER, "models": QUICK_ENGINE, **sections}
        self._numbers = count(1)
        self._stack = ExitStack()

    @property
    def ports(self) -> list[int]:
        return [replica.address[1] for replica in self.replicas]

    def start(self, ahead: timedelta = timedelta(0)) -> Served:
        """One more, ready, whose clock is so far ahead of this machine's.

        Workers of such a one are threads: processes would be given the library, and not what it goes by.
        """
        folder = self._folder / f"replica-{next(self._numbers)}"
        own = self.storage.model_copy(update={"directory": folder / "data"})
        sections = self._sections
        if ahead:
            sections = {**sections, "serving": {**sections["serving"], "isolation": "threads"}}
        command = _with_clock(ahead)
        made = serving(folder, self._models, storage=own, keys=self.keys, command=command, **sections)
        replica = self._stack.enter_context(made)
        self.replicas.append(replica)
        return replica

    def has_stopped(self, replica: Served) -> None:
        """Wait for one that was told to stop: SIGTERM has been sent."""
        self.replicas.remove(replica)
        assert replica.wait() == 0

    def kill(self, replica: Served) -> None:
        """At once; its workers end with it."""
        self.replicas.remove(replica)
        replica.send(signal.SIGKILL)
        replica.wait()

    def behind(self, address: tuple[str, int]) -> Served:
        """A replica as callers see it who come by a balancer at `address`."""
        return replace(self.replicas[0], address=address)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()


def _with_clock(ahead: timedelta) -> Sequence[str]:
    if not ahead:
        return COMMAND
    seconds = f"{ahead.total_seconds():+g}"
    set_by = (f"LD_PRELOAD={FAKETIME[0]}", f"FAKETIME={seconds}", "FAKETIME_DONT_FAKE_MONOTONIC=1")
    return ["env", *set_by, *COMMAND]
