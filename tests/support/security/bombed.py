"""A real server process that takes one bomb after the other, and what it costs it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bonaface.accounts.admin_tokens import AdminTokens
from bonaface.storage.database import Database
from support.servers.served import Served, serving
from support.storage.accounts import ACTOR

ALONE = {"workers": 1, "deadline": 60}
"""So that the memory is that of one image."""
SERVER = {"body_timeout": 2, "application_share": 1}
"""Two seconds for a body; all places for the one application."""
FAULTS_ALONE = {"level": "error"}


@dataclass(frozen=True)
class Bombed(Served):
    """The server with an administrator's token, and its memory in KB before the first bomb."""

    token: str
    warm: int

    def growth_mb(self) -> int:
        """How far the memory was ever above that before the first bomb."""
        return (self.peak_memory - self.warm) // 1024


@contextmanager
def bombed(folder: Path, models: Path) -> Iterator[Bombed]:
    """A server until the end of the block; it must have logged no fault of its own by then."""
    with serving(folder, models, serving=ALONE, server=SERVER, log=FAULTS_ALONE) as served:
        yield Bombed(**vars(served), token=_token(served), warm=served.peak_memory)
        served.stop()
    assert served.log_text() == ""


def _token(served: Served) -> str:
    with Database(served.storage) as database:
        return AdminTokens(database).create("bombs", actor=ACTOR)[1]
