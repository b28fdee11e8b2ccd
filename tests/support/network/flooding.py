"""Origins in a process of their own that send as fast as the other side reads, and never come to an end.

python -m support.network.flooding KIND prints the port, one that image URLs may name.
"""

import os
import random
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PORTS = range(10_000, 12_001)
SECONDS = 30
"""After these nothing more is sent, whatever the test does."""
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
FLOODS = {
    "tiny pieces": (CHUNKED, b"1\r\nx\r\n"),
    "interim answers": (b"", b"HTTP/1.1 102 A\r\n\r\n"),
    "header lines": (OK, b"a:\r\n"),
    "trailer lines": (CHUNKED + b"0\r\n", b"a:\r\n"),
    "extensions": (CHUNKED + b"1", b";a"),
    "endless line": (OK + b"X: ", b"a"),
}
"""By name: how an answer begins, and what follows over and over."""


@contextmanager
def flooding(kind: str) -> Iterator[int]:
    """The port of an origin that sends this flood to whoever asks, while the block runs."""
    tests = str(Path(__file__).resolve().parents[2])
    command = [sys.executable, "-m", "support.network.flooding", kind]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": tests}
    ) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def _bound() -> socket.socket:
    for port in random.sample(PORTS, len(PORTS)):
        with suppress(OSError):
            return socket.create_server(("127.0.0.1", port))
    raise RuntimeError("no port is free")


def _serve(listener: socket.socket, beginning: bytes, refrain: bytes) -> None:
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=_flood, args=(connection, beginning, refrain), daemon=True).start()


def _flood(connection: socket.socket, beginning: bytes, refrain: bytes) -> None:
    much = refrain * (256 * 1024 // len(refrain))
    with connection, suppress(OSError):
        connection.recv(65536)
        connection.sendall(beginning)
        while True:
            connection.sendall(much)


def _main(kind: str) -> None:
    with _bound() as listener:
        sys.stdout.write(f"{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        threading.Thread(target=_serve, args=(listener, *FLOODS[kind]), daemon=True).start()
        threading.Event().wait(SECONDS)


if __name__ == "__main__":
    _main(sys.argv[1])
