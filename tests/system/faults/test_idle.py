"""Idle connections: traffic goes on beside 1,000, they take next to no memory, and are closed in time."""

import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from bonaface.server.http_protocol import HEAD_SECONDS
from support.http.wire import connected, head
from support.load.clients import Clients
from support.servers.served import Served
from support.waiting import wait_until

CONNECTIONS = 1000
USED = 300
MOST_KB = 20
"""A connection's share of the growth in memory; 3 KB were measured."""


@pytest.fixture
def _many_files() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    if before[1] not in (resource.RLIM_INFINITY, *range(2 * CONNECTIONS, before[1] + 1)):
        pytest.skip(f"this user may open {before[1]} files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.usefixtures("_many_files")
def test_real_traffic_goes_on_and_idle_connections_are_closed(served: Served, small: bytes) -> None:
    raise_limit(served)
    before, files = served.counted(), served.files
    with Clients(served, small, 4) as warm:
        wait_until(lambda: warm.received.total() >= 50)
    memory, threads = served.memory, served.threads
    began = time.monotonic()
    with ExitStack() as stack:
        idle = [stack.enter_context(socket.create_connection(served.address)) for _ in range(CONNECTIONS)]
        wait_until(lambda: served.files >= CONNECTIONS)
        assert (served.memory - memory) / CONNECTIONS < MOST_KB
        assert served.threads <= threads
        with Clients(served, small, 4) as load:
            wait_until(lambda: load.received.total() >= 100)
        assert set(load.received) == {"no_face"}
        assert (load.cut, load.unanswered, load.refused) == (0, 0, 0)
        wait_until(lambda: served.files <= files + 5)  # by the server: the clients hold them still
        assert time.monotonic() - began >= HEAD_SECONDS - 1
        assert {connection.recv(1) for connection in idle} == {b""}
    assert served.counted() - before == warm.received + load.received


@pytest.mark.usefixtures("_many_files")
def test_idle_connections_keep_nothing_of_what_they_carried(served: Served) -> None:
    raise_limit(served)
    much = b'{"x":"' + b"a" * 1_000_000 + b'"}'
    lines = [f"X-{number}: {'a' * 300}" for number in range(100)]
    request = head(
        served.path,
        f"Authorization: {served.keys.secret}",
        "Content-Type: application/json",
        f"Content-Length: {len(much)}",
        *lines,
    )

    def used(stack: ExitStack) -> None:
        wire = stack.enter_context(connected(served.address))
        wire.send(request + much)
        assert wire.read().headers["keep-alive"] == "timeout=75"

    with ExitStack() as stack:
        for _ in range(USED // 10):
            used(stack)
        memory = served.memory
        for _ in range(USED):
            used(stack)
        assert (served.memory - memory) / USED < MOST_KB


def raise_limit(served: Served) -> None:
    """Let the process have as many descriptors as its hard limit allows."""
    _, hard = resource.prlimit(served.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(served.process.pid, resource.RLIMIT_NOFILE, (hard, hard))
