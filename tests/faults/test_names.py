"""Name servers that fail, through the system's real resolver: only requests by URL notice, in time."""

import os
import shutil
import signal
import socket
import struct
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from bonaface.fetch.resolver import LOOKUPS
from conftest import need_service
from support.served import COMMAND, Served, serving
from support.server import wait_until

RESOLVER = "127.0.0.53"
SERVFAIL = 2
POOL = 42
"""Threads that requests may borrow beside those of look-ups: 40, and the ledger's."""
STRANGERS = 50


class NameServer:
    """Answers every question with the error `code`, or, where that is None, with nothing for ever."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self.code: int | None = None
        self.asked = 0

    def run(self) -> None:
        while question := self._channel.recvfrom(4096):
            data, asker = question
            if not data:  # from ourselves: stop
                return
            self.asked += 1
            if self.code is not None:
                header = struct.pack(">HHHHH", 0x8180 | self.code, 1, 0, 0, 0)
                self._channel.sendto(data[:2] + header + data[12:], asker)


@contextmanager
def name_server() -> Iterator[NameServer]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.bind((RESOLVER, 53))
        server = NameServer(channel)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            yield server
        finally:
            channel.sendto(b"", channel.getsockname())
            thread.join()


def why_not() -> str | None:
    """Why no process can be given name servers of its own here; None where it can."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        return "needs root and unshare, for a resolv.conf of the server's own"
    tried = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
    return None if tried.returncode == 0 else "needs the right to make a mount namespace"


@pytest.fixture
def asking(tmp_path: Path, models_directory: Path) -> Iterator[tuple[Served, NameServer]]:
    """A server process whose resolv.conf, seen by no other process, names a server of the test."""
    need_service(why_not())
    config = tmp_path / "resolv.conf"
    config.write_text(f"nameserver {RESOLVER}\noptions timeout:5 attempts:2\n")
    mounted = f'mount --bind {config} $(readlink -f /etc/resolv.conf) && exec "$@"'
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", mounted, "sh", *COMMAND]
    fetch: dict[str, object] = {"timeout": 1.0}
    with (
        name_server() as names,
        serving(tmp_path / "server", models_directory, command=command, fetch=fetch) as served,
    ):
        yield served, names


def test_name_servers_that_fail_or_are_silent_cost_requests_by_url_their_time_and_nobody_else(
    asking: tuple[Served, NameServer], small: bytes
) -> None:
    served, names = asking
    names.code = SERVFAIL
    assert served.ask_url("http://image.example.com/a.png").code == -45050
    assert names.asked > 0
    assert served.ask(small).code == 0
    threads, asked_before = served.threads, names.asked
    names.code = None
    with ThreadPoolExecutor(STRANGERS) as pool:
        urls = [f"http://image{number}.example.com/a.png" for number in range(STRANGERS)]
        asked = [pool.submit(served.ask_url, url) for url in urls]
        wait_until(lambda: names.asked > asked_before)
        assert [served.ask(small).code for _ in range(5)] == [0] * 5
        assert {each.result().code for each in asked} == {-45060}
    again = {served.ask_url(url).code for url in urls[:3]}  # every look-up thread still waits: they queue
    assert again == {-45060}
    assert served.threads <= threads + LOOKUPS + POOL
    assert served.counted() == {"no_face": 6, "-45050": 1, "-45060": STRANGERS + 3}
    served.send(signal.SIGTERM)
    assert served.wait() == 0  # without waiting for the look-ups
