"""Listening: the socket, and its address."""

import os
import shutil
import socket
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest

from bonaface.errors import ConfigurationError
from bonaface.server.sockets import base_url, beside, bind, bind_metrics, reserve
from bonaface.settings import MetricsSettings, ServerSettings
from conftest import need_service
from support.network.ports import free_port
from support.waiting import wait_until

NO_IPV6 = pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")


def test_a_free_port_is_taken_and_told() -> None:
    with closing(bind(ServerSettings(port=0))) as listener:
        url = base_url(listener)
        assert url.startswith("http://127.0.0.1:")
        socket.create_connection(listener.getsockname()).close()


@NO_IPV6
def test_ipv6() -> None:
    with closing(bind(ServerSettings(host="::1", port=0))) as listener:
        assert base_url(listener).startswith("http://[::1]:")


def test_a_port_in_use_is_a_sentence() -> None:
    with closing(bind(ServerSettings(port=0))) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"{port}.*in use"):
            bind(ServerSettings(port=port))


@pytest.mark.parametrize("host", ["203.0.113.1", "no-such-host.invalid", "a..b", "a" * 70])
def test_a_host_that_is_not_here_is_a_sentence(host: str) -> None:
    with pytest.raises(ConfigurationError, match="not an address"):
        bind(ServerSettings(host=host, port=0))


def test_a_port_that_is_not_allowed_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> socket.socket:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket, "create_server", refuse)
    with pytest.raises(ConfigurationError, match="may not listen"):
        bind(ServerSettings(port=80))


def test_metrics_have_no_port_unless_one_is_set() -> None:
    assert bind_metrics(MetricsSettings()) is None
    listener = bind_metrics(MetricsSettings(port=0))
    assert listener is not None
    with listener:
        assert base_url(listener).startswith("http://127.0.0.1:")


@pytest.mark.parametrize("host", ["127.0.0.1", pytest.param("::1", marks=NO_IPV6)])
def test_a_reserved_port_is_for_those_that_listen_beside_it(host: str) -> None:
    with reserve(ServerSettings(host=host, port=0)) as reserved:
        address = reserved.getsockname()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address[:2])
        listeners = [beside(reserved) for _ in range(2)]
        for listener in listeners:
            listener.listen()
            listener.setblocking(False)
        clients = [socket.create_connection(address[:2]) for _ in range(64)]
        accepted = [_accepted(listener) for listener in listeners]
        assert sum(map(len, accepted)) == 64
        assert all(accepted)
        for one in (*listeners, *clients, *accepted[0], *accepted[1]):
            one.close()


def test_a_port_where_others_listen_is_not_shared_with_them() -> None:
    with reserve(ServerSettings(port=0)) as reserved, beside(reserved) as listener:
        listener.listen()
        port = reserved.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"{port}.*in use"):
            reserve(ServerSettings(port=port))


def test_where_the_kernel_spreads_nothing_it_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    with pytest.raises(ConfigurationError, match="needs Linux"):
        reserve(ServerSettings(port=0))


def _accepted(listener: socket.socket) -> list[socket.socket]:
    """Whoever waits."""
    found = []
    with suppress(BlockingIOError):
        while True:
            found.append(listener.accept()[0])
    return found


GREETER = """
import os, subprocess, sys
from bonaface.server.sockets import base_url, bind
from bonaface.settings import ServerSettings
listener = bind(ServerSettings(port=1))
inner = subprocess.run([sys.executable, "-c", "import os; print(os.path.exists('/proc/self/fd/3'))"],
                       stdout=subprocess.PIPE, text=True)
connection, _ = listener.accept()
connection.sendall(f"{base_url(listener)} {inner.stdout.strip()} {'LISTEN_FDS' in os.environ}".encode())
"""


def test_the_socket_that_systemd_holds_is_taken_and_kept_from_other_processes() -> None:
    program = shutil.which("systemd-socket-activate")
    need_service(None if program else "needs systemd-socket-activate")
    port = free_port()
    command = [str(program), "-l", f"127.0.0.1:{port}", "-E", "PYTHONPATH", sys.executable, "-c", GREETER]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: _is_open(port))
            with socket.create_connection(("127.0.0.1", port), 60) as client:
                assert client.recv(200).decode() == f"http://127.0.0.1:{port} False False"
            assert process.wait(60) == 0
        finally:
            process.kill()


def _is_open(port: int) -> bool:
    """Whether somebody listens, told without a connection: the first one starts the program."""
    return f"0100007F:{port:04X} 00000000:0000 0A" in Path("/proc/net/tcp").read_text("ascii")


@pytest.mark.parametrize("count", ["0", "2", "x"])
def test_one_socket_is_taken_and_not_more(monkeypatch: pytest.MonkeyPatch, count: str) -> None:
    monkeypatch.setenv("LISTEN_PID", str(os.getpid()))
    monkeypatch.setenv("LISTEN_FDS", count)
    with pytest.raises(ConfigurationError, match=f"hands over {count} sockets"):
        bind(ServerSettings(port=0))


def test_sockets_of_another_process_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LISTEN_PID", str(os.getppid()))
    monkeypatch.setenv("LISTEN_FDS", "1")
    with closing(bind(ServerSettings(port=0))) as listener:
        assert base_url(listener).startswith("http://127.0.0.1:")
    assert "LISTEN_FDS" not in os.environ


def test_several_server_processes_cannot_share_one_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bonaface.server.sockets.inherited", lambda: socket.socket())
    with pytest.raises(ConfigurationError, match=r"disable bonaface\.socket"):
        reserve(ServerSettings(port=0))
