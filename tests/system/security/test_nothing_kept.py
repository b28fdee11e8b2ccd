"""No image that is sent touches a disk."""

import socket
from pathlib import Path

from support.http.tour import Tour
from support.servers.environment import QUICK
from support.servers.home import Home
from support.servers.process import ServerProcess
from support.waiting import wait_until


def test_an_upload_is_held_in_memory(portrait: bytes, models_directory: Path, tmp_path: Path) -> None:
    """Half of the largest image is in the server, and no file of the process holds any of it."""
    home = Home(tmp_path / "home", models_directory, extra=QUICK)
    tour = Tour(*home.keys(), "", portrait)
    image = portrait + bytes(2_900_000 - len(portrait))
    whole = tour.file("large", image).data
    with home.served() as server, socket.create_connection(server.address, timeout=60) as client:
        before = _open_files(server)
        client.sendall(whole[:-1])
        wait_until(lambda: _unread(client) == 0)
        assert _open_files(server) == before
        client.sendall(whole[-1:])
        assert client.recv(12) == b"HTTP/1.1 200"
        assert _open_files(server) == before


def _open_files(server: ServerProcess) -> set[str]:
    """Files on a disk or in memory that the process holds open, deleted ones too."""
    folder = Path(f"/proc/{server.process.pid}/fd")
    targets = {str(link.readlink()) for link in folder.iterdir()}
    return {target for target in targets if target.startswith("/") and not target.startswith("/dev/")}


def _unread(client: socket.socket) -> int:
    """Bytes that wait in the server's socket for the server to read them (proc_net_tcp)."""
    port = f":{client.getsockname()[1]:04X}"
    lines = [line.split() for line in Path("/proc/net/tcp").read_text("ascii").splitlines()]
    waiting = [fields[4].split(":")[1] for fields in lines if fields[2].endswith(port)]
    return int(waiting[0], 16)
