"""A real pgbouncer before a test's PostgreSQL server."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from support.network.ports import free_port
from support.servers.lifetime import started
from support.storage.postgres import PostgresServer
from support.waiting import wait_until

PROGRAM = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin")
OWNER = "postgres"
"""It refuses to run as root."""
SETTINGS = """
[databases]
* = host=127.0.0.1 port={server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/users
logfile = {folder}/log
pool_mode = {mode}
default_pool_size = {connections}
max_client_conn = 1000
server_login_retry = 1
"""


def why_not() -> str | None:
    """Why there can be no pgbouncer here; None where there can."""
    return None if PROGRAM else "needs pgbouncer"


@dataclass
class Pooler:
    """pgbouncer with its settings; it may run more than once."""

    folder: Path
    port: int

    def url_of(self, url: str) -> str:
        """The URL of a database by way of this: `url` is that without."""
        return make_url(url).set(port=self.port).render_as_string(hide_password=False)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Until the end of the block: then its clients are cut off."""
        owner = {"user": OWNER, "group": OWNER, "extra_groups": []} if os.geteuid() == 0 else {}
        command = [str(PROGRAM), "-q", str(self.folder / "pgbouncer.ini")]
        with started(command, stderr=subprocess.DEVNULL, **owner) as process:
            try:
                wait_until(lambda: self._listens() or process.poll() is not None)
                assert process.poll() is None, (self.folder / "log").read_text()
                yield
            finally:
                process.send_signal(signal.SIGKILL)

    def _listens(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False


@contextmanager
def pooler_of(server: PostgresServer, mode: str, connections: int = 2, more: str = "") -> Iterator[Pooler]:
    """Not begun yet. mode: `session` or `transaction`; connections: that it holds to a database at most.

    more: lines of its settings.
    """
    folder = Path(tempfile.mkdtemp(prefix="bonaface-pooler-"))
    pooler = Pooler(folder, free_port())
    told = SETTINGS.format(
        server=server.port, port=pooler.port, folder=folder, mode=mode, connections=connections
    )
    (folder / "pgbouncer.ini").write_text(told + more)
    (folder / "users").write_text(f'"bonaface" "{server.password}"\n')
    try:
        for path in (folder, *folder.iterdir()):
            if os.geteuid() == 0:
                shutil.chown(path, OWNER, OWNER)
        yield pooler
    finally:
        shutil.rmtree(folder, ignore_errors=True)
