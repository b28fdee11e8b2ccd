"""SIGTERM, SIGINT and SIGHUP: replies in flight finish, new ones are refused, the exit code is 0, in time."""

import os
import pty
import signal
import socket
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from support.http.wire import Wire, connected, head
from support.load.clients import Clients
from support.servers.process import COMMAND
from support.servers.served import ONE_WORKER, QUICK_ENGINE, Served, serving
from support.waiting import wait_until

NEVER = 60
"""Seconds after which a server hangs; under a grace that is longer, to end earlier is not to have waited."""
LONG = {"shutdown_grace": 300}
IN_A_TERMINAL = ("sh", "-c", 'exec setsid --ctty "$@" <&2', "sh", *COMMAND)
"""The terminal of standard error becomes the process's own."""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_under_load_replies_in_flight_finish_and_all_are_counted(
    number: signal.Signals, tmp_path: Path, models_directory: Path, portrait: bytes
) -> None:
    with (
        serving(tmp_path, models_directory, traced=True, serving=ONE_WORKER, server=LONG) as served,
        Clients(served, portrait, 8) as load,
    ):
        wait_until(lambda: load.received.total() >= 20)
        served.send(number)
        assert served.wait(NEVER) == 0
        wait_until(lambda: load.refused > 0)
        load.stop()
    assert load.cut == 0
    assert set(load.received) == {"faces"}
    assert load.answers[-1].headers["connection"] == "close"
    assert served.counted() == load.received  # nothing was begun and given up
    (stopping,), (stopped,) = served.events("server.stopping"), served.events("server.stopped")
    assert stopping["in_flight"] > 0
    assert (stopped["cut"], stopped["closed"]) == (0, True)
    assert not [line for line in served.log() if line["level"] == "error"]


def begin_body(served: Served, wire: Wire) -> None:
    """A request whose body is on its way, as the server knows: it has asked for it."""
    lines = "Content-Type: application/json", "Content-Length: 1000", "Expect: 100-continue"
    wire.send(head(served.path, f"Authorization: {served.keys.secret}", *lines))
    assert wire.read().status == 100
    wire.send(b"{")


def test_idle_connections_are_not_waited_for_and_a_slow_body_is(
    tmp_path: Path, models_directory: Path
) -> None:
    with (
        serving(
            tmp_path, models_directory, traced=True, serving=ONE_WORKER, models=QUICK_ENGINE, server=LONG
        ) as served,
        ExitStack() as stack,
    ):
        slow, used, begun, new = (stack.enter_context(connected(served.address)) for _ in range(4))
        used.send(head("/healthz", method="GET"))
        assert used.read().status == 200
        begun.send(b"POST /v1.0")
        begin_body(served, slow)
        served.send(signal.SIGTERM)
        assert all(wire.is_closed() for wire in (used, begun, new))
        served.send(signal.SIGTERM)  # process managers repeat it: that changes nothing
        slow.send(b" " * 998 + b"}")
        assert slow.read().code == -40000
        assert slow.is_closed()
        assert served.wait(NEVER) == 0
    assert served.counted() == {"-40000": 1}


def test_a_body_that_outlasts_the_grace_is_told_so_and_counted(
    tmp_path: Path, models_directory: Path
) -> None:
    limits = {"shutdown_grace": 1, "body_timeout": 300}
    with (
        serving(
            tmp_path, models_directory, traced=True, serving=ONE_WORKER, models=QUICK_ENGINE, server=limits
        ) as served,
        connected(served.address) as wire,
    ):
        begin_body(served, wire)
        served.send(signal.SIGTERM)
        answer = wire.read()
        assert (answer.status, answer.code, answer.headers["connection"]) == (503, -50000, "close")
        assert answer.headers["retry-after"]
        assert served.wait(NEVER) == 0
    assert served.counted() == {"refused_overload": 1}
    assert [line["cut"] for line in served.events("server.stopped")] == [1]


def test_a_second_sigint_ends_the_grace(tmp_path: Path, models_directory: Path) -> None:
    with (
        serving(
            tmp_path, models_directory, traced=True, serving=ONE_WORKER, models=QUICK_ENGINE, server=LONG
        ) as served,
        connected(served.address) as wire,
    ):
        begin_body(served, wire)
        served.send(signal.SIGINT)
        wait_until(lambda: bool(served.events("server.stopping")))
        served.send(signal.SIGINT)
        assert wire.read().status == 503
        assert served.wait(NEVER) == 0
    assert served.counted() == {"refused_overload": 1}


def test_with_a_drain_delay_it_says_503_and_serves_on_until_balancers_have_left(
    tmp_path: Path, models_directory: Path, small: bytes
) -> None:
    limits = {**LONG, "drain_delay": 5}
    with serving(
        tmp_path, models_directory, traced=True, serving=ONE_WORKER, models=QUICK_ENGINE, server=limits
    ) as served:
        began = time.monotonic()
        served.send(signal.SIGTERM)
        wait_until(lambda: served.get("/readyz")[0] == 503)
        assert served.get("/readyz")[1]["stopping"] is True
        assert served.get("/healthz")[0] == 200
        assert served.ask(small).code == 0  # on a new connection
        assert served.wait(NEVER) == 0
        assert time.monotonic() - began >= limits["drain_delay"]
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(served.address)
    assert served.counted() == {"no_face": 1}


def test_a_stop_while_it_warms_its_models(tmp_path: Path, models_directory: Path) -> None:
    with serving(
        tmp_path, models_directory, traced=True, serving=ONE_WORKER, server=LONG, ready=False
    ) as served:
        served.send(signal.SIGTERM)
        assert served.wait(NEVER) == 0
        assert not [line for line in served.log() if line["level"] == "error"]


def test_a_terminal_that_closes_drains_it(tmp_path: Path, models_directory: Path) -> None:
    """The kernel sends SIGHUP to all processes of the terminal; each line of the log fails from then on."""
    ours, theirs = pty.openpty()
    with (
        os.fdopen(theirs, "wb", buffering=0) as terminal,
        serving(
            tmp_path,
            models_directory,
            traced=True,
            serving=ONE_WORKER,
            models=QUICK_ENGINE,
            command=IN_A_TERMINAL,
            server=LONG,
            stderr=terminal,
        ) as served,
        connected(served.address) as slow,
        connected(served.address) as idle,
    ):
        terminal.close()
        begin_body(served, slow)
        os.close(ours)
        assert idle.is_closed()
        slow.send(b" " * 998 + b"}")
        assert slow.read().code == -40000
        assert served.wait(NEVER) == 0
    assert served.counted() == {"-40000": 1}


def test_what_is_to_outlive_its_terminal_does(tmp_path: Path, models_directory: Path, small: bytes) -> None:
    with serving(
        tmp_path,
        models_directory,
        traced=True,
        serving=ONE_WORKER,
        models=QUICK_ENGINE,
        command=("nohup", *COMMAND),
        server=LONG,
    ) as served:
        served.send(signal.SIGHUP)
        assert served.ask(small).code == 0
        assert served.get("/readyz")[0] == 200
