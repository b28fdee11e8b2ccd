"""More connections than there are places for, on real sockets."""

import resource
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from structlog.testing import capture_logs

from bonaface.descriptors import MOST, RESERVED, usable_connections
from bonaface.server.connections import Connections
from bonaface.server.http_protocol import with_places
from support.http.asgi import Told
from support.http.wire import Wire, connected
from support.servers.thread import serving
from support.waiting import wait_until

PLACES = 5
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture
def address() -> Iterator[tuple[str, int]]:
    with serving(Told(), with_places(PLACES)) as address:
        yield address


def used(stack: ExitStack, address: tuple[str, int]) -> Wire:
    wire = stack.enter_context(connected(address))
    wire.send(GET)
    assert wire.read().status == 200
    return wire


def test_the_one_that_is_idle_for_the_longest_gives_way(address: tuple[str, int]) -> None:
    with ExitStack() as stack:
        wires = [used(stack, address) for _ in range(PLACES)]
        wires[0].send(GET)
        assert wires[0].read().status == 200
        used(stack, address)
        assert wires[1].is_closed()
        for wire in (wires[0], *wires[2:]):
            wire.send(GET)
            assert wire.read().status == 200


def test_those_that_are_at_something_stay_and_a_new_one_is_refused(address: tuple[str, int]) -> None:
    with ExitStack() as stack:
        busy = [used(stack, address) for _ in range(PLACES)]
        for wire in busy:
            wire.send(GET[:20])
        wait_until(lambda: is_refused(address))
        with connected(address) as wire:
            answer = wire.read()
            assert wire.is_closed()
        assert (answer.status, answer.code, answer.headers["retry-after"]) == (503, -50000, "1")
        assert (answer.headers["connection"], answer.json["header"]["isSuccessful"]) == ("close", False)
        for wire in busy:
            wire.send(GET[20:])
            assert wire.read().status == 200
        used(stack, address)


def is_refused(address: tuple[str, int]) -> bool:
    """Whether a new connection is, which sends nothing; its place is free again afterwards."""
    with ExitStack() as stack:
        wire = stack.enter_context(connected(address))
        wire.send(GET)
        return wire.read().status == 503


def test_a_connection_that_ends_leaves_its_place(address: tuple[str, int]) -> None:
    for _ in range(3 * PLACES):
        with ExitStack() as stack:
            used(stack, address).send(GET[:20])


def test_that_there_is_no_place_is_logged_once_a_minute() -> None:
    places = Connections(1)
    with capture_logs() as logs:
        assert [places.has_place(number) for number in (1, 2, 3, 1)] == [True, False, False, True]
    assert [(line["event"], line["most"]) for line in logs] == [("connections.full", 1)]


@pytest.mark.parametrize(
    ("files", "connections"),
    [(resource.RLIM_INFINITY, MOST), (1_000_000, MOST), (1024, 1024 - RESERVED), (100, 50)],
)
def test_descriptors_bound_them(files: int, connections: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (files, files))
    assert usable_connections() == connections
