"""A network with one way out, a cable, and whoever watches the cable sees all that leaves.

Two network namespaces of the kernel: `inside`, where the program under test runs, and `outside`, the other
end, where the test puts name servers and web servers. Nothing of the real network is in reach.
"""

import ctypes
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.network.packet import OUTGOING, Packet, read_packet

CABLE = "cable"
NAME_SERVER = "192.0.2.53"
PUBLIC = "93.184.216.34"
"""An address that anyone may own; here, the test does."""
PRIVATE = "10.9.9.9"
_CLONE_NEWNET = 0x40000000
_ALL_PROTOCOLS = 0x0003
_MAC_INSIDE, _MAC_OUTSIDE = "02:00:00:00:00:01", "02:00:00:00:00:02"
"""Told to the other end for good, so that the kernel need not ask for it."""

_INSIDE = f"""
ip link set lo up
ip link add {CABLE} address {_MAC_INSIDE} type veth peer name {CABLE} address {_MAC_OUTSIDE} netns $OUTSIDE
ip address add 192.0.2.1/24 dev {CABLE}
ip link set {CABLE} up
ip neighbour add {NAME_SERVER} lladdr {_MAC_OUTSIDE} nud permanent dev {CABLE}
ip route add default via {NAME_SERVER}
if [ -d /proc/sys/net/ipv6 ]; then
  ip address add 2001:db8::1/64 dev {CABLE} nodad
  ip -6 route add default via 2001:db8::53
fi
mount --bind "$RESOLVER" /etc/resolv.conf
mount --bind "$SWITCH" /etc/nsswitch.conf
"""
_OUTSIDE = f"""
ip link set lo up
ip address add {NAME_SERVER}/24 dev {CABLE}
ip link set {CABLE} up
ip neighbour add 192.0.2.1 lladdr {_MAC_INSIDE} nud permanent dev {CABLE}
ip address add {PUBLIC}/32 dev lo
ip address add {PRIVATE}/32 dev lo
if [ -d /proc/sys/net/ipv6 ]; then ip address add 2001:db8::53/64 dev {CABLE} nodad; fi
"""


class Namespace:
    """A process that does nothing but hold namespaces of its own for network and mounts."""

    def __init__(self) -> None:
        command = ["unshare", "--net", "--mount", "--", "sh", "-c", "echo ready; exec sleep infinity"]
        self._holder = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._holder.stdout is not None
        if self._holder.stdout.readline() != "ready\n":
            self.close()
            raise PermissionError("no namespaces of its own here")

    @property
    def pid(self) -> int:
        return self._holder.pid

    def command(self, *arguments: str) -> list[str]:
        """A command line that runs `arguments` in here, in the folder that it is run from."""
        handle = f"/proc/{self.pid}/ns"
        return ["nsenter", f"--net={handle}/net", f"--mount={handle}/mnt", f"--wd={Path.cwd()}", *arguments]

    def script(self, text: str, **variables: str) -> None:
        """Run a shell script in here. Raises CalledProcessError."""
        command = self.command("sh", "-euc", text)
        subprocess.run(command, env=os.environ | variables, check=True, capture_output=True, text=True)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Sockets that this thread opens in the block, and threads that it starts, belong in here."""
        with Path("/proc/thread-self/ns/net").open() as home, Path(f"/proc/{self.pid}/ns/net").open() as here:
            _enter(here.fileno())
            try:
                yield
            finally:
                _enter(home.fileno())

    def close(self) -> None:
        self._holder.kill()
        self._holder.communicate()


@dataclass(frozen=True)
class Island:
    """Both ends of the cable, and a socket that sees each packet on it."""

    inside: Namespace
    outside: Namespace
    watcher: socket.socket

    def leaks(self) -> list[Packet]:
        """What has left `inside` since the last time that this was asked.

        The kernel's own upkeep of IPv6 (neighbours, routers, groups) is left out: no program sends it.
        """
        seen: list[Packet] = []
        while True:
            try:
                data, address = self.watcher.recvfrom(0xFFFF, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return [packet for packet in seen if not packet.is_upkeep]
            if address[2] == OUTGOING:
                seen.append(read_packet(data))


def why_not() -> str | None:
    """Why no island can be made here; None where it can."""
    missing = [tool for tool in ("ip", "nsenter", "unshare") if shutil.which(tool) is None]
    if missing:
        return f"needs {', '.join(missing)}"
    probe = "ip link add probe type veth peer name eborp"
    done = subprocess.run(
        ["unshare", "--net", "--mount", "sh", "-c", probe], capture_output=True, check=False
    )
    return None if done.returncode == 0 else "needs leave to make network namespaces (root)"


@contextmanager
def island(folder: Path) -> Iterator[Island]:
    """An island, with the files that tell its programs of the name server in `folder`."""
    resolver, switch = folder / "resolv.conf", folder / "nsswitch.conf"
    resolver.write_text(f"nameserver {NAME_SERVER}\noptions timeout:1 attempts:1\n", "ascii")
    switch.write_text("passwd: files\ngroup: files\nhosts: files dns\n", "ascii")
    inside, outside = Namespace(), Namespace()
    try:
        files = {"OUTSIDE": str(outside.pid), "RESOLVER": str(resolver), "SWITCH": str(switch)}
        inside.script(_INSIDE, **files)
        outside.script(_OUTSIDE)
        with inside.entered():
            watcher = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ALL_PROTOCOLS))
        with watcher:
            watcher.bind((CABLE, 0))
            yield Island(inside, outside, watcher)
    finally:
        inside.close()
        outside.close()


def _enter(namespace: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if library.setns(namespace, _CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
