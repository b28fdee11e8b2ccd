"""Name servers that fail, through the system's real resolver: only whoever names hosts of theirs notices."""

import os
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal

from conftest import need_service
from support.network.web import Exchange, serve
from support.servers.process import COMMAND
from support.servers.served import ONE_WORKER, QUICK_ENGINE, Served, make_keys, serving
from support.waiting import wait_until

SERVFAIL = 2
LOOKUPS = 16
SHARE = 4
"""Look-ups that one application may have at once, a quarter of all."""
POOL = 42
"""Threads that requests may borrow beside those of look-ups: 40, and the ledger's."""
STRANGERS = 30
ALIVE = b"\x05alive"
"""How the name begins that always has an address, in a question."""


class NameServer:
    """Answers every question with the error `code`, or, where that is None, with nothing for ever.

    Names that begin with `alive` have the address 127.0.0.1.
    """

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self.address: str = channel.getsockname()[0]
        self.code: int | None = None
        self.asked = 0

    def run(self) -> None:
        while question := self._channel.recvfrom(4096):
            data, asker = question
            if not data:  # from ourselves: stop
                return
            self.asked += 1
            if data[12:].lower().startswith(ALIVE):
                self._channel.sendto(_address(data), asker)
            elif self.code is not None:
                header = struct.pack(">HHHHH", 0x8180 | self.code, 1, 0, 0, 0)
                self._channel.sendto(data[:2] + header + data[12:], asker)


def _address(question: bytes) -> bytes:
    """The answer 127.0.0.1 to a question for A, none to one for AAAA."""
    end = question.index(0, 12) + 5
    is_ipv4 = question[end - 3] == 1
    record = struct.pack(">HHHIH4B", 0xC00C, 1, 1, 0, 4, 127, 0, 0, 1) if is_ipv4 else b""
    return question[:2] + struct.pack(">HHHHH", 0x8180, 1, is_ipv4, 0, 0) + question[12:end] + record


@contextmanager
def name_server() -> Iterator[NameServer]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.bind((f"127.0.53.{1 + secrets.randbelow(254)}", 53))  # other tests run beside this one
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
    mounted = f'mount --bind {config} $(readlink -f /etc/resolv.conf) && exec "$@"'
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", mounted, "sh", *COMMAND]
    fetch: dict[str, object] = {
        "timeout": 1.0,
        "allowed_networks": '["127.0.0.1/32"]',
        "max_lookups": LOOKUPS,
    }
    with name_server() as names:
        config.write_text(f"nameserver {names.address}\noptions timeout:5 attempts:2\n")
        with serving(
            tmp_path / "server",
            models_directory,
            command=command,
            fetch=fetch,
            serving=ONE_WORKER,
            models=QUICK_ENGINE,
        ) as served:
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
    other = replace(served, keys=make_keys(served.storage))
    with ThreadPoolExecutor(STRANGERS) as pool, images(small) as port:
        urls = [f"http://image{number}.example.com/a.png" for number in range(STRANGERS)]
        asked = [pool.submit(served.ask_url, url) for url in urls]
        wait_until(lambda: names.asked > asked_before)
        alive = f"http://alive.example.com:{port}/a.png"
        for _ in range(5):
            assert served.ask(small).code == other.ask(small).code == other.ask_url(alive).code == 0
        answers = [each.result() for each in asked]
        assert {answer.code for answer in answers} == {-45060, -50000}
        refused = [answer for answer in answers if answer.code == -50000]
        assert {(answer.status, answer.headers["retry-after"]) for answer in refused} == {(503, "1")}
        assert STRANGERS - len(refused) == SHARE
        # Its look-ups still run, though nobody waits for them: no more for this one, as many for others
        assert served.ask_url(alive).status == 503
        assert served.ask_url(f"http://127.0.0.1:{port}/a.png").code == 0
        assert other.ask_url(alive).code == 0
    assert served.threads <= threads + LOOKUPS + POOL
    assert served.counted()["-45060"] == SHARE
    served.send(signal.SIGTERM)
    assert served.wait() == 0  # without waiting for the look-ups


def test_a_name_that_many_ask_for_is_looked_up_once(asking: tuple[Served, NameServer], small: bytes) -> None:
    served, _names = asking
    callers = [served, *(replace(served, keys=make_keys(served.storage)) for _ in range(LOOKUPS // SHARE))]
    with ThreadPoolExecutor(LOOKUPS) as pool, images(small) as port:
        asked = [
            pool.submit(caller.ask_url, "http://silent.example.com/a.png")
            for caller in callers
            for _ in range(SHARE - 1)
        ]
        assert {each.result().code for each in asked} == {-45060}
        for caller in callers:
            assert caller.ask_url(f"http://alive.example.com:{port}/a.png").code == 0


@contextmanager
def images(image: bytes) -> Iterator[int]:
    """The port of a server that has nothing but `image`, while the block runs."""

    async def handler(exchange: Exchange) -> None:
        await exchange.answer(body=image)

    with start_blocking_portal() as portal, portal.wrap_async_context_manager(serve(handler)) as server:
        yield server.port
