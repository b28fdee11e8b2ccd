"""What a client may do on connections of its own: memory stays bounded, and everybody else is answered."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.load.hostile import Crowd, Witness, floods, reset_peak
from support.servers.served import QUICK_ENGINE, Served, make_keys, serving
from support.waiting import wait_until

CLIENTS = 32
"""As many requests as one application may have in progress."""
TIMES = 3
MOST_KB = 64_000
"""What a flood may add: 2 MB for each client, of the dozens that it sends."""
MOST_KB_OF_BODIES = 16_000 * CLIENTS
"""JSON is read whole, at 16 MB."""
BODIES = "tiny values", "escapes"
LONGEST = 2.0
"""Seconds of the server's processor time until `/healthz` is answered: twice what an idle machine may take,
since the same work is dearer where other processes share its caches."""
KINDS = [
    "answers that nobody reads",
    "long heads that nobody waits for",
    "a large file, again and again",
    "tiny chunks",
    "tiny chunks without keys",
    "chunk extensions",
    "an extension without end",
    "trailers",
    "empty lines",
    "tiny values",
    "escapes",
    "requests behind a refusal",
    "no HTTP",
]


@pytest.fixture(scope="module")
def harmed(tmp_path_factory: pytest.TempPathFactory, models_directory: Path) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("harmed"), models_directory, models=QUICK_ENGINE) as served:
        yield served


@pytest.fixture
def witness(harmed: Served, small: bytes) -> Witness:
    return Witness(dataclasses.replace(harmed, keys=make_keys(harmed.storage)), small)


def test_all_kinds_are_tried(harmed: Served) -> None:
    assert list(floods(harmed)) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_memory_is_bounded_and_others_are_answered(kind: str, harmed: Served, witness: Witness) -> None:
    witness.ask(TIMES)
    reset_peak(harmed.process.pid)
    before = harmed.memory
    with Crowd(harmed.address, [floods(harmed)[kind]], CLIENTS) as crowd:
        witness.ask(TIMES)
        wait_until(lambda: crowd.rounds >= 1)
        witness.ask(TIMES)
    most = MOST_KB_OF_BODIES if kind in BODIES else MOST_KB
    assert harmed.peak_memory - before < most
    assert witness.longest < LONGEST
