"""The port that Prometheus reads."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest
from prometheus_client import CollectorRegistry, Counter
from structlog.testing import capture_logs

from bonaface.observability.exposition import exposed
from support.http.wire import connected
from support.waiting import wait_until


@contextmanager
def served(registry: CollectorRegistry | None = None) -> Iterator[tuple[str, int]]:
    listener = socket.create_server(("127.0.0.1", 0))
    address: tuple[str, int] = listener.getsockname()
    with exposed(registry or CollectorRegistry(), listener):
        yield address


def ask(address: tuple[str, int], method: str, target: str) -> httpx2.Response:
    with httpx2.Client(trust_env=False, timeout=60) as client:
        return client.request(method, f"http://{address[0]}:{address[1]}{target}")


def test_metrics_are_given_in_the_format_that_is_asked_for() -> None:
    registry = CollectorRegistry()
    Counter("things", "Things.", registry=registry).inc(3)
    with served(registry) as address:
        answer = ask(address, "GET", "/metrics")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/plain; version=")
        assert "things_total 3.0" in answer.text
        assert ask(address, "GET", "/metrics?name[]=none").text == ""


def test_it_says_no_version_of_itself() -> None:
    with served() as address:
        for target in ("/metrics", "/other"):
            assert ask(address, "GET", target).headers["server"] == "bonaface"


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/metrics/", 404),
        ("GET", "/v1.0/appkeys/x/spoofing", 404),
        ("POST", "/metrics", 405),
        ("PUT", "/metrics", 405),
        ("DELETE", "/metrics", 405),
        ("OPTIONS", "/metrics", 405),
    ],
)
def test_there_is_nothing_else(method: str, target: str, status: int) -> None:
    with served() as address:
        answer = ask(address, method, target)
    assert answer.status_code == status
    assert (answer.headers.get("allow") == "GET") is (status == 405)


def test_many_readers_at_once_and_one_that_says_nothing() -> None:
    with served() as address, connected(address):
        threads = [threading.Thread(target=ask, args=(address, "GET", "/metrics")) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in threads)


def test_a_reader_that_breaks_off_is_logged_and_no_more() -> None:
    with served() as address, capture_logs() as logs:
        with socket.create_connection(address) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.sendall(b"GET /metr")
        wait_until(lambda: "metrics.broken_off" in [log["event"] for log in logs])
        assert ask(address, "GET", "/metrics").status_code == 200


def test_it_is_closed_at_the_end() -> None:
    with served() as address:
        pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)
