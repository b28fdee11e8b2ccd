"""File descriptors run out: the process neither dies nor spins, and goes on when there are some again."""

import resource
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from support.http.wire import connected, head
from support.servers.served import Served
from support.waiting import wait_until

ALIVE = head("/healthz", method="GET")
SPARE, CLIENTS = 6, 40
WATCHED = 1.0


@contextmanager
def few_files(served: Served) -> Iterator[None]:
    """Let the process open a few more descriptors than it has."""
    pid = served.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (served.files + SPARE, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)


def test_with_no_descriptor_left_it_serves_whom_it_has_and_recovers(served: Served, small: bytes) -> None:
    before, errors = served.counted(), len(served.log())
    with connected(served.address) as known:
        known.send(served.request(small))
        assert known.read().code == 0
        with few_files(served), ExitStack() as stack:
            strangers = [stack.enter_context(connected(served.address)) for _ in range(CLIENTS)]
            wait_until(
                lambda: served.files >= resource.prlimit(served.process.pid, resource.RLIMIT_NOFILE)[0]
            )
            began = served.processor_seconds
            time.sleep(WATCHED)
            assert served.processor_seconds - began < WATCHED / 2  # it does not spin
            known.send(served.request(small))
            assert known.read().code == 0
            for stranger in strangers:
                stranger.close()
        wait_until(lambda: served.ask(small).code == 0)
    assert served.get("/readyz")[0] == 200
    assert len(served.log()) - errors < CLIENTS * 5  # nor fills the log
    assert served.counted() - before == {"no_face": 3}
