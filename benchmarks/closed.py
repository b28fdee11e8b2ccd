"""A closed loop of some connections: by wrk where it is installed, else by the client of `bonaface bench`."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from bonaface.speed.client import upload
from bonaface.speed.load import closed_loop
from bonaface.speed.server import Served

SCRIPT = Path(__file__).with_name("upload.lua")


def throughput(
    server: Served, image: bytes, connections: int, seconds: float, folder: Path
) -> tuple[str, float]:
    """Which client it was, and the verdicts a second that it got. Raises ValueError when one was refused."""
    request = upload(server.app_key, server.secret, image)
    if shutil.which("wrk") is None:
        load = closed_loop(server.address, request, connections, seconds)
        if load.failed:
            raise ValueError(f"{load.failed} answers told no verdict")
        return "own client", load.per_second
    return "wrk", _by_wrk(server, request, connections, seconds, folder)


def _by_wrk(server: Served, request: bytes, connections: int, seconds: float, folder: Path) -> float:
    head, _, body = request.partition(b"\r\n\r\n")
    (folder / "body").write_bytes(body)
    kind = re.search(rb"Content-Type: ([^\r]+)", head)
    assert kind is not None
    host, port = server.address
    url = f"http://{host}:{port}/v1.0/appkeys/{server.app_key}/spoofing"
    options = [
        "-t",
        "1",
        "-c",
        str(connections),
        "-d",
        f"{seconds:g}s",
        "--timeout",
        "20s",
        "-s",
        str(SCRIPT),
    ]
    done = subprocess.run(
        ["wrk", *options, url],
        env=os.environ | {"BODY": str(folder / "body"), "SECRET": server.secret, "TYPE": kind[1].decode()},
        check=True,
        capture_output=True,
        text=True,
    )
    return read_wrk(done.stdout)


def read_wrk(report: str) -> float:
    """Requests a second. Raises ValueError when any was refused or broke."""
    rate = re.search(r"^Requests/sec:\s+([\d.]+)", report, re.MULTILINE)
    if rate is None or "Non-2xx" in report or "Socket errors" in report:
        raise ValueError(f"the load did not go well:\n{report}")
    return float(rate[1])
