"""2 GiB are enough for a container (`docs/container.md`), whatever is sent: a real cgroup of that size."""

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from support.load.hostile import Crowd, Witness, floods, waiting
from support.machine.cgroups import inside, killed, limited, need, peak_memory
from support.servers.process import COMMAND
from support.servers.served import make_keys, serving
from support.waiting import wait_until

LIMIT = 2 * 1024**3
APPLICATIONS = 4
"""As many as fill all places of `server.max_requests`."""
PLACES = 32
PATIENT: dict[str, object] = {"body_timeout": 300, "min_body_rate": 0}
"""So that a busy machine does not let bodies end before all have come."""
CLIENTS = 64
TIMES = 3


@pytest.fixture
def two_gibibytes() -> Iterator[Sequence[Path]]:
    need("memory")
    with limited(memory=LIMIT) as cgroups:
        yield cgroups


@pytest.mark.alone
@pytest.mark.timeout(600)
def test_two_gibibytes_are_enough(
    two_gibibytes: Sequence[Path], tmp_path: Path, models_directory: Path, portrait: bytes
) -> None:
    (cgroup,) = two_gibibytes
    command = inside(two_gibibytes, *COMMAND)
    with serving(tmp_path, models_directory, command=command, server=PATIENT) as served:
        hostile, *others = [
            dataclasses.replace(served, keys=make_keys(served.storage)) for _ in range(1 + APPLICATIONS)
        ]
        witness = Witness(served, portrait)
        witness.ask(TIMES)
        with Crowd(served.address, list(floods(hostile).values()), CLIENTS) as crowd:
            for _ in range(2):
                with waiting(others, PLACES) as finish:
                    wait_until(lambda: served.ask(portrait).status == 503)
                    witness.ask_health(TIMES)
                    finish()
                    witness.ask_health(TIMES)
            wait_until(lambda: crowd.rounds >= 1)
            witness.ask(TIMES)
        witness.ask(TIMES)
    assert peak_memory(cgroup) < LIMIT
    assert killed(cgroup) == 0
